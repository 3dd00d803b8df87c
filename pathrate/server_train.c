/* SPDX-License-Identifier: BSD-2-Clause */
/* Trains onto the wire: back to back, and to the control peer's host only. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "pathrate/server_private.h"
#include "pathrate/train.h"

#define BATCH		1024	/* packets whose headers are written at once */
#define BODY_LEN	65536	/* so that no link compresses it */
#define SNDBUF		(1 << 20)
#define RETRY_NS	(100 * CLOCK_NS_PER_US)	/* when a device is full */

static size_t
header_len(const struct snd_train *t)
{
	size_t want = t->has_nonce ? WIRE_NONCE_OFFSET + WIRE_NONCE_LEN :
	    WIRE_H4_LEN;

	return want < t->payload ? want : t->payload;
}

int
server_train_init(struct server *s)
{
	s->body = malloc(BODY_LEN);
	if (s->body == NULL)
		return -1;
	arc4random_buf(s->body, BODY_LEN);
	return 0;
}

void
server_train_close(struct server *s)
{
	udpio_burst_free(s->burst);
	free(s->body);
}

/* Room for the headers of this train. 0 or -1 with errno. */
static int
provide(struct server *s, const struct snd_train *t)
{
	if (s->burst != NULL && s->header_len == header_len(t))
		return 0;
	udpio_burst_free(s->burst);
	s->header_len = header_len(t);
	s->burst = udpio_burst_new(BATCH, s->header_len, s->body, BODY_LEN);
	return s->burst == NULL ? -1 : 0;
}

/* To the host that the receiver came from, whatever the port. */
static int
aim(int fd, const struct session *c, uint16_t port)
{
	struct addr to = c->peer;
	int dscp = c->server->o->dscp;

	sock_set_sndbuf(fd, SNDBUF);
	sock_allow_fragments(fd);
	if (dscp != 0 && sock_set_dscp(fd, dscp) == -1)
		return -1;
	addr_set_port(&to, port);
	return connect(fd, &to.sa, to.len);
}

/* From the address that the receiver connected to. */
static int
open_socket(struct session *c, uint16_t port)
{
	struct addr from;
	int fd, error;

	if (sock_local(c->fd, &from) == -1)
		return -1;
	addr_set_port(&from, 0);
	fd = sock_udp(&from);
	if (fd == -1)
		return -1;
	if (aim(fd, c, port) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	c->udp_fd = fd;
	c->udp_port = port;
	return 0;
}

static int
socket_for(struct session *c, const struct snd_train *t)
{
	if (c->udp_fd != -1 && c->udp_port == t->port)
		return 0;
	if (c->udp_fd != -1)
		close(c->udp_fd);
	c->udp_fd = -1;
	return open_socket(c, t->port);
}

static void
fill(struct server *s, const struct snd_train *t, size_t from)
{
	struct wire_probe p = { .train_id = t->train_id,
	    .round_id = t->round_id };
	uint8_t *header;
	size_t i;

	for (i = 0; i < BATCH && from + i <= t->len; i++) {
		header = udpio_burst_header(s->burst, i);
		p.pack_id = (uint32_t)(from + i);
		wire_probe_put(&p, header, s->header_len);
		if (t->has_nonce)
			wire_nonce_put(t->nonce, header, s->header_len);
	}
	s->filled_from = from;
}

/* One call for what is left of the batch. As udpio_burst_send. */
static int
send_some(struct session *c, const struct snd_train *t)
{
	struct server *s = c->server;
	struct udpio_gso never = { 0 };	/* it would bunch the train */
	size_t first = c->sent - s->filled_from, n;

	if (first == BATCH) {
		fill(s, t, c->sent);
		first = 0;
	}
	n = t->len + 1 - c->sent;
	if (n > BATCH - first)
		n = BATCH - first;
	return udpio_burst_send(s->burst, c->udp_fd, &never, first, n,
	    t->payload, 0);
}

static void
finish(struct session *c, uint32_t departure_us)
{
	server_train_stop(c);
	session_train_sent(c, departure_us);
}

/* The receiver will miss it, and say so. */
static void
fail(struct session *c)
{
	server_say_limited(c->server, LOG_LEVEL_WARN, "%s: train: %s",
	    c->name, strerror(errno));
	finish(c, 0);
}

static void
on_room(struct loop *l, struct loop_fd *f, unsigned int events);

/* The socket or the device is full. */
static void
wait_for_room(struct session *c, int64_t again_ns)
{
	struct server *s = c->server;

	if (again_ns != 0 ? loop_timer_set(s->loop, &s->retry, again_ns) :
	    loop_fd_add(s->loop, &c->udp_watch, c->udp_fd, LOOP_WRITE,
	    on_room, c))
		fail(c);
}

static uint32_t
departure_us(const struct session *c)
{
	int64_t us = (clock_mono() - c->departed_ns + CLOCK_NS_PER_US - 1) /
	    CLOCK_NS_PER_US;

	return us < 1 ? 1 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static void
send_rest(struct session *c)
{
	const struct snd_train *t = snd_train(&c->snd);
	int n;

	while (c->sent <= t->len) {
		n = send_some(c, t);
		if (n > 0) {
			c->sent += (size_t)n;
		} else if (n == 0) {
			wait_for_room(c, 0);
			return;
		} else if (errno == ENOBUFS) {
			wait_for_room(c, clock_mono() + RETRY_NS);
			return;
		} else if (errno != ECONNREFUSED) {
			fail(c);
			return;
		}
	}
	finish(c, departure_us(c));
}

static void
on_room(struct loop *l, struct loop_fd *f, unsigned int events)
{
	(void)events;
	loop_fd_del(l, f);
	send_rest(f->arg);
}

static void
on_retry(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;

	(void)l;
	(void)now_ns;
	send_rest(s->turn);
}

void
server_train_begin(struct session *c)
{
	struct server *s = c->server;
	const struct snd_train *t = snd_train(&c->snd);

	loop_timer_init(&s->retry, on_retry, s);
	if (provide(s, t) == -1 || socket_for(c, t) == -1) {
		fail(c);
		return;
	}
	c->sent = 0;
	fill(s, t, 0);
	c->departed_ns = clock_mono();
	send_rest(c);
}

void
server_train_stop(struct session *c)
{
	loop_timer_clear(c->server->loop, &c->server->retry);
	loop_fd_del(c->server->loop, &c->udp_watch);
}
