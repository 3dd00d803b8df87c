/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_SESSION_PRIVATE_H
#define UDPING_SESSION_PRIVATE_H

#include "udping/session.h"

/* The parts of the session engine; for session*.c alone. */

#define WINDOW		1024	/* numbers whose arrival is remembered */
#define RETIRED		4	/* periods of a source that are remembered */
#define LANES		8	/* senders on one source port */

/* How a number lies to another, in the window of 2^31. */
static inline int32_t
serial(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/*
 * One sender of a source port: a sequence that its periods share. There are
 * several when the client was told the port more than once.
 */
struct lane {
	struct lane	*next;
	int64_t		 start_s;
	struct session	*tail;		/* latest period, NULL: reported */
	uint32_t	 accounted;	/* without tail: up to here, excluded */
	int64_t		 last_ns;	/* arrival of that */
	double		 rate;		/* packets per ns, 0: unknown */
};

struct retired {
	char		 guid[WIRE_GUID + 1];
	int64_t		 start_s;
	uint32_t	 next;		/* first number not accounted for */
	struct lane	*lane;		/* NULL: none; else it may have gone
					 * on since */
	bool		 all;		/* it was closed: nothing can be new */
};

/* A source address and port. First what each packet needs. */
struct source {
	struct source	*hash_next;
	uint32_t	 hash;
	uint16_t	 port;
	uint8_t		 host[16];
	unsigned int	 open;		/* sessions */
	struct session	*recent;	/* of its last packet, NULL: none */
	struct source	*older, *newer;	/* by use, while none is open */
	unsigned int	 nlanes;
	unsigned int	 strays;	/* see source_is_late */
	struct lane	*lanes;
	struct addr	 from;
	struct retired	 retired[RETIRED];
	unsigned int	 retired_at;
	/* Clients started from then on are known from their first packet. */
	int64_t		 heard_since_s;
	uint64_t	 late;
};

/* First what each packet needs, in as few lines of the cache as it can be. */
struct session {
	char		 guid[WIRE_GUID + 1];
	bool		 jumped;	/* jump waits for one that agrees */
	bool		 dived;		/* the same of one far below */
	bool		 control;	/* first generation: end is known */
	struct source	*source;
	int64_t		 last_s;
	/* Numbers; none yet when seen is 0. */
	uint64_t	 seen;		/* that agree */
	uint32_t	 min, max;
	int64_t		 max_ns;
	/* Periods before and after, as long as they are open. */
	struct lane	*lane;
	struct session	*pred, *succ;

	uint64_t	 count;
	double		 sum, sos, max_ms, min_ms;
	int64_t		 last_ns;
	struct quant	*delays;
	size_t		 delays_bytes;
	uint64_t	*hops;		/* received, of each next hop */
	uint64_t	 duplicates, reordered, odd;
	uint32_t	 run;		/* of lost ones behind the window */

	uint64_t	 bits[WINDOW / 64]; /* number n: bit n % WINDOW */

	struct session	*hash_next;
	struct session	*older, *newer;	/* by last arrival */
	uint32_t	 hash;
	enum wire_layout layout;
	int64_t		 start_s;
	int64_t		 first_ns;
	uint32_t	 jump, dive;
	uint32_t	 overtaken;	/* reordered, if the jump counts */
	int64_t		 jump_ns, dive_ns;
	bool		 first;		/* period of a client that is known
					 * from its first packet */
	bool		 base_known, end_known;
	uint32_t	 base, end;	/* accounts for base..end-1 */
	uint64_t	 bursts;
	uint32_t	 longest;	/* of them */
};

struct session_table {
	struct session_options o;
	struct session	**sessions;
	struct source	**sources;
	uint32_t	 mask;
	struct session	*oldest, *newest;
	struct source	*stale, *fresh;	/* of those without a session */
	struct session_counts counts;
	size_t		 quant_bytes;
	bool		 busy;		/* packets since the last tick */
	struct session	**sorted;	/* room for a sweep */
};

/* session_lane.c */

/* Of an address and port. */
uint32_t source_hash(const struct session_table *t, const struct addr *from);
/* The source of a packet, made when it is new; NULL: no memory, or none can
 * be given up. */
struct source *source_get(struct session_table *t, const struct addr *from,
	    int64_t arrival_s);
void	source_free(struct source *s);
/* It has a session more, or one less; without any it may be given up. */
void	source_hold(struct session_table *t, struct source *s);
void	source_release(struct session_table *t, struct source *s);
/* Something is forgotten or was refused: only clients that are started later
 * than that are known from their first packet. */
void	source_missed(int64_t *heard_since_s, int64_t arrival_s);
/*
 * A packet of a period that is over, and cannot go on with it? Or of one that
 * nothing was heard of, whose numbers were reported as lost meanwhile: that is
 * believed of SESSION_STEP packets in a row, because if the numbers reported
 * were forged, the sender is not late but somewhere else.
 */
bool	source_is_late(struct source *s, const struct wire_probe *p);
/* Find what went before a session with numbers; false: cannot tell yet. */
bool	lane_link(struct session *s);
/* The numbers of a session went beyond the start of the one that was thought
 * to follow: find that another place. */
void	lane_check(struct session *s);
/* The very first period of a client, and not a single number that no other
 * agrees with: it accounts for all from 0 on. */
bool	lane_from_start(const struct session *s);
/* First number and end of what a session accounts for. */
uint32_t lane_base(const struct session *s);
uint32_t lane_end(const struct session *s);
/* It is over: what it accounts for is fixed, and remembered. */
void	lane_retire(struct session *s);

/* session_seq.c */

/* May this many have been sent in that time? */
bool	seq_fits(uint32_t ahead, int64_t elapsed_ns, double rate);
double	seq_rate(const struct session *s);
/* True when it came in order, as far as this period tells. */
bool	seq_take(struct session *s, uint32_t seq, int64_t arrival_ns);
/* But it was overtaken by one of the next period. */
void	seq_overtaken(struct session *s, uint32_t seq);
/* A number that agrees with the jump that waits makes it count. */
void	seq_confirm(struct session *s, uint32_t seq);
/* At the end of a period, when its rate is known, what waits counts or not. */
void	seq_settle(struct session *s);
/* Loss periods with those that end behind the last number seen. */
void	seq_bursts(const struct session *s, uint32_t base, uint32_t end,
	    uint64_t *bursts, uint32_t *longest);

#endif
