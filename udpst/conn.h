/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_CONN_H
#define UDPST_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udpst/adjust.h"
#include "udpst/pace.h"
#include "udpst/result.h"
#include "udpst/rxstat.h"
#include "udpst/srate.h"
#include "udpst/wire.h"

/*
 * One connection from its activation to its end (spec 3.6 to 3.10, 4.4), for
 * either side and either direction. Datagrams and time go in, datagrams to
 * send and news come out; it never sees a socket or a clock. now_ns is
 * monotonic, wall_ns Unix time.
 */
#define CONN_WATCHDOG_NS	INT64_C(3000000000)
#define CONN_QUIET_NS		INT64_C(1000000000)	/* traffic stopped */
#define CONN_STOP_SERVER_NS	INT64_C(500000000)	/* after the test */
#define CONN_STOP_CLIENT_NS	INT64_C(3500000000)
/*
 * A start row without any feedback lasts this long, and this many bytes of UDP
 * payload, then row 0 (7.2.1).
 */
#define CONN_UNANSWERED_NS	INT64_C(100000000)
#define CONN_UNANSWERED_BYTES	1000000
/* Pauses of this host that a fixed rate makes up for. */
#define CONN_OWE_NS		INT64_C(10000000)
#define CONN_WARNINGS		10	/* a connection, at most */
/* Load headers of ours: 4 bytes more, see conn_fill. */
#define CONN_HEADER_LEN		36

struct conn_conf {
	bool		is_server;
	bool		upstream;	/* load goes to the server */
	bool		ipv6;
	bool		ours;		/* the other end is one of ours too */
	bool		checksum;
	bool		keep_sequence;	/* -n */
	bool		fixed_rate;	/* no search: the mean counts */
	unsigned int	version;
	uint8_t		auth_mode;
	unsigned int	test_s, period_ms, trial_ms, ce_thresh;
	struct wire_row	first_row;	/* of the client as sender */
	struct adjust_conf adjust;	/* server */
	const struct srate_table *table; /* server */
	uint64_t	seed;
};

/* What the owner knows of this host, for figures PDUs. */
struct conn_host {
	uint8_t		flags;		/* WIRE_FIG_* */
	int64_t		socket_drops;
	uint32_t	cpu_ppm;
};

enum conn_news_kind {
	CONN_NEWS_MINIMUM,	/* status: a minimum changed */
	CONN_NEWS_FEEDBACK,	/* status sent or received (client, debug) */
	CONN_NEWS_ADJUSTED,	/* status and index (server, debug) */
	CONN_NEWS_LIMITED,	/* index: the rate limit was met, once */
	CONN_NEWS_SUBINT,	/* subint */
	CONN_NEWS_SKIPPED,	/* no status sent: no load yet (at most 10) */
	CONN_NEWS_STOPPING,	/* server: the test is over */
	CONN_NEWS_STOPPED,	/* the other side ends the test */
	CONN_NEWS_QUIET,	/* warning: traffic stopped; remote */
	CONN_NEWS_LOST,		/* warning: status lost, value; remote */
	CONN_NEWS_BLEACHED,	/* warning; remote */
	CONN_NEWS_END		/* nothing more comes; ended says how */
};

enum conn_end { CONN_RUNNING, CONN_GRACEFUL, CONN_WATCHDOG_END };

struct conn_news {
	enum conn_news_kind	kind;
	bool			remote;
	uint32_t		value;
	unsigned int		index;
	struct wire_status	status;
	struct result_subint	subint;
};

#define CONN_NEWS_MAX	8

struct conn {
	struct conn_conf conf;
	bool		sends_load;
	enum conn_end	ended;
	uint8_t		action;		/* what our PDUs say */
	bool		confirm;	/* one more PDU, then the end */
	int64_t		start_ns, stop_ns, watchdog_ns, last_rx_ns;
	bool		quiet, peer_quiet, peer_bleached;
	unsigned int	warnings, skips;
	struct conn_host host;
	struct wire_figures peer;	/* last figures of the other end */
	bool		have_peer;
	int64_t		next_figures_ns;	/* CLOCK_NEVER: none */

	/* sending load */
	struct pace	pace;
	struct adjust	adjust;
	uint32_t	seq;		/* of the last datagram sent */
	int64_t		first_load_ns;
	bool		unanswered;	/* start row without feedback */
	int64_t		stop_pdu_ns;	/* next one while stopping */
	uint8_t		header[CONN_HEADER_LEN];	/* of the next burst */
	struct wire_time status_time;	/* of the last status PDU */
	uint16_t	status_err;
	int64_t		status_wall_ns;	/* its arrival; first: activation */
	uint32_t	status_seq;
	uint32_t	subint_seen, subint_count;
	uint64_t	rtt_sum;
	uint32_t	rtt_cnt;
	uint64_t	sent_datagrams, sent_bytes;	/* UDP payload */

	/* receiving load */
	struct rxstat	rx;
	uint32_t	status_sent;	/* seq of the last one */
	int64_t		next_status_ns;

	struct conn_news news[CONN_NEWS_MAX];
	unsigned int	news_first, news_count;
};

void	conn_init(struct conn *c, const struct conn_conf *conf,
	    int64_t now_ns, int64_t wall_ns);
/* The row that an activation response carries (server; zeros downstream). */
void	conn_first_row(const struct conn *c, struct wire_row *row);

/*
 * A datagram came: its first have bytes (32 at least when len is), len its
 * true length, wall_ns its arrival. Returns false when it is not a valid PDU
 * of what this side expects; then nothing has changed. conn_load also tells
 * the export what it saw (p, e).
 */
bool	conn_load(struct conn *c, const uint8_t *buf, size_t have, size_t len,
	    int64_t wall_ns, int64_t now_ns, int tos, struct wire_load *p,
	    struct rxstat_event *e);
bool	conn_status(struct conn *c, const uint8_t *buf, size_t len,
	    int64_t wall_ns, int64_t now_ns);
/* A figures PDU, to either side; false when no host can have counted so. */
bool	conn_figures(struct conn *c, const uint8_t *buf, size_t len);

/* The next time at which conn_poll has something to do; CLOCK_NEVER when it
 * has ended. */
int64_t	conn_due(const struct conn *c);

enum conn_step { CONN_WAIT, CONN_SEND_BURST, CONN_SEND_PDU };

/* What to send. A burst: count datagrams of size, the last of last bytes
 * when it is not 0 (payload in bytes, IP version accounted for). */
struct conn_out {
	unsigned int	count;
	size_t		size, last;
	uint8_t		pdu[WIRE_CONTROL_MAX];
	size_t		len;
};

/* One thing to do now; call it until it says CONN_WAIT. */
enum conn_step conn_poll(struct conn *c, int64_t now_ns, int64_t wall_ns,
	    struct conn_out *out);
/*
 * The header of datagram i of a burst, CONN_HEADER_LEN bytes: the load PDU's
 * 32 and, with a peer of ours, what rttRespDelay lost by rounding (signed,
 * ns); other peers take it for filler.
 */
void	conn_fill(struct conn *c, const struct conn_out *out, unsigned int i,
	    uint8_t *header);
/* How many datagrams of the burst the kernel took; the rest is taken back
 * from the sequence unless -n (spec 4.2). */
void	conn_sent(struct conn *c, const struct conn_out *out,
	    unsigned int taken);

/* The oldest piece of news; false when there is none. */
bool	conn_next_news(struct conn *c, struct conn_news *n);
/* This side wants to end the test now (a signal): the next PDU says so. */
void	conn_stop(struct conn *c, int64_t now_ns);

#endif
