/* SPDX-License-Identifier: BSD-2-Clause */
/* From the socket to the sessions. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "udping/server_private.h"

/* Batches in a row, before timers and signals have their turn. */
#define ROUNDS	16
/* The buffer of the socket holds no more. */
#define ROUNDS_ALL	65536

/*
 * Where so many come at once, more will soon: to be woken for each handful
 * costs more than to read it. Stamps are the kernel's, so nothing is late, and
 * the buffer of the socket has room for hundreds of such pauses.
 */
#define MANY		8
#define PAUSE_NS	(100 * CLOCK_NS_PER_US)

int64_t
server_seconds(const struct server *s)
{
	return (clock_mono() + s->base_ns) / CLOCK_NS_PER_S;
}

static bool
allowed(const struct server_options *o, const struct addr *from)
{
	size_t i;

	for (i = 0; i < o->nallow; i++)
		if (addr_prefix_match(&o->allow[i], from))
			return true;
	return o->nallow == 0;
}

/* In the words of the original (4.3). */
static void
malformed(struct server *s, enum wire_error error, int64_t value, size_t len)
{
	s->totals.malformed++;
	switch (error) {
	case WIRE_OK:
		break;
	case WIRE_SHORT:
		server_say_limited(s, "Malformed packet - size %d is less "
		    "than header size %d", (int)value, WIRE_PROBE_LEN);
		break;
	case WIRE_SIZE:
		server_say_limited(s, "Malformed packet - expected %d, got "
		    "%zu", (int)value, len < WIRE_MAX ? len : WIRE_MAX);
		break;
	case WIRE_BAD_VERSION:
		server_say_limited(s, "Incorrect protocol version.  Expected "
		    "%d, got %d", WIRE_VERSION, (int)value);
		break;
	case WIRE_BAD_GUID:
		server_say_limited(s, "Malformed packet - the GUID is not %d "
		    "hexadecimal digits", WIRE_GUID);
		break;
	}
}

static void
take(struct server *s, const struct udpio_msg *m, int64_t now_s)
{
	struct wire_probe p;
	enum wire_error error;
	int64_t value;

	s->totals.packets++;
	if (m->drops >= 0)
		s->drops = udpio_rx_drops(s->rx);
	if (!allowed(s->o, &m->from)) {
		s->totals.not_allowed++;
		return;
	}
	error = wire_get_head(m->data, m->len, m->wire_len, &p, &value);
	if (error != WIRE_OK) {
		malformed(s, error, value, m->wire_len);
		return;
	}
	if (s->o->verbose)
		report_probe(stdout, &p);
	switch (session_take(s->sessions, &m->from, &p, m->wall_ns, now_s)) {
	case SESSION_COUNTED:
		break;
	case SESSION_LATE:
		s->totals.late++;
		break;
	case SESSION_FULL:
		s->totals.refused++;
		server_say_limited(s, "No room for another period "
		    "(--max-sessions)");
		break;
	}
}

static void
take_all(struct server *s, int n)
{
	const struct addr *from[SERVER_BATCH];
	int64_t now_s = server_seconds(s);
	int i;

	for (i = 0; i < n; i++)
		from[i] = &udpio_msg(s->rx, i)->from;
	if (n >= MANY)
		session_ahead(s->sessions, from, (size_t)n);
	for (i = 0; i < n; i++)
		take(s, udpio_msg(s->rx, i), now_s);
	s->packets += (size_t)n;
	s->stamped = udpio_msg(s->rx, n - 1)->kernel_stamp;
}

/* A batch; returns how many came. */
static int
take_batch(struct server *s)
{
	int n = udpio_recv(s->rx, s->fd);

	if (n == -1)
		server_say_limited(s, "receive: %s", strerror(errno));
	if (n > 0)
		take_all(s, n);
	return n;
}

/* Returns how many the last batch had. */
static int
take_batches(struct server *s)
{
	int n, round = 0;

	do
		n = take_batch(s);
	while (n == SERVER_BATCH && ++round < ROUNDS);
	if (s->o->verbose)
		server_flush(s);
	return n;
}

/* How long the socket may be left alone after what came. */
static int64_t
nap_of(struct server *s, int64_t now_ns)
{
	int64_t nap_ns = nap_after(&s->nap, s->packets, now_ns);

	s->packets = 0;
	return s->stamped ? nap_ns : 0;
}

void
server_readable(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct server *s = f->arg;
	int n = take_batches(s);
	int64_t now_ns = loop_now(l), nap_ns = nap_of(s, now_ns);

	(void)events;
	if (nap_ns > 0 &&
	    loop_timer_set(l, &s->nap_end, now_ns + nap_ns) == 0)
		(void)loop_fd_set(l, f, 0);
	else if (n >= MANY && s->stamped)
		clock_sleep_until(clock_mono() + PAUSE_NS, 0);
}

void
server_nap_end(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;
	int64_t nap_ns;

	take_batches(s);
	nap_ns = nap_of(s, now_ns);
	if (nap_ns == 0 || loop_timer_set(l, t, now_ns + nap_ns) == -1)
		(void)loop_fd_set(l, &s->watch, LOOP_READ);
}

/* Until nothing comes, as a batch may be less than there is; in a flood there
 * is no end but the time. */
void
server_catch_up(struct server *s)
{
	int64_t begin_ns = clock_wall();
	int n, round = 0;

	do
		n = take_batch(s);
	while (n > 0 && ++round < ROUNDS_ALL &&
	    udpio_msg(s->rx, n - 1)->wall_ns < begin_ns);
	if (s->o->verbose)
		server_flush(s);
}
