/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_CLIENT_PRIVATE_H
#define UDPST_CLIENT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/host.h"
#include "common/loop.h"
#include "common/udpio.h"
#include "udpst/endpoint.h"
#include "udpst/export.h"
#include "udpst/flow.h"
#include "udpst/ifrate.h"
#include "udpst/ladder.h"
#include "udpst/report.h"
#include "udpst/result.h"

/*
 * The parts of the client: client.c is the whole test; client_setup.c and
 * client_activate.c bring one connection (a link) to life, client_link.c is
 * what happens on it then, client_probe.c what --probe says.
 */
struct client;

/* A rung of the ladder: its socket and what was sent on it. */
struct attempt {
	struct link	*link;
	int		fd;		/* -1: closed */
	struct loop_fd	watch;
	uint8_t		request[WIRE_SETUP_LEN];
	size_t		len;
	uint32_t	unix_time;	/* of the request */
	int64_t		sent_ns;	/* wall, the last time */
};

enum link_state { LINK_SETUP, LINK_ACTIVATING, LINK_TESTING, LINK_OVER };

struct link {
	struct client	*client;
	unsigned int	index;		/* 0.., mcIndex */
	int		number;		/* 1.., in brackets */
	enum link_state	state;
	size_t		server_index;
	struct addr	server;		/* control address and port */
	struct addr	peer;		/* those of the test, once accepted */
	struct ladder	ladder;
	struct attempt	attempts[LADDER_RUNGS];
	struct loop_timer timer;
	/* The rung that was accepted. */
	int		fd;		/* -1: none */
	struct loop_fd	watch;
	unsigned int	version;
	uint32_t	setup_time;
	bool		ours;
	uint8_t		activation[WIRE_CONTROL_MAX];
	size_t		activation_len;
	unsigned int	activation_sent;
	int64_t		activation_ns;
	struct wire_activation act;	/* as the server returned it */
	struct flow	flow;
	bool		flowing, failed;
	struct export	*export;
	unsigned int	alerts;
};

struct client {
	const struct options *o;
	struct loop	*loop;
	struct flow_io	*io;
	struct udpio_rx	*rx;		/* of set-up */
	struct report	*report;
	struct aggregate *aggregate;
	struct host	host;
	struct addr	servers[OPTIONS_SERVERS_MAX];
	struct link	links[OPTIONS_CONNS_MAX];
	unsigned int	nlinks;
	uint16_t	ident;
	const char	*key;		/* NULL: none */
	int		status;		/* ErrorStatus */
	bool		started;	/* the header was shown */
	bool		bleached, interrupted, short_of_links;
	unsigned int	failed;		/* links */
	unsigned int	signals;
	struct ifrate	ifrate;
	bool		have_ifrate;
	unsigned int	ifrate_number;	/* sub-interval last read for */
	unsigned int	subints;	/* that a connection has */
};

/* client_setup.c: before anything else; then begin: the timer and the sockets
 * do the rest. */
void	link_prepare(struct link *l);
void	link_start(struct link *l);
/* Close what set-up has opened; keep, if any, stays open. */
void	link_close_attempts(struct link *l, const struct attempt *keep);
/* Put digest and checksum into a PDU of ours. */
void	link_seal(const struct link *l, unsigned int version,
	    uint32_t setup_time, uint8_t *pdu, size_t len);
/* Whether the server signed it; true without a key. */
bool	link_verify(const struct link *l, unsigned int version,
	    uint32_t setup_time, const uint8_t *pdu, size_t len);

/* client_activate.c: the setup was accepted on this attempt, by from. */
void	link_activate(struct link *l, struct attempt *a,
	    const struct addr *from, const struct wire_setup *p);
/* Its timer while activating. */
void	link_activate_again(struct link *l, int64_t now_ns);

/* client_link.c: the test begins. 0 or -1 with errno. */
int	link_test(struct link *l);
/* It is over, one way or another; failed: it counts as lost. */
void	link_over(struct link *l, bool failed);
/* End it early: with a stop to the server when it runs. */
void	link_stop(struct link *l);

/* client.c */

/* A warning or rejection: what ErrorStatus becomes. */
void	client_status(struct client *c, int status);
/* A link is over: enough of them left, all of them done? */
void	client_link_over(struct client *c, struct link *l);
/* The first activation: the header. */
void	client_started(struct client *c, const struct link *l);
/* A sub-interval of a link. */
void	client_subint(struct client *c, struct link *l,
	    const struct result_subint *s);
/* The server's control port, which errors and warnings about a link name. */
const char *link_server(const struct link *l, char buf[ENDPOINT_LEN]);
/* Whether the test runs over IPv6; IPv4 that is mapped into it is not. */
bool	link_ipv6(const struct link *l);

/* client_probe.c: what a probe found; rtt_ns -1: nothing came. */
void	link_probed(struct link *l, const struct wire_setup *p,
	    int64_t rtt_ns);

#endif
