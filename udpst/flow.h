/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_FLOW_H
#define UDPST_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/host.h"
#include "common/loop.h"
#include "common/udpio.h"
#include "udpst/conn.h"
#include "udpst/export.h"
#include "udpst/monitor.h"

/*
 * A connection under test on its socket: carries datagrams between the kernel
 * and conn. The buffers belong to the thread and serve all its flows.
 */
struct flow_io;

/* NULL with errno. gro: also room for coalesced datagrams. */
struct flow_io *flow_io_new(struct loop *l, bool gro, uint64_t seed);
void	flow_io_free(struct flow_io *io);

struct flow;

struct flow_ops {
	void	(*news)(struct flow *, const struct conn_news *);
	/* Not a PDU that belongs here; status: where one was expected. */
	void	(*invalid)(struct flow *, bool status, const uint8_t *buf,
		    size_t len);
	/* A setup or activation PDU after the start: a repeated one. */
	void	(*control)(struct flow *, const uint8_t *buf, size_t len);
	/* A send or receive failed, error as errno; -e shows it. */
	void	(*failed)(struct flow *, bool sending, int error);
	/* The connection has ended; the flow may be freed here. */
	void	(*ended)(struct flow *);
};

struct flow {
	struct conn	conn;
	struct monitor_counters counts;	/* of data, not of control */
	int		fd;		/* connected; the owner's to close */
	int64_t		socket_drops;	/* here; -1: unknown */
	bool		gro, kernel_stamps;
	struct export	*export;	/* the owner's; NULL: none */
	double		export_mbps, export_mbps_alternate;
	void		*arg;		/* the owner's */

	/* private */
	struct flow_io	*io;
	const struct flow_ops *ops;
	struct udpio_gso gso;
	struct loop_fd	watch;
	struct loop_timer timer;
	struct host	host;
	bool		random_payload;
	unsigned int	overhead;	/* bytes of UDP and IP headers */
	uint32_t	drops_seen;
};

struct flow_conf {
	struct conn_conf conn;
	bool		gso, gro;	/* wanted */
	bool		random_payload;	/* -X, agreed */
	bool		ecn;		/* look at the traffic class */
};

/*
 * Start on a connected socket; zero f before and set export and arg then. 0,
 * or -1 with errno.
 */
int	flow_start(struct flow *f, struct flow_io *io, int fd,
	    const struct flow_conf *conf, const struct flow_ops *ops);
/* Off the loop; does not close. Harmless when it was not started. */
void	flow_free(struct flow *f);
/* This side wants to end now: its stop is sent at once, then ended() comes. */
void	flow_stop(struct flow *f);
bool	flow_gso(const struct flow *f);

#endif
