/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/child.h"
#include "tests/unit/unit.h"

#include "common/daemon.h"

#define TEXT	4096
#define USER	"nobody"

static void
need_root_and_user(void)
{
	if (geteuid() != 0)
		print_message("# SKIP needs root\n");
	else if (getpwnam(USER) == NULL)
		print_message("# SKIP no user %s here\n", USER);
	else
		return;
	skip();
}

/* daemon_drop and how it ended, as text. */
static int
report_drop(int report, const char *user)
{
	const char *what = "?";

	if (daemon_drop(user, &what) == 0) {
		dprintf(report, "dropped ");
		return 0;
	}
	dprintf(report, "%s: %s", what, strerror(errno));
	return 1;
}

static int
drop_as_root(int report, const void *arg)
{
	const gid_t extra[] = { 0, 4, 6 };
	gid_t groups[64];
	int i, n, roots = 0;

	if (setgroups(NELEM(extra), extra) == -1)
		return 2;
	if (report_drop(report, arg) != 0)
		return 1;
	n = getgroups(NELEM(groups), groups);
	for (i = 0; i < n; i++)
		roots += groups[i] == 0;
	dprintf(report, "root's groups=%d ", roots);
	dprintf(report, "setuid=%d setgid=%d setgroups=%d ", setuid(0),
	    setgid(0), setgroups(1, extra));
	dprintf(report, "uid=%ld,%ld gid=%ld,%ld", (long)getuid(),
	    (long)geteuid(), (long)getgid(), (long)getegid());
	return 0;
}

static void
test_root_becomes_user(void **state)
{
	const struct passwd *pw;
	char text[TEXT], want[TEXT];

	(void)state;
	need_root_and_user();
	pw = getpwnam(USER);
	snprintf(want, sizeof(want), "dropped root's groups=0 "
	    "setuid=-1 setgid=-1 setgroups=-1 uid=%ld,%ld gid=%ld,%ld",
	    (long)pw->pw_uid, (long)pw->pw_uid, (long)pw->pw_gid,
	    (long)pw->pw_gid);
	assert_int_equal(child_run(drop_as_root, USER, text, sizeof(text)), 0);
	assert_string_equal(text, want);
}

static int
drop(int report, const void *arg)
{
	return report_drop(report, arg);
}

static void
test_root_is_no_user_to_become(void **state)
{
	char text[TEXT], want[TEXT];

	(void)state;
	need_root_and_user();
	snprintf(want, sizeof(want), "root: %s", strerror(EINVAL));
	assert_int_equal(child_run(drop, "root", text, sizeof(text)), 1);
	assert_string_equal(text, want);
}

static void
test_unknown_user(void **state)
{
	char text[TEXT];

	(void)state;
	assert_int_equal(child_run(drop, "no such user", text, sizeof(text)),
	    1);
	assert_memory_equal(text, "no such user: ", 14);
	assert_string_equal(text + 14, strerror(EINVAL));
}

/* As whoever runs the tests, or as somebody if that is root. */
static int
drop_as_user(int report, const void *arg)
{
	const struct passwd *pw = getpwnam(USER);
	char name[TEXT];

	if (geteuid() == 0 && (pw == NULL || setuid(pw->pw_uid) == -1))
		return 2;
	if (arg == NULL) {
		pw = getpwuid(geteuid());
		strlcpy(name, pw == NULL ? "?" : pw->pw_name, sizeof(name));
		arg = name;
	}
	return report_drop(report, arg);
}

static void
test_user_stays_user(void **state)
{
	char text[TEXT], want[TEXT];

	(void)state;
	snprintf(want, sizeof(want), "root: %s", strerror(EPERM));
	assert_int_equal(child_run(drop_as_user, "root", text, sizeof(text)),
	    1);
	assert_string_equal(text, want);
	assert_int_equal(child_run(drop_as_user, NULL, text, sizeof(text)), 0);
	assert_string_equal(text, "dropped ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_becomes_user),
		cmocka_unit_test(test_root_is_no_user_to_become),
		cmocka_unit_test(test_unknown_user),
		cmocka_unit_test(test_user_stays_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
