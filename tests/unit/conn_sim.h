/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_CONN_SIM_H
#define PL_CONN_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/stats.h"
#include "udpst/conn.h"

/*
 * A client and a server of udpst's connection engine on a simulated line with
 * a clock that only events move. link[SIM_CLIENT] carries what the client
 * sends. Whatever goes wrong in here fails the running test.
 */
enum { SIM_CLIENT, SIM_SERVER };

#define SIM_START_NS	INT64_C(1000000000000)	/* monotonic, the server's */
#define SIM_WALL_NS	INT64_C(1700000000000000000)	/* less monotonic */

struct sim_packet {
	int64_t		sent_ns, when_ns;	/* when it left, arrives */
	uint64_t	order;			/* of the same when_ns */
	int		from, tos;
	size_t		have, len;		/* bytes in data, true length */
	uint8_t		data[WIRE_CONTROL_MAX];
};

struct sim_link {
	double		mbps;		/* at the IP layer, 0: no limit */
	size_t		queue;		/* bytes of IP packets before it */
	int64_t		delay_ns;
	int64_t		jitter_ns;	/* 0 to this is added; in order */
	bool		reorders;	/* unless this is set */
	unsigned int	loss_ppm, copy_ppm;	/* losses spare stops */
	bool		cut;		/* nothing comes through */
	int		tos;

	int64_t		free_ns, last_ns;
	/* datagrams of load that say "test", and what became of them */
	uint64_t	load, load_lost, load_copied;
	uint64_t	bytes;		/* UDP payload offered */
};

struct sim {
	struct conn	conn[2];
	struct conn_conf conf[2];
	struct sim_link	link[2];
	struct srate_table table;
	int64_t		now_ns;
	int64_t		wall_ns[2];	/* wall clock less now_ns */
	int64_t		late_ns;	/* wakes are late, 0 to this */
	int64_t		wake_ns[2];
	int64_t		ended_ns[2];
	uint64_t	invalid;	/* datagrams that conn refused */
	uint64_t	delivered;	/* load datagrams that say "test" */
	struct rng	rng;
	uint64_t	order;
	struct sim_packet **heap;
	size_t		count, size;

	/* May be NULL. Before a datagram is sent; true: it is lost. */
	bool		(*sending)(struct sim *, const struct sim_packet *);
	/* A load PDU or status PDU that conn took, after the news of it; p is
	 * NULL for the latter. */
	void		(*taken)(struct sim *, const struct sim_packet *,
			    const struct wire_load *p);
	void		(*news)(struct sim *, int side,
			    const struct conn_news *);
	void		*arg;
};

/* 5 s of IPv4 with the usual parameters, a line of 5 ms each way. Change
 * conf, link and hooks after this. */
void	sim_init(struct sim *s, bool upstream, unsigned int version, bool ours,
	    unsigned int seed);
/* Activates both ends, the client a delay later. */
void	sim_start(struct sim *s);
/* Until both have ended or until this time. */
void	sim_run(struct sim *s, int64_t until_ns);
void	sim_free(struct sim *s);

/* The end that sends load. */
int	sim_sender(const struct sim *s);
int64_t	sim_wall(const struct sim *s, int side);
/* The testAction of a load or status PDU. */
unsigned int sim_action(const struct sim_packet *p);

#endif
