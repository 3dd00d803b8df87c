/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_LATENCY_H
#define MSAK_LATENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/addr.h"
#include "common/json.h"
#include "msak/latency_packet.h"
#include "msak/ticker.h"
#include "msak/uuid.h"

/*
 * The server of latency1, spec 3.6, without a socket: requests, datagrams and
 * the time in, datagrams and ended sessions out. now_ns is the monotonic
 * clock; stamp_ns are what the kernel says of datagrams, of whichever one
 * clock, and only subtracted from each other.
 */
#define LATENCY_SEND_NS		(5 * CLOCK_NS_PER_S)
/* More pings than fit into that time are never sent. */
#define LATENCY_SLOTS_MAX	501
/*
 * A kickoff may say it is from somebody else. Who asked for it over TCP is no
 * lie. Another host, which a client behind several addresses can be, gets so
 * many pings unanswered, some 2 kB, and three for each echo, the factor of RFC
 * 9000 8.1: as many as the first one, unless two of three are lost.
 */
#define LATENCY_UNPROVEN	20
#define LATENCY_PER_ECHO	3

struct latency_slot {
	int64_t	sent_ns, received_ns;
	bool	received;
};

/* For the caller to read; *set* is the set's own. */
struct latency_session {
	char			*mid;
	char			 uuid[UUID_MAX];	/* that authorised it */
	int64_t			 created_wall_ns;
	int64_t			 expires_ns;
	struct addr		 peer;		/* that asked, without port */
	bool			 started;	/* the kickoff came */
	struct addr		 client;	/* from there */
	struct addr		 local;		/* to there, may be unset */
	size_t			 allowed;	/* pings */
	int64_t			 end_ns;	/* of sending */
	struct ticker		 ticker;
	struct latency_slot	*slots;		/* recorded before the send */
	size_t			 nslots, room;
	size_t			 received;
	int64_t			 last_rtt_us;	/* 0: none yet */

	uint64_t		 ref;		/* set */
	int64_t			 due_ns;	/* set */
	size_t			 at;		/* set */
	struct latency_session	*next;		/* set */
};

struct latency;

/* ttl_ns from authorise on, 0 or less: for ever. The seed is a secret: who
 * knows it can choose colliding ids. NULL with errno. */
struct latency *latency_new(int64_t ttl_ns, size_t max_sessions,
	    uint64_t seed);
void	latency_free(struct latency *l);
size_t	latency_count(const struct latency *l);

/*
 * Create a session; one of the same mid is replaced and forgotten. peer is the
 * host that asks, unset where that is not known. 0, or -1 with errno:
 * ENAMETOOLONG when the id does not fit into a datagram, ENOSPC when there are
 * max_sessions, ENOMEM.
 */
int	latency_authorise(struct latency *l, const char *mid, const char *uuid,
	    const struct addr *peer, int64_t now_ns, int64_t wall_ns);
/* The kickoff for a client, as latency_packet_put. */
size_t	latency_kickoff(const char *mid, char *buf);

enum latency_verdict {
	LATENCY_MALFORMED,
	LATENCY_UNKNOWN,	/* no session of this id */
	LATENCY_STARTED,
	LATENCY_REPEATED,	/* kickoff of one that runs */
	LATENCY_ECHO,
	LATENCY_DUPLICATE,	/* the first one has counted */
	LATENCY_BAD_SEQ,	/* never sent */
	LATENCY_FOREIGN		/* not from the session's address */
};

/* A datagram to this address of ours, which may be unset. */
enum latency_verdict latency_receive(struct latency *l, const void *buf,
	    size_t len, const struct addr *from, const struct addr *to,
	    int64_t now_ns, int64_t stamp_ns);

/* When latency_act has something to do; CLOCK_NEVER. */
int64_t	latency_due(const struct latency *l);

enum latency_act { LATENCY_NOTHING, LATENCY_SEND, LATENCY_EXPIRED };

struct latency_action {
	enum latency_act	 act;
	struct addr		 to, from;	/* SEND; from may be unset */
	uint64_t		 ref;
	int64_t			 seq;
	size_t			 len;
	char			 buf[LATENCY_PACKET_MAX + 1];
	struct latency_session	*session;	/* EXPIRED: yours now */
};

/* The next thing due; to be asked again until there is nothing. */
void	latency_act(struct latency *l, int64_t now_ns, int64_t stamp_ns,
	    struct latency_action *out);
/*
 * A better time of sending of that ping: the clock's right before the system
 * call, and then the kernel's own, which may come after the echo.
 */
void	latency_stamp(struct latency *l, uint64_t ref, int64_t seq,
	    int64_t stamp_ns);

/* End a session and take it, for a result; NULL: no such. */
struct latency_session *latency_take(struct latency *l, const char *mid,
	    int64_t now_ns);
/* End any one, as at the end of the server; NULL: none is left. */
struct latency_session *latency_take_any(struct latency *l);
void	latency_session_free(struct latency_session *s);

/* Whole microseconds, never negative; 0 for one that is lost. */
int64_t	latency_rtt_us(const struct latency_slot *slot);
/* "RoundTrips", "PacketsSent", "PacketsReceived" into an object. */
void	latency_put_trips(struct json *j, const struct latency_session *s);
/* The answer to a result request. Without newline; errors are out's. */
void	latency_summary(const struct latency_session *s, FILE *out);

#endif
