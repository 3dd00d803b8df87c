/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/fixed.h"
#include "common/text.h"

/* Half of the last place of a number in 1..10 with that many digits. */
static double
half_place(int digits)
{
	double half = 0.5;

	while (--digits > 0)
		half /= 10;
	return half;
}

/*
 * Decimals that give v so many significant digits, v's rounding included:
 * 9.9996 with four is 10.00, not 10.000.
 */
static int
decimals(double v, int digits)
{
	double limit = 10, half = half_place(digits);
	int d;

	for (d = digits - 1; d > 0 && v >= limit - half; d--) {
		limit *= 10;
		half *= 10;
	}
	return d;
}

static void
trim_zeros(char *number)
{
	size_t n = strlen(number);

	if (strchr(number, '.') == NULL)
		return;
	while (number[n - 1] == '0')
		n--;
	if (number[n - 1] == '.')
		n--;
	number[n] = '\0';
}

/* v with its digits in the unit, of steps of 1000, that suits it. */
static const char *
scaled(double v, const char *const *units, int digits, bool trim, char *buf,
    size_t len)
{
	/* From here on the number would be rounded to four figures. */
	double next = 1000 - 100 * half_place(digits), size = fabs(v);
	char number[FIXED_MAX];

	for (; size >= next && units[1] != NULL; units++) {
		size /= 1000;
		v /= 1000;
	}
	fixed_put(v, size > 0 ? decimals(size, digits) : 0, number,
	    sizeof(number));
	if (trim)
		trim_zeros(number);
	snprintf(buf, len, "%s %s", number, units[0]);
	return buf;
}

const char *
text_rate(double bps, char *buf, size_t len)
{
	static const char *const units[] = { "bit/s", "kbit/s", "Mbit/s",
		"Gbit/s", "Tbit/s", "Pbit/s", NULL };

	if (isfinite(bps))
		return scaled(bps, units, 4, false, buf, len);
	snprintf(buf, len, "unknown");
	return buf;
}

const char *
text_duration(int64_t ns, char *buf, size_t len)
{
	static const char *const units[] = { "ns", "us", "ms", "s", NULL };

	return scaled((double)ns, units, 3, true, buf, len);
}

const char *
text_bytes(uint64_t n, char *buf, size_t len)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB",
		"PiB", "EiB", NULL };
	char number[FIXED_MAX];
	uint64_t unit = 1;
	double v;
	size_t i;

	/* On while the number is too long, or as short in the next unit. */
	for (i = 0; n > 0 && units[i + 1] != NULL &&
	    (n / unit >= 10000 || n % (1024 * unit) == 0); i++)
		unit *= 1024;
	v = (double)n / (double)unit;
	fixed_put(v, n % unit == 0 ? 0 : decimals(v, 4), number,
	    sizeof(number));
	snprintf(buf, len, "%s %s", number, units[i]);
	return buf;
}

const char *
text_rfc3339(int64_t wall_ns, char *buf, size_t len)
{
	int64_t ns = wall_ns % CLOCK_NS_PER_S;
	char date[sizeof("YYYY-MM-DDTHH:MM:SS") + 8] = "";
	struct tm tm;
	time_t s;

	if (ns < 0)
		ns += CLOCK_NS_PER_S;
	s = (time_t)((wall_ns - ns) / CLOCK_NS_PER_S);
	if (gmtime_r(&s, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf, len, "%s.%03" PRId64 "Z", date, ns / CLOCK_NS_PER_MS);
	return buf;
}

/* One byte as the log shows it. Returns the length, at most 4. */
static size_t
escape_byte(unsigned char c, char out[5])
{
	static const char plain[] = "\n\r\t\\", letters[] = "nrt\\";
	const char *at = c == '\0' ? NULL : strchr(plain, c);

	if (at != NULL)
		return (size_t)snprintf(out, 5, "\\%c", letters[at - plain]);
	if (c < 0x20 || c > 0x7e)
		return (size_t)snprintf(out, 5, "\\%03o", c);
	return (size_t)snprintf(out, 5, "%c", c);
}

const char *
text_escape(const void *bytes, size_t n, char *buf, size_t len)
{
	const unsigned char *p = bytes;
	size_t i, step, used = 0;
	char out[5];

	for (i = 0; i < n; i++) {
		step = escape_byte(p[i], out);
		if (used + step >= len)
			break;
		memcpy(buf + used, out, step);
		used += step;
	}
	buf[used] = '\0';
	return buf;
}

int
text_close(FILE *f)
{
	bool failed = ferror(f) != 0;

	if (fclose(f) == EOF)
		return -1;
	if (failed)
		errno = EIO;
	return failed ? -1 : 0;
}
