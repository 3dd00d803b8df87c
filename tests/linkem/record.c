/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/mman.h>

#include <netinet/in.h>

#include "common/wire.h"
#include "tests/linkem/record.h"

#define IPV6_HEADER	40
#define FRAGMENT_OFFSET	0x1fffu

const char *
record_fate_name(int fate)
{
	static const char *const names[RECORD_FATES] = {
		"pending", "sent", "queue", "loss", "burst", "overrun",
		"failed"
	};

	return names[fate];
}

/* Whether the transport header follows; moves the cursor there. */
static bool
skip_ipv4(struct wire_rd *w, struct record *r, size_t header)
{
	uint16_t fragment;

	wire_rd_skip(w, 5);
	fragment = wire_rd_be16(w);
	wire_rd_skip(w, 1);
	r->proto = wire_rd_u8(w);
	wire_rd_skip(w, header - 10);
	return header >= 20 && (fragment & FRAGMENT_OFFSET) == 0;
}

static void
skip_ipv6(struct wire_rd *w, struct record *r)
{
	wire_rd_skip(w, 5);
	r->proto = wire_rd_u8(w);
	wire_rd_skip(w, IPV6_HEADER - 7);
}

void
record_classify(struct record *r, const uint8_t *p, size_t len)
{
	struct wire_rd w;
	uint8_t first;

	wire_rd_init(&w, p, len);
	first = wire_rd_u8(&w);
	if (first >> 4 == 6)
		skip_ipv6(&w, r);
	else if (first >> 4 != 4 || !skip_ipv4(&w, r, (first & 15u) * 4u))
		return;
	if (r->proto != IPPROTO_UDP && r->proto != IPPROTO_TCP)
		return;
	r->sport = wire_rd_be16(&w);
	r->dport = wire_rd_be16(&w);
}

int
records_init(struct records *l, size_t max)
{
	void *p = mmap(NULL, max * sizeof(*l->items), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*l = (struct records){ .max = max };
	if (p == MAP_FAILED)
		return -1;
	l->items = p;
	return 0;
}

void
records_free(struct records *l)
{
	munmap(l->items, l->max * sizeof(*l->items));
	l->items = NULL;
}

struct record *
records_add(struct records *l)
{
	if (l->n == l->max) {
		l->lost++;
		return NULL;
	}
	return &l->items[l->n++];
}
