/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "pathrate/fast_private.h"
#include "pathrate/series.h"

#define BURST_PART	0.3	/* of the time its packets would take */
#define CLOSE_PART	0.3	/* of the mean gap: in a batch */
#define BATCHED		0.5	/* of the gaps are close */
#define ROUGH_MAX	4096
#define PAIR_DELAY	0.25	/* quantile of the pairs' delays */

/* Packets that stand for the train: number and time. */
struct points {
	size_t	n;
	size_t	number[TRAIN_LEN_MAX + 1];
	int64_t	ns[TRAIN_LEN_MAX + 1];
};

/* Without the first packet: the path may have been asleep. */
static void
packets(const struct fast *f, const struct fast_train *t, struct points *p)
{
	const int64_t *ns = f->stamp + t->at;
	size_t i;

	p->n = 0;
	for (i = 1; i < t->n; i++) {
		if (ns[i] == TRAIN_MISSING)
			continue;
		p->number[p->n] = i;
		p->ns[p->n++] = ns[i];
	}
}

static double
mean_gap_ns(const struct points *p)
{
	return p->n < 2 ? 0 : (double)(p->ns[p->n - 1] - p->ns[0]) /
	    (double)(p->number[p->n - 1] - p->number[0]);
}

/* Only those that begin a burst, but not the first burst's: it began when
 * nobody looked. */
static void
heads(struct points *p)
{
	double mean_ns = mean_gap_ns(p), gap_ns;
	size_t i, n = 0, head = 0;

	for (i = 1; i < p->n; i++) {
		gap_ns = (double)(p->ns[i] - p->ns[i - 1]);
		if (gap_ns <= BURST_PART * mean_ns * (double)(i - head))
			continue;
		head = i;
		p->number[n] = p->number[i];
		p->ns[n++] = p->ns[i];
	}
	p->n = n;
}

static bool
delayed(const struct fast *f, const struct fast_train *t, double max_ns)
{
	int64_t last = f->stamp[t->at + t->n - 1];

	return t->sort != FAST_PAIR_TRAIN || last == TRAIN_MISSING ||
	    (double)(last - t->sent_ns) > max_ns;
}

static size_t
add_train(struct fast *f, const struct fast_train *t,
    const struct fast_view *v, size_t stride, size_t n)
{
	struct points p;
	size_t i;
	double ns, reach;

	packets(f, t, &p);
	if (v->bursts)
		heads(&p);
	for (i = 0; i + v->scale < p.n && n < FAST_SAMPLES_MAX; i += stride) {
		reach = (double)(p.number[i + v->scale] - p.number[i]);
		ns = (double)(p.ns[i + v->scale] - p.ns[i]) / reach;
		f->reach += reach;
		/* quicker than any link, or none: still a sample */
		f->sample[n++] = log(ns > 1 ? ns : 1);
	}
	return n;
}

static int
times(const struct fast *f, const struct fast_view *v, size_t i)
{
	const struct fast_train *t = &f->train[i];

	if (t->payload != v->payload || t->sort == FAST_BUCKET_TRAIN ||
	    (v->delay_max_ns > 0 && delayed(f, t, v->delay_max_ns)))
		return 0;
	return v->times == NULL ? 1 : v->times[i];
}

/* Every which packet of a train begins a sample, so that there is room for
 * those of all trains. */
static size_t
stride_of(const struct fast *f, const struct fast_view *v)
{
	size_t i, n = 0, most = v->rough ? ROUGH_MAX : FAST_SAMPLES_MAX;
	size_t stride = v->scale > 1 ? v->scale / 2 : 1;

	for (i = 0; i < f->trains; i++)
		n += (size_t)times(f, v, i) * f->train[i].n;
	return n / stride < most ? stride : n / most + 1;
}

size_t
fast_samples(struct fast *f, const struct fast_view *v)
{
	size_t i, n = 0, stride = stride_of(f, v);
	int k;

	f->reach = 0;
	for (i = 0; i < f->trains; i++)
		for (k = times(f, v, i); k > 0; k--)
			n = add_train(f, &f->train[i], v, stride, n);
	series_sort(f->sample, n);
	f->reach /= n > 0 ? (double)n : 1;
	return n;
}

size_t
fast_rates(struct fast *f)
{
	const struct fast_view v = { .payload = f->config.max_payload,
		.scale = 1, .bursts = fast_batched(f) };
	double bits = 8000.0 * (double)(v.payload + f->config.headers);
	size_t i, n = fast_samples(f, &v);

	for (i = 0; i < n; i++)
		f->sample[i] = bits / exp(f->sample[i]);
	series_sort(f->sample, n);
	return n;
}

size_t
fast_scale_max(const struct fast *f)
{
	size_t i, scale, longest = 2;

	for (i = 0; i < f->trains; i++)
		if (f->train[i].sort == FAST_LONG_TRAIN &&
		    f->train[i].n > longest)
			longest = f->train[i].n;
	for (scale = 1; scale * 2 + 1 < longest; scale *= 2)
		continue;
	return scale;
}

bool
fast_batched(const struct fast *f)
{
	size_t i, j, near = 0, gaps = 0;
	struct points p;
	double mean_ns;

	for (i = 0; i < f->trains; i++) {
		if (f->train[i].sort != FAST_LONG_TRAIN)
			continue;
		packets(f, &f->train[i], &p);
		mean_ns = mean_gap_ns(&p);
		for (j = 1; j < p.n; j++, gaps++)
			near += (double)(p.ns[j] - p.ns[j - 1]) <
			    CLOSE_PART * mean_ns;
	}
	return gaps > 0 && (double)near > BATCHED * (double)gaps;
}

double
fast_pair_delay_ns(struct fast *f)
{
	const struct fast_train *t;
	size_t i, n = 0;

	for (i = 0; i < f->trains; i++) {
		t = &f->train[i];
		if (!delayed(f, t, INFINITY))
			f->sample[n++] = (double)(f->stamp[t->at + t->n - 1] -
			    t->sent_ns);
	}
	if (n == 0)
		return 0;
	series_sort(f->sample, n);
	return density_quantile(f->sample, n, PAIR_DELAY);
}
