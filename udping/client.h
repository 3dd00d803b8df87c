/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_CLIENT_H
#define UDPING_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/host.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/stats.h"
#include "udping/frame.h"
#include "udping/options_client.h"
#include "udping/ports.h"
#include "udping/probe.h"
#include "udping/raw.h"
#include "udping/raw_iface.h"
#include "udping/route.h"
#include "udping/sender.h"

/*
 * The I/O of udping_client. Functions that can fail return 0, or a status to
 * exit with after they said why.
 */

/* Frames handed over at once without pauses: so many that the system call
 * costs little, so few that the last one's stamp is not old. */
#define CLIENT_BATCH	16

struct client_hop {
	struct addr	gateway;	/* len 0: named by -a */
	uint8_t		mac[MACS_LEN];
	uint64_t	sent;
};

struct client {
	const struct client_options *o;
	struct log	 log;
	char		 why[LOG_LINE];	/* it failed; "" when it did not */
	int		 pid_fd;
	struct addr	 local, remote;
	struct iface	 iface;
	struct ports	*ports;
	size_t		 fit;		/* largest payload */

	bool		 frames;	/* else ordinary sockets */
	struct frame	 frame;
	struct raw	*raw;
	int		*fds;		/* of sockets, as ports */
	uint8_t		 plain[WIRE_MAX];

	/* Next hops: all that were ever used, and the places of those that
	 * take turns. */
	struct route	*route;		/* NULL: they are fixed */
	struct client_hop *hops;
	size_t		 nhops, room;
	size_t		*turn;
	size_t		 turns;

	struct sender	 sender;
	struct probe	*probes;	/* as ports */
	uint64_t	*built;		/* number of the GUID in each */

	struct loop	*loop;
	struct loop_timer due, end, stir, refresh;
	struct loop_fd	 news;
	int		 signo;		/* that ended it, 0: none */
	bool		 ended;

	struct host	 host;
	uint64_t	 sent, controls, errors;
	int		 told_error;		/* the last one that was told */
	int64_t		 told_ns;		/* monotonic */
	bool		 gone;			/* the interface of frames */
	int64_t		 first_ns, last_ns;	/* monotonic */
	struct stats	 gaps;			/* ns */
	/* Send error (spec 9): the kernel's stamp less the one sent. */
	struct quant	*late;
	int64_t		 asked_ns;		/* sent field; 0: none asked */
	int64_t		 next_ask_ns;		/* monotonic */
	int		 asked_fd;
};

/* The whole program. */
int	client_run(const struct client_options *o);
/* Say why it ends, on stderr; the first such line is in the summary too,
 * unless why was set before. */
void	client_fail(struct client *c, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* client_hops.c: which next hops there are. */
int	client_hops_init(struct client *c);
int	client_hops_watch(struct client *c);

/* client_send.c: packets out. */
int	client_send_init(struct client *c);
void	client_send_free(struct client *c);
/* What is due at now_ns (monotonic). Returns when to come again. */
int64_t	client_send_due(struct client *c, int64_t now_ns);
/* The control packets at the end. */
void	client_send_last(struct client *c);

/* client_loop.c: from the first packet to the last; 0, or the exit status. */
int	client_loop(struct client *c);

/* client_report.c: the summary on stdout, however far the client came. status:
 * what it ends with, and c->why the reason, when it failed. */
int	client_report(struct client *c, int status);

#endif
