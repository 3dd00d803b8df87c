/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "udpst/wire.h"

/*
 * Input: the session's version (a byte), then a datagram. What was read is
 * written with the same bytes again the second time, and read with a checksum.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_load(const uint8_t *data, size_t size, unsigned int version)
{
	uint8_t one[WIRE_LOAD_LEN];
	struct wire_load p;

	if (!wire_load_get(data, size, version, &p))
		return;
	if (wire_load_put(&p, one) != sizeof(one) ||
	    memcmp(one, data, sizeof(one) - 2) != 0)
		abort();
	wire_checksum_set(one, sizeof(one));
	if (!wire_load_get(one, sizeof(one), version, &p))
		abort();
}

static void
fuzz_status(const uint8_t *data, size_t size, unsigned int version)
{
	uint8_t one[WIRE_CONTROL_MAX], two[WIRE_CONTROL_MAX];
	struct wire_status p;
	size_t len = wire_len(WIRE_STATUS, version);

	if (!wire_status_get(data, size, version, &p))
		return;
	if (wire_status_put(&p, version, one) != len ||
	    !wire_status_get(one, len, version, &p) ||
	    wire_status_put(&p, version, two) != len ||
	    memcmp(one, two, len) != 0)
		abort();
	wire_checksum_set(one, len);
	if (!wire_status_get(one, len, version, &p))
		abort();
}

static void
fuzz_figures(const uint8_t *data, size_t size)
{
	uint8_t one[WIRE_CONTROL_MAX];
	struct wire_figures p;

	/* The last 32 bytes are reserved. */
	if (wire_figures_get(data, size, &p) &&
	    (wire_figures_put(&p, one) != size ||
	    memcmp(one, data, size - 32) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	fuzz_load(data + 1, size - 1, data[0]);
	fuzz_status(data + 1, size - 1, data[0]);
	fuzz_figures(data + 1, size - 1);
	return 0;
}
