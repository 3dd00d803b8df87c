/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/prctl.h>

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/child.h"
#include "tests/unit/unit.h"

#include "common/daemon.h"

#define TEXT	4096
#define USER	"nobody"

/* The lines of /proc/self/status that begin with one of names. */
static void
report_status(int report, const char *const *names)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	size_t i;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		for (i = 0; names[i] != NULL; i++)
			if (strncmp(line, names[i], strlen(names[i])) == 0)
				dprintf(report, "%s", line);
	if (f != NULL)
		fclose(f);
}

/* Even where capabilities were told to outlive a change of user. */
static int
drop_with_kept_capabilities(int report, const void *arg)
{
	static const char *const names[] = { "CapInh:", "CapPrm:", "CapEff:",
		"CapAmb:", "NoNewPrivs:", NULL };
	const char *what;

	if (prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL) == -1)
		return 2;
	if (daemon_drop(arg, &what) == -1) {
		dprintf(report, "%s", what);
		return 1;
	}
	report_status(report, names);
	return 0;
}

static int
drop_but_network(int report, const void *arg)
{
	static const char *const names[] = { "Uid:", "Groups:", "CapInh:",
		"CapPrm:", "CapEff:", "CapAmb:", "NoNewPrivs:", NULL };
	const char *what;

	if (daemon_drop_but_network(arg, &what) == -1) {
		dprintf(report, "%s", what);
		return 1;
	}
	report_status(report, names);
	return 0;
}

static void
test_network_alone_stays(void **state)
{
	const struct passwd *pw = getpwnam(USER);
	char text[TEXT], expected[TEXT];
	unsigned int uid;

	(void)state;
	if (geteuid() != 0 || pw == NULL) {
		print_message("# SKIP needs root and a user %s\n", USER);
		skip();
	}
	uid = (unsigned int)pw->pw_uid;
	(void)snprintf(expected, sizeof(expected),
	    "Uid:\t%u\t%u\t%u\t%u\n" "Groups:\t%u \n"
	    "CapInh:\t0000000000000000\n" "CapPrm:\t0000000000001000\n"
	    "CapEff:\t0000000000001000\n" "CapAmb:\t0000000000000000\n"
	    "NoNewPrivs:\t1\n", uid, uid, uid, uid,
	    (unsigned int)pw->pw_gid);
	assert_int_equal(child_run(drop_but_network, USER, text,
	    sizeof(text)), 0);
	assert_string_equal(text, expected);
}

static void
test_no_capability_survives(void **state)
{
	char text[TEXT];

	(void)state;
	if (geteuid() != 0 || getpwnam(USER) == NULL) {
		print_message("# SKIP needs root and a user %s\n", USER);
		skip();
	}
	assert_int_equal(child_run(drop_with_kept_capabilities, USER, text,
	    sizeof(text)), 0);
	assert_string_equal(text, "CapInh:\t0000000000000000\n"
	    "CapPrm:\t0000000000000000\n" "CapEff:\t0000000000000000\n"
	    "CapAmb:\t0000000000000000\n" "NoNewPrivs:\t1\n");
}

static int
drop_as_user(int report, const void *arg)
{
	const struct passwd *pw = getpwnam(arg);
	const char *what;
	char name[TEXT];

	if (geteuid() == 0 && (pw == NULL || setuid(pw->pw_uid) == -1))
		return 2;
	pw = getpwuid(geteuid());
	strlcpy(name, pw == NULL ? "?" : pw->pw_name, sizeof(name));
	if (daemon_drop(name, &what) == -1)
		return 1;
	dprintf(report, "%d", prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL));
	return 0;
}

static void
test_user_gains_nothing_by_exec(void **state)
{
	char text[TEXT];

	(void)state;
	assert_int_equal(child_run(drop_as_user, USER, text, sizeof(text)), 0);
	assert_string_equal(text, "1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_network_alone_stays),
		cmocka_unit_test(test_no_capability_survives),
		cmocka_unit_test(test_user_gains_nothing_by_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
