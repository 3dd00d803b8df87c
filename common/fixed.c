/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/fixed.h"

static size_t
fixed_special(double v, char *buf, size_t size)
{
	const char *name = isnan(v) ? "nan" : v > 0 ? "inf" : "-inf";

	return (size_t)snprintf(buf, size, "%s", name);
}

/*
 * The locale decides only what stands between the two runs of digits, perhaps
 * several bytes: so take the runs and leave it out.
 */
static size_t
fixed_join(const char *text, int decimals, char *buf, size_t size)
{
	const char *fraction = text + strlen(text) - decimals;
	size_t whole;

	if (text[0] == '-' && strpbrk(text, "123456789") == NULL)
		text++;
	whole = strspn(text, "-0123456789");
	return (size_t)snprintf(buf, size, "%.*s%s%s", (int)whole, text,
	    decimals > 0 ? "." : "", fraction);
}

size_t
fixed_put(double v, int decimals, char *buf, size_t size)
{
	char text[FIXED_MAX];

	if (!isfinite(v))
		return fixed_special(v, buf, size);
	snprintf(text, sizeof(text), "%.*f", decimals, v);
	return fixed_join(text, decimals, buf, size);
}
