/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPLAY_H
#define PATHRATE_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "pathrate/train.h"

/*
 * A recorded run: a JSON object a line, of numbers, strings and arrays of
 * numbers.
 *
 *	{"type":"param","min_possible_delta":3,"max_payload":1460,
 *	 "rtt_ms":0.08,"min_spacing_ms":500}		first, once
 *	{"type":"train","round":2,"train_len":2,"bad":0,
 *	 "arrival_us":[0,2310,3534]}			as often as needed
 *
 * bad is 0 for a usable train, 1 for a stale and 2 for a lossy one. A train
 * may have arrival_ns in place of arrival_us, and payload, its packets' UDP
 * payload. Other types and other keys are skipped. Pure.
 */
enum replay_kind { REPLAY_PARAM, REPLAY_TRAIN, REPLAY_OTHER, REPLAY_BAD };

struct replay_line {
	double		min_gap_us, rtt_ms;	/* of param */
	size_t		max_payload;
	uint32_t	round;			/* of a train */
	size_t		len, payload;		/* payload 0: not told */
	enum train_end	end;
	int64_t		arrival_ns[TRAIN_LEN_MAX + 1];
	size_t		arrivals;
};

/* One line without its newline; *why says what is wrong with REPLAY_BAD. */
enum replay_kind replay_parse(const char *line, size_t len,
	    struct replay_line *out, const char **why);

#endif
