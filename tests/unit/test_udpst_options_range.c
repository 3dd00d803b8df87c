/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of the original's letters: both ends of each range, one beyond, in
 * either mode and dialect, and junk as atoi(3) takes it.
 */
#include "config.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/udpst_line.h"

#define CLIENT	"-d x"
#define SERVER	""
#define WORDS	128

/* A letter's range where the rest of the line is as given. */
struct range {
	char		 letter;
	const char	*rest;
	long		 lo, hi;
	size_t		 offset;	/* of an int or unsigned int */
	long		 factor;	/* of what is stored; 0: 1 */
};

#define AT(field)	offsetof(struct options, field)
/* Not one of the field's own: a port has 16 bits. */
#define PORT		((size_t)-1)

static const struct range ranges[] = {
	{ 'B', CLIENT, 0, 32767, AT(bandwidth), 0 },
	{ 'B', SERVER, 0, 100000, AT(bandwidth), 0 },
	{ 'B', CLIENT " --compat 8", 1, 32767, AT(bandwidth), 0 },
	{ 'B', "--compat 8", 1, 100000, AT(bandwidth), 0 },
	{ 'i', CLIENT " -t 3600 -P 100", 1, 35999, AT(bimodal), 0 },
	{ 'i', CLIENT " -t 3600 --compat 8", 1, 3599, AT(bimodal), 0 },
	{ 'y', CLIENT " -a k", 0, 255, AT(key_id), 0 },
	{ 'm', CLIENT, 0, 255, AT(dscp_ecn), 0 },
	{ 'm', SERVER, 0, 255, AT(dscp_ecn), 0 },
	{ 'I', CLIENT, 0, 1152, AT(index), 0 },
	{ 'I', SERVER, 0, 1152, AT(index), 0 },
	{ 't', CLIENT, 5, 3600, AT(test_s), 0 },
	{ 't', SERVER, 5, 3600, AT(test_s), 0 },
	{ 'P', CLIENT, 100, 10000, AT(period_ms), 0 },
	{ 'P', CLIENT " --compat 8", 1, 10, AT(period_ms), 1000 },
	{ 'p', CLIENT, 1, 65535, PORT, 0 },
	{ 'p', SERVER, 1, 65535, PORT, 0 },
	{ 'b', CLIENT, 0, 16777216, AT(buffer), 0 },
	{ 'b', SERVER, 0, 16777216, AT(buffer), 0 },
	{ 'L', CLIENT " -U 10000", 1, 10000, AT(low_ms), 0 },
	{ 'U', CLIENT " -L 1", 1, 10000, AT(upper_ms), 0 },
	{ 'F', CLIENT, 5, 250, AT(trial_ms), 0 },
	{ 'c', CLIENT, 1, 65535, AT(slow_thresh), 0 },
	{ 'h', CLIENT, 1, 255, AT(high_speed_delta), 0 },
	{ 'q', CLIENT, 0, 65535, AT(seq_thresh), 0 },
	{ 'k', SERVER, 10, 1000000, AT(log_kbytes), 0 },
	{ 'Z', CLIENT " -m 1", 1, 255, AT(ce_thresh), 0 },
};

static long
field(const struct line *l, const struct range *r)
{
	int v;

	if (r->offset == PORT)
		return l->o.port;
	memcpy(&v, (const char *)&l->o + r->offset, sizeof(v));
	return v;
}

static void
inside(struct line *l, const struct range *r, long v, const char *junk)
{
	char words[WORDS];

	snprintf(words, sizeof(words), "-%c %ld%s %s", r->letter, v, junk,
	    r->rest);
	line_good(l, words);
	assert_int_equal(field(l, r), v * (r->factor == 0 ? 1 : r->factor));
}

/* What the range of an error line says may be wider than what is tried. */
static void
outside(struct line *l, const struct range *r, long v, const char *junk)
{
	char words[WORDS], start[WORDS];

	snprintf(words, sizeof(words), "-%c %ld%s %s", r->letter, v, junk,
	    r->rest);
	line_run(l, words);
	snprintf(start, sizeof(start), "ERROR: Parameter <%ld> out-of-range (",
	    v);
	assert_int_equal(l->status, UDPST_USAGE);
	if (r->letter != 'i' || v < r->lo || v > r->hi + 1)
		assert_int_equal(strncmp(l->out, start, strlen(start)), 0);
}

static void
test_ends(void **state)
{
	struct line *l = *state;
	size_t i;

	for (i = 0; i < NELEM(ranges); i++) {
		inside(l, &ranges[i], ranges[i].lo, "");
		inside(l, &ranges[i], ranges[i].hi, "");
		outside(l, &ranges[i], ranges[i].lo - 1, "");
		outside(l, &ranges[i], ranges[i].hi + 1, "");
	}
}

/* The range that is printed. */
static void
test_range_is_printed(void **state)
{
	static const struct {
		const char	*words, *error;
	} cases[] = {
		{ "-B -1 -d x", "<-1> out-of-range (0-32767)" },
		{ "-B 100001", "<100001> out-of-range (0-100000)" },
		{ "-B 0 --compat 8", "<0> out-of-range (1-100000)" },
		{ "-B 0 -u x --compat 8", "<0> out-of-range (1-32767)" },
		{ "-i 36001 -d x", "<36001> out-of-range (1-36000)" },
		{ "-i 3601 -d x --compat 8", "<3601> out-of-range (1-3600)" },
		{ "-i -3 -d x --compat 8", "<-3> out-of-range (1-3600)" },
		{ "-i --3 -d x", "<-3> out-of-range (1-36000)" },
		{ "-P 11 -d x", "<11> out-of-range (100-10000)" },
		{ "-P 0 -d x", "<0> out-of-range (100-10000)" },
		{ "-P 11 -d x --compat 8", "<11> out-of-range (1-10)" },
		{ "-P 1000 -d x --compat 8", "<1000> out-of-range (1-10)" },
		{ "-p 65536", "<65536> out-of-range (1-65535)" },
		{ "-b -1", "<-1> out-of-range (0-16777216)" },
		{ "-C 0 -d x", "<0> out-of-range (1-24)" },
		{ "-C 2- -d x", "<0> out-of-range (1-24)" },
		{ "-C 2-25 -d x", "<25> out-of-range (1-24)" },
		{ "-C 25-24 -d x", "<25> out-of-range (1-24)" },
		{ "-C -3 -d x", "<0> out-of-range (1-24)" },
		{ "-I @1153 -d x", "<1153> out-of-range (0-1152)" },
		{ "-I @-1 -d x", "<-1> out-of-range (0-1152)" },
		{ "-t junk", "<0> out-of-range (5-3600)" },
		{ "-t ''", "<0> out-of-range (5-3600)" },
		{ "-t 99999999999999999999",
		    "<2147483647> out-of-range (5-3600)" },
		{ "-t -99999999999999999999",
		    "<-2147483648> out-of-range (5-3600)" },
		{ "-t 4294967306", "<2147483647> out-of-range (5-3600)" },
		{ "-t 0x10", "<0> out-of-range (5-3600)" },
		{ "-m 0x100", "<256> out-of-range (0-255)" },
		{ "-m 0400", "<256> out-of-range (0-255)" },
	};
	struct line *l = *state;
	char error[WORDS];
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		snprintf(error, sizeof(error), "Parameter %s", cases[i].error);
		line_wrong(l, cases[i].words, error);
	}
}

static void
test_as_atoi(void **state)
{
	struct line *l = *state;

	line_good(l, "-t 7junk -I junk -d x");
	assert_int_equal(l->o.test_s, 7);
	assert_int_equal(l->o.index, 0);
	line_good(l, "-t 010 -m 010 -d x");
	assert_int_equal(l->o.test_s, 10);
	assert_int_equal(l->o.dscp_ecn, 8);
	line_good(l, "-m 0x2e -d x");
	assert_int_equal(l->o.dscp_ecn, 0x2e);
	line_good(l, "-P 10 -d x");
	assert_int_equal(l->o.period_ms, 10000);
	line_good(l, "-P 1 -d x");
	assert_int_equal(l->o.period_ms, 1000);
	line_good(l, "-i -3 -d x");
	assert_int_equal(l->o.bimodal, 3);
	assert_true(l->o.suppress);
	line_good(l, "-i -3 -i 4 -d x");
	assert_int_equal(l->o.bimodal, 4);
	assert_false(l->o.suppress);
	line_good(l, "-I @7 -d x");
	assert_int_equal(l->o.index, 7);
	assert_true(l->o.index_is_start);
	line_good(l, "-I @7 -I 8 -d x");
	assert_int_equal(l->o.index, 8);
	assert_false(l->o.index_is_start);
}

/*
 * Is v beyond what -L and the like say of it: not within the range, but no
 * prefix and no seconds either?
 */
static bool
is_outside(const struct range *r, long v)
{
	if (r->letter == 'i' && v < 0)
		return false;
	if (r->letter == 'P' && v >= 1 && v <= 10)
		return false;
	return v < r->lo || v > r->hi;
}

/* Within the range, and what depends on it is right as well. */
static bool
is_inside(const struct range *r, long v)
{
	if (v < r->lo || v > r->hi)
		return false;
	if (r->letter == 'P' && r->factor == 0)
		return v % 50 == 0;
	return r->letter != 'F' || 1000 % v == 0;
}

/* Random values around each range, with and without something behind. */
static void
test_random(void **state)
{
	static const char *const junk[] = { "", "x", ".9", "-1", "ms" };
	const struct range *r;
	struct line *l = *state;
	const char *tail;
	long v, width;
	int i;

	unit_seed();
	for (i = 0; i < 2000; i++) {
		r = &ranges[(size_t)random() % NELEM(ranges)];
		width = r->hi - r->lo + 1;
		v = r->lo + random() % (3 * width) - width;
		tail = junk[(size_t)random() % NELEM(junk)];
		if (is_inside(r, v))
			inside(l, r, v, tail);
		else if (is_outside(r, v))
			outside(l, r, v, tail);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_range_is_printed),
		cmocka_unit_test(test_as_atoi),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, line_new, line_free);
}
