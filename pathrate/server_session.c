/* SPDX-License-Identifier: BSD-2-Clause */
/* A receiver's control connection. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "pathrate/server_private.h"

/* For the last words to a receiver that does not read. */
#define LINGER_NS	CLOCK_NS_PER_S
/* For the receiver's name: it comes at once or late. */
#define NAME_NS		CLOCK_NS_PER_S
#define NAME_STEP_NS	(2 * CLOCK_NS_PER_MS)

static void
end(struct session *c)
{
	struct server *s = c->server;

	server_say_limited(s, LOG_LEVEL_INFO, "%s: end after %u trains",
	    c->name, (unsigned int)c->snd.train.train_id);
	session_free(c);
	server_ended(s);
}

void
session_free(struct session *c)
{
	struct server *s = c->server;

	server_turn_leave(c);
	loop_timer_clear(s->loop, &c->timer);
	loop_fd_del(s->loop, &c->watch);
	close(c->fd);
	if (c->udp_fd != -1)
		close(c->udp_fd);
	TAILQ_REMOVE(&s->sessions, c, entry);
	s->count--;
	free(c);
}

/* It cannot be watched. */
static void
broken(struct session *c)
{
	server_say_limited(c->server, LOG_LEVEL_ERROR, "%s: %s", c->name,
	    strerror(errno));
	end(c);
}

/* As much of what is to be said as goes now; false: the peer is gone. */
static bool
say(struct session *c)
{
	ssize_t n;

	while (c->snd.out_len > 0) {
		n = send(c->fd, c->snd.out, c->snd.out_len, MSG_NOSIGNAL);
		if (n == -1)
			return errno == EAGAIN || errno == EINTR;
		snd_written(&c->snd, (size_t)n);
	}
	return true;
}

static void
watch(struct session *c)
{
	unsigned int want = 0;
	int64_t when_ns = snd_deadline_ns(&c->snd);

	if (snd_room(&c->snd) > 0)
		want |= LOOP_READ;
	if (c->snd.out_len > 0)
		want |= LOOP_WRITE;
	if (snd_is_over(&c->snd))
		when_ns = c->linger_ns;
	if (loop_fd_set(c->server->loop, &c->watch, want) == -1 ||
	    loop_timer_set(c->server->loop, &c->timer, when_ns) == -1)
		broken(c);
}

/* Something has happened: say, wait, send or end accordingly. */
static void
settle(struct session *c)
{
	bool there = say(c);

	if (!there)
		snd_closed(&c->snd);
	server_flush(c->server);
	if (snd_is_over(&c->snd) && (!there || c->snd.out_len == 0)) {
		end(c);
		return;
	}
	if (!snd_is_over(&c->snd)) {
		server_turn_update(c);
	} else if (c->linger_ns == 0) {
		server_turn_leave(c);
		c->linger_ns = clock_mono() + LINGER_NS;
	}
	watch(c);
}

static void
now(struct session *c)
{
	c->server->text.wall_ns = clock_wall();
}

/* Never more than the state machine takes: the rest waits in the kernel. */
static void
listen_to(struct session *c)
{
	uint8_t buf[SND_IN_MAX];
	size_t room = snd_room(&c->snd);
	ssize_t n = 0;

	if (room > 0)
		n = recv(c->fd, buf, room, 0);
	if (n > 0)
		snd_bytes(&c->snd, clock_mono(), buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		snd_closed(&c->snd);
}

static void
on_control(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct session *c = f->arg;

	(void)l;
	now(c);
	if (events & LOOP_READ)
		listen_to(c);
	settle(c);
}

void
session_train_sent(struct session *c, uint32_t departure_us)
{
	now(c);
	snd_sent(&c->snd, clock_mono(), c->departed_ns, departure_us);
	server_turn_departed(c);
	settle(c);
}

/* The session begins, and with it the receiver's time. */
static void
greet(struct session *c)
{
	struct server *s = c->server;
	char name[RESOLVE_NAME];
	bool named = resolve_name(s->names, &c->host, name);

	c->named_by_ns = 0;
	now(c);
	if (!s->invited)
		report_snd_waiting(&s->text);
	s->invited = false;
	report_snd_accepted(&s->text, named ? name : NULL);
	server_say_limited(s, LOG_LEVEL_INFO, "%s: begin", c->name);
	server_flush(s);
	snd_start(&c->snd, &s->config, report_snd, &s->text, clock_mono());
	if (loop_fd_add(s->loop, &c->watch, c->fd, LOOP_READ, on_control,
	    c) == 0)
		watch(c);
	else
		broken(c);
}

/* The original looks the name up before it reads a word; so do we. */
static void
await_name(struct session *c, int64_t now_ns)
{
	struct server *s = c->server;

	if (resolve_done(s->names, &c->host) || now_ns >= c->named_by_ns)
		greet(c);
	else if (loop_timer_set(s->loop, &c->timer, now_ns + NAME_STEP_NS) ==
	    -1)
		broken(c);
}

static void
on_timer(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct session *c = t->arg;

	(void)l;
	if (c->named_by_ns != 0) {
		await_name(c, now_ns);
		return;
	}
	now(c);
	if (snd_is_over(&c->snd)) {
		end(c);
		return;
	}
	snd_timer(&c->snd, now_ns);
	settle(c);
}

void
session_begin(struct server *s, int fd, const struct addr *peer)
{
	struct session *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		server_say_limited(s, LOG_LEVEL_ERROR, "%s", strerror(errno));
		close(fd);
		return;
	}
	c->server = s;
	c->fd = fd;
	c->udp_fd = -1;
	c->peer = *peer;
	addr_host(peer, c->name, sizeof(c->name));
	(void)sock_set_nodelay(fd, true);
	loop_timer_init(&c->timer, on_timer, c);
	TAILQ_INSERT_TAIL(&s->sessions, c, entry);
	s->count++;
	/* names are known of IPv4 addresses as such only */
	if (addr_numeric(c->name, 0, &c->host) == -1)
		c->host = *peer;
	resolve_want(s->names, &c->host);
	c->named_by_ns = clock_mono() + NAME_NS;
	await_name(c, clock_mono());
}
