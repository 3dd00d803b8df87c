/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/pathrate_sim.h"
#include "tests/unit/unit.h"

#include "common/clock.h"

#define DELAY_NS	(5 * CLOCK_NS_PER_MS)	/* one way */
#define STEPS_MAX	4000000
#define NONCE		0x1122334455667788ULL

static double
unit(void)
{
	return (double)random() / 2147483648.0;
}

void
sim_write(struct sim *m, struct sim_stream *to, uint32_t value,
    int64_t delay_ns)
{
	uint8_t word[WIRE_WORD_MAX];
	size_t n = wire_word_put(value, m->config.width, word), i;

	assert_true(to->len + n <= SIM_STREAM);
	for (i = 0; i < n; i++) {
		to->byte[to->len] = word[i];
		to->due_ns[to->len++] = m->now_ns + DELAY_NS + delay_ns;
	}
}

static void
write_out(struct sim *m, struct sim_stream *to, const uint8_t *p, size_t n)
{
	size_t i;

	assert_true(to->len + n <= SIM_STREAM);
	for (i = 0; i < n; i++) {
		to->byte[to->len] = p[i];
		to->due_ns[to->len++] = m->now_ns + DELAY_NS;
	}
}

static int
by_arrival(const void *a, const void *b)
{
	const struct sim_packet *p = a, *q = b;

	return (p->arrival_ns > q->arrival_ns) -
	    (p->arrival_ns < q->arrival_ns);
}

/* A train through the link. */
void
sim_emit(struct sim *m, const struct snd_train *t)
{
	double bit_ns = 1000.0 / m->config.rate_mbps;
	int64_t gap_ns = (int64_t)((double)(t->payload + 28) * 8 * bit_ns);
	struct sim_packet *p;
	size_t i;

	m->sent++;
	for (i = 0; i <= t->len; i++) {
		if ((m->config.queue > 0 && i > m->config.queue) ||
		    unit() < m->config.loss || m->packets > TRAIN_LEN_MAX)
			continue;
		p = &m->packet[m->packets++];
		*p = (struct sim_packet){
			m->now_ns + DELAY_NS + gap_ns * (int64_t)(i + 1),
			{ (uint32_t)i, t->train_id, t->round_id }, t->payload,
			t->has_nonce ? t->nonce : 0
		};
		if (unit() < m->config.reorder)
			p->arrival_ns += gap_ns * 3 / 2;
	}
	qsort(m->packet, m->packets, sizeof(*m->packet), by_arrival);
}

static void
put_h8(const struct wire_probe *p, uint8_t *buf)
{
	uint8_t head[WIRE_H4_LEN];

	wire_probe_put(p, head, sizeof(head));
	memset(buf, 0xbb, 24);
	memcpy(buf, head, 4);
	memcpy(buf + 8, head + 4, 4);
	memcpy(buf + 16, head + 8, 4);
}

static void
deliver_packet(struct sim *m)
{
	struct sim_packet p = m->packet[0];
	uint8_t buf[TRAIN_PAYLOAD_MAX] = { 0 };

	memmove(m->packet, m->packet + 1, --m->packets * sizeof(p));
	if (m->config.old_receiver) {
		sim_old_receiver_packet(m, &p);
		return;
	}
	if (m->config.old_sender && m->config.layout == WIRE_H8)
		put_h8(&p.p, buf);
	else
		wire_probe_put(&p.p, buf, p.len);
	if (p.nonce != 0)
		wire_nonce_put(p.nonce, buf, p.len);
	rcv_packet(&m->r, m->now_ns, p.arrival_ns, buf, p.len);
}

static void
said(void *arg, enum snd_kind kind, int number)
{
	struct sim *m = arg;

	(void)number;
	m->sends += kind == SND_ROUND;
	m->unknown += kind == SND_UNKNOWN;
	m->congestion = m->congestion || kind == SND_CONGESTION;
}

static void
no_text(void *arg, const struct classic_event *e)
{
	(void)arg;
	(void)e;
}

static void
receiver_next(struct sim *m)
{
	if (classic_ask(&m->c) == NULL)
		rcv_finish(&m->r);
	else
		rcv_ask(&m->r, m->now_ns, classic_ask(&m->c));
}

static void
receiver_event(struct sim *m)
{
	struct classic_config config = {
		.quick = m->config.quick, .max_payload = 1460,
		.rtt_ms = m->r.rtt_ms, .latency_us = 1
	};

	switch (rcv_next(&m->r)) {
	case RCV_NOTHING:
		return;
	case RCV_READY:
		m->begun = true;
		classic_start(&m->c, &config, no_text, NULL);
		rcv_begin(&m->r, m->c.ask.spacing_ns, 1460);
		break;
	case RCV_TRAIN:
		m->trains += m->r.end == TRAIN_GOOD;
		classic_take(&m->c, m->r.end, m->r.arrival_ns);
		break;
	case RCV_TERMINATED:
		m->terminated = true;
		return;
	case RCV_FAILED:
		m->failed = m->r.why;
		return;
	}
	receiver_next(m);
}

static void
to_sender(struct sim *m, const uint8_t *p, size_t n)
{
	if (m->config.mute)
		return;
	if (m->config.old_sender)
		sim_old_sender(m, p, n);
	else
		snd_bytes(&m->s, m->now_ns, p, n);
}

static void
to_receiver(struct sim *m, const uint8_t *p, size_t n)
{
	if (m->config.old_receiver)
		sim_old_receiver(m, p, n);
	else
		rcv_bytes(&m->r, m->now_ns, p, n);
}

/* The bytes that are due, in one piece. */
static void
deliver_bytes(struct sim *m, struct sim_stream *from,
    void (*to)(struct sim *m, const uint8_t *p, size_t n))
{
	struct sim_stream now = { .len = 0 };

	while (now.len < from->len && from->due_ns[now.len] <= m->now_ns) {
		now.byte[now.len] = from->byte[now.len];
		now.len++;
	}
	from->len -= now.len;
	memmove(from->byte, from->byte + now.len, from->len);
	memmove(from->due_ns, from->due_ns + now.len,
	    from->len * sizeof(from->due_ns[0]));
	if (now.len > 0)
		to(m, now.byte, now.len);
}

static void
earlier(int64_t *next, int64_t t)
{
	if (t < *next)
		*next = t;
}

/* When something happens next. */
static int64_t
next_ns(const struct sim *m)
{
	int64_t next = INT64_MAX;

	if (m->packets > 0)
		earlier(&next, m->packet[0].arrival_ns);
	if (m->to_snd.len > 0)
		earlier(&next, m->to_snd.due_ns[0]);
	if (m->to_rcv.len > 0)
		earlier(&next, m->to_rcv.due_ns[0]);
	if (!m->config.old_receiver)
		earlier(&next, rcv_deadline_ns(&m->r));
	if (!m->config.old_sender && !m->config.mute)
		earlier(&next, snd_deadline_ns(&m->s));
	if (m->config.old_sender && m->old.wake_ns > 0)
		earlier(&next, m->old.wake_ns);
	return next > m->now_ns ? next : m->now_ns;
}

/* What both of ours have to say and to send. */
static void
flush(struct sim *m)
{
	const struct snd_train *t;

	if (!m->config.old_receiver) {
		receiver_event(m);
		write_out(m, &m->to_snd, m->r.out, m->r.out_len);
		rcv_written(&m->r, m->r.out_len);
	}
	if (m->config.old_sender || m->config.mute)
		return;
	if ((t = snd_train(&m->s)) != NULL) {
		sim_emit(m, t);
		snd_sent(&m->s, m->now_ns, m->now_ns, 77);
	}
	write_out(m, &m->to_rcv, m->s.out, m->s.out_len);
	snd_written(&m->s, m->s.out_len);
}

static bool
over(const struct sim *m)
{
	bool r = m->config.old_receiver ? m->old.over :
	    m->r.state == RCV_OVER;
	bool s = m->config.old_sender ? m->old.over : snd_is_over(&m->s);

	return r && (s || m->config.mute);
}

static void
step(struct sim *m)
{
	m->now_ns = next_ns(m);
	while (m->packets > 0 && m->packet[0].arrival_ns <= m->now_ns)
		deliver_packet(m);
	deliver_bytes(m, &m->to_rcv, to_receiver);
	deliver_bytes(m, &m->to_snd, to_sender);
	if (!m->config.old_receiver)
		rcv_timer(&m->r, m->now_ns);
	if (m->config.old_sender)
		sim_old_sender_wakes(m);
	else
		snd_timer(&m->s, m->now_ns);
	flush(m);
	/* the end of one is seen by the other */
	if (!m->config.old_receiver && m->r.state == RCV_OVER &&
	    m->to_snd.len == 0) {
		if (m->config.old_sender)
			m->old.over = true;
		else
			snd_closed(&m->s);
	}
	if (!m->config.old_sender && snd_is_over(&m->s) && m->to_rcv.len == 0)
		rcv_closed(&m->r);
}

void
sim_run(struct sim *m, const struct sim_config *config)
{
	struct rcv_config rc = {
		.extend = true, .nonce = NONCE, .data_port = WIRE_UDP_PORT,
		.first_ns = 60 * CLOCK_NS_PER_S,
		.limit_ns = 7200 * CLOCK_NS_PER_S
	};
	struct snd_config sc = {
		.max_payload = TRAIN_PAYLOAD_MAX, .max_len = TRAIN_LEN_MAX,
		.max_spacing_ns = 60 * CLOCK_NS_PER_S,
		.idle_ns = 60 * CLOCK_NS_PER_S,
		.features = WIRE_EXT_NONCE | WIRE_EXT_DEPARTURE |
		    WIRE_EXT_DATA_PORT | WIRE_EXT_QUEUED |
		    WIRE_EXT_CLOCK
	};
	int steps;

	memset(m, 0, sizeof(*m));
	m->config = *config;
	m->now_ns = 1;
	m->old.len = 3;
	m->old.payload = 1500;
	snd_start(&m->s, &sc, said, m, m->now_ns);
	if (config->old_receiver)
		sim_old_receiver_starts(m);
	else
		rcv_start(&m->r, &rc, m->now_ns);
	flush(m);
	for (steps = 0; !over(m); steps++) {
		assert_true(steps < STEPS_MAX);
		assert_true(m->now_ns < 9000 * CLOCK_NS_PER_S);
		step(m);
	}
}
