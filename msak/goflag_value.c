/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "msak/goflag.h"

/* 2^63: the magnitude of the smallest number, one more than the largest. */
#define MAGNITUDE	(UINT64_C(1) << 63)

static const char syntax[] = "parse error";
static const char range[] = "value out of range";

const char *
goflag_bool(const char *s, bool *out)
{
	static const char *const words[] = {
		"1", "t", "T", "TRUE", "true", "True",
		"0", "f", "F", "FALSE", "false", "False"
	};
	size_t i, n = sizeof(words) / sizeof(words[0]);

	for (i = 0; i < n; i++)
		if (strcmp(s, words[i]) == 0) {
			*out = i < n / 2;
			return NULL;
		}
	return syntax;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Skip the prefix of s; a lone one is not skipped. */
static unsigned int
base_of(const char **s)
{
	if ((*s)[0] != '0')
		return 10;
	if ((*s)[1] != '\0' && (*s)[2] != '\0') {
		*s += 2;
		switch (lower((*s)[-1])) {
		case 'b':
			return 2;
		case 'o':
			return 8;
		case 'x':
			return 16;
		}
		*s -= 2;
	}
	(*s)++;
	return 8;
}

/* The value of a digit in any base up to 36; 36: it is none. */
static unsigned int
digit_of(char c)
{
	if (is_digit(c))
		return (unsigned int)(c - '0');
	c = lower(c);
	return c >= 'a' && c <= 'z' ? (unsigned int)(c - 'a' + 10) : 36;
}

/* Every '_' stands between two digits; a prefix counts as a digit. */
static bool
underscores_good(const char *s)
{
	bool after_digit = false, after_underscore = false;

	if (s[0] == '0' && s[1] != '\0' && strchr("box", lower(s[1])) != NULL) {
		s += 2;
		after_digit = true;
	}
	for (; *s != '\0'; s++) {
		if (*s == '_' && !after_digit)
			return false;
		after_underscore = *s == '_';
		after_digit = !after_underscore;
	}
	return !after_underscore;
}

const char *
goflag_uint(const char *s, uint64_t *out)
{
	const char *digits = s;
	unsigned int base = base_of(&digits), d;
	uint64_t v = 0;

	if (*s == '\0')
		return syntax;
	for (; *digits != '\0'; digits++) {
		if (*digits == '_')
			continue;
		d = digit_of(*digits);
		if (d >= base)
			return syntax;
		/* What stands behind does not matter any more. */
		if (v > (UINT64_MAX - d) / base)
			return range;
		v = v * base + d;
	}
	if (strchr(s, '_') != NULL && !underscores_good(s))
		return syntax;
	*out = v;
	return NULL;
}

/* v of 0..2^63 with that sign; 2^63 itself has to be negative. */
static int64_t
with_sign(uint64_t v, bool negative)
{
	if (!negative)
		return (int64_t)v;
	return v == MAGNITUDE ? INT64_MIN : -(int64_t)v;
}

const char *
goflag_int(const char *s, int64_t *out)
{
	bool negative = *s == '-';
	const char *why;
	uint64_t v;

	why = goflag_uint(*s == '-' || *s == '+' ? s + 1 : s, &v);
	if (why != NULL)
		return why;
	if (v > MAGNITUDE || (v == MAGNITUDE && !negative))
		return range;
	*out = with_sign(v, negative);
	return NULL;
}

/* Digits at *s, which moves on; false when they exceed 2^63. */
static bool
leading_int(const char **s, uint64_t *out)
{
	uint64_t v = 0, d;

	for (; is_digit(**s); (*s)++) {
		d = (uint64_t)(**s - '0');
		if (v > (MAGNITUDE - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

/* Digits behind a point, as v / *scale; more than fit say nothing new. */
static uint64_t
leading_fraction(const char **s, double *scale)
{
	uint64_t v = 0;
	bool full = false;

	*scale = 1;
	for (; is_digit(**s); (*s)++) {
		full = full || v > (MAGNITUDE - 1) / 10;
		if (full)
			continue;
		v = v * 10 + (uint64_t)(**s - '0');
		*scale *= 10;
	}
	return v;
}

/* Everything up to the next number; 0: there is no such unit. */
static uint64_t
leading_unit(const char **s)
{
	static const struct {
		const char	*name;
		uint64_t	 ns;
	} units[] = {
		{ "ns", 1 },
		{ "us", CLOCK_NS_PER_US },
		{ "\xc2\xb5s", CLOCK_NS_PER_US },	/* micro sign */
		{ "\xce\xbcs", CLOCK_NS_PER_US },	/* Greek mu */
		{ "ms", CLOCK_NS_PER_MS },
		{ "s", CLOCK_NS_PER_S },
		{ "m", 60 * CLOCK_NS_PER_S },
		{ "h", 3600 * CLOCK_NS_PER_S },
	};
	size_t n = strcspn(*s, ".0123456789"), i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == n &&
		    memcmp(units[i].name, *s, n) == 0) {
			*s += n;
			return units[i].ns;
		}
	return 0;
}

/* A number and its unit at *s, which moves on; at most 2^63 ns. */
static bool
leading_duration(const char **s, uint64_t *out)
{
	const char *start = *s;
	uint64_t v, unit, fraction = 0;
	double scale = 1;
	bool digits;

	if (!leading_int(s, &v))
		return false;
	digits = *s > start;
	if (**s == '.') {
		start = ++*s;
		fraction = leading_fraction(s, &scale);
		digits = digits || *s > start;
	}
	if (!digits)
		return false;
	unit = leading_unit(s);
	if (unit == 0 || v > MAGNITUDE / unit)
		return false;
	v = v * unit + (uint64_t)((double)fraction * ((double)unit / scale));
	*out = v;
	return v <= MAGNITUDE;
}

const char *
goflag_duration(const char *s, int64_t *out)
{
	bool negative = *s == '-';
	uint64_t sum = 0, v;

	if (*s == '-' || *s == '+')
		s++;
	if (strcmp(s, "0") == 0) {
		*out = 0;
		return NULL;
	}
	if (*s == '\0')
		return syntax;
	while (*s != '\0') {
		if (!leading_duration(&s, &v) || v > MAGNITUDE - sum)
			return syntax;
		sum += v;
	}
	if (sum == MAGNITUDE && !negative)
		return syntax;
	*out = with_sign(sum, negative);
	return NULL;
}
