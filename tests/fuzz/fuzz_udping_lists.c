/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udping/macs.h"
#include "udping/ports.h"

/*
 * Input: a number for -n, then what is behind -s or -a. Ports that are taken
 * are in range, as many as -n says where that counts; a list of next hops has
 * as many as there are commas between, and comes back from its text.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_ports(const char *text, int count)
{
	struct ports *p = calloc(1, sizeof(*p));
	char why[100] = "";
	int single;
	size_t i;

	if (p == NULL)
		abort();
	if (ports_parse(text, count, p, why, sizeof(why)) == -1) {
		if (why[0] == '\0' || p->n > PORTS_ROOM)
			abort();
		free(p);
		return;
	}
	if (p->n == 0 || p->n > PORTS_MAX)
		abort();
	for (i = 0; i < p->n; i++)
		if (p->port[i] < PORTS_LOW || p->port[i] > PORTS_HIGH)
			abort();
	if (ports_single(text, &single) == 0 &&
	    p->n != (size_t)(count > 0 ? count : 1))
		abort();
	free(p);
}

static char *
write_macs(const struct macs *m)
{
	char buf[MACS_STRLEN], *text;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		abort();
	for (i = 0; i < m->n; i++)
		fprintf(f, "%s%s", i > 0 ? "," : "", macs_format(m->mac[i],
		    buf));
	fclose(f);
	return text;
}

static void
check_macs(const char *text)
{
	struct macs m, again;
	size_t want = 1, i;
	char *copy;

	if (macs_parse(text, &m) == -1)
		return;
	for (i = 1; i < strlen(text); i++)
		want += text[i] == ',';
	copy = write_macs(&m);
	if (m.n != want || macs_parse(copy, &again) == -1 ||
	    again.n != m.n || memcmp(again.mac, m.mac, m.n * MACS_LEN) != 0)
		abort();
	free(copy);
	macs_free(&again);
	macs_free(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int count;
	char *text;

	if (size < 2)
		return 0;
	count = (data[0] << 8 | data[1]) % (PORTS_MAX + 1);
	text = strndup((const char *)data + 2, size - 2);
	if (text == NULL)
		return 0;
	check_ports(text, count);
	check_macs(text);
	free(text);
	return 0;
}
