/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_PROBE_H
#define UDPING_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udping/wire.h"

/*
 * A probe's header as wire_put writes it, prepared: what stays the same for
 * one port and GUID is encoded and summed once. Sums are for frame_put and
 * frame_adjust.
 */
struct probe {
	bool		first;		/* first generation's layout */
	size_t		len;		/* of head */
	uint32_t	sum;		/* of head as little-endian words */
	uint8_t		head[WIRE_PROBE_LEN];
};

/* start_s: see wire.h. guid: WIRE_GUID digits. */
void	probe_init(struct probe *p, bool first, int64_t start_s,
	    const char *guid);
/* The header of a probe of size bytes, all but its time, which is 0. Returns
 * the sum of the payload; what follows the header has to be zeros. */
uint16_t probe_put(const struct probe *p, uint8_t *out, uint32_t seq,
	    size_t size);
/* Put the time where it is 0. Returns what this adds to the sum. */
uint16_t probe_stamp(const struct probe *p, uint8_t *out, int64_t wall_ns);

#endif
