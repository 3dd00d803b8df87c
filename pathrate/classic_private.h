/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_CLASSIC_PRIVATE_H
#define PATHRATE_CLASSIC_PRIVATE_H

#include "pathrate/classic.h"
#include "pathrate/wire.h"

/*
 * What the phases share. A train as a phase gets it: times in whole
 * microseconds, because the original had no better ones.
 */
struct classic_got {
	int64_t	us[TRAIN_LEN_MAX + 1];
	int64_t	gap_us;		/* last packet after packet 1 */
	double	rate;
	bool	counts;		/* above the smallest dispersion */
};

void	classic_tell(struct classic *c, enum classic_kind kind);
void	classic_event(struct classic *c, const struct classic_event *e);
/* A control word before the next SEND. */
void	classic_word(struct classic *c, enum wire_code code, size_t argument);
/* The same with the field of the ask that it sets. */
void	classic_len(struct classic *c, size_t len);
void	classic_payload(struct classic *c, size_t payload);
void	classic_spacing(struct classic *c, int64_t spacing_ns);
void	classic_final(struct classic *c, double lo, double hi);
void	classic_fail(struct classic *c, enum classic_kind why, size_t number);
/* All local modes of n sorted values (at most 1000) into out, which has room
 * for MODES_MAX: how many. */
size_t	classic_modes(struct classic *c, const double *x, size_t n,
	    struct mode *out);

void	classic_discovery(struct classic *c);
void	classic_discovery_good(struct classic *c,
	    const struct classic_got *t);
void	classic_discovery_lost(struct classic *c);
void	classic_test_good(struct classic *c, const struct classic_got *t);
void	classic_bursts_good(struct classic *c, const struct classic_got *t);
void	classic_bursts_lost(struct classic *c);
void	classic_bursts_end(struct classic *c);
void	classic_preliminary(struct classic *c);
void	classic_preliminary_good(struct classic *c,
	    const struct classic_got *t);
void	classic_preliminary_end(struct classic *c);
void	classic_preliminary_stop(struct classic *c);
void	classic_preliminary_final(struct classic *c);
void	classic_phase_1(struct classic *c);
void	classic_phase_1_good(struct classic *c, const struct classic_got *t);
void	classic_phase_2(struct classic *c);
void	classic_phase_2_good(struct classic *c, const struct classic_got *t);
/* False: not enough trains to say anything. */
bool	classic_phase_2_end(struct classic *c);

#endif
