/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_SENDER_H
#define UDPING_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sched.h"
#include "udping/gaps.h"
#include "udping/wire.h"

/*
 * What a client sends and when (spec 3.3 to 3.5, 4.1, 4.2; 3.7 for the first
 * generation): ports in turn, for each port the next hops in turn, periods
 * that are aligned to the epoch, sequence numbers. Reads no clock and does no
 * I/O; a caller that could not send takes the packet back.
 */
/* A sender that is later than this gives up what it missed. */
#define SENDER_LATE_NS	INT64_C(1000000000)

struct sender_conf {
	const uint16_t	*ports;		/* > 0 of them; they are copied */
	size_t		 nports;
	size_t		 hops;		/* > 0 */
	int		 generation;	/* 2 (today's) or 1 */
	int64_t		 period_s;	/* > 0 */
	size_t		 max;		/* sizes are below this, > 0 */
	size_t		 fit;		/* the largest that can be sent */
	int64_t		 mean_ns;	/* gap; 0: without any pause */
	uint64_t	 seed;		/* of gaps and sizes */
	/* Unpredictable bytes, for GUIDs: arc4random_buf(3). */
	void		(*random)(void *buf, size_t len);
};

struct sender_port {
	uint16_t	 number;
	bool		 closing;	/* the next is a control packet */
	char		 guid[WIRE_GUID + 1];
	int64_t		 start_s;	/* of this port's sender */
	int64_t		 period_s;	/* present one's start */
	uint32_t	 seq;		/* of the next packet */
	uint32_t	 cursor;	/* packets so far, for the next hop */
	uint64_t	 guids;		/* so far */
	uint64_t	 sent;		/* probes */
};

struct sender_packet {
	size_t			 port;	/* index */
	size_t			 hop;	/* index */
	bool			 control;
	uint32_t		 seq;
	size_t			 size;
	/* private: how port and turn were */
	struct sender_port	 before;
	size_t			 turn;
};

struct sender {
	struct sender_conf	 conf;
	struct sender_port	*ports;
	size_t			 turn;	/* port that is next */
	struct sched		 sched;
	struct gaps		 gaps;
	struct rng		 sizes;
	uint64_t		 missed_ns;	/* of schedule given up */
};

/* Times are now. 0, or -1 with errno. Free with sender_free. */
int	sender_init(struct sender *s, const struct sender_conf *c,
	    int64_t mono_ns, int64_t wall_ns);
void	sender_free(struct sender *s);

/* The smallest probe of a generation. */
size_t	sender_floor(int generation);

/* When the next packet is due, monotonic; with no pause, always. */
int64_t	sender_due(const struct sender *s);
/* The packet that was due is gone: on to the next one's time. */
void	sender_advance(struct sender *s, int64_t mono_ns);

/*
 * The packet to be sent at wall_ns; a control packet goes before the probe in
 * whose turn its period ended. Its sequence number is taken with it.
 */
void	sender_next(struct sender *s, int64_t wall_ns,
	    struct sender_packet *out);
/* It was not sent. Several are taken back from the last one on. */
void	sender_undo(struct sender *s, const struct sender_packet *p);
/* The port whose turn it is cannot send now: leave it out. */
void	sender_pass(struct sender *s);

/*
 * At the end of a run: a port's control packet. False when it has none to
 * send, as in today's generation.
 */
bool	sender_last(const struct sender *s, size_t port,
	    struct sender_packet *out);

/* The number of next hops has changed. */
void	sender_set_hops(struct sender *s, size_t hops);

#endif
