/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

/* What two sizes of packets tell: overhead, cross traffic, no link at all. */

#include <math.h>

#include "pathrate/fast_private.h"

#define OVERHEAD_MAX	48	/* of a link: Ethernet, tags and all */
#define OVERHEAD_CLOSE	100	/* to one of a link, for the stamps */
#define OVERHEAD_USUAL	14	/* when cross traffic hides it: Ethernet */
#define OVERHEAD_CROSS	400	/* more is no cross traffic either */
#define GROWTH_MAX	0.8	/* gap of half the size over the full */
#define CROSS_SCALE	8	/* for it to show in the mean */
#define ALONE		0.1	/* part of the samples without it */
#define MANIFEST	2	/* bytes of others that there are surely */
#define VAGUE		24	/* bytes; no figure if off by more */
#define SMALLEST	64	/* bytes of a packet of others */
#define WALK_SAMPLES	20
#define WALK_SCALE	8	/* to be compared with 1, at least */
#define WALK_MORE	2	/* than the densest half shows */
#define WALK_GROWTH	3	/* of the variance, from one to the other */
#define HALF_WIDTH	0.4549	/* squared; of a normal's densest half */
#define STEADY		0.5
#define MET		0.5	/* packets of others between the two ends */

/* What packets of full and of half size say together. */
struct sizes {
	double	full, small;		/* bytes of IP */
	double	byte_ns;		/* from one to the other */
	double	growth;			/* gap of half the size over the full */
	double	overhead;		/* bytes, or what seems to be */
	bool	alone;			/* some are without others between */
	double	walk_ns2;		/* see walk */
	double	walk;			/* bytes that it can be of, at most */
};

/*
 * The variance of the time over so many packets, ns squared: both sizes
 * together. Less than 0: too few samples.
 */
static double
variance(struct fast *f, size_t scale)
{
	size_t n, i, payload[] = { f->config.max_payload,
		f->config.max_payload / 2 };
	struct fast_view v = { .scale = scale };
	double ns, sum = 0;
	struct density d;

	for (i = 0; i < 2; i++) {
		v.payload = payload[i];
		n = fast_samples(f, &v);
		if (n < WALK_SAMPLES)
			return -1;
		d = density_of(f->sample, n);
		ns = d.spread * exp(d.mode) * (double)scale;
		sum += ns * ns / HALF_WIDTH;
	}
	return sum / 2;
}

/*
 * Late stamps move the ends of a train, however long it is. What falls
 * between its packets adds up: the variance grows with their number. By how
 * much a packet, ns squared; 0 when it does not. Both sizes leave in the
 * same time, so this is the same for them. A host that pauses now and then
 * makes it look larger over many packets, hence the least.
 */
static double
walk(struct fast *f)
{
	size_t scale, max = fast_scale_max(f);
	double one = variance(f, 1), all, ns2, least = 0;

	for (scale = WALK_SCALE; scale <= max; scale *= 2) {
		all = variance(f, scale);
		if (all < 0)
			break;
		ns2 = (all - one) / (double)(scale - 1);
		if (all > WALK_GROWTH * one && (least == 0 || ns2 < least))
			least = ns2;
	}
	return least;
}

static void
without_cross(struct fast_result *r, double mbps)
{
	r->lo *= mbps / r->mbps * (1 - FAST_CROSSED);
	r->hi *= mbps / r->mbps * (1 + FAST_CROSSED);
	r->mbps = mbps;
	r->crossed = true;
}

/*
 * Do enough half-size packets pass as if there were no cross traffic? Then
 * none of it is in all trains, whatever is in most.
 */
static bool
sometimes_alone(const struct fast *f, const struct fast_scale *s,
    double full_ns)
{
	double full = (double)(f->config.max_payload + f->config.headers);
	double small = (double)(s->view.payload + f->config.headers);
	double lo = log(full_ns * small / full) - FAST_AGREE;
	double hi = log(full_ns * (small + OVERHEAD_USUAL) /
	    (full + OVERHEAD_USUAL)) + FAST_AGREE / 2;

	return density_near(f->sample, s->n, (lo + hi) / 2, (hi - lo) / 2) >=
	    ALONE;
}

/*
 * Of cross traffic in small packets some falls between any two of a train,
 * so that no scale shows the rate without it. But it is the same for packets
 * of any size, since they leave in the same time: like an overhead, but too
 * large for one, or with a variance. That of a Poisson stream is its mean
 * times the time of a packet, so a variance has a largest mean that it can
 * be of: when packets are as small as they get. And between the two ends of
 * a sample some have to be met nearly always: otherwise the densest samples
 * are without them.
 *
 * How many bytes of the overhead may be such packets.
 */
static double
of_others(const struct fast_scale *best, const struct sizes *z)
{
	double mean = z->overhead * z->byte_ns;
	double scale = (double)best->view.scale;
	bool met = z->walk > 0 && scale * mean * mean > MET * z->walk_ns2;

	if (best->view.bursts || z->overhead <= 0 ||
	    z->overhead >= OVERHEAD_CROSS)
		return 0;
	if (z->overhead < OVERHEAD_MAX)
		return met ? fmin(z->overhead, z->walk) : 0;
	if (best->view.scale < CROSS_SCALE)
		return 0;
	return !z->alone || (met && z->overhead < OVERHEAD_CLOSE) ?
	    z->overhead : 0;
}

static void
take_out(struct fast *f, const struct sizes *z, double others)
{
	struct fast_result *r = &f->result;
	double left = fmin(z->overhead, fmax(z->overhead - others,
	    OVERHEAD_USUAL));
	double doubt = fmin(fmin(z->overhead, OVERHEAD_MAX), z->walk) /
	    z->full;

	if (left < z->overhead) {
		r->assumed_bytes = left <= OVERHEAD_USUAL ? left : 0;
		without_cross(r, 8000.0 / z->byte_ns * z->full /
		    (z->full + left));
		f->open += FAST_CROSSED;
	} else if (doubt > 0) {
		r->hi *= 1 + doubt;
		f->open += doubt / 2;
	}
}

/* Of the two sizes at one scale: ns of a byte, and how many bytes more than
 * those of IP there seem to be. False: not known. */
static bool
line(struct fast *f, struct fast_scale *s, struct sizes *z)
{
	double full_ns, small_ns;

	s->view.delay_max_ns = 0;
	s->view.payload = f->config.max_payload;
	if (!fast_look(f, s))
		return false;
	full_ns = exp(s->d.mode);
	s->view.payload /= 2;
	if (!fast_look(f, s))
		return false;
	small_ns = exp(s->d.mode);
	z->byte_ns = (full_ns - small_ns) / (z->full - z->small);
	z->overhead = z->byte_ns > 0 ? full_ns / z->byte_ns - z->full :
	    INFINITY;
	z->growth = small_ns / full_ns;
	return true;
}

/*
 * Is it much the same at half the scale, and again, as long as some of others
 * are to be met? Else the two modes have not the same number of others
 * between, or these are few and large, and small scales are without them.
 */
static bool
steady(struct fast *f, const struct fast_scale *best, struct sizes z)
{
	double overhead = z.overhead;
	struct fast_scale half = *best;

	do {
		half.view.scale /= 2;
		if (half.view.scale == 0 || !line(f, &half, &z) ||
		    z.overhead <= STEADY * overhead)
			return false;
	} while (half.view.scale >= 2 * CROSS_SCALE);
	return true;
}

bool
fast_two_sizes(struct fast *f, const struct fast_scale *best)
{
	struct fast_result *r = &f->result;
	struct sizes z = {
		.full = (double)(f->config.max_payload + f->config.headers),
		.small = (double)(f->config.max_payload / 2 +
		    f->config.headers)
	};
	struct fast_scale s = *best;
	double vague, others;

	/* half-size trains may be too few yet for the largest scale */
	for (; !line(f, &s, &z); s.view.scale /= 2)
		if (s.view.scale == 1)
			return true;
	if (z.growth > GROWTH_MAX)
		return false;
	z.alone = sometimes_alone(f, &s, exp(best->d.mode));
	z.walk_ns2 = walk(f);
	z.walk = WALK_MORE * z.walk_ns2 /
	    (SMALLEST * z.byte_ns * z.byte_ns);
	others = of_others(&s, &z);
	if (others < MANIFEST || !steady(f, &s, z))
		others = 0;
	vague = z.full * log(r->hi / r->lo) + z.walk;
	r->overhead_bytes = fmax(z.overhead, 0);
	r->link_mbps = 8000.0 / z.byte_ns;
	r->has_overhead = vague < VAGUE && z.overhead > -vague &&
	    z.overhead < OVERHEAD_MAX;
	r->met_others = z.walk > MANIFEST;
	take_out(f, &z, others);
	return true;
}
