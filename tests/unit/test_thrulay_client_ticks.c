/* SPDX-License-Identifier: BSD-2-Clause */
/* When the client tells of intervals, and what its totals know. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/unit/loop_pair.h"
#include "thrulay/client.h"

#define STREAMS	3
#define TOLD	64

/* A client with nothing but streams; what it told. */
struct fixture {
	struct thrulay_client	c;
	struct stream		streams[STREAMS];
	struct thrulay_interval	told[TOLD];
	int			ntold;
};

static void
on_interval(void *arg, const struct thrulay_interval *iv)
{
	struct fixture *x = arg;

	assert_true(x->ntold < TOLD);
	x->told[x->ntold++] = *iv;
}

static bool
fill_all(struct stream *s, struct thrulay_interval *iv)
{
	(void)s;
	iv->bytes = 1000;
	return true;
}

/* The second stream has nothing to tell. */
static bool
fill_others(struct stream *s, struct thrulay_interval *iv)
{
	return s->id != 1 && fill_all(s, iv);
}

static void
begin(struct fixture *x, double interval,
    bool (*fill)(struct stream *, struct thrulay_interval *))
{
	int i;

	memset(x, 0, sizeof(*x));
	x->c.opt.reporting_interval = interval;
	x->c.on.interval = on_interval;
	x->c.arg = x;
	x->c.loop = loop_open();
	x->c.streams = x->streams;
	x->c.nstreams = STREAMS;
	x->c.start_ns = clock_mono();
	for (i = 0; i < STREAMS; i++) {
		x->streams[i].client = &x->c;
		x->streams[i].id = i;
	}
	loop_timer_init(&x->c.tick, NULL, &x->c);
	if (fill != NULL)
		assert_int_equal(client_ticks_start(&x->c, fill), 0);
}

static void
end(struct fixture *x)
{
	loop_free(x->c.loop);
}

static void
test_rate(void **state)
{
	struct thrulay_interval iv;

	(void)state;
	memset(&iv, 0, sizeof(iv));
	iv.bytes = 1000;
	iv.begin_ns = iv.end_ns = CLOCK_NS_PER_S;
	assert_true(client_rate(&iv) == 0);
	iv.end_ns = 3 * CLOCK_NS_PER_S;
	assert_true(client_rate(&iv) == 4000);
	iv.bytes = UINT64_C(1) << 60;
	assert_true(client_rate(&iv) == 0x1p60 * 4);
}

/* An hour's interval: only the end of the test can tell of it. */
static void
test_end_before_and_at_a_tick(void **state)
{
	struct fixture x;
	int i;

	(void)state;
	begin(&x, 3600, fill_all);
	client_ticks_end(&x.c, x.c.start_ns + 3600 * CLOCK_NS_PER_S - 1);
	assert_int_equal(x.ntold, 0);
	x.streams[1].finished = true;
	client_ticks_end(&x.c, x.c.start_ns + 3600 * CLOCK_NS_PER_S);
	assert_int_equal(x.ntold, 2);
	for (i = 0; i < 2; i++) {
		assert_int_equal(x.told[i].id, 2 * i);
		assert_int_equal(x.told[i].begin_ns, 0);
		assert_true(x.told[i].rate_bps == client_rate(&x.told[i]));
	}
	/* That tick is over: the next one is another hour away. */
	client_ticks_end(&x.c, x.c.start_ns + 7200 * CLOCK_NS_PER_S - 1);
	assert_int_equal(x.ntold, 2);
	/* Ticks that were missed are not made up for. */
	client_ticks_end(&x.c, x.c.start_ns + 36000 * CLOCK_NS_PER_S);
	assert_int_equal(x.ntold, 4);
	assert_int_equal(x.told[2].begin_ns, x.told[0].end_ns);
	end(&x);
}

static void
test_no_interval(void **state)
{
	struct fixture x;

	(void)state;
	begin(&x, 0, fill_all);
	client_ticks_end(&x.c, x.c.start_ns + 3600 * CLOCK_NS_PER_S);
	assert_int_equal(x.ntold, 0);
	end(&x);
	/* A UDP test without interval results never started any. */
	begin(&x, 1, NULL);
	client_ticks_end(&x.c, x.c.start_ns + 3600 * CLOCK_NS_PER_S);
	assert_int_equal(x.ntold, 0);
	end(&x);
}

/* Intervals of a stream follow each other without a gap; one that has nothing
 * to tell keeps its beginning. */
static void
test_ticks_follow(void **state)
{
	const struct thrulay_interval *iv;
	struct fixture x;
	int i;

	(void)state;
	begin(&x, 0.002, fill_others);
	while (x.ntold < 10)
		assert_int_equal(loop_once(x.c.loop, INT64_MAX), 0);
	for (i = 0; i < 10; i++) {
		iv = &x.told[i];
		assert_int_equal(iv->id, i % 2 * 2);
		assert_int_equal(iv->begin_ns, i < 2 ? 0 :
		    x.told[i - 2].end_ns);
		assert_true(iv->end_ns >=
		    (i / 2 + 1) * 2 * CLOCK_NS_PER_MS);
	}
	assert_int_equal(x.streams[1].begin_ns, x.c.start_ns);
	client_ticks_end(&x.c, x.c.start_ns);
	end(&x);
}

/* The totals of a UDP test whose streams ended with these results. */
static void
udp_totals(struct fixture *x, bool complete, struct thrulay_result *r)
{
	struct stream *s;
	int i;

	begin(x, 0, NULL);
	for (i = 0; i < STREAMS; i++) {
		s = &x->streams[i];
		s->udp.size = 100;
		s->have_udp = true;
		s->last_packet_ns = x->c.start_ns + CLOCK_NS_PER_S;
		s->udp_result.complete = true;
		s->udp_result.sent = 12;
		s->udp_result.total = 11;
		s->udp_result.unique = 10;
		s->udp_result.lost = 2;
	}
	s->udp_result.complete = complete;
	memset(r, 0, sizeof(*r));
	client_udp_report(&x->c, r);
	end(x);
}

/* A stream that nobody counted must not look like one that was lost. */
static void
test_udp_totals(void **state)
{
	const struct thrulay_interval *sum;
	struct thrulay_result r;
	struct fixture x;

	(void)state;
	udp_totals(&x, true, &r);
	sum = &r.total[THRULAY_FORWARD];
	assert_true(r.has[THRULAY_FORWARD]);
	assert_false(r.has[THRULAY_REVERSE]);
	assert_int_equal(sum->packets_sent, 3 * 12);
	assert_int_equal(sum->packets_received, 3 * 11);
	assert_int_equal(sum->packets_lost, 3 * 2);
	assert_int_equal(sum->bytes, 3 * 10 * 100);
	assert_true(sum->rate_bps == 3 * 10 * 100 * 8);
	udp_totals(&x, false, &r);
	assert_int_equal(sum->packets_sent, 3 * 12);
	assert_true(sum->packets_received == THRULAY_NO_COUNT);
	assert_true(sum->packets_lost == THRULAY_NO_COUNT);
	assert_true(sum->duplicates == THRULAY_NO_COUNT);
	assert_true(sum->reordered == THRULAY_NO_COUNT);
	assert_true(sum->bytes == THRULAY_NO_COUNT);
	assert_true(isnan(sum->rate_bps));
}

/* The totals of a TCP test; without a socket the kernel says nothing new. */
static void
test_tcp_totals(void **state)
{
	const struct thrulay_interval *sum;
	struct thrulay_result r;
	struct fixture x;
	int i;

	(void)state;
	begin(&x, 0, NULL);
	x.c.opt.forward = true;
	x.c.end_ns = x.c.start_ns + 2 * CLOCK_NS_PER_S;
	for (i = 0; i < STREAMS; i++) {
		assert_int_equal(tally_init(&x.streams[i].tally, 16), 0);
		tally_add(&x.streams[i].tally, 1, 1000,
		    &(int64_t){ (i + 1) * CLOCK_NS_PER_MS }, 1);
		x.streams[i].ctl.fd = -1;
		x.streams[i].kernel = (struct thrulay_kernel){
			7, 7, 30 - i, i, 7, 7, 7, 7, 7
		};
	}
	memset(&x.streams[0].kernel, 0xff, sizeof(x.streams[0].kernel));
	x.streams[2].broken = true;
	memset(&r, 0, sizeof(r));
	client_tcp_report(&x.c, &r);
	sum = &r.total[THRULAY_FORWARD];
	assert_true(r.has[THRULAY_FORWARD]);
	assert_false(r.has[THRULAY_REVERSE]);
	assert_int_equal(sum->id, -1);
	assert_int_equal(sum->blocks, STREAMS);
	assert_true(sum->rate_bps == STREAMS * 1000 * 8 / 2);
	assert_int_equal(sum->rtt.p50, 2 * CLOCK_NS_PER_MS);
	assert_true(sum->rtt_mean_of_means == 2e6);
	assert_true(sum->broken);
	/* These have a sense for several connections, the others none. */
	assert_int_equal(sum->kernel.retransmits, 1 + 2);
	assert_int_equal(sum->kernel.min_rtt_ns, 28);
	assert_int_equal(sum->kernel.rtt_ns, -1);
	assert_int_equal(sum->kernel.cwnd_bytes, -1);
	assert_int_equal(sum->kernel.delivery_rate_bps, -1);
	for (i = 0; i < STREAMS; i++)
		tally_free(&x.streams[i].tally);
	end(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_end_before_and_at_a_tick),
		cmocka_unit_test(test_no_interval),
		cmocka_unit_test(test_ticks_follow),
		cmocka_unit_test(test_udp_totals),
		cmocka_unit_test(test_tcp_totals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
