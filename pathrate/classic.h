/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_CLASSIC_H
#define PATHRATE_CLASSIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pathrate/modes.h"
#include "pathrate/train.h"

/*
 * The measurement of pathrate 2.4.1 (spec section 4) without its network:
 * it says which train it wants next and is given the train's arrival times.
 * What it learns goes out as events, in the order of the original's text.
 * Pure; the same times give the same results to the last digit.
 */
enum classic_kind {
	CLASSIC_SETUP,		/* rate: smallest dispersion, us */
	CLASSIC_DISCOVERY,	/* trains of growing length begin */
	CLASSIC_LENGTH,		/* len, rate, ignored: one of them */
	CLASSIC_MAX_LENGTH,	/* len */
	CLASSIC_COALESCED,	/* number of trains, len */
	CLASSIC_BURSTS,		/* number of the train, from 0 */
	CLASSIC_BURST_RATE,	/* rate */
	CLASSIC_JUMPS,		/* number */
	CLASSIC_REDUCED,	/* len: lossy trains made shorter */
	CLASSIC_PRELIMINARY,
	CLASSIC_PRELIM_LENGTH,	/* len: rates follow */
	CLASSIC_PRELIM_RATE,	/* rate */
	CLASSIC_PRELIM_END,	/* of the rates of a length */
	CLASSIC_RESOLUTION,	/* rate: width of a bin */
	CLASSIC_QUICK,		/* rate: coefficient of variation; number: 1
				 * when it was asked for */
	CLASSIC_PHASE_1,
	CLASSIC_SIZE,		/* len, bytes, number: percent done */
	CLASSIC_PAIR,		/* number from 1, rate, gap_us, ignored */
	CLASSIC_SIZE_END,
	CLASSIC_ADJUST,		/* len, bytes: too many were ignored */
	CLASSIC_MODES_1,
	CLASSIC_MODE,		/* mode */
	CLASSIC_SPIKE,		/* mode without kurtosis */
	CLASSIC_MODES_1_END,
	CLASSIC_ABORTED,	/* Phase I */
	CLASSIC_PHASE_2,	/* number of trains, len, bytes */
	CLASSIC_TRAIN,		/* number from 1, rate, gap_us, ignored */
	CLASSIC_MODES_2,
	CLASSIC_MODES_2_END,
	CLASSIC_AMBIGUOUS,	/* Phase II has several modes */
	CLASSIC_MERIT,		/* mode, merit */
	CLASSIC_ADR,		/* rate */
	CLASSIC_CANDIDATES,
	CLASSIC_CANDIDATE,	/* mode, merit */
	CLASSIC_ADR_MODE,	/* rate, hi */
	CLASSIC_LOWER_BOUND,
	CLASSIC_FINAL,		/* rate, hi */
	CLASSIC_GAVE_UP,	/* coalescence method: too much loss */
	CLASSIC_TOO_FEW,	/* coalescence method: number of rates */
	CLASSIC_NOTHING		/* too little to say anything */
};

struct classic_event {
	enum classic_kind	 kind;
	int			 number;
	size_t			 len;
	size_t			 bytes;		/* of an IP packet */
	double			 rate, hi;	/* Mbit/s */
	double			 gap_us, merit;
	bool			 ignored;
	const struct mode	*mode;
};

typedef void classic_say(void *arg, const struct classic_event *e);

struct classic_config {
	bool	quick;		/* -Q */
	bool	ipv6;		/* the packets have its headers */
	size_t	max_payload;	/* 12 .. 16384 */
	double	rtt_ms;
	double	latency_us;	/* spec 4.1 */
};

enum classic_phase {
	CLASSIC_IN_DISCOVERY,
	CLASSIC_IN_TEST,	/* for coalescence */
	CLASSIC_IN_BURSTS,	/* coalescence method */
	CLASSIC_IN_PRELIMINARY,
	CLASSIC_IN_PHASE_1,
	CLASSIC_IN_PHASE_2,
	CLASSIC_DONE,		/* lo and hi are the estimate */
	CLASSIC_FAILED
};

#define CLASSIC_PAIRS	1000	/* of Phase I */
#define CLASSIC_TRAINS	500	/* of Phase II */
#define CLASSIC_PRELIMS	128	/* 17 lengths and 63 trains fit */
#define CLASSIC_BURST_RATES 2000

struct classic {
	struct classic_config	 config;
	classic_say		*say;
	void			*arg;
	enum classic_phase	 phase;
	struct train_ask	 ask;
	int64_t			 min_spacing_ns;
	double			 min_gap_us;	/* delta of the spec */
	size_t			 max_len;
	int			 lossy;		/* trains of discovery */
	int			 failures;	/* in a row */
	int			 trains;	/* of this length or size */
	int			 ignored, size;	/* of Phase I */
	double			 bin, mean;	/* of the preliminaries */
	double			 deviation;
	bool			 aborted;	/* Phase I */
	double			 prelim[CLASSIC_PRELIMS];
	double			 pair[CLASSIC_PAIRS];
	double			 train[CLASSIC_TRAINS];
	double			 burst[CLASSIC_BURST_RATES];
	size_t			 nprelim, npair, ntrain, nburst;
	struct mode		 mode[MODES_MAX];	/* of Phase I */
	size_t			 nmode;
	double			 adr, adr_deviation;
	bool			 adr_narrow;
	double			 lo, hi;	/* Mbit/s */
};

/* Spacing of trains for a path of this round-trip time (spec 4.1). */
int64_t	classic_spacing_ns(double rtt_ms);
/* Rate in Mbit/s of gaps packets in us; infinite when us is not positive.
 * bytes: of an IP packet. */
double	classic_rate(size_t bytes, size_t gaps, int64_t us);
/* Bytes of an IP packet with this payload. */
size_t	classic_bytes(const struct classic *c, size_t payload);

void	classic_start(struct classic *c, const struct classic_config *config,
	    classic_say *say, void *arg);
/* The train wanted now; NULL when the run is over (phase says how). */
const struct train_ask *classic_ask(const struct classic *c);
/*
 * What became of it. TRAIN_GOOD: arrival_ns has ask.len + 1 times in order
 * of the packets; for other ends it is not looked at.
 */
void	classic_take(struct classic *c, enum train_end end,
	    const int64_t *arrival_ns);
/* End now, with what the phases so far say; nothing when it is over. */
void	classic_stop(struct classic *c);

#endif
