/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thrulay/ext.h"

/*
 * Input: an extension message, or (tried as well) the payload of one. What
 * was accepted is written, read and written the same again.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOM		(EXT_PAYLOAD_MAX + 16)

static void
fuzz_message(const uint8_t *data, size_t size)
{
	static struct ext_message m, n;
	static uint8_t first[ROOM], second[ROOM];
	enum wire_status s;
	size_t len, used = 0;

	s = ext_get(data, size, &m, &used);
	if (s == WIRE_REJECTED || (s == WIRE_MORE && size >= ROOM) ||
	    (s == WIRE_OK && (used == 0 || used > size)))
		abort();
	if (s != WIRE_OK)
		return;
	len = ext_put(&m, first, sizeof(first));
	if (len == 0 || ext_get(first, len, &n, &used) != WIRE_OK ||
	    used != len || n.kind != m.kind)
		abort();
	if (ext_put(&n, second, sizeof(second)) != len ||
	    memcmp(first, second, len) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *framed;
	size_t start;

	fuzz_message(data, size);
	if (size > EXT_PAYLOAD_MAX || (framed = malloc(size + 16)) == NULL)
		return 0;
	start = (size_t)snprintf((char *)framed, 16, "x:%zu:", size);
	if (size > 0)
		memcpy(framed + start, data, size);
	framed[start + size] = '+';
	fuzz_message(framed, start + size + 1);
	free(framed);
	return 0;
}
