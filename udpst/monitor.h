/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_MONITOR_H
#define UDPST_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "udpst/options.h"

/*
 * The server's performance statistics (-G, spec 5.6) and Prometheus text file
 * (--prometheus): counters of what the server did, a record every 10 s, a file
 * every 300 s, written beside its name and renamed. One thread.
 */

/* Why a datagram is none of its kind; the first that holds. */
enum monitor_fault {
	MONITOR_SIZE,		/* no layout is so long */
	MONITOR_FORMAT,		/* a wrong id, command, action or flag */
	MONITOR_CHECKSUM,	/* else */
	MONITOR_FAULTS
};

/* What comes in sizes: see monitor_size. */
enum monitor_event {
	MONITOR_TX_OVERRUN,	/* the kernel refused n datagrams of a burst */
	MONITOR_TX_BURST,	/* n datagrams were handed over at once */
	MONITOR_RX_BURST,	/* one read brought n datagrams, n > 0 */
	MONITOR_FD_READY,	/* the loop woke up with n descriptors, n > 0 */
	/*
	 * Pacing came so late that n ticks of 100 us were missed, n > 0: what
	 * the original sees as merged timer signals.
	 */
	MONITOR_TIMER,
	MONITOR_EVENTS
};

struct monitor_sizes {
	uint64_t	events, total;
	uint64_t	max;		/* since the last record */
};

/* setup_rejected has room for every code of enum wire_setup_code. */
#define MONITOR_CODES	14

/*
 * Counters that never go back, kept by the server: all zero at first. Each
 * comment says what adds one. Keys that the recorded file leaves open are
 * filled after their names, as the comments say.
 */
struct monitor_counters {
	/* At the control port. */
	uint64_t	setup_received;	/* a well-formed request, any answer */
	uint64_t	setup_accepted;	/* a response with code 1 was sent */
	uint64_t	setup_rejected[MONITOR_CODES];	/* sent: this code */
	uint64_t	setup_legacy;	/* setup_received, protocol below 20 */
	uint64_t	setup_duplicate; /* setup_received, seen before */
	uint64_t	setup_limited;	/* no answer: --allow, too many */
	uint64_t	null_sent;	/* a null request was sent */

	/* At the ports of tests. */
	uint64_t	activation_received;	/* well-formed, any answer */
	uint64_t	activation_accepted;	/* its response was sent */
	uint64_t	activation_auth;	/* ignored: wrong digest */
	uint64_t	activation_time;	/* ignored: wrong time */
	uint64_t	activation_timeout;	/* none came within 3 s */

	/* Datagrams at either port that are no requests (SILENCE). */
	uint64_t	control_invalid[MONITOR_FAULTS];
	/* Datagrams during a test that are no load or status PDUs. */
	uint64_t	load_invalid[MONITOR_FAULTS];
	uint64_t	status_invalid[MONITOR_FAULTS];

	uint64_t	tests_up, tests_down;	/* a test was activated */
	uint64_t	tests_ended;	/* an activated one ended, any way */
	uint64_t	tests_watchdog;	/* tests_ended, for want of PDUs */

	/* Load PDUs that the kernel took, and their bytes at the IP layer. */
	uint64_t	load_sent, load_sent_bytes;
	/* The same as peers received them: ti fields of status PDUs. */
	uint64_t	delivered, delivered_bytes;
	uint64_t	delivered_loss, delivered_ooo_dup;
	/* Load PDUs received, bytes at the IP layer, and as status PDUs
	 * report them: lost, out of order or duplicate. */
	uint64_t	load_received, load_received_bytes;
	uint64_t	load_received_loss, load_received_ooo_dup;

	uint64_t	status_sent, status_received;
	uint64_t	status_lost_local;	/* gaps in those received */
	uint64_t	status_lost_remote;	/* that load PDUs tell of */
	uint64_t	stopped_local;	/* 1 s without PDUs, once a pause */
	uint64_t	stopped_remote;	/* rx_stopped came on */
	uint64_t	socket_drops;	/* datagrams, SO_RXQ_OVFL */

	struct monitor_sizes sizes[MONITOR_EVENTS];
};

/* Count an event of this size. */
void	monitor_size(struct monitor_counters *c, enum monitor_event e,
	    uint64_t n);

/* Add all of c to sum; maxima become the larger of both. */
void	monitor_add(struct monitor_counters *sum,
	    const struct monitor_counters *c);
/* The maxima begin anew. */
void	monitor_forget(struct monitor_counters *c);

struct monitor;

/*
 * For stats_file and prometheus of o, either of them may be NULL; o must stay
 * valid. bound is the control socket's address. The times are those of the
 * program's start. NULL with errno.
 */
struct monitor *monitor_new(const struct options *o, const struct addr *bound,
	    bool gso, int64_t now_mono_ns, int64_t now_wall_ns, uint64_t seed);
void	monitor_free(struct monitor *m);
/* Sampled by the server every 500 ms: tests now open, Mbit/s allocated. */
void	monitor_sample(struct monitor *m, unsigned int connections,
	    unsigned int up_mbps, unsigned int down_mbps);
/* When to call monitor_tick next. */
int64_t	monitor_due(const struct monitor *m);
/*
 * When it is due, a record, the Prometheus file and, when it is time, the
 * statistics file; the maxima in c begin anew. 0, or -1 with errno and *what
 * (owned by m or its options) naming the file; the server goes on.
 */
int	monitor_tick(struct monitor *m, struct monitor_counters *c,
	    int64_t now_mono_ns, int64_t now_wall_ns, const char **what);
/*
 * The same at once, with the statistics file: when the server ends. Where the
 * file's name would replace the one before, its time is not truncated.
 */
int	monitor_write_now(struct monitor *m, struct monitor_counters *c,
	    int64_t now_mono_ns, int64_t now_wall_ns, const char **what);
/*
 * At start: can a file of this pattern (or name) be written? Makes and removes
 * its .tmp. 0, or -1 with errno.
 */
int	monitor_test_open(const char *pattern, int64_t now_wall_ns);

#endif
