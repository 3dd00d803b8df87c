/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "thrulay/ext.h"

/*
 * Input: an extension message. One that was accepted is written, read and
 * written the same again.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOM		(EXT_PAYLOAD_MAX + 16)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
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
		return 0;
	len = ext_put(&m, first, sizeof(first));
	if (len == 0 || ext_get(first, len, &n, &used) != WIRE_OK ||
	    used != len || n.kind != m.kind)
		abort();
	if (ext_put(&n, second, sizeof(second)) != len ||
	    memcmp(first, second, len) != 0)
		abort();
	return 0;
}
