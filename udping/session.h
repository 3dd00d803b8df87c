/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_SESSION_H
#define UDPING_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/stats.h"
#include "udping/wire.h"

/*
 * What a server knows of its senders (spec 4.3 to 4.5). A session is a
 * measurement period of one source port: (address, port, GUID). It ends, and
 * is reported, when nothing came for more than keepalive_s whole seconds.
 *
 * Sequence numbers go on from period to period. So a session's expected count
 * runs up to the first number of the period that follows, and what is lost
 * between two periods is the earlier one's; if that has been reported by then,
 * the later one's. Numbers begin at 0, so a client that was started since all
 * packets come here (heard_since_s) has lost those below the first to arrive,
 * if they are no more than SESSION_STEP or a second one agrees. The sum over
 * all periods is exact, whatever is lost.
 *
 * Numbers are compared in a window of 2^31 (RFC 1982). A number that is more
 * than SESSION_STEP ahead counts once it is plausible: the time that passed
 * allows it at up to SESSION_HASTE times the rate seen so far, or a second
 * packet up to SESSION_NEAR ahead of it agrees. So a single forged number
 * moves an expected count by SESSION_STEP at most, or by what could have been
 * lost in that time. Until then it is odd: received, but of no weight.
 *
 * No I/O and no clock: times are arguments, reports go to a callback.
 */
#define SESSION_STEP	9
#define SESSION_HASTE	4
#define SESSION_NEAR	1000
#define SESSION_HOPS	64	/* most next hops */

struct session_table;

/* A report. Texts and pointers are good during the call. */
struct session_record {
	const struct addr *from;
	const char	*guid;
	int64_t		 start_s;	/* of the client; 0: first generation */
	enum wire_layout layout;
	uint64_t	 count;		/* with duplicates and odd ones */
	uint32_t	 expected;	/* first generation: 0 when unknown */
	bool		 expected_known;
	double		 sum, sos, max;	/* ms, ms^2; 0 when there is none */
	double		 min;
	uint64_t	 duplicates;
	uint64_t	 reordered;	/* RFC 4737, type P */
	uint64_t	 odd;
	uint64_t	 late;		/* packets of periods that were over;
					 * since this source's last report */
	int64_t		 lost;		/* expected, not received; >= 0 */
	uint64_t	 bursts;	/* RFC 3357: loss periods */
	uint32_t	 longest;	/* of them */
	int64_t		 first_ns, last_ns;	/* arrival, wall clock */
	const struct quant *delays;	/* ns; NULL: not kept */
	unsigned int	 hops;		/* 0: not asked for */
	const uint64_t	*hop_received;	/* without duplicates */
	const uint64_t	*hop_expected;
	bool		 open;		/* goes on: session_each */
};

struct session_options {
	int64_t		 keepalive_s;
	/* Wall clock, rounded up: all packets come here since; 0: unknown. */
	int64_t		 heard_since_s;
	size_t		 max_sessions;	/* at once */
	unsigned int	 hops;		/* 0..SESSION_HOPS; of client's -a */
	size_t		 quant_bytes;	/* for all quantiles; 0: none kept */
	uint64_t	 secret;	/* random, for the hash table */
	void		(*report)(void *arg, const struct session_record *);
	/* A session of this source was opened; NULL: nobody asks. */
	void		(*opened)(void *arg, const struct addr *from);
	void		*arg;
};

/* What became of a packet. */
enum session_verdict {
	SESSION_COUNTED,
	SESSION_LATE,		/* of a period that was reported: no record */
	SESSION_FULL		/* no room (or memory) for another session */
};

/* NULL with errno when out of memory. */
struct session_table *session_new(const struct session_options *o);
void	session_free(struct session_table *t);

/*
 * A probe or control packet. arrival_ns is wall clock; now_s is a count of
 * whole seconds that never goes back. Afterwards reports what has expired.
 */
enum session_verdict session_take(struct session_table *t,
	    const struct addr *from, const struct wire_probe *p,
	    int64_t arrival_ns, int64_t now_s);
/*
 * The next packets are from these, of which SESSION_AHEAD count: with thousands
 * of sources most of the time of session_take is that of memory, unless it is
 * asked for what it holds of them in time.
 */
#define SESSION_AHEAD	64
void	session_ahead(const struct session_table *t,
	    const struct addr *const from[], size_t n);
/*
 * To be called every keepalive_s seconds since the start (spec 4.5): reports
 * what has expired if no packet was taken since the call before.
 */
void	session_tick(struct session_table *t, int64_t now_s);
/* Report and forget all. */
void	session_flush(struct session_table *t);
/* Show each open session, in the order of GUIDs, to this callback. */
void	session_each(struct session_table *t,
	    void (*show)(void *arg, const struct session_record *), void *arg);

struct session_counts {
	size_t		sessions, sources;	/* now */
	uint64_t	packets, late, refused, reports;
};
void	session_counts(const struct session_table *t, struct session_counts *c);

#endif
