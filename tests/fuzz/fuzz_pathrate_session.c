/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "pathrate/rcv.h"
#include "pathrate/snd.h"

/*
 * Input: chunks of a length byte and so many bytes, each of them a piece of
 * the control stream of both sides and a packet for the receiver; a length of
 * 0 lets the next deadline pass. Both sides keep their limits.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
nothing(void *arg, enum snd_kind kind, int number)
{
	(void)arg;
	(void)kind;
	(void)number;
}

static void
sender(struct snd *s, int64_t now_ns, const uint8_t *p, size_t n)
{
	if (n == 0)
		snd_timer(s, snd_deadline_ns(s));
	else if (n <= snd_room(s))
		snd_bytes(s, now_ns, p, n);
	if (snd_train(s) != NULL)
		snd_sent(s, now_ns, now_ns, 1);
	snd_written(s, s->out_len);
	if (s->train.payload < 12 || s->train.payload > 16384 ||
	    s->train.len > 1000 || s->losses > 31)
		abort();
}

static void
receiver(struct rcv *r, int64_t now_ns, const uint8_t *p, size_t n)
{
	struct train_ask ask = { .round = 2, .len = 8, .payload = n };
	enum rcv_event e;

	rcv_packet(r, now_ns, now_ns, p, n);
	rcv_bytes(r, now_ns, p, n);
	if (n == 0)
		rcv_timer(r, rcv_deadline_ns(r));
	e = rcv_next(r);
	ask.again = r->end == TRAIN_LOST;
	if (e == RCV_READY)
		rcv_begin(r, 0, 100);
	if (e == RCV_READY || e == RCV_TRAIN)
		rcv_ask(r, now_ns, &ask);
	rcv_written(r, r->out_len);
	if (r->received > r->ask.len + 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snd_config sc = {
		.max_payload = 16384, .max_len = 1000,
		.max_spacing_ns = 60 * CLOCK_NS_PER_S,
		.idle_ns = CLOCK_NS_PER_S, .features = 7
	};
	struct rcv_config rc = { .extend = true, .first_ns = CLOCK_NS_PER_S };
	struct wire_rd in;
	struct snd s;
	struct rcv r;
	int64_t now_ns = 0;
	size_t n;

	snd_start(&s, &sc, nothing, NULL, 0);
	rcv_start(&r, &rc, 0);
	wire_rd_init(&in, data, size);
	while (in.left > 0) {
		n = wire_rd_u8(&in);
		if (n > in.left)
			n = in.left;
		now_ns += CLOCK_NS_PER_MS;
		sender(&s, now_ns, in.p, n);
		receiver(&r, now_ns, in.p, n);
		wire_rd_skip(&in, n);
	}
	return 0;
}
