/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is let in. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "pathrate/server_private.h"

/* Connections accepted before other work gets its turn. */
#define ACCEPT_BATCH	16
/* Out of descriptors: leave the queue alone for this long. */
#define ACCEPT_PAUSE_NS	CLOCK_NS_PER_S

static bool
allowed(const struct server *s, const struct addr *peer)
{
	size_t i;

	for (i = 0; i < s->nallow; i++)
		if (addr_prefix_match(&s->allow[i], peer))
			return true;
	return s->nallow == 0;
}

static void
reject(struct server *s, int fd, const struct addr *peer, const char *why)
{
	char name[ADDR_STRLEN];

	server_say_limited(s, LOG_LEVEL_WARN, "%s rejected: %s",
	    addr_host(peer, name, sizeof(name)), why);
	close(fd);
}

static void
admit(struct server *s, int fd, const struct addr *peer)
{
	if (!allowed(s, peer))
		reject(s, fd, peer, "not allowed");
	else if (s->count >= s->o->max_sessions)
		reject(s, fd, peer, "too many sessions");
	else
		session_begin(s, fd, peer);
	/* the one session of this run: others are refused at once */
	if (!s->o->iterative && s->count > 0)
		server_accept_stop(s);
}

static void
on_connection(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct server *s = f->arg;
	struct addr peer;
	int fd, i;

	(void)events;
	for (i = 0; i < ACCEPT_BATCH && s->fd != -1; i++) {
		fd = sock_accept(s->fd, &peer);
		if (fd == -1)
			break;
		admit(s, fd, &peer);
	}
	if (i == ACCEPT_BATCH || s->fd == -1 || errno == EAGAIN ||
	    errno == EINTR || errno == ECONNABORTED)
		return;
	server_say_limited(s, LOG_LEVEL_WARN, "accept(sock_tcp): %s",
	    strerror(errno));
	if (loop_timer_set(l, &s->accept_pause, clock_mono() +
	    ACCEPT_PAUSE_NS) == 0)
		(void)loop_fd_set(l, f, 0);
}

static void
on_accept_again(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;

	(void)now_ns;
	if (s->fd != -1)
		(void)loop_fd_set(l, &s->watch, LOOP_READ);
}

/* Said before a receiver comes, as the original says it. */
static void
invite(struct server *s)
{
	if (!s->invited)
		report_snd_waiting(&s->text);
	s->invited = true;
	server_flush(s);
}

int
server_accept_start(struct server *s)
{
	loop_timer_init(&s->accept_pause, on_accept_again, s);
	invite(s);
	return loop_fd_add(s->loop, &s->watch, s->fd, LOOP_READ,
	    on_connection, s);
}

void
server_accept_stop(struct server *s)
{
	if (s->fd == -1)
		return;
	loop_timer_clear(s->loop, &s->accept_pause);
	loop_fd_del(s->loop, &s->watch);
	close(s->fd);
	s->fd = -1;
}

void
server_ended(struct server *s)
{
	if (s->count > 0)
		return;
	if (s->o->iterative)
		invite(s);
	else
		loop_stop(s->loop);
}
