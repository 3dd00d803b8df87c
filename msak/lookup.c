/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "msak/lookup.h"

struct lookup {
	struct loop	*loop;
	struct loop_fd	 watch;
	void		(*done)(void *);
	void		*arg;
	int		 wake[2];
	atomic_int	 holders;	/* the owner, the thread */
	/* The thread's until it writes to wake. */
	char		*host;
	uint16_t	 port;
	int		 family, gai;
	struct addr	 addr[LOOKUP_ADDRS];
	size_t		 n;
};

/* The last one tidies up. The thread cannot be hurried: it may be the one,
 * long after nobody wants to know any more. */
static void
release(struct lookup *k)
{
	if (atomic_fetch_sub(&k->holders, 1) > 1)
		return;
	if (k->wake[0] != -1) {
		close(k->wake[0]);
		close(k->wake[1]);
	}
	free(k->host);
	free(k);
}

static void *
run(void *arg)
{
	struct lookup *k = arg;
	ssize_t n;

	k->n = addr_resolve(k->host, k->port, k->family, SOCK_STREAM, k->addr,
	    LOOKUP_ADDRS, &k->gai);
	do
		n = write(k->wake[1], "", 1);
	while (n == -1 && errno == EINTR);
	release(k);
	return NULL;
}

static void
on_wake(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct lookup *k = f->arg;
	char byte;

	(void)events;
	if (read(k->wake[0], &byte, 1) != 1)
		return;
	loop_fd_del(l, f);
	k->done(k->arg);
}

/* 0, or an errno. */
static int
start_thread(struct lookup *k)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error = pthread_attr_init(&attr);

	if (error != 0)
		return error;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attr, run, k);
	(void)pthread_attr_destroy(&attr);
	return error;
}

static int
begin(struct lookup *k)
{
	struct addr numeric;
	int error = 0;

	atomic_fetch_add(&k->holders, 1);
	if (addr_numeric(k->host, k->port, &numeric) == 0)
		(void)run(k);
	else
		error = start_thread(k);
	if (error != 0)
		release(k);
	return error;
}

struct lookup *
lookup_start(struct loop *l, const char *host, uint16_t port, int family,
    void (*done)(void *), void *arg)
{
	struct lookup *k = calloc(1, sizeof(*k));
	int error;

	if (k == NULL)
		return NULL;
	k->loop = l;
	k->done = done;
	k->arg = arg;
	k->port = port;
	k->family = family;
	k->wake[0] = k->wake[1] = -1;
	atomic_init(&k->holders, 1);
	k->host = strdup(host);
	error = k->host == NULL ? ENOMEM : 0;
	if (error == 0 && (pipe2(k->wake, O_CLOEXEC | O_NONBLOCK) == -1 ||
	    loop_fd_add(l, &k->watch, k->wake[0], LOOP_READ, on_wake,
	    k) == -1))
		error = errno;
	if (error == 0)
		error = begin(k);
	if (error == 0)
		return k;
	lookup_free(k);
	errno = error;
	return NULL;
}

void
lookup_free(struct lookup *k)
{
	if (k == NULL)
		return;
	loop_fd_del(k->loop, &k->watch);
	release(k);
}

const char *
lookup_host(const struct lookup *k)
{
	return k->host;
}

size_t
lookup_addresses(const struct lookup *k, const struct addr **first)
{
	*first = k->addr;
	return k->n;
}

const char *
lookup_failure(const struct lookup *k, char *buf, size_t len)
{
	snprintf(buf, len, "%s", k->gai == EAI_NONAME ? "no such host" :
	    gai_strerror(k->gai));
	buf[0] = (char)tolower((unsigned char)buf[0]);
	return buf;
}
