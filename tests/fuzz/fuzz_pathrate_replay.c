/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "pathrate/replay.h"

/*
 * Input: a line of a recorded run. What is accepted is in range, and a usable
 * train has all its times.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct replay_line l;
	const char *why;
	enum replay_kind kind;

	kind = replay_parse((const char *)data, size, &l, &why);
	if ((kind == REPLAY_BAD) != (why != NULL))
		abort();
	if (kind == REPLAY_PARAM && (l.max_payload < TRAIN_PAYLOAD_MIN ||
	    l.max_payload > TRAIN_PAYLOAD_MAX || !(l.rtt_ms >= 0)))
		abort();
	if (kind == REPLAY_TRAIN && (l.len < 2 || l.len > TRAIN_LEN_MAX ||
	    (l.end == TRAIN_GOOD && l.arrivals != l.len + 1)))
		abort();
	return 0;
}
