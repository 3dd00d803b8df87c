/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/clock.h"
#include "udping/nap.h"

/*
 * A small packet takes 832 bytes of a buffer, one of 1400 bytes 2304: a sender
 * at full speed, half a million packets a second, fills up to this many.
 */
#define FILL_PER_MS	1000000
/* Shorter ones save too little. */
#define LEAST_NS	(5 * CLOCK_NS_PER_MS)

/* Packets a nap has to bring to be worth it, and may bring at most, on
 * average over a window of so many naps. */
#define BEGIN_AT	2
#define END_BELOW	1
#define MOST		1024
#define WINDOW		8

void
nap_init(struct nap *n, int64_t most_ns, size_t buffer, int64_t now_ns)
{
	int64_t safe_ns = (int64_t)(buffer / FILL_PER_MS) * CLOCK_NS_PER_MS;

	*n = (struct nap){ .since_ns = now_ns };
	n->len_ns = safe_ns < most_ns ? safe_ns : most_ns;
	if (n->len_ns < LEAST_NS)
		n->len_ns = 0;
}

static void
count_anew(struct nap *n, int64_t now_ns)
{
	n->since_ns = now_ns;
	n->packets = 0;
}

/* At the end of a window: have as many come as to go on, or to begin? */
static bool
is_worth_it(const struct nap *n, int64_t took_ns)
{
	double a_nap = (double)n->packets * (double)n->len_ns /
	    (double)took_ns;

	return a_nap >= (n->on ? END_BELOW : BEGIN_AT) && a_nap <= MOST;
}

int64_t
nap_after(struct nap *n, size_t packets, int64_t now_ns)
{
	int64_t took_ns = now_ns - n->since_ns;

	if (n->len_ns == 0)
		return 0;
	n->packets += packets;
	if (n->packets > WINDOW * MOST || packets >= MOST) {
		n->on = false;
		count_anew(n, now_ns);
	} else if (took_ns >= WINDOW * n->len_ns) {
		n->on = is_worth_it(n, took_ns);
		count_anew(n, now_ns);
	}
	return n->on ? n->len_ns : 0;
}
