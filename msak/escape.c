/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/escape.h"

/* Without <ctype.h>, which asks the locale. */
static bool
is_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' ||
	    c == '~';
}

/* -1 when it is no hex digit. */
static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that an escape of n bytes or more at s means, or -1. */
static int
byte_of(const char *s, size_t n)
{
	int high, low;

	if (n < 3 || (high = hex(s[1])) == -1 || (low = hex(s[2])) == -1)
		return -1;
	return high << 4 | low;
}

long
escape_decode(const char *s, size_t n, bool plus, char *out)
{
	size_t i, len = 0;
	int c;

	for (i = 0; i < n; i++) {
		c = (unsigned char)s[i];
		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			if ((c = byte_of(s + i, n - i)) == -1)
				return -1;
			i += 2;
		}
		out[len++] = (char)c;
	}
	return (long)len;
}

size_t
escape_bad(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] == '%' && byte_of(s + i, n - i) == -1)
			break;
	return i;
}

void
escape_put(FILE *out, const char *s, size_t n, const char *safe, bool plus)
{
	unsigned char c;
	size_t i;

	for (i = 0; i < n; i++) {
		c = (unsigned char)s[i];
		if (is_plain(c) || (c != '\0' && strchr(safe, c) != NULL))
			putc(c, out);
		else if (c == ' ' && plus)
			putc('+', out);
		else
			fprintf(out, "%%%02X", (unsigned int)c);
	}
}
