/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/utf8.h"

/* How many bytes follow this first one; 0 for ASCII, -1 for none such. */
static int
rest_of(unsigned char c)
{
	if (c < 0x80)
		return 0;
	if (c >= 0xc2 && c <= 0xdf)
		return 1;
	if (c >= 0xe0 && c <= 0xef)
		return 2;
	return c >= 0xf0 && c <= 0xf4 ? 3 : -1;
}

/* The second byte decides on overlong forms, surrogates and U+110000. */
size_t
utf8_next(const void *bytes, size_t n, bool *valid)
{
	const unsigned char *s = bytes;
	unsigned char low = 0x80, high = 0xbf;
	int rest = rest_of(s[0]), i;

	if (s[0] == 0xe0 || s[0] == 0xf0)
		low = s[0] == 0xe0 ? 0xa0 : 0x90;
	if (s[0] == 0xed || s[0] == 0xf4)
		high = s[0] == 0xed ? 0x9f : 0x8f;
	for (i = 1; i <= rest && (size_t)i < n; i++) {
		if (s[i] < low || s[i] > high)
			break;
		low = 0x80;
		high = 0xbf;
	}
	*valid = rest >= 0 && i > rest;
	return (size_t)i;
}
