/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "thrulay/wire.h"

/*
 * Input: what a client sends after the greeting. An answer exists when nothing
 * more will come, agrees with the one given while more might, and a proposal
 * that was accepted is written and read the same again.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same(const struct wire_proposal *a, const struct wire_proposal *b)
{
	return a->udp == b->udp && a->extended == b->extended &&
	    a->window == b->window && a->block == b->block &&
	    a->port == b->port && a->size == b->size &&
	    a->rate == b->rate && a->packets == b->packets;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_proposal p, q;
	enum wire_fault fault;
	enum wire_status now, last;
	uint8_t text[WIRE_CONTROL_MAX];
	size_t len;
	bool enough;

	now = wire_proposal_get(data, size, false, &q, &fault, &enough);
	if (now == WIRE_REJECTED || (enough && now != WIRE_MORE) ||
	    (now == WIRE_MORE && size >= WIRE_CONTROL_MAX))
		abort();
	last = wire_proposal_get(data, size, true, &p, &fault, &enough);
	if (last == WIRE_MORE || (now == WIRE_BAD && last != WIRE_BAD) ||
	    (last == WIRE_BAD) != (fault != WIRE_FAULT_NONE) ||
	    strlen(wire_fault_text(fault)) == 0)
		abort();
	if (last != WIRE_OK)
		return 0;
	if (now == WIRE_OK && !same(&p, &q))
		abort();
	len = wire_proposal_put(&p, text, sizeof(text));
	if (len == 0 || wire_proposal_get(text, len, false, &q, &fault,
	    &enough) != WIRE_OK || !same(&p, &q))
		abort();
	return 0;
}
