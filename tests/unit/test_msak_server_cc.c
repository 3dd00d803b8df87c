/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/child.h"
#include "tests/unit/unit.h"

#include "common/daemon.h"
#include "common/sock.h"
#include "msak/server_cc.h"

#define TEXT	4096
#define USER	"nobody"

static bool
is_available(const char *name)
{
	int fd = sock_open(AF_INET, SOCK_STREAM);
	bool there = fd != -1 && sock_set_cc(fd, name) == 0;

	if (fd != -1)
		close(fd);
	return there;
}

/* What root can set, the server can after it gave root up. */
static int
set_each(int report, const void *arg)
{
	const struct passwd *pw = getpwnam(USER);
	struct cc_setter c;
	const char *const *name;
	const char *what;
	char got[32];
	int fd;

	(void)arg;
	if (pw == NULL || server_cc_start(&c, USER) == -1 ||
	    daemon_drop(USER, &what) == -1)
		return 1;
	for (name = server_cc_names; *name != NULL; name++) {
		fd = sock_open(AF_INET, SOCK_STREAM);
		if (fd == -1)
			return 2;
		if (server_cc_set(&c, fd, *name) == 0) {
			sock_get_cc(fd, got, sizeof(got));
			dprintf(report, "%s ", got);
		}
		close(fd);
	}
	server_cc_stop(&c);
	return c.fd == -1 ? 0 : 3;
}

static void
test_each_name(void **state)
{
	char text[TEXT], expected[TEXT] = "";
	const char *const *name;

	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP needs root\n");
		skip();
	}
	for (name = server_cc_names; *name != NULL; name++)
		if (is_available(*name)) {
			strlcat(expected, *name, sizeof(expected));
			strlcat(expected, " ", sizeof(expected));
		}
	assert_int_equal(child_run(set_each, NULL, text, sizeof(text)), 0);
	if (UNIT_LINUX)
		assert_string_equal(text, expected);
	else
		/* No capability to keep: what the user may, no more. */
		assert_true(strlen(text) <= strlen(expected));
}

/* What is no name, no TCP socket or no descriptor is an error, each time. */
static int
ask_nonsense(int report, const void *arg)
{
	struct cc_setter c;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)arg;
	if (server_cc_start(&c, USER) == -1)
		return 1;
	errno = 0;
	dprintf(report, "%d ", server_cc_set(&c, fd, "cubic"));
	dprintf(report, "%d ", server_cc_set(&c, -1, "cubic"));
	dprintf(report, "%d ", server_cc_set(&c, fd, "vegas"));
	close(fd);
	fd = sock_open(AF_INET, SOCK_STREAM);
	dprintf(report, "%d", server_cc_set(&c, fd, "reno"));
	server_cc_stop(&c);
	server_cc_stop(&c);
	return 0;
}

static void
test_nonsense(void **state)
{
	char text[TEXT];

	(void)state;
	assert_int_equal(child_run(ask_nonsense, NULL, text, sizeof(text)), 0);
	assert_string_equal(text, "-1 -1 -1 0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_name),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
