/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "thrulay/wire.h"

/* Input: the end message of a UDP test. As in fuzz_thrulay_proposal.c. */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum wire_status now, last;
	uint8_t text[WIRE_CONTROL_MAX];
	uint64_t sent = 0, again = 0;
	size_t len, used = 0;

	now = wire_end_get(data, size, false, &again, &used);
	last = wire_end_get(data, size, true, &sent, &used);
	if (last == WIRE_MORE || (now != WIRE_MORE && now != last) ||
	    (now == WIRE_MORE && size >= WIRE_CONTROL_MAX) ||
	    (last != WIRE_BAD && (used == 0 || used > size)))
		abort();
	if (last != WIRE_OK)
		return 0;
	if (now == WIRE_OK && again != sent)
		abort();
	len = wire_end_put(sent, text, sizeof(text));
	if (len == 0 || wire_end_get(text, len, false, &again, &used) !=
	    WIRE_OK || used != len || again != sent)
		abort();
	return 0;
}
