/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "thrulay/blocks.h"

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

void
blocks_tx_init(struct blocks_tx *t, size_t block)
{
	memset(t, 0, sizeof(*t));
	t->block = block;
	t->pos = block;
}

void
blocks_tx_sent(struct blocks_tx *t, size_t n)
{
	size_t rest = t->block - t->pos;

	t->bytes += n;
	if (n <= rest) {
		t->pos += n;
		return;
	}
	n -= rest;
	t->started += (n - 1) / t->block + 1;
	t->pos = (n - 1) % t->block + 1;
}

/* Has the kernel all of the header of this block? Only then can there be an
 * echo of it. */
static bool
tx_header_sent(const struct blocks_tx *t, uint64_t sequence)
{
	if (sequence >= t->started)
		return false;
	return sequence < t->started - 1 || t->pos >= WIRE_HEADER_LEN;
}

/*
 * TCP keeps the order, so the echo number n is that of block n; what it says
 * otherwise was not ours.
 */
static bool
tx_take(struct blocks_tx *t, int64_t now_ns, int64_t *rtt_ns)
{
	uint64_t sequence, expected = t->echoed;
	int64_t sent_ns;

	/* More than was sent: nothing that could count as goodput. */
	if (!tx_header_sent(t, expected)) {
		t->bad++;
		return false;
	}
	t->echoed++;
	wire_header_get(t->echo, &sequence, &sent_ns);
	if (sequence != expected || sent_ns < 0 || sent_ns > now_ns) {
		t->bad++;
		return false;
	}
	*rtt_ns = now_ns - sent_ns;
	return true;
}

size_t
blocks_tx_echo(struct blocks_tx *t, const uint8_t *buf, size_t len,
    int64_t now_ns, int64_t *rtt_ns, size_t max, size_t *n)
{
	size_t done = 0, echoes = 0, part;

	*n = 0;
	while (done < len && echoes < max) {
		part = smaller(WIRE_HEADER_LEN - t->echo_len, len - done);
		memcpy(t->echo + t->echo_len, buf + done, part);
		t->echo_len += part;
		done += part;
		if (t->echo_len < WIRE_HEADER_LEN)
			break;
		t->echo_len = 0;
		echoes++;
		if (tx_take(t, now_ns, &rtt_ns[*n]))
			++*n;
	}
	return done;
}

void
blocks_rx_init(struct blocks_rx *r, size_t block, size_t keep)
{
	memset(r, 0, sizeof(*r));
	r->block = block;
	r->keep = smaller(keep, block);
}

size_t
blocks_rx_discardable(const struct blocks_rx *r)
{
	return r->pos < r->keep ? 0 : r->block - r->pos;
}

/* n bytes of the present block went by. */
static void
rx_advance(struct blocks_rx *r, size_t n)
{
	r->bytes += n;
	r->pos += n;
	if (r->pos == r->block) {
		r->pos = 0;
		r->blocks++;
	}
}

void
blocks_rx_discarded(struct blocks_rx *r, size_t n)
{
	rx_advance(r, n);
}

size_t
blocks_rx_scan(struct blocks_rx *r, const uint8_t *buf, size_t len,
    uint8_t *echo, size_t max, size_t *n)
{
	size_t done = 0, part;

	*n = 0;
	while (done < len) {
		if (r->pos < WIRE_HEADER_LEN) {
			part = smaller(WIRE_HEADER_LEN - r->pos, len - done);
			part = smaller(part, max - *n);
			if (part == 0)
				break;
			memcpy(echo + *n, buf + done, part);
			*n += part;
		} else
			part = smaller(r->block - r->pos, len - done);
		rx_advance(r, part);
		done += part;
	}
	return done;
}
