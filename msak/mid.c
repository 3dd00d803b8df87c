/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "msak/mid.h"

void
mid_uuid(const uint8_t bytes[16], char text[MID_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t b;
	int i;

	for (i = 0; i < 16; i++) {
		b = bytes[i];
		if (i == 6)
			b = (b & 0x0f) | 0x40;	/* version 4 */
		if (i == 8)
			b = (b & 0x3f) | 0x80;	/* variant of RFC 9562 */
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*text++ = '-';
		*text++ = hex[b >> 4];
		*text++ = hex[b & 15];
	}
	*text = '\0';
}

void
mid_random(char text[MID_TEXT])
{
	uint8_t bytes[16];

	arc4random_buf(bytes, sizeof(bytes));
	mid_uuid(bytes, text);
}
