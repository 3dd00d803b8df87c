/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>
#include <netinet/in.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/child.h"
#include "tests/unit/unit.h"

#include "common/activate.h"

#define TEXT	512

static const char *const known[] = { "ws", "wss", "latency", NULL };

/* What a service manager leaves: descriptors from 3 on, and variables. */
struct given {
	const char	*types;		/* s, d or f (a file) each */
	const char	*fds, *names;
	bool		 other_pid;
	const char	*asked;		/* pairs of type and name */
};

static void
open_given(const char *types)
{
	int i, fd;

	for (i = 0; types[i] != '\0'; i++) {
		fd = types[i] == 'f' ? open("/dev/null", O_RDONLY) :
		    socket(AF_INET, types[i] == 's' ? SOCK_STREAM : SOCK_DGRAM,
		    0);
		if (fd != 100 + i) {
			(void)dup2(fd, 100 + i);
			close(fd);
		}
	}
	for (i = 0; types[i] != '\0'; i++)
		(void)dup2(100 + i, 3 + i);
}

static void
set_given(const struct given *g)
{
	char pid[24];

	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid() +
	    (g->other_pid ? 1 : 0));
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", g->fds, 1);
	if (g->names != NULL)
		setenv("LISTEN_FDNAMES", g->names, 1);
}

static int
activated(int report, const void *arg)
{
	const struct given *g = arg;
	struct activate a;
	char word[32];
	const char *p;
	int away = dup2(report, 90), fd, flags;

	open_given(g->types);
	set_given(g);
	activate_init(&a);
	dprintf(away, "%d:", a.n);
	for (p = g->asked; *p != '\0'; p += strcspn(p, " ") + 1) {
		(void)snprintf(word, sizeof(word), "%.*s",
		    (int)strcspn(p, " "), p);
		fd = activate_take(&a, word + 1, word[0] == 's' ?
		    SOCK_STREAM : SOCK_DGRAM, known);
		flags = fd == -1 ? 0 : fcntl(fd, F_GETFL);
		dprintf(away, " %d%s", fd,
		    flags & O_NONBLOCK || fd == -1 ? "" : "?");
		if (p[strcspn(p, " ")] == '\0')
			break;
	}
	dprintf(away, " %d", activate_close(&a));
	return getenv("LISTEN_FDS") == NULL && getenv("LISTEN_PID") == NULL &&
	    getenv("LISTEN_FDNAMES") == NULL ? 0 : 1;
}

static void
gives(struct given g, const char *expected)
{
	char text[TEXT];

	assert_int_equal(child_run(activated, &g, text, sizeof(text)), 0);
	assert_string_equal(text, expected);
}

static void
test_by_name(void **state)
{
	(void)state;
	gives((struct given){ "ssd", "3", "wss:ws:latency", false,
	    "sws swss dlatency sws" }, "3: 4 3 5 -1 0");
}

/* Without names that mean something, the order and the type decide. */
static void
test_by_order(void **state)
{
	(void)state;
	gives((struct given){ "sds", "3", NULL, false,
	    "sws dlatency swss" }, "3: 3 4 5 0");
	gives((struct given){ "ss", "2", "x.socket:ws", false, "sws swss" },
	    "2: 4 3 0");
	/* What bears another purpose's name is left for it. */
	gives((struct given){ "s", "1", "wss", false, "sws swss" },
	    "1: -1 3 0");
}

static void
test_not_ours(void **state)
{
	(void)state;
	gives((struct given){ "s", "1", NULL, true, "sws" }, "0: -1 0");
	gives((struct given){ "s", "x", NULL, false, "sws" }, "0: -1 0");
	gives((struct given){ "s", "-1", NULL, false, "sws" }, "0: -1 0");
	gives((struct given){ "s", "17", NULL, false, "sws" }, "0: -1 0");
	gives((struct given){ "s", "0", NULL, false, "sws" }, "0: -1 0");
}

static void
test_left_over(void **state)
{
	(void)state;
	gives((struct given){ "fsd", "3", "a:b:c", false, "sws swss" },
	    "3: 4 -1 2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_name),
		cmocka_unit_test(test_by_order),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_left_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
