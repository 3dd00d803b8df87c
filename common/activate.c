/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/activate.h"
#include "common/opt.h"

#define FIRST_FD	3

/* -1: it is not there, or no number within its range. */
static int64_t
number(const char *variable, int64_t hi)
{
	const char *text = opt_env(variable), *why;
	int64_t n;

	if (text == NULL || opt_int(text, 0, hi, &n, &why) == -1)
		return -1;
	return n;
}

static int
type_of(int fd)
{
	socklen_t len = sizeof(int);
	int type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 ? type :
	    -1;
}

/* The part of names before the next colon. */
static const char *
copy_name(char name[ACTIVATE_NAME], const char *names)
{
	size_t n = strcspn(names, ":");
	size_t kept = n < ACTIVATE_NAME ? n : ACTIVATE_NAME - 1;

	memcpy(name, names, kept);
	name[kept] = '\0';
	return names[n] == ':' ? names + n + 1 : names + n;
}

void
activate_init(struct activate *a)
{
	const char *names = opt_env("LISTEN_FDNAMES");
	int64_t n = number("LISTEN_FDS", ACTIVATE_MAX);
	bool ours = number("LISTEN_PID", INT32_MAX) == (int64_t)getpid();
	int i;

	a->n = ours && n > 0 ? (int)n : 0;
	for (i = 0; i < a->n; i++) {
		a->s[i].fd = FIRST_FD + i;
		a->s[i].type = type_of(FIRST_FD + i);
		a->s[i].name[0] = '\0';
		if (names != NULL)
			names = copy_name(a->s[i].name, names);
		(void)fcntl(FIRST_FD + i, F_SETFD, FD_CLOEXEC);
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

static bool
is_known(const char *name, const char *const *known)
{
	for (; *known != NULL; known++)
		if (strcmp(name, *known) == 0)
			return true;
	return false;
}

static int
take(struct activate *a, int i)
{
	int fd = a->s[i].fd, flags = fcntl(fd, F_GETFL);

	a->s[i].fd = -1;
	if (flags != -1)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return fd;
}

int
activate_take(struct activate *a, const char *name, int type,
    const char *const *known)
{
	int i, other = -1;

	for (i = 0; i < a->n; i++) {
		if (a->s[i].fd == -1 || a->s[i].type != type)
			continue;
		if (strcmp(a->s[i].name, name) == 0)
			return take(a, i);
		if (other == -1 && known != NULL &&
		    !is_known(a->s[i].name, known))
			other = i;
	}
	return other == -1 ? -1 : take(a, other);
}

int
activate_close(struct activate *a)
{
	int i, closed = 0;

	for (i = 0; i < a->n; i++)
		if (a->s[i].fd != -1) {
			close(a->s[i].fd);
			a->s[i].fd = -1;
			closed++;
		}
	return closed;
}
