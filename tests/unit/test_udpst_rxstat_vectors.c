/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "common/clock.h"
#include "udpst/rxstat.h"

/* Where a status PDU of protocol 20 has what is compared. */
enum {
	AT_SUBINT_SEQ = 36, AT_SUBINT_DATAGRAMS = 40, AT_SUBINT_BYTES = 48,
	AT_SUBINT_DELTA = 52, AT_SUBINT_LOSS = 56, AT_SUBINT_OOO = 60,
	AT_SUBINT_DUP = 64, AT_SUBINT_OWD_CNT = 80, AT_ACCUM = 92,
	AT_LOSS = 96, AT_OOO = 100, AT_DUP = 104, AT_DELTA_MIN = 108,
	AT_OWD_MAX = 116, AT_OWD_CNT = 124, AT_RTT_SAMPLE = 132,
	AT_TI_DELTA = 140, AT_TI_DATAGRAMS = 144, AT_TI_BYTES = 148,
	AT_TIME = 152, AT_TI_CE = 176, AT_SUBINT_CE = 180, AT_MODIFIER = 185
};

#define TICK_NS		INT64_C(50055000)	/* the first trial interval */
#define CLAIMED		65000	/* by a datagram of 32 bytes */
#define SLACK_US	100	/* between building a status and its stamp */
/* at_ms of a load PDU was taken before a pause, then it was sent. */
#define PAUSE_NS	(4 * CLOCK_NS_PER_MS + CLOCK_NS_PER_MS / 4)

/* A recorded receiver being played again. */
struct replay {
	struct rxstat	r;
	struct wire_status out;
	uint8_t		pdu[WIRE_STATUS_LEN];	/* recorded */
	int64_t		first_ns;		/* wall clock at at_ms 0 */
	size_t		next;			/* of sent */
	uint32_t	oversold;		/* in this interval */
	uint64_t	oversold_subint;
	uint32_t	subints;
	unsigned int	stalls;		/* of the recording host */
	uint32_t	loss, ooo, dup;		/* of all of them */
};

static uint32_t
get(const struct replay *p, size_t at)
{
	const uint8_t *b = p->pdu + at;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

static int64_t
status_ns(const struct replay *p)
{
	struct wire_time t = { get(p, AT_TIME), get(p, AT_TIME + 4) };

	return wire_time_to_ns(t);
}

static void
load_status(struct replay *p, const struct jv *hex)
{
	assert_int_equal(jv_hex(hex, p->pdu, sizeof(p->pdu)),
	    WIRE_STATUS_LEN);
}

static int64_t
optional_ms(const struct jv *pdu, const char *key)
{
	const struct jv *v = jv_find(pdu, key);

	return v == NULL ? 0 : (int64_t)(jv_num(v) * CLOCK_NS_PER_MS);
}

/* One load PDU as it was sent; those that are none are left out. */
static bool
feed(struct replay *p, const struct jv *pdu)
{
	const struct jv *time = jv_find(pdu, "spduTime");
	struct wire_load load = { 0 };
	int64_t wall_ns;
	size_t len;

	if (jv_find(pdu, "bad") != NULL)
		return false;
	wall_ns = p->first_ns + optional_ms(pdu, "at_ms");
	load.time = wire_time_from_ns(wall_ns -
	    optional_ms(pdu, "pretend_sent_earlier_ms"));
	load.seq = (uint32_t)jv_int(jv_get(pdu, "seq"));
	load.payload = (uint16_t)jv_int(jv_get(pdu, "payload"));
	len = load.payload;
	if (time != NULL) {
		load.status_time.sec = (uint32_t)jv_int(jv_at(time, 0));
		load.status_time.nsec = (uint32_t)jv_int(jv_at(time, 1));
		load.rtt_delay_ms = (uint16_t)jv_int(jv_get(pdu,
		    "rttRespDelay"));
	}
	if (load.payload == CLAIMED) {
		len = WIRE_LOAD_LEN;
		p->oversold = CLAIMED - WIRE_LOAD_LEN;
		p->oversold_subint += p->oversold;
	}
	rxstat_load(&p->r, &load, len, wall_ns, -1, NULL);
	return true;
}

static void
check_trial(struct replay *p)
{
	const struct wire_status *s = &p->out;

	assert_int_equal(s->loss, get(p, AT_LOSS));
	assert_int_equal(s->ooo, get(p, AT_OOO));
	assert_int_equal(s->dup, get(p, AT_DUP));
	assert_int_equal(s->ti_datagrams, get(p, AT_TI_DATAGRAMS));
	assert_int_equal(s->ti_bytes + p->oversold, get(p, AT_TI_BYTES));
	assert_int_equal(s->clock_delta_min, (int32_t)get(p, AT_DELTA_MIN));
	assert_int_equal(s->owd_cnt, get(p, AT_OWD_CNT));
	assert_int_equal(s->rtt_sample == WIRE_NO_SAMPLE,
	    get(p, AT_RTT_SAMPLE) == WIRE_NO_SAMPLE);
	if (abs((int)(s->rtt_sample - get(p, AT_RTT_SAMPLE))) > 2)
		p->stalls++;
	assert_true(abs((int)s->ti_delta_us - (int)get(p, AT_TI_DELTA)) <=
	    SLACK_US);
	/* What the recording host added is not in the vectors. */
	if (p->oversold == 0)
		assert_true(s->owd_max <= get(p, AT_OWD_MAX) &&
		    s->owd_max + 6 >= get(p, AT_OWD_MAX));
}

static void
check_subint(struct replay *p)
{
	const struct wire_subint *s = &p->out.subint;

	assert_int_equal(p->out.subint_seq, get(p, AT_SUBINT_SEQ));
	assert_int_equal(s->datagrams, get(p, AT_SUBINT_DATAGRAMS));
	assert_int_equal(s->loss, get(p, AT_SUBINT_LOSS));
	assert_int_equal(s->ooo, get(p, AT_SUBINT_OOO));
	assert_int_equal(s->dup, get(p, AT_SUBINT_DUP));
	assert_int_equal(s->owd_cnt, get(p, AT_SUBINT_OWD_CNT));
	assert_true(abs((int)s->delta_us - (int)get(p, AT_SUBINT_DELTA)) <=
	    SLACK_US);
	assert_true(abs((int)s->accum_ms - (int)get(p, AT_ACCUM)) <= 1);
	if (p->out.subint_seq != p->subints) {
		p->subints = p->out.subint_seq;
		p->loss += s->loss;
		p->ooo += s->ooo;
		p->dup += s->dup;
	}
	if (s->bytes != get(p, AT_SUBINT_BYTES))
		assert_int_equal(s->bytes + p->oversold_subint,
		    get(p, AT_SUBINT_BYTES));
}

static void
tick(struct replay *p)
{
	rxstat_status(&p->r, status_ns(p), &p->out);
	rxstat_sent(&p->r, wire_time_from_ns(status_ns(p)));
}

static void
recorded_receiver(void **state)
{
	struct jv *v = jv_load("udpst/receiver-stats.json");
	const struct jv *sent = jv_get(v, "sent");
	const struct jv *statuses = jv_get(v, "statuses"), *status;
	struct replay p;
	size_t i, n;

	(void)state;
	memset(&p, 0, sizeof(p));
	for (i = 0; i < jv_len(statuses); i++) {
		status = jv_at(statuses, i);
		load_status(&p, jv_get(status, "hex"));
		if (i == 0) {
			p.first_ns = status_ns(&p) + PAUSE_NS -
			    optional_ms(status, "at_ms");
			rxstat_init(&p.r, 500, 50, 0, status_ns(&p) - TICK_NS);
		}
		/* As many as the original had seen until then. */
		for (n = get(&p, AT_TI_DATAGRAMS), p.oversold = 0; n > 0;)
			n -= feed(&p, jv_at(sent, p.next++));
		tick(&p);
		check_trial(&p);
		check_subint(&p);
	}
	assert_int_equal(i, 81);
	assert_int_equal(p.loss, 116);
	assert_int_equal(p.ooo, 7);
	assert_int_equal(p.dup, 6);
	assert_int_equal(p.r.total_datagrams, 367);
	assert_in_range(p.stalls, 0, 2);
	/* The zeroed status time gave the original 17467854. */
	assert_in_range(p.r.rtt_minimum, 0, 4);
	jv_free(v);
}

static void
feed_ecn(struct replay *p, const struct jv *pattern)
{
	struct wire_load load = { 0 };
	int64_t n;

	for (n = get(p, AT_TI_DATAGRAMS); n > 0; n--) {
		load.seq = (uint32_t)++p->next;
		load.payload = 100;
		load.time = wire_time_from_ns(status_ns(p) - n);
		rxstat_load(&p->r, &load, 100, status_ns(p), (int)jv_int(
		    jv_at(pattern, p->next % jv_len(pattern))), NULL);
	}
}

/* Returns the CE marks counted. */
static uint32_t
check_ecn(const struct jv *run, unsigned int thresh)
{
	const struct jv *statuses = jv_get(run, "statuses");
	struct replay p;
	uint32_t ce = 0;
	size_t i;

	memset(&p, 0, sizeof(p));
	for (i = 0; i < jv_len(statuses); i++) {
		load_status(&p, jv_at(statuses, i));
		if (i == 0)
			rxstat_init(&p.r, 1000, 50, thresh,
			    status_ns(&p) - TICK_NS);
		feed_ecn(&p, jv_get(run, "tos_pattern"));
		tick(&p);
		assert_int_equal(p.out.ti_ce, get(&p, AT_TI_CE));
		assert_int_equal(p.out.subint_ce, get(&p, AT_SUBINT_CE));
		assert_int_equal(p.out.modifier, p.pdu[AT_MODIFIER]);
		ce += p.out.ti_ce;
		check_subint(&p);
	}
	assert_int_equal(i, 106);
	assert_int_equal(rxstat_bleach_news(&p.r), p.pdu[AT_MODIFIER] != 0);
	assert_false(rxstat_bleach_news(&p.r));
	return ce;
}

static void
recorded_ecn(void **state)
{
	struct jv *v = jv_load("udpst/ecn-receiver.json");

	(void)state;
	assert_int_equal(jv_len(v), 2);
	assert_int_equal(check_ecn(jv_at(v, 0), 1), 252);
	assert_int_equal(check_ecn(jv_at(v, 1), 128), 0);
	jv_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_receiver),
		cmocka_unit_test(recorded_ecn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
