/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection from accept to its answer, or to the stream it becomes. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "msak/server_private.h"

#define DEADLINE_NS	(60 * CLOCK_NS_PER_S)	/* for all it says */
#define LINGER_NS	CLOCK_NS_PER_S		/* to see the peer's end */
#define LINGER_BYTES	1048576
#define REFUSED_MAX	64		/* that are being told so */
#define IN_MIN		2048
#define SCRATCH		16384
/* What TLS holds for a connection, about. */
#define TLS_BYTES	32768

/* It counts no longer. */
static void
uncount(struct server *s, enum conn_kind kind, const struct addr *peer)
{
	if (kind == CONN_METRICS)
		s->nmetrics--;
	else if (kind == CONN_REFUSED)
		s->nrefused--;
	else
		server_left(s, peer);
}

void
conn_free(struct conn *c)
{
	struct server *s = c->server;

	loop_fd_del(s->loop, &c->watch);
	loop_timer_clear(s->loop, &c->timer);
	transport_close(&c->t);
	TAILQ_REMOVE(&s->conns, c, entry);
	if (c->session != NULL)
		session_free(c->session);
	server_give(s, c->memory);
	http_body_free(&c->body);
	free(c->in);
	free(c->out);
	uncount(s, c->kind, &c->peer);
	free(c);
}

/* It is a stream from now on; that counts as a connection too. */
static void
become_session(struct conn *c)
{
	struct server *s = c->server;
	struct session *x = c->session;

	loop_fd_del(s->loop, &c->watch);
	x->t = c->t;
	transport_clear(&c->t, -1);
	x->memory += c->memory;
	c->memory = 0;
	c->session = NULL;
	s->nconns++;
	(void)peers_add(&s->peers, &c->peer, INT64_MAX);
	server_workers_submit(s, x);
	conn_free(c);
}

static void
linger(struct conn *c)
{
	c->state = CONN_LINGER;
	transport_shutdown(&c->t);
	(void)loop_timer_set(c->server->loop, &c->timer,
	    clock_mono() + LINGER_NS);
}

/* Each step says whether another may follow at once; CONN_GONE: it is freed. */
enum step { CONN_WAIT, CONN_GO, CONN_GONE };

static enum step
gone(struct conn *c)
{
	conn_free(c);
	return CONN_GONE;
}

static enum step
shake(struct conn *c)
{
	struct server_text t;

	switch (transport_handshake(&c->t)) {
	case 0:
		return CONN_WAIT;
	case 1:
		c->state = CONN_HEAD;
		return CONN_GO;
	default:
		SERVER_LOG(c->server, LOG_LEVEL_DEBUG,
		    "TLS handshake error source=%s error=%s", c->source,
		    server_value(&t, c->t.error, strlen(c->t.error)));
		return gone(c);
	}
}

/* Memory of the limited kind. Connections to the metrics, and those that are
 * refused, are few and have their own: they are what shows that it has run
 * out. */
static bool
take_memory(struct conn *c, int64_t n)
{
	if (c->kind != CONN_CLIENT)
		return true;
	if (!server_take(c->server, n))
		return false;
	c->memory += n;
	return true;
}

/* Room for what comes next of the head. */
static bool
grow(struct conn *c)
{
	size_t room = c->in_room == 0 ? IN_MIN : 2 * c->in_room;
	char *in;

	if (c->in_len < c->in_room)
		return true;
	if (!take_memory(c, (int64_t)(room - c->in_room)))
		return false;
	in = realloc(c->in, room);
	if (in == NULL)
		return false;
	c->in = in;
	c->in_room = room;
	return true;
}

/* What a read said when it said no bytes. */
static enum step
no_bytes(struct conn *c, ssize_t n)
{
	if (n == -1 && errno == EAGAIN)
		return CONN_WAIT;
	return gone(c);
}

static enum step
read_head(struct conn *c)
{
	ssize_t n;

	if (!grow(c))
		return gone(c);
	n = transport_read(&c->t, c->in + c->in_len, c->in_room - c->in_len);
	if (n <= 0)
		return no_bytes(c, n);
	c->in_len += (size_t)n;
	server_request(c);
	return CONN_GO;
}

static enum step
read_body(struct conn *c)
{
	char buf[SCRATCH];
	ssize_t n = transport_read(&c->t, buf, sizeof(buf));

	if (n == 0) {
		(void)http_body_end(&c->body);
		server_request_body(c);
		return CONN_GO;
	}
	if (n == -1)
		return no_bytes(c, n);
	if (http_body_put(&c->body, buf, (size_t)n) != HTTP_MORE)
		server_request_body(c);
	return CONN_GO;
}

static enum step
write_out(struct conn *c)
{
	struct iovec iov = { c->out + c->out_done, c->out_len - c->out_done };
	ssize_t n = 0;

	if (iov.iov_len > 0)
		n = transport_write(&c->t, &iov, 1);
	if (n == -1)
		return no_bytes(c, n);
	c->out_done += (size_t)n;
	if (c->out_done < c->out_len)
		return CONN_GO;
	if (c->session != NULL) {
		become_session(c);
		return CONN_GONE;
	}
	linger(c);
	return CONN_GO;
}

/* What it still sends, so that the answer is not lost to a reset. */
static enum step
drain(struct conn *c)
{
	char buf[SCRATCH];
	ssize_t n = transport_read(&c->t, buf, sizeof(buf));

	if (n <= 0)
		return no_bytes(c, n);
	c->drained += (size_t)n;
	return c->drained > LINGER_BYTES ? gone(c) : CONN_GO;
}

static enum step
step(struct conn *c)
{
	switch (c->state) {
	case CONN_HANDSHAKE:
		return shake(c);
	case CONN_HEAD:
		return read_head(c);
	case CONN_BODY:
		return read_body(c);
	case CONN_WRITE:
		return write_out(c);
	case CONN_LINGER:
		break;
	}
	return drain(c);
}

static void
go_on(struct conn *c)
{
	enum conn_state before;
	enum step next;

	do {
		before = c->state;
		next = step(c);
		if (next == CONN_GO && before != CONN_WRITE &&
		    c->state == CONN_WRITE)
			(void)loop_timer_set(c->server->loop, &c->timer,
			    clock_mono() + DEADLINE_NS);
	} while (next == CONN_GO);
	if (next == CONN_WAIT)
		(void)loop_fd_set(c->server->loop, &c->watch,
		    transport_want(&c->t, c->state != CONN_WRITE,
		    c->state == CONN_WRITE));
}

static void
on_ready(struct loop *l, struct loop_fd *f, unsigned int events)
{
	(void)l;
	(void)events;
	go_on(f->arg);
}

static void
on_deadline(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	(void)l;
	(void)now_ns;
	conn_free(t->arg);
}

/* The transport, the watch and the deadline. */
static int
set_up(struct conn *c, const struct listener *l, int fd)
{
	struct server *s = c->server;

	transport_clear(&c->t, fd);
	if (!take_memory(c, (int64_t)sizeof(*c) + (l->tls ? TLS_BYTES : 0)))
		return -1;
	if (l->tls) {
		c->state = CONN_HANDSHAKE;
		if (transport_tls(&c->t, fd, s->tls, NULL, false) == -1) {
			transport_clear(&c->t, fd);
			return -1;
		}
	}
	(void)sock_set_nodelay(fd, true);
	(void)sock_set_keepalive(fd, true);
	if (loop_fd_add(s->loop, &c->watch, fd, LOOP_READ, on_ready, c) == -1)
		return -1;
	return loop_timer_set(s->loop, &c->timer, c->accepted_ns +
	    DEADLINE_NS);
}

/* NULL: out of memory, and the connection is gone. */
static struct conn *
conn_new(struct server *s, const struct listener *l, int fd,
    const struct addr *peer, enum conn_kind kind)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		close(fd);
		uncount(s, kind, peer);
		return NULL;
	}
	c->server = s;
	c->kind = kind;
	c->state = CONN_HEAD;
	c->peer = *peer;
	(void)addr_format(peer, c->source, sizeof(c->source));
	c->accepted_ns = clock_mono();
	loop_timer_init(&c->timer, on_deadline, c);
	TAILQ_INSERT_TAIL(&s->conns, c, entry);
	if (set_up(c, l, fd) == 0)
		return c;
	s->counts.refused += kind != CONN_REFUSED;
	conn_free(c);
	return NULL;
}

void
conn_start(struct server *s, const struct listener *l, int fd,
    const struct addr *peer)
{
	(void)conn_new(s, l, fd, peer, l->metrics ? CONN_METRICS :
	    CONN_CLIENT);
}

/* Its request is read and thrown away, so that the answer is not lost to a
 * reset. */
void
conn_refuse(struct server *s, const struct listener *l, int fd,
    const struct addr *peer, int status)
{
	struct conn *c;

	if (l->tls || s->nrefused >= REFUSED_MAX) {
		close(fd);
		return;
	}
	s->nrefused++;
	c = conn_new(s, l, fd, peer, CONN_REFUSED);
	if (c == NULL)
		return;
	server_refuse(c, status);
	go_on(c);
}
