/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "common/clock.h"
#include "pathrate/fast_private.h"
#include "pathrate/wire.h"

#define SCALE_LEN	4
#define SCALE_TRAINS	2
#define PAIR_LEN	2
#define PAIRS		4	/* a round */
#define LONG_NS		(120 * CLOCK_NS_PER_MS)
#define LONG_MIN	8
#define LONG_MAX	300
#define PART_MAX	0.125	/* of the bytes left, for one train */
#define BUCKET_NS	(700 * CLOCK_NS_PER_MS)
#define BUCKET_MAX	400
#define BUCKET_PAUSE_NS	(300 * CLOCK_NS_PER_MS)
#define PAUSE_MIN_NS	CLOCK_NS_PER_MS
#define PAUSE_MAX_NS	(2 * CLOCK_NS_PER_S)
#define CHECK_NS	(200 * CLOCK_NS_PER_MS)
#define ROUNDS_MIN	3
#define CHECK_PART	8	/* a check after one in so many trains more */
#define SETTLED		2	/* checks in a row */
#define BOUNDS		4	/* the same, of a lower bound */
#define EMPTY_MAX	10	/* trains in a row that are lost */
#define QUICK_NS	(1500 * CLOCK_NS_PER_MS)
#define QUICK_TARGET	0.02

static size_t
clamp(double v, size_t lo, size_t hi)
{
	return v < (double)lo ? lo : v > (double)hi ? hi : (size_t)v;
}

static void
word(struct fast *f, enum wire_code code, size_t argument)
{
	f->ask.words[f->ask.nwords++] = wire_value(code, (uint32_t)argument);
}

/* Ask for a train; the pause lets the last one's queue drain. */
static void
ask(struct fast *f, enum fast_sort sort, size_t len, size_t payload,
    double pause_ns)
{
	f->sort = sort;
	f->ask.nwords = 0;
	if (payload != f->ask.payload)
		word(f, WIRE_PCK_LEN, payload);
	if (len != f->ask.len)
		word(f, WIRE_TRAIN_LEN, len);
	f->ask.len = len;
	f->ask.payload = payload;
	f->ask.pause_ns = pause_ns < (double)PAUSE_MIN_NS ? PAUSE_MIN_NS :
	    pause_ns > (double)PAUSE_MAX_NS ? PAUSE_MAX_NS : (int64_t)pause_ns;
	f->ask.round++;
}

/* IP bytes of a train. */
static double
cost(const struct fast *f, size_t len, size_t payload)
{
	return (double)(len + 1) * (double)(payload + f->config.headers);
}

/* IP bytes that may still be asked for. */
static double
left_bytes(const struct fast *f)
{
	return f->config.limit_bytes == 0 ? INFINITY :
	    (double)f->config.limit_bytes - (double)f->bytes;
}

/* Would the train that is asked for be more than may be? */
static bool
too_much(const struct fast *f)
{
	return cost(f, f->ask.len, f->ask.payload) > left_bytes(f);
}

void
fast_start(struct fast *f, const struct fast_config *config, int64_t now_ns)
{
	memset(f, 0, sizeof(*f));
	f->config = *config;
	f->start_ns = now_ns;
	if (config->quick) {
		f->config.target = fmax(config->target, QUICK_TARGET);
		if (config->limit_ns > QUICK_NS)
			f->config.limit_ns = QUICK_NS;
	}
	f->long_max = LONG_MAX;
	f->ask.round = 1;
	f->ask.payload = config->max_payload;
	ask(f, FAST_SCALE_TRAIN, SCALE_LEN, config->max_payload, 0);
	f->ask.pause_ns = 0;
	f->over = f->failed = too_much(f);
}

/* No train takes much of what is left, so that there are several. */
static size_t
long_len(const struct fast *f, size_t payload)
{
	double most = PART_MAX * left_bytes(f) / cost(f, 0, payload);

	return clamp(fmin((double)LONG_NS / f->gap_ns, most), LONG_MIN,
	    f->long_max);
}

const struct train_ask *
fast_ask(const struct fast *f)
{
	return f->over ? NULL : &f->ask;
}

size_t
fast_gap_ns(const int64_t *ns, size_t n, double *gap_ns)
{
	size_t i, first = 0, last = 0, got = 0;

	for (i = 0; i < n; i++) {
		if (ns[i] == TRAIN_MISSING)
			continue;
		got++;
		if (i > 0 && first == 0)
			first = i;
		last = i;
	}
	*gap_ns = last > first && first > 0 ?
	    (double)(ns[last] - ns[first]) / (double)(last - first) : 0;
	return got;
}

void
fast_keep(struct fast *f, int64_t sent_ns, uint32_t departure_us,
    const int64_t *arrival_ns)
{
	size_t n = f->ask.len + 1;

	if (f->trains == FAST_TRAINS_MAX || n > FAST_STAMPS_MAX - f->stamps)
		return;
	f->train[f->trains++] = (struct fast_train){
		f->sort, f->ask.payload, f->stamps, n, sent_ns, departure_us
	};
	memcpy(f->stamp + f->stamps, arrival_ns, n * sizeof(*arrival_ns));
	f->stamps += n;
}

static double
drain_ns(const struct fast *f)
{
	return f->gap_ns * (double)f->ask.len / 2;
}

/* False: it would take too much of the traffic that is left. */
static bool
ask_bucket(struct fast *f)
{
	size_t len = clamp((double)BUCKET_NS / f->gap_ns, LONG_MIN,
	    BUCKET_MAX);
	size_t payload = f->config.max_payload;
	double pause_ns = (double)BUCKET_PAUSE_NS;

	/* until it is full again */
	if (f->buckets > 0) {
		len = f->ask.len;
		pause_ns = fmax(pause_ns, 1.5 * f->bucket[0].packets *
		    f->bucket[0].sustained_ns);
	}
	/* whose peak is it? */
	if (f->buckets == FAST_BUCKETS)
		payload /= 2;
	if (cost(f, len, payload) > PART_MAX * left_bytes(f))
		return false;
	ask(f, FAST_BUCKET_TRAIN, len, payload, pause_ns);
	return true;
}

/* The rounds: pairs, a long train, one of small packets. */
static void
ask_round(struct fast *f, int step)
{
	size_t max = f->config.max_payload;

	if (step < PAIRS)
		ask(f, FAST_PAIR_TRAIN, PAIR_LEN, max, drain_ns(f));
	else if (step == PAIRS)
		ask(f, FAST_LONG_TRAIN, long_len(f, max), max, drain_ns(f));
	else
		ask(f, FAST_SMALL_TRAIN, long_len(f, max / 2), max / 2,
		    drain_ns(f));
}

static void
ask_next(struct fast *f)
{
	int first = SCALE_TRAINS + !f->config.quick;

	if (f->step < SCALE_TRAINS) {
		ask(f, FAST_SCALE_TRAIN, SCALE_LEN, f->config.max_payload, 0);
		return;
	}
	if (f->step < first) {
		if (ask_bucket(f))
			return;
		f->step = first;
	}
	ask_round(f, f->step - first);
	if (f->step - first > PAIRS) {
		f->step = first - 1;
		f->rounds++;
	}
}

static bool
exhausted(const struct fast *f, int64_t now_ns)
{
	return now_ns - f->start_ns >= f->config.limit_ns ||
	    too_much(f) ||
	    f->trains == FAST_TRAINS_MAX ||
	    f->stamps + BUCKET_MAX + 1 > FAST_STAMPS_MAX;
}

/* Is it known well enough? More of a lower bound is no better, and what is
 * known of a bucket is known from its own trains. */
static bool
settled(struct fast *f)
{
	const struct fast_result *r = &f->result;
	bool narrow = r->valid && (r->verdict == FAST_SHAPED ||
	    log(r->hi / r->lo) / 2 <= f->config.target + f->open);

	f->settled = narrow ? f->settled + 1 : 0;
	f->bounds = r->valid && r->lower_bound ? f->bounds + 1 : 0;
	return f->settled >= SETTLED || f->bounds >= BOUNDS;
}

/*
 * Estimate, and see if that was it: each time when there are so many more
 * trains, since an estimate takes time with the number of trains.
 */
static void
check(struct fast *f, int64_t now_ns)
{
	bool end = exhausted(f, now_ns);

	if (!end && (f->rounds < ROUNDS_MIN || now_ns < f->check_ns ||
	    f->trains < f->check_trains))
		return;
	fast_estimate(f);
	f->check_ns = now_ns + CHECK_NS;
	f->check_trains = f->trains + f->trains / CHECK_PART;
	if (settled(f) || end) {
		f->over = true;
		f->failed = !f->result.valid;
	}
}

static void
take_sort(struct fast *f, int64_t sent_ns, const int64_t *arrival_ns,
    double gap_ns, size_t got)
{
	if (f->sort == FAST_BUCKET_TRAIN) {
		f->step += fast_bucket_train(f, sent_ns, arrival_ns);
		return;
	}
	f->step++;
	if ((f->sort == FAST_SCALE_TRAIN || f->sort == FAST_LONG_TRAIN) &&
	    gap_ns > 0)
		f->gap_ns = fmax(gap_ns, 1);
	/* a queue that is too short for it, not a packet here and there */
	if (f->sort == FAST_LONG_TRAIN && f->ask.len + 1 - got >
	    f->ask.len / 10)
		f->long_max = clamp((double)got, LONG_MIN, LONG_MAX);
}

void
fast_take(struct fast *f, int64_t now_ns, int64_t sent_ns,
    uint32_t departure_us, const int64_t *arrival_ns)
{
	double gap_ns;
	size_t got = fast_gap_ns(arrival_ns, f->ask.len + 1, &gap_ns);

	if (f->over)
		return;
	f->bytes += (f->ask.len + 1) * (f->ask.payload + f->config.headers);
	f->empty = got == 0 ? f->empty + 1 : 0;
	if (got > 1)
		fast_keep(f, sent_ns, departure_us, arrival_ns);
	take_sort(f, sent_ns, arrival_ns, gap_ns, got);
	if (f->empty >= EMPTY_MAX) {
		f->over = f->failed = true;
		return;
	}
	if (f->gap_ns <= 0)
		f->gap_ns = (double)CLOCK_NS_PER_MS;
	ask_next(f);
	check(f, now_ns);
}
