/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/goflag.h"

#define REPLACEMENT	0xfffdu		/* what a bad byte decodes as */

/* Characters beyond ASCII that do not print, in order. */
static const struct {
	unsigned int	first, last;
} unprintable[] = {
	{ 0x80, 0xa0 },		/* C1 controls, no-break space */
	{ 0xad, 0xad },		/* soft hyphen */
	{ 0x600, 0x605 }, { 0x61c, 0x61c }, { 0x6dd, 0x6dd },
	{ 0x70f, 0x70f }, { 0x1680, 0x1680 }, { 0x180e, 0x180e },
	{ 0x2000, 0x200f },	/* spaces and marks of direction */
	{ 0x2028, 0x202f },	/* separators, embeddings */
	{ 0x205f, 0x206f },
	{ 0x3000, 0x3000 },
	{ 0xd800, 0xf8ff },	/* surrogates, private use */
	{ 0xfeff, 0xfeff },	/* byte order mark */
	{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
	{ 0xe0000, 0x10ffff },	/* tags, private use */
};

static bool
prints(unsigned int c)
{
	size_t i;

	for (i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]); i++)
		if (c >= unprintable[i].first && c <= unprintable[i].last)
			return false;
	return true;
}

/*
 * The character at s, of which there are left bytes, and the number of its
 * bytes; 1 and REPLACEMENT when they are not UTF-8 (RFC 3629).
 */
static size_t
decode(const char *s, size_t left, unsigned int *c)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)s[0];
	size_t n = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	size_t i;

	*c = REPLACEMENT;
	if (n == 1 || first >= 0xf8 || n > left)
		return 1;
	*c = first & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			break;
		*c = *c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (i < n || *c < least[n] || *c > 0x10ffff ||
	    (*c >= 0xd800 && *c <= 0xdfff)) {
		*c = REPLACEMENT;
		return 1;
	}
	return n;
}

static void
quote_ascii(char c, FILE *out)
{
	static const char plain[] = "\a\b\f\n\r\t\v\"\\";
	static const char letter[] = "abfnrtv\"\\";
	const char *at = strchr(plain, c);

	if (at != NULL)
		fprintf(out, "\\%c", letter[at - plain]);
	else if (c < ' ' || c == 0x7f)
		fprintf(out, "\\x%02x", (unsigned int)c);
	else
		fputc(c, out);
}

void
goflag_quote(const char *s, FILE *out)
{
	goflag_quote_n(s, strlen(s), out);
}

void
goflag_quote_n(const char *s, size_t len, FILE *out)
{
	const char *end = s + len;
	unsigned int c;
	size_t n;

	fputc('"', out);
	for (; s < end; s += n) {
		n = 1;
		if ((unsigned char)*s < 0x80) {
			quote_ascii(*s, out);
			continue;
		}
		n = decode(s, (size_t)(end - s), &c);
		if (n == 1)
			fprintf(out, "\\x%02x",
			    (unsigned int)(unsigned char)*s);
		else if (prints(c))
			fprintf(out, "%.*s", (int)n, s);
		else
			fprintf(out, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
	}
	fputc('"', out);
}
