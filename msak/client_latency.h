/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_CLIENT_LATENCY_H
#define MSAK_CLIENT_LATENCY_H

#include "common/udpio.h"
#include "msak/client_fetch.h"
#include "msak/latency_packet.h"
#include "msak/result.h"

/*
 * One session of latency1 in a loop (spec 3.6): leave asked for over HTTP,
 * datagrams sent back by UDP, the result fetched. The owner moves it on from
 * each state in which it rests.
 */
#define CLIENT_LATENCY_NS	(6 * CLOCK_NS_PER_S) /* of echoing */
#define CLIENT_LATENCY_REPEAT	(250 * CLOCK_NS_PER_MS)	/* kickoffs */
#define CLIENT_LATENCY_AGENT	"Go-http-client/1.1"

enum client_latency_state {
	CLIENT_LATENCY_IDLE,
	CLIENT_LATENCY_ASKING,
	CLIENT_LATENCY_READY,	/* rests: client_latency_echo comes next */
	CLIENT_LATENCY_ECHOING,
	CLIENT_LATENCY_ECHOED,	/* rests: client_latency_fetch */
	CLIENT_LATENCY_FETCHING,
	CLIENT_LATENCY_DONE
};

/* All zero is an idle one. */
struct client_latency {
	enum client_latency_state state;
	char		 error[CLIENT_FETCH_ERROR]; /* DONE too early */
	char		 end[320];	/* why the echoing ended */
	bool		 has;		/* the summary came */
	char		 id[128];	/* of the server */
	struct result_rtt rtt;
	int64_t		 late_max_ns;	/* a datagram's longest stay here */
	void		*arg;		/* the owner's */

	/* private */
	const struct dialer *how;
	void		(*moved)(struct client_latency *);
	void		(*echoed)(struct client_latency *);
	struct client_fetch fetch;
	char		 result_url[URL_MAX];
	char		 kickoff[LATENCY_PACKET_MAX];
	size_t		 kickoff_len;
	struct addr	 to;
	uint16_t	 port;
	int		 fd;
	struct loop_fd	 watch;
	struct loop_timer timer;
	int64_t		 end_ns;
	bool		 any;		/* a datagram came */
	/* Before the last of the server's packets can be back. */
	bool		 cut;
	struct udpio_rx	*rx;
};

/*
 * Ask for leave. moved is called from the loop whenever a state is reached in
 * which it rests, echoed (may be NULL) for each datagram sent back.
 */
void	client_latency_start(struct client_latency *l,
	    const struct dialer *how, const char *authorise_url,
	    const char *result_url, uint16_t port,
	    void (*moved)(struct client_latency *),
	    void (*echoed)(struct client_latency *), void *arg);
void	client_latency_echo(struct client_latency *l, int64_t ns);
/* Also while it echoes: that ends then, and what is on its way is not lost. */
void	client_latency_fetch(struct client_latency *l);
void	client_latency_free(struct client_latency *l);

#endif
