/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may connect, and how many. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "msak/server_private.h"

#define BATCH		64		/* then others have their turn */
#define PAUSE_NS	(100 * CLOCK_NS_PER_MS)
#define METRICS_MAX	64		/* connections to that listener */

bool
server_take(struct server *s, int64_t n)
{
	if (atomic_fetch_add(&s->memory, n) + n <= s->o->max_memory_bytes)
		return true;
	server_give(s, n);
	return false;
}

void
server_give(struct server *s, int64_t n)
{
	atomic_fetch_sub(&s->memory, n);
}

void
server_left(struct server *s, const struct addr *peer)
{
	s->nconns--;
	peers_remove(&s->peers, peer);
}

static bool
is_allowed(const struct server_options *o, const struct addr *peer)
{
	size_t i;

	for (i = 0; i < o->nallow; i++)
		if (addr_prefix_match(&o->allow[i], peer))
			return true;
	return o->nallow == 0;
}

/* Counts it, when it may come in: 0. Else the status that says why not, or -1
 * for one that gets no word. */
static int
admit(struct server *s, const struct listener *l, const struct addr *peer)
{
	if (l->metrics) {
		if (s->nmetrics >= METRICS_MAX)
			return 503;
		s->nmetrics++;
		return 0;
	}
	if (!is_allowed(s->o, peer))
		return -1;
	if (s->nconns >= s->max_conns)
		return 503;
	if (!peers_add(&s->peers, peer, s->o->max_per_address))
		return 429;
	s->nconns++;
	return 0;
}

static void
take_in(struct server *s, const struct listener *l, int fd,
    const struct addr *peer)
{
	int status = admit(s, l, peer);
	char text[ADDR_STRLEN];

	if (status == 0) {
		conn_start(s, l, fd, peer);
		return;
	}
	s->counts.refused++;
	SERVER_LOG(s, LOG_LEVEL_WARN, "Connection refused source=%s",
	    addr_format(peer, text, sizeof(text)));
	if (status == -1)
		close(fd);
	else
		conn_refuse(s, l, fd, peer, status);
}

/* Out of descriptors or memory: the queue waits. */
static void
on_pause(struct loop *loop, struct loop_timer *t, int64_t now_ns)
{
	struct listener *l = t->arg;

	(void)now_ns;
	(void)loop_fd_set(loop, &l->watch, LOOP_READ);
}

static void
on_accept(struct loop *loop, struct loop_fd *f, unsigned int events)
{
	struct listener *l = f->arg;
	struct addr peer;
	int fd, i;

	(void)events;
	for (i = 0; i < BATCH; i++) {
		fd = sock_accept(l->fd, &peer);
		if (fd != -1)
			take_in(l->server, l, fd, &peer);
		else if (errno == EAGAIN)
			return;
		else {
			SERVER_LOG(l->server, LOG_LEVEL_ERROR,
			    "accept error=%d", errno);
			(void)loop_fd_set(loop, &l->watch, 0);
			(void)loop_timer_set(loop, &l->pause,
			    loop_now(loop) + PAUSE_NS);
			return;
		}
	}
}

int
server_accept_on(struct server *s, struct listener *l, int fd)
{
	l->server = s;
	l->fd = fd;
	loop_timer_init(&l->pause, on_pause, l);
	return loop_fd_add(s->loop, &l->watch, fd, LOOP_READ, on_accept, l);
}

void
server_accept_close(struct listener *l)
{
	if (l->fd == -1)
		return;
	loop_timer_clear(l->server->loop, &l->pause);
	loop_fd_del(l->server->loop, &l->watch);
	close(l->fd);
	l->fd = -1;
}
