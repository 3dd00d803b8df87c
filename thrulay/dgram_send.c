/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/udpio.h"
#include "thrulay/dgram_send.h"

#define BATCH		64		/* packets in one call */
#define PADDING		0x32		/* what the 0.9 client pads with */
#define PAUSE_NS	(100 * CLOCK_NS_PER_US)	/* when a device is full */
#define LATENESS_EXACT	100000		/* values kept before a histogram */

struct dgram_send {
	struct loop		*loop;
	struct dgram_send_config c;
	void			(*done)(void *, int);
	void			*arg;
	struct udpio_tx		*tx;
	struct loop_timer	 timer;		/* the next packet is due */
	struct loop_fd		 watch;		/* there is room again */
	bool			 started;
	int64_t			 start_ns;
	struct sched		 pace;
	struct pace_check	 check;
	uint64_t		 scheduled;	/* due so far */
	uint64_t		 sent;
	/* due and not sent yet: when they were due */
	size_t			 waiting;
	int64_t			 due_ns[BATCH];
};

static void	on_timer(struct loop *, struct loop_timer *, int64_t);

/* Everything that stays the same from packet to packet. */
static void
fill_packets(struct dgram_send *s)
{
	uint8_t head[WIRE_PACKET_LEN] = { 0 };
	size_t i, cut = s->c.payload;

	if (cut > sizeof(head))
		cut = sizeof(head);
	memcpy(head, s->c.nonce, WIRE_NONCE_LEN);
	for (i = 0; i < BATCH; i++) {
		memset(udpio_tx_buf(s->tx, i), PADDING, s->c.payload);
		memcpy(udpio_tx_buf(s->tx, i), head, cut);
	}
}

struct dgram_send *
dgram_send_new(struct loop *l, const struct dgram_send_config *c,
    void (*done)(void *, int), void *arg)
{
	struct dgram_send *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->loop = l;
	s->c = *c;
	s->done = done;
	s->arg = arg;
	loop_timer_init(&s->timer, on_timer, s);
	s->tx = udpio_tx_new(BATCH, c->payload, true);
	if (s->tx == NULL ||
	    pace_check_init(&s->check, LATENESS_EXACT) == -1) {
		udpio_tx_free(s->tx);
		free(s);
		errno = ENOMEM;
		return NULL;
	}
	fill_packets(s);
	return s;
}

void
dgram_send_stop(struct dgram_send *s)
{
	loop_timer_clear(s->loop, &s->timer);
	loop_fd_del(s->loop, &s->watch);
	if (s->c.busy)
		loop_set_busy(s->loop, false);
}

void
dgram_send_free(struct dgram_send *s)
{
	if (s == NULL)
		return;
	dgram_send_stop(s);
	pace_check_free(&s->check);
	udpio_tx_free(s->tx);
	free(s);
}

uint64_t
dgram_send_count(const struct dgram_send *s)
{
	return s->sent;
}

void
dgram_send_pacing(const struct dgram_send *s, struct thrulay_pacing *out)
{
	memset(out, 0, sizeof(*out));
	pace_check_result(&s->check, out);
	if (s->sent > 0)
		out->runtime_ns = s->check.last_sent_ns - s->start_ns;
	out->gso = udpio_tx_gso(s->tx);
}

/* The last thing that is done with s: the owner may free it meanwhile. */
static void
finish(struct dgram_send *s, int error)
{
	dgram_send_stop(s);
	s->done(s->arg, error);
}

/* Number and time into a packet, cut where the packet ends. */
static void
stamp(struct dgram_send *s, size_t i, int64_t wall_ns)
{
	uint8_t *buf = udpio_tx_buf(s->tx, i), whole[WIRE_PACKET_LEN];

	if (s->c.payload >= WIRE_PACKET_LEN) {
		wire_packet_stamp(buf, s->sent + i, wall_ns);
		return;
	}
	memcpy(whole, s->c.nonce, WIRE_NONCE_LEN);
	wire_packet_stamp(whole, s->sent + i, wall_ns);
	memcpy(buf, whole, s->c.payload);
}

/* Take from the schedule what is due. */
static void
take_due(struct dgram_send *s, int64_t now_ns)
{
	while (s->waiting < BATCH && s->scheduled < s->c.packets &&
	    sched_due(&s->pace) <= now_ns) {
		s->due_ns[s->waiting++] = sched_due(&s->pace);
		s->scheduled++;
		sched_advance(&s->pace);
	}
}

/* Send what waits, in one call. As udpio_send. */
static int
send_waiting(struct dgram_send *s)
{
	int64_t now, wall = clock_wall();
	size_t i, sent;
	int n;

	for (i = 0; i < s->waiting; i++)
		stamp(s, i, wall);
	now = clock_mono();
	n = udpio_send(s->tx, s->c.fd, &s->c.to, s->waiting);
	if (n <= 0)
		return n;
	sent = (size_t)n;
	for (i = 0; i < sent; i++)
		pace_check_sent(&s->check, s->due_ns[i], now);
	s->waiting -= sent;
	memmove(s->due_ns, s->due_ns + sent,
	    s->waiting * sizeof(s->due_ns[0]));
	s->sent += sent;
	return n;
}

static void
on_room(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct dgram_send *s = f->arg;

	(void)events;
	loop_fd_del(l, f);
	on_timer(l, &s->timer, loop_now(l));
}

/* The socket is full: until it has room, or a while where it cannot be
 * watched because somebody else does. */
static int
wait_for_room(struct dgram_send *s)
{
	if (loop_fd_add(s->loop, &s->watch, s->c.fd, LOOP_WRITE, on_room,
	    s) == 0)
		return 0;
	return loop_timer_set(s->loop, &s->timer, clock_mono() + PAUSE_NS);
}

/*
 * One call a round of the loop: what is still overdue has its turn after the
 * descriptors.
 */
static void
on_timer(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct dgram_send *s = t->arg;
	int64_t next;
	int n;

	/* Another sender in this loop may have ended its own. */
	if (s->c.busy)
		loop_set_busy(l, true);
	take_due(s, now_ns);
	n = s->waiting > 0 ? send_waiting(s) : 1;
	if (n == -1 && errno != ENOBUFS && errno != ECONNREFUSED &&
	    errno != EAGAIN && errno != EINTR) {
		finish(s, errno);
		return;
	}
	if (s->sent == s->c.packets) {
		finish(s, 0);
		return;
	}
	next = s->waiting > 0 ? now_ns : sched_due(&s->pace);
	if (n == -1 && errno == ENOBUFS)
		next = now_ns + PAUSE_NS;
	if ((n == 0 ? wait_for_room(s) : loop_timer_set(l, t, next)) == -1)
		finish(s, errno);
}

int
dgram_send_start(struct dgram_send *s)
{
	if (s->started || s->c.rate == 0) {
		errno = EINVAL;
		return -1;
	}
	s->started = true;
	s->start_ns = clock_mono();
	pace_init(&s->pace, s->c.spacing, s->c.rate, s->c.seed, s->start_ns);
	return loop_timer_set(s->loop, &s->timer,
	    s->c.packets == 0 ? s->start_ns : sched_due(&s->pace));
}
