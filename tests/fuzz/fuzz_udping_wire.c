/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "udping/wire.h"

/*
 * Input: a datagram. What is taken has a proper GUID and, where we write its
 * layout, comes back the same when it is written and read again.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_again(const struct wire_probe *p)
{
	uint8_t buf[WIRE_MAX];
	struct wire_probe q;
	int64_t value;
	size_t n = wire_put(p, buf, sizeof(buf));

	if (n == 0)
		return;
	if (n != p->size || wire_get(buf, n, &q, &value) != WIRE_OK ||
	    q.layout != p->layout || q.control != p->control ||
	    q.seq != p->seq || strcmp(q.guid, p->guid) != 0)
		abort();
	if (!p->control && (q.sent_s != p->sent_s || q.sent_ns != p->sent_ns))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_probe p, q;
	int64_t value;
	size_t head = size < WIRE_PROBE_LEN ? size : WIRE_PROBE_LEN;

	if (size > WIRE_MAX)
		size = WIRE_MAX;
	if (wire_get_head(data, head, size, &q, &value) !=
	    wire_get(data, size, &p, &value))
		abort();
	if (wire_get(data, size, &p, &value) != WIRE_OK)
		return 0;
	if (p.size != size || strlen(p.guid) != WIRE_GUID ||
	    (p.control && p.layout != WIRE_FIRST))
		abort();
	write_again(&p);
	return 0;
}
