/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udping/macs.h"

static size_t
count_entries(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == ',';
	return n;
}

/*
 * One entry. strtoul(3) takes what %hhx does: blanks, a sign, 0x, and what is
 * above 8 bits, of which the low ones count.
 */
static int
parse_entry(const char *text, uint8_t mac[MACS_LEN])
{
	char *end;
	size_t i;

	for (i = 0; i < MACS_LEN; i++) {
		mac[i] = (uint8_t)strtoul(text, &end, 16);
		if (end == text || (i < MACS_LEN - 1 && *end != ':'))
			return -1;
		text = end + 1;
	}
	return 0;
}

int
macs_parse(const char *text, struct macs *out)
{
	size_t max = count_entries(text);

	out->n = 0;
	out->mac = calloc(max, sizeof(*out->mac));
	if (out->mac == NULL)
		return -1;
	while (out->n < max) {
		if (parse_entry(text, out->mac[out->n]) == -1) {
			macs_free(out);
			errno = EINVAL;
			return -1;
		}
		out->n++;
		text += strcspn(text, ",");
		text += *text == ',';
	}
	return 0;
}

void
macs_free(struct macs *m)
{
	free(m->mac);
	memset(m, 0, sizeof(*m));
}

const char *
macs_format(const uint8_t mac[MACS_LEN], char buf[MACS_STRLEN])
{
	snprintf(buf, MACS_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
	    mac[1], mac[2], mac[3], mac[4], mac[5]);
	return buf;
}
