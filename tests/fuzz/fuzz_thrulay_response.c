/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "thrulay/wire.h"

/*
 * Input: what a server sends, taken as a greeting and as either response. As
 * in fuzz_thrulay_proposal.c; besides, no more bytes are used than there are.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_status(enum wire_status now, enum wire_status last, size_t used,
    size_t size)
{
	if (last == WIRE_MORE || (now != WIRE_MORE && now != last) ||
	    (now == WIRE_MORE && size >= WIRE_CONTROL_MAX))
		abort();
	if (last != WIRE_BAD && (used == 0 || used > size))
		abort();
}

static void
fuzz_tcp(const uint8_t *data, size_t size)
{
	struct wire_tcp_response r, s;
	enum wire_status now, last;
	uint8_t text[WIRE_CONTROL_MAX];
	size_t len, used = 0;

	now = wire_tcp_response_get(data, size, false, &s, &used);
	last = wire_tcp_response_get(data, size, true, &r, &used);
	check_status(now, last, used, size);
	if (last != WIRE_OK)
		return;
	if (r.window < 0 || r.block < 0)
		abort();
	len = wire_tcp_response_put(&r, text, sizeof(text));
	if (len == 0 || wire_tcp_response_get(text, len, false, &s, &used) !=
	    WIRE_OK || used != len)
		abort();
	if (r.window != s.window || r.block != s.block ||
	    r.extended != s.extended)
		abort();
}

static void
fuzz_udp(const uint8_t *data, size_t size)
{
	struct wire_udp_response r, s;
	enum wire_status now, last;
	uint8_t text[WIRE_CONTROL_MAX];
	size_t len, used = 0;

	now = wire_udp_response_get(data, size, false, &s, &used);
	last = wire_udp_response_get(data, size, true, &r, &used);
	check_status(now, last, used, size);
	if (last != WIRE_OK)
		return;
	/* what a client may act on without another look */
	if (r.port == 0 || r.port > 65535 || r.size > 65536 || r.rate == 0)
		abort();
	len = wire_udp_response_put(&r, text, sizeof(text));
	if (len == 0 || wire_udp_response_get(text, len, false, &s, &used) !=
	    WIRE_OK || used != len)
		abort();
	if (r.port != s.port || r.size != s.size || r.rate != s.rate ||
	    r.packets != s.packets || r.extended != s.extended ||
	    !wire_nonce_equal(r.nonce, s.nonce))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if ((wire_greeting_get(data, size) == WIRE_MORE) !=
	    (size < WIRE_GREETING_LEN))
		abort();
	fuzz_tcp(data, size);
	fuzz_udp(data, size);
	return 0;
}
