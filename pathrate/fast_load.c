/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

/*
 * Did trains meet packets of others? Most of what the estimate is taken from
 * can be undisturbed on a busy path: the packets of a train come to the link
 * so close together that little gets between them. But the train waits behind
 * what is there, and then it is late, and what does get in makes all of it
 * longer.
 */

#include <math.h>

#include "pathrate/fast_private.h"

#define LONGER_NS	10000.0	/* than the stamps of its ends may be off */
#define LONGER_BYTES	48.0	/* the least that somebody sends */
#define LATE_NS		100000.0 /* than the hosts may be */
#define LATE_PART	0.25	/* of the time of a packet */
#define NOISES		8	/* times the spread of the stamps */
#define AROUND		8	/* trains before and after that are compared */

/* The least two of some delays: one of them can be an accident. */
struct least {
	double	first, second;
};

static void
add(struct least *l, double ns)
{
	if (ns < l->first) {
		l->second = l->first;
		l->first = ns;
	} else if (ns < l->second) {
		l->second = ns;
	}
}

/* From the sender's clock to the first packet, which may be off by a
 * constant; INFINITY: not known, or another one for its size. */
static double
delay_ns(const struct fast *f, size_t i)
{
	const struct fast_train *t = &f->train[i];
	int64_t first_ns = f->stamp[t->at];

	if (t->departure_us == 0 || first_ns == TRAIN_MISSING ||
	    t->payload != f->config.max_payload ||
	    t->sort == FAST_BUCKET_TRAIN)
		return INFINITY;
	return (double)(first_ns - t->sent_ns);
}

/* Is it later than those around it? The two clocks may drift apart, but not
 * by much in that time. */
static bool
is_late(const struct fast *f, size_t i, double most_ns)
{
	size_t from = i > AROUND ? i - AROUND : 0;
	size_t to = i + AROUND < f->trains ? i + AROUND : f->trains - 1;
	struct least l = { INFINITY, INFINITY };

	for (; from <= to; from++)
		add(&l, delay_ns(f, from));
	return delay_ns(f, i) > l.second + most_ns;
}

/* ns that the stamps of two packets may be off, from one to the other. */
static double
noise_ns(const struct fast_scale *s)
{
	return NOISES * s->d.spread * exp(s->d.mode) *
	    (double)s->view.scale;
}

static double
late_part(struct fast *f, const struct fast_scale *best)
{
	struct fast_scale one = *best;
	size_t i, known = 0, late = 0;
	double gap_ns = exp(best->d.mode), most_ns;

	one.view.scale = 1;
	one.view.delay_max_ns = 0;
	if (!fast_look(f, &one))
		return 0;
	most_ns = fmax(fmax(LATE_NS, LATE_PART * gap_ns), noise_ns(&one));
	for (i = 0; i < f->trains; i++) {
		if (isinf(delay_ns(f, i)))
			continue;
		known++;
		late += is_late(f, i, most_ns);
	}
	return known == 0 ? 0 : (double)late / (double)known;
}

/* How many of the trains of this size took longer than its packets do. */
static void
count_longer(struct fast *f, struct fast_scale s, size_t *trains,
    size_t *longer)
{
	const struct fast_train *t;
	const int64_t *ns;
	double gap_ns, most_ns, took_ns;
	size_t i;

	if (!fast_look(f, &s))
		return;
	gap_ns = exp(s.d.mode);
	most_ns = fmax(fmax(LONGER_NS, noise_ns(&s)), gap_ns * LONGER_BYTES /
	    (double)(s.view.payload + f->config.headers));
	for (i = 0; i < f->trains; i++) {
		t = &f->train[i];
		ns = f->stamp + t->at;
		if (t->payload != s.view.payload || (t->sort !=
		    FAST_LONG_TRAIN && t->sort != FAST_SMALL_TRAIN) ||
		    ns[1] == TRAIN_MISSING || ns[t->n - 1] == TRAIN_MISSING)
			continue;
		took_ns = (double)(ns[t->n - 1] - ns[1]);
		++*trains;
		*longer += took_ns > gap_ns * (double)(t->n - 2) + most_ns;
	}
}

static double
longer_part(struct fast *f, const struct fast_scale *best)
{
	struct fast_scale s = *best;
	size_t trains = 0, longer = 0;

	/* where they come in bursts, all of them end too late */
	if (s.view.bursts)
		return 0;
	s.view.delay_max_ns = 0;
	count_longer(f, s, &trains, &longer);
	s.view.payload /= 2;
	count_longer(f, s, &trains, &longer);
	return trains == 0 ? 0 : (double)longer / (double)trains;
}

double
fast_met_part(struct fast *f, const struct fast_scale *best)
{
	return fmax(late_part(f, best), longer_part(f, best));
}
