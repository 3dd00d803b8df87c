/* SPDX-License-Identifier: BSD-2-Clause */
/* The classic run where no recording led: loss, bursts, any times at all. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "pathrate/classic.h"
#include "pathrate/report.h"
#include "pathrate/wire.h"

/* More trains than any run may take, lossy ones included. */
#define TRAINS_MAX	60000

struct run {
	struct classic	c;
	struct report	r;
	char		*out;
	size_t		out_len;
	int64_t		arrival_ns[TRAIN_LEN_MAX + 1];
	int		trains;
};

static void
start(struct run *run, size_t max_payload, bool quick)
{
	struct classic_config config = {
		.quick = quick, .max_payload = max_payload, .rtt_ms = 0.1,
		.latency_us = 1
	};

	run->trains = 0;
	run->r = (struct report){
		.out = open_memstream(&run->out, &run->out_len),
		.normal = true, .verbose = true
	};
	classic_start(&run->c, &config, report_classic, &run->r);
}

/* Ends the output; what was printed. */
static const char *
printed(struct run *run)
{
	fclose(run->r.out);
	return run->out;
}

/* One packet every gap_ns. */
static void
even(struct run *run, int64_t gap_ns)
{
	size_t i;

	for (i = 0; i <= TRAIN_LEN_MAX; i++)
		run->arrival_ns[i] = (int64_t)i * gap_ns;
}

static const struct train_ask *
take(struct run *run, enum train_end end)
{
	assert_true(++run->trains < TRAINS_MAX);
	classic_take(&run->c, end, run->arrival_ns);
	return classic_ask(&run->c);
}

static void
finish(struct run *run)
{
	while (take(run, TRAIN_GOOD) != NULL)
		continue;
}

static bool
has_word(const struct train_ask *a, uint32_t value)
{
	size_t i;

	for (i = 0; i < a->nwords; i++)
		if (a->words[i] == value)
			return true;
	return false;
}

static void
rates_and_spacings(void **state)
{
	(void)state;
	assert_true(classic_rate(1488, 1, 1488) == 8);
	assert_true(isinf(classic_rate(1488, 1, 0)));
	assert_true(isinf(classic_rate(1488, 1, -5)));
	assert_true(classic_spacing_ns(0) == 500 * CLOCK_NS_PER_MS);
	assert_true(classic_spacing_ns(400) == 500 * CLOCK_NS_PER_MS);
	assert_true(classic_spacing_ns(401.3) == 501 * CLOCK_NS_PER_MS);
}

/* The first train and one that is sent again. */
static void
a_lossy_train(void **state)
{
	struct run *run = *state;
	const struct train_ask *a;

	start(run, 1460, false);
	even(run, 1200 * CLOCK_NS_PER_US);
	a = classic_ask(&run->c);
	assert_int_equal(a->round, 2);
	assert_int_equal(a->len, 2);
	assert_int_equal(a->payload, 1460);
	assert_int_equal(a->nwords, 1);
	assert_int_equal(a->words[0], wire_value(WIRE_TRAIN_LEN, 2));
	a = take(run, TRAIN_LOST);
	assert_true(a->again);
	assert_int_equal(a->round, 2);
	assert_int_equal(a->nwords, 0);
	a = take(run, TRAIN_STALE);
	assert_false(a->again);
	assert_int_equal(a->round, 3);
	assert_int_equal(a->len, 2);
	assert_int_equal(a->nwords, 0);
	a = take(run, TRAIN_GOOD);
	assert_int_equal(a->round, 4);
	assert_int_equal(a->len, 3);
	finish(run);
	assert_int_equal(run->c.phase, CLASSIC_DONE);
	assert_int_equal(run->trains, 83);
	assert_non_null(strstr(printed(run), "Sufficiently low"));
	free(run->out);
}

/* Five lossy trains of all lengths together end the discovery. */
static void
discovery_of_a_short_queue(void **state)
{
	struct run *run = *state;
	const struct train_ask *a;
	int i;

	start(run, 1460, false);
	even(run, 1200 * CLOCK_NS_PER_US);
	take(run, TRAIN_LOST);
	while ((a = take(run, TRAIN_GOOD))->len < 20)
		continue;
	for (i = 0; i < 3; i++) {
		a = take(run, TRAIN_LOST);
		assert_true(a->again);
		assert_int_equal(a->len, 20);
	}
	a = take(run, TRAIN_LOST);
	assert_false(a->again);
	assert_int_equal(a->len, 16);
	assert_true(has_word(a, wire_value(WIRE_TRAIN_LEN, 16)));
	finish(run);
	assert_int_equal(run->c.max_len, 16);
	assert_non_null(strstr(printed(run),
	    "\t--> Maximum train length: 16 packets \n\n"));
	free(run->out);
}

/* A train that takes longer than the spacing is the longest. */
static void
discovery_of_a_slow_link(void **state)
{
	struct run *run = *state;
	const struct train_ask *a;

	start(run, 1460, true);
	even(run, 100 * CLOCK_NS_PER_MS);
	while ((a = take(run, TRAIN_GOOD))->nwords != 2)
		continue;
	assert_int_equal(a->words[0], wire_value(WIRE_TRAIN_SPACING, 1000));
	assert_int_equal(a->words[1], wire_value(WIRE_TRAIN_LEN, 8));
	assert_true(a->spacing_ns == CLOCK_NS_PER_S);
	finish(run);
	assert_int_equal(run->c.phase, CLASSIC_DONE);
	assert_true(fabs(run->c.mean - 0.11904) < 1e-6);
	assert_true(run->c.bin == 20);	/* of values that are all equal */
	assert_non_null(strstr(printed(run), " 119 kbps "));
	free(run->out);
}

static void
everything_is_lost(void **state)
{
	struct run *run = *state;

	start(run, 1460, false);
	while (take(run, TRAIN_LOST) != NULL)
		continue;
	assert_int_equal(run->trains, 5);
	assert_int_equal(run->c.phase, CLASSIC_FAILED);
	assert_string_equal(strstr(printed(run), "Insuff"),
	    "Insufficient number of packet dispersion estimates.\n");
	free(run->out);
}

/* Loss that begins when the longest train is known makes it shorter. */
static void
long_trains_are_lost_later(void **state)
{
	struct run *run = *state;
	const struct train_ask *a;

	start(run, 1460, false);
	even(run, 1200 * CLOCK_NS_PER_US);
	while (run->c.phase == CLASSIC_IN_DISCOVERY)
		take(run, TRAIN_GOOD);
	for (a = classic_ask(&run->c); a != NULL;
	    a = take(run, a->len > 10 ? TRAIN_LOST : TRAIN_GOOD))
		continue;
	assert_int_equal(run->c.phase, CLASSIC_DONE);
	assert_in_range(run->c.max_len, 5, 10);
	assert_non_null(strstr(printed(run), "Reducing train size to 36\n"));
	free(run->out);
}

static void
no_gap_counts(void **state)
{
	struct run *run = *state;

	start(run, 1460, false);
	even(run, 2900);	/* 2.9 us: no burst and too fast to count */
	finish(run);
	assert_int_equal(run->c.phase, CLASSIC_FAILED);
	assert_int_equal(run->trains, 81);
	assert_non_null(strstr(printed(run), "(ignored)"));
	free(run->out);
}

/* Batches of 10 in 100 us: 9 * 12000 bits in them. */
static void
batches(struct run *run)
{
	size_t i;

	for (i = 0; i <= TRAIN_LEN_MAX; i++)
		run->arrival_ns[i] = ((int64_t)i / 10 * 100 + (int64_t)i % 10) *
		    CLOCK_NS_PER_US;
}

static void
coalescence_method(void **state)
{
	struct run *run = *state;
	const struct train_ask *a;

	start(run, 1460, false);
	batches(run);
	while (run->c.phase != CLASSIC_IN_BURSTS)
		a = take(run, TRAIN_GOOD);
	a = classic_ask(&run->c);
	assert_int_equal(a->len, 200);
	assert_int_equal(a->words[0], wire_value(WIRE_TRAIN_LEN, 200));
	assert_int_equal(a->words[1], wire_value(WIRE_PCK_LEN, 1460));
	a = take(run, TRAIN_LOST);
	assert_false(a->again);
	assert_int_equal(a->len, 180);
	finish(run);
	assert_int_equal(run->c.phase, CLASSIC_DONE);
	assert_int_equal(run->trains, 17 + 1 + 10);
	assert_true(run->c.lo == 1080 && run->c.hi == 1080);
	assert_non_null(strstr(printed(run), "packets \n\n"
	    "Detected Interrupt Coalescence... \n"
	    "Test with Interrupt Coalesence\n"
	    "  10 Trains of length: 200 \n"
	    "  Train id: 0 -> \n\tReducing train size to 180\n"
	    "  Train id: 1 -> \n\t 1080 Mbps \n\t 1080 Mbps \n\t"));
	assert_non_null(strstr(run->out,
	    "\n\tNumber of jump detected = 18\n"
	    "-------------------------------------------------\n"
	    "Final capacity estimate :  1080 Mbps  to  1080 Mbps  \n"));
	free(run->out);
}

static void
coalescence_without_rates(void **state)
{
	struct run *run = *state;

	start(run, 1460, false);
	even(run, CLOCK_NS_PER_US);
	while (run->c.phase != CLASSIC_IN_BURSTS)
		take(run, TRAIN_GOOD);
	finish(run);
	assert_int_equal(run->c.phase, CLASSIC_FAILED);
	assert_non_null(strstr(printed(run),
	    "Insufficient number 0 of packet dispersion estimates.\n"
	    "Probably a 1000Mbps path.\n"));
	free(run->out);
	start(run, 1460, false);
	while (run->c.phase != CLASSIC_IN_BURSTS)
		take(run, TRAIN_GOOD);
	while (take(run, TRAIN_LOST) != NULL)
		continue;
	assert_int_equal(run->trains, 17 + 1 + 6);
	assert_non_null(strstr(printed(run), "Reducing train size to 80\n"
	    "Insufficient number of packet dispersion estimates.\n"
	    "Probably a 1000Mbps path.\n"));
	free(run->out);
}

/* Times of a link with noise and batches, of a jumping clock, or all equal. */
static void
any_times(struct run *run)
{
	int64_t t = random(), kind = random() % 8;
	size_t i;

	for (i = 0; i <= TRAIN_LEN_MAX; i++) {
		run->arrival_ns[i] = t;
		if (kind < 5)
			t += 1000 * (1 + random() % (1 + kind * 40));
		else if (kind == 5)
			t += random() % 5000000 - 2500000;
		else if (kind == 6)
			t += random() % 7 ? 0 : random() % 200000;
	}
}

static void
ask_is_sound(const struct train_ask *a, const struct train_ask *last,
    size_t max_payload)
{
	size_t i;

	assert_in_range(a->len, 2, TRAIN_LEN_MAX);
	assert_in_range(a->payload, TRAIN_PAYLOAD_MIN, max_payload);
	assert_in_range(a->nwords, 0, TRAIN_WORDS_MAX);
	assert_true(a->spacing_ns > 0 && a->pause_ns >= 0);
	if (a->again) {
		assert_int_equal(a->round, last->round);
		assert_int_equal(a->nwords, 0);
	} else {
		assert_in_range(a->round, last->round + 1, last->round + 2);
	}
	if (a->len != last->len)
		assert_true(has_word(a, wire_value(WIRE_TRAIN_LEN,
		    (uint32_t)a->len)));
	if (a->payload != last->payload)
		assert_true(has_word(a, wire_value(WIRE_PCK_LEN,
		    (uint32_t)a->payload)));
	for (i = 0; i < a->nwords; i++)
		assert_true(wire_argument(a->words[i]) > 0);
}

/* Whatever the network does, a run ends, and asks for sound trains only. */
static void
any_network(void **state)
{
	struct run *run = *state;
	const struct train_ask *a;
	struct train_ask last;
	size_t max_payload;
	long loss;
	int turn;

	unit_seed();
	for (turn = 0; turn < 40; turn++) {
		max_payload = turn % 4 == 0 ? 16384 : turn % 4 == 1 ? 1460 :
		    TRAIN_PAYLOAD_MIN + (size_t)random() % 1000;
		loss = turn % 3 == 0 ? 0 : random() % 100;
		start(run, max_payload, random() % 4 == 0);
		a = classic_ask(&run->c);
		while (a != NULL) {
			last = *a;
			any_times(run);
			a = take(run, random() % 100 >= loss ? TRAIN_GOOD :
			    random() % 8 ? TRAIN_LOST : TRAIN_STALE);
			if (a != NULL)
				ask_is_sound(a, &last, max_payload);
		}
		if (run->c.phase == CLASSIC_DONE)
			assert_true(run->c.hi >= run->c.lo);
		else
			assert_int_equal(run->c.phase, CLASSIC_FAILED);
		assert_non_null(strstr(printed(run),
		    run->c.phase == CLASSIC_DONE ? "Final capacity" :
		    "Insufficient"));
		free(run->out);
	}
}

static void
ulm_line(void **state)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	report_ulm(f, 1795313339089629001, "vm", "10.66.4.2", 419.55, 507.44);
	report_ulm(f, 0, "", "s", 9.9, 9.94);
	fclose(f);
	assert_string_equal(text, "DATE=20261122020859.089629 HOST=vm "
	    "PROG=pathrate LVL=Usage PATHRATE.SNDR=10.66.4.2 "
	    "PATHRATE.CAPL=419.6Mbps PATHRATE.CAPH=507.4Mbps\n"
	    "DATE=19700101000000.000000 HOST=NO_NAME "
	    "PROG=pathrate LVL=Usage PATHRATE.SNDR=s "
	    "PATHRATE.CAPL=9.9Mbps PATHRATE.CAPH=9.9Mbps\n");
	free(text);
}

static void
other_lines(void **state)
{
	char name[] = "pathrate_rcv", s[] = "-s", to[] = "10.66.1.2";
	char v[] = "-v";
	char *const argv[] = { name, s, to, v };
	struct run *run = *state;
	struct report r = {
		.out = open_memstream(&run->out, &run->out_len),
		.normal = true
	};
	char *log;
	size_t len;

	setenv("TZ", "UTC", 1);
	tzset();
	r.log = open_memstream(&log, &len);
	report_command(&r, NELEM(argv), argv);
	report_start(&r, "10.66.1.2", "vm", 1795312418000000000);
	report_rtt(&r, 0.04);
	report_terminated(&r);
	fclose(r.log);
	fclose(r.out);
	assert_string_equal(log, "pathrate_rcv -s 10.66.1.2 -v \n"
	    "\tpathrate run from 10.66.1.2 to vm on Sun Nov 22 01:53:38 2026\n"
	    "\t--> Average round-trip time: 0.0ms\n\n");
	assert_string_equal(run->out,
	    "\tpathrate run from 10.66.1.2 to vm on Sun Nov 22 01:53:38 2026\n"
	    "\t--> Average round-trip time: 0.0ms\n\n"
	    "\n\nSender sent terminate signal. Exiting...\n");
	free(log);
	free(run->out);
}

static int
setup(void **state)
{
	*state = malloc(sizeof(struct run));
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_and_spacings),
		cmocka_unit_test(a_lossy_train),
		cmocka_unit_test(discovery_of_a_short_queue),
		cmocka_unit_test(discovery_of_a_slow_link),
		cmocka_unit_test(everything_is_lost),
		cmocka_unit_test(long_trains_are_lost_later),
		cmocka_unit_test(no_gap_counts),
		cmocka_unit_test(coalescence_method),
		cmocka_unit_test(coalescence_without_rates),
		cmocka_unit_test(any_network),
		cmocka_unit_test(ulm_line),
		cmocka_unit_test(other_lines),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
