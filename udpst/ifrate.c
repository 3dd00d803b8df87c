/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udpst/ifrate.h"

int
ifrate_open(struct ifrate *r, const char *interface, bool upstream, char *path,
    size_t len)
{
	*r = (struct ifrate){ .upstream = upstream };
	return netdev_open(&r->dev, interface, path, len);
}

void
ifrate_close(struct ifrate *r)
{
	netdev_close(&r->dev);
}

static uint64_t
counted(uint64_t before, uint64_t after)
{
	if (after >= before)
		return after - before;
	if (before <= UINT32_MAX)
		return (uint32_t)after - (uint32_t)before;
	/* From the lower half of 64 bits no counter gets to the top. */
	return before > INT64_MAX ? after - before : after;
}

double
ifrate_mbps(uint64_t before, uint64_t after, int64_t elapsed_ns)
{
	if (elapsed_ns <= 0)
		return 0;
	return (double)counted(before, after) * 8 * 1000 / (double)elapsed_ns;
}

void
ifrate_add(struct ifrate *r, const struct ifrate_sample *s)
{
	int64_t elapsed = s->at_ns - r->last.at_ns;
	double rx, tx;

	if (r->started) {
		rx = ifrate_mbps(r->last.rx, s->rx, elapsed);
		tx = ifrate_mbps(r->last.tx, s->tx, elapsed);
		r->mbps = r->upstream ? tx : rx;
		r->alternate = r->upstream ? rx : tx;
	}
	r->started = true;
	r->last = *s;
}

int
ifrate_read(struct ifrate *r, int64_t now_ns)
{
	struct ifrate_sample s = { .at_ns = now_ns };

	if (netdev_read(&r->dev, &s.rx, &s.tx) == -1) {
		r->mbps = r->alternate = 0;
		return -1;
	}
	ifrate_add(r, &s);
	return 0;
}
