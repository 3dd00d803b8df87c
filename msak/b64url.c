/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>

#include "msak/b64url.h"

/* The six bits of a character, or -1. */
static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

int
b64url_decode(const char *in, size_t n, void *out, size_t size, size_t *len)
{
	uint8_t *to = out;
	uint32_t bits = 0;	/* the lowest `have` ones are not yet out */
	unsigned int have = 0;
	size_t i;
	int six;

	*len = n / 4 * 3 + (n % 4 > 0 ? n % 4 - 1 : 0);
	if (n % 4 == 1 || *len > size)
		return -1;
	for (i = 0; i < n; i++) {
		if ((six = sextet(in[i])) == -1)
			return -1;
		bits = (bits & 0x3f) << 6 | (uint32_t)six;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*to++ = (uint8_t)(bits >> have);
		}
	}
	return (bits & ((1U << have) - 1)) == 0 ? 0 : -1;
}
