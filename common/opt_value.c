/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/opt.h"

#define DIGITS	"0123456789"

static const char too_small[] = "too small";
static const char too_large[] = "too large";
static const char too_precise[] = "too precise";
static const char invalid[] = "invalid";

struct unit {
	const char	*name;
	int64_t		 factor;
};

static int
in_range(int64_t v, int64_t lo, int64_t hi, int64_t *out, const char **why)
{
	if (v < lo || v > hi) {
		*why = v < lo ? too_small : too_large;
		return -1;
	}
	*out = v;
	return 0;
}

int
opt_int(const char *s, int64_t lo, int64_t hi, int64_t *out, const char **why)
{
	const char *reason;
	int64_t v = strtonum(s, lo, hi, &reason);

	if (reason != NULL) {
		*why = reason;
		return -1;
	}
	*out = v;
	return 0;
}

int
opt_int_any(const char *s, int64_t lo, int64_t hi, int64_t *out,
    const char **why)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(s, &end, 0);
	if (end == s || *end != '\0') {
		*why = invalid;
		return -1;
	}
	if (errno == ERANGE) {
		*why = v < 0 ? too_small : too_large;
		return -1;
	}
	return in_range(v, lo, hi, out, why);
}

/* 0, or -1 when the n digits times factor exceed INT64_MAX. */
static int
whole_part(const char *digits, size_t n, int64_t factor, int64_t *out)
{
	int64_t v = 0;
	size_t i;
	int d;

	for (i = 0; i < n; i++) {
		d = digits[i] - '0';
		if (v > (INT64_MAX - d) / 10)
			return -1;
		v = v * 10 + d;
	}
	if (v > INT64_MAX / factor)
		return -1;
	*out = v * factor;
	return 0;
}

/*
 * 0.d1d2d3... times factor, from the last digit to the first:
 * (d1*f + (d2*f + (d3*f + ...)/10)/10)/10. The sum is whole only if each of
 * these divisions is, and no step exceeds 10*f. 0, or -1 if it is not whole.
 */
static int
fraction_part(const char *digits, size_t n, int64_t factor, int64_t *out)
{
	int64_t v = 0;

	while (n-- > 0) {
		v += (digits[n] - '0') * factor;
		if (v % 10 != 0)
			return -1;
		v /= 10;
	}
	*out = v;
	return 0;
}

/* The factor of a unit by its whole name, or 0. */
static int64_t
unit_factor(const struct unit *units, const char *name)
{
	for (; units->name != NULL; units++)
		if (strcmp(units->name, name) == 0)
			return units->factor;
	return 0;
}

/* Digits, perhaps a point and digits, and a unit; exact or an error. */
static int
scaled(const char *s, const struct unit *units, bool fraction, int64_t lo,
    int64_t hi, int64_t *out, const char **why)
{
	size_t whole = strspn(s, DIGITS), decimals = 0;
	const char *rest = s + whole;
	int64_t factor, v, part;

	if (fraction && *rest == '.') {
		decimals = strspn(rest + 1, DIGITS);
		rest += 1 + decimals;
		if (decimals == 0)
			whole = 0;
	}
	factor = unit_factor(units, rest);
	if (whole + decimals == 0 || factor == 0) {
		*why = invalid;
		return -1;
	}
	if (fraction_part(rest - decimals, decimals, factor, &part) == -1) {
		*why = too_precise;
		return -1;
	}
	if (whole_part(s, whole, factor, &v) == -1 || v > INT64_MAX - part) {
		*why = too_large;
		return -1;
	}
	return in_range(v + part, lo, hi, out, why);
}

int
opt_size(const char *s, int64_t lo, int64_t hi, int64_t *out, const char **why)
{
	static const struct unit units[] = {
		{ "", 1 },
		{ "k", INT64_C(1) << 10 }, { "K", INT64_C(1) << 10 },
		{ "m", INT64_C(1) << 20 }, { "M", INT64_C(1) << 20 },
		{ "g", INT64_C(1) << 30 }, { "G", INT64_C(1) << 30 },
		{ NULL, 0 }
	};

	return scaled(s, units, false, lo, hi, out, why);
}

static const struct unit rate_units[] = {
	{ "", 1 },
	{ "k", INT64_C(1000) }, { "K", INT64_C(1000) },
	{ "m", INT64_C(1000000) }, { "M", INT64_C(1000000) },
	{ "g", INT64_C(1000000000) }, { "G", INT64_C(1000000000) },
	{ "t", INT64_C(1000000000000) }, { "T", INT64_C(1000000000000) },
	{ NULL, 0 }
};

int
opt_rate(const char *s, int64_t lo, int64_t hi, int64_t *out, const char **why)
{
	return scaled(s, rate_units, true, lo, hi, out, why);
}

int
opt_rate_whole(const char *s, int64_t lo, int64_t hi, int64_t *out,
    const char **why)
{
	return scaled(s, rate_units, false, lo, hi, out, why);
}

int
opt_duration(const char *s, int64_t lo_ns, int64_t hi_ns, int64_t *out,
    const char **why)
{
	static const struct unit units[] = {
		{ "", CLOCK_NS_PER_S }, { "s", CLOCK_NS_PER_S },
		{ "ms", CLOCK_NS_PER_MS }, { "us", CLOCK_NS_PER_US },
		{ "ns", 1 },
		{ "m", 60 * CLOCK_NS_PER_S }, { "h", 3600 * CLOCK_NS_PER_S },
		{ NULL, 0 }
	};

	return scaled(s, units, true, lo_ns, hi_ns, out, why);
}

static bool
digit_within(char c, char lo, char hi)
{
	return c >= lo && c <= hi;
}

/* The names of RFC 4594, 5865 and 8622; -1: none of them. */
static int
dscp_by_name(const char *s)
{
	static const struct {
		const char	*name;
		int		 dscp;
	} names[] = {
		{ "DF", 0 }, { "BE", 0 }, { "LE", 1 }, { "VA", 44 },
		{ "EF", 46 },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(names[i].name, s) == 0)
			return names[i].dscp;
	if (strncasecmp(s, "CS", 2) == 0 && digit_within(s[2], '0', '7') &&
	    s[3] == '\0')
		return 8 * (s[2] - '0');
	if (strncasecmp(s, "AF", 2) == 0 && digit_within(s[2], '1', '4') &&
	    digit_within(s[3], '1', '3') && s[4] == '\0')
		return 8 * (s[2] - '0') + 2 * (s[3] - '0');
	return -1;
}

int
opt_dscp(const char *s, int *out, const char **why)
{
	int named = dscp_by_name(s);
	int64_t v = named;

	if (named == -1 && opt_int_any(s, 0, 63, &v, why) == -1)
		return -1;
	*out = (int)v;
	return 0;
}

/* The n bytes at s as a port number. */
static int
port_number(const char *s, size_t n, uint16_t *out, const char **why)
{
	int64_t v;

	if (n == 0 || strspn(s, DIGITS) < n) {
		*why = invalid;
		return -1;
	}
	if (whole_part(s, n, 1, &v) == -1)
		v = INT64_MAX;
	if (in_range(v, 1, UINT16_MAX, &v, why) == -1)
		return -1;
	*out = (uint16_t)v;
	return 0;
}

int
opt_port_range(const char *s, uint16_t *first, uint16_t *last,
    const char **why)
{
	size_t n = strcspn(s, "-");
	const char *high = s[n] == '-' ? s + n + 1 : s;
	uint16_t a, b;

	if (port_number(s, n, &a, why) == -1 ||
	    port_number(high, strlen(high), &b, why) == -1)
		return -1;
	if (a > b) {
		*why = invalid;
		return -1;
	}
	*first = a;
	*last = b;
	return 0;
}
