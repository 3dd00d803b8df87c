/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_RATES_H
#define MSAK_RATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msak/measurement.h"

/* What the throughput1 clients report, spec 4.4. */
#define RATES_STREAMS	4

/* msak-client: all streams of a direction together. */
struct rates {
	int64_t		start_ns;	/* the first stream was connected */
	bool		started, any;	/* any measurement came */
	int64_t		received[RATES_STREAMS];	/* newest, bytes */
	uint32_t	rtt_us;		/* newest > 0, 0: none yet */
	uint32_t	min_rtt_us;	/* 0: none yet */
	double		rate_bps;	/* the last computed */
};

/* All zero is a new one; then once before each direction. The least RTT is
 * kept from one to the next: the path is the same. */
void	rates_begin(struct rates *r);
/* A stream was connected; the first one counts. */
void	rates_connected(struct rates *r, int64_t now_ns);
/*
 * A measurement of the receiver of this stream (download: our own; upload: the
 * server's) came at now_ns. Also the last one, taken when the server's close
 * arrives: a test may end before the first tick (Q27).
 */
void	rates_add(struct rates *r, size_t stream, const struct measurement *m,
	    int64_t now_ns);
/*
 * What a stream's receiver had when: for the rate while all streams run, with
 * neither set-up nor most of slow start nor delays of the path in it. Times
 * are of our clock at the start of a stream, and go on by the receiver's. The
 * sum of several streams is best when they are looked at together. All zero
 * is one that has not begun.
 */
#define RATES_STEADY_MAX	1024	/* then every other one is left out */

struct rates_point {
	int64_t	ns, bytes;
};

struct rates_steady {
	size_t			n;
	struct rates_point	points[RATES_STEADY_MAX];
};

void	rates_steady_begin(struct rates_steady *r, int64_t start_ns);
/* What we have received; no time before the last one counts. */
void	rates_steady_own(struct rates_steady *r, int64_t now_ns,
	    int64_t bytes);
/* The same from a receiver at the other end. */
void	rates_steady_peer(struct rates_steady *r, const struct measurement *m);
/*
 * From the receiver's first note that is at least a second after the last of
 * these n streams began, until the first one ended; those that have not begun
 * do not matter. False: it is not half a second.
 */
bool	rates_steady_span(const struct rates_steady *all, size_t n,
	    int64_t *from_ns, int64_t *to_ns);
/* In bit/s over that span, interpolated at its ends; 0 for one that has not
 * begun. */
double	rates_steady(const struct rates_steady *r, int64_t from_ns,
	    int64_t to_ns);

/* In ms, as a float has it. */
float	rates_ms(uint32_t us);

/* minimal-download: a server's measurement, as its line shows it. */
struct rates_line {
	double	mbps;		/* of the bytes that we acknowledged */
	double	rtt_ms;
	double	elapsed_s;
};

void	rates_line(const struct measurement *m, struct rates_line *out);

/* minimal-download: the averages at the end, over all its streams. */
struct averages {
	int64_t		first_open_ns, last_open_ns;
	int64_t		first_close_ns, last_close_ns;
	unsigned int	opened, closed;
	int64_t		bytes;		/* payload, binary and text, so far */
	int64_t		bytes_last_open, bytes_first_close;
	uint32_t	min_rtt_us;	/* 0: none */
};

struct average {
	double	mbps;
	double	elapsed_s;
	int64_t	bytes;
};

/* All zero is a new one. */
void	averages_open(struct averages *a, int64_t now_ns);
void	averages_bytes(struct averages *a, int64_t n);
void	averages_measurement(struct averages *a, const struct measurement *m);
void	averages_close(struct averages *a, int64_t now_ns);
/*
 * From the first open to the last close; to the first close; from the last
 * open to the first close, which is false when there is no such time or
 * nothing came in it.
 */
void	averages_total(const struct averages *a, struct average *out);
void	averages_first(const struct averages *a, struct average *out);
bool	averages_center(const struct averages *a, struct average *out);

#endif
