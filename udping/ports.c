/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "udping/number.h"
#include "udping/ports.h"

/* The original looks no further. */
#define DESCRIPTOR_MAX	999

int
ports_single(const char *text, int *out)
{
	size_t n = strlen(text);

	if (n == 0 || strspn(text, "0123456789") != n)
		return -1;
	*out = number_int(text);
	return *out > 0 ? 0 : -1;
}

/* 0, or -1 with the reason. */
static int
check_port(int port, char *why, size_t len)
{
	if (port >= PORTS_LOW && port <= PORTS_HIGH)
		return 0;
	snprintf(why, len, "Port too %s: %d", port < PORTS_LOW ? "low" :
	    "high", port);
	return -1;
}

static int
add_range(struct ports *p, int first, int last, char *why, size_t len)
{
	int i;

	if (check_port(first, why, len) == -1 ||
	    check_port(last, why, len) == -1)
		return -1;
	if (first > last) {
		snprintf(why, len, "Invalid port range %d-%d", first, last);
		return -1;
	}
	for (i = first; i <= last; i++)
		p->port[p->n++] = (uint16_t)i;
	if (p->n > PORTS_MAX) {
		snprintf(why, len, "Too many ports defined");
		return -1;
	}
	return 0;
}

/* One range, text to the comma; a second '-' ends the number before it. */
static int
parse_range(const char *text, struct ports *out, char *why, size_t len)
{
	const char *dash = strchr(text, '-');
	int first;

	first = dash == text ? 0 : number_int(text);
	return add_range(out, first, dash == NULL ? first :
	    number_int(dash + 1), why, len);
}

static int
parse_ranges(char *text, struct ports *out, char *why, size_t len)
{
	char *range;

	while ((range = strsep(&text, ",")) != NULL)
		if (*range != '\0' && parse_range(range, out, why, len) == -1)
			return -1;
	return 0;
}

int
ports_parse(const char *text, int count, struct ports *out, char *why,
    size_t len)
{
	char copy[DESCRIPTOR_MAX + 1];
	int first;

	out->n = 0;
	snprintf(copy, sizeof(copy), "%s", text);
	if (copy[strspn(copy, "0123456789,-")] != '\0') {
		snprintf(why, len, "Invalid source port descriptor %s", text);
		return -1;
	}
	if (count > 0 && ports_single(copy, &first) == 0) {
		/* Before the sum, which could overflow. */
		if (first > PORTS_HIGH)
			return check_port(first, why, len);
		return add_range(out, first, first + count - 1, why, len);
	}
	if (parse_ranges(copy, out, why, len) == -1)
		return -1;
	if (out->n == 0) {
		snprintf(why, len, "No ports defined");
		return -1;
	}
	return 0;
}
