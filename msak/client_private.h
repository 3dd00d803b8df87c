/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_CLIENT_PRIVATE_H
#define MSAK_CLIENT_PRIVATE_H

#include "msak/client.h"
#include "msak/client_base.h"
#include "msak/client_latency.h"
#include "msak/rates.h"
#include "msak/report_client.h"
#include "msak/stream.h"

/* msak-client: one run, a direction after the other. */
#define CLIENT_AGENT	"msak-client-go/" PACKAGE_VERSION \
	" msak-client/" PACKAGE_VERSION

struct client;
struct client_load;

struct client_stream {
	struct client	*c;
	int		 index;
	size_t		 target;	/* that it dials, see client */
	struct dial	 dial;
	bool		 running;
	struct stream	 s;
	char		 cc[16];	/* of the sender */
	char		 ends[DIAL_ENDS];
	struct measurement sender;	/* its newest */
	bool		 have_sender;
	int64_t		 received_ns;	/* the receiver's newest, 0 none */
};

struct client {
	const struct client_options *o;
	struct client_base	*base;
	struct stream_io	*io;
	struct report_client	*report;
	struct result_client	 result;
	struct rates		 rates;

	/* The present direction. */
	enum result_direction	 d;
	struct locate		 locate;
	struct locate_walk	 walk;
	size_t			 target;	/* counts them */
	bool			 reached;	/* some stream got there */
	struct url		 url;
	char			 server[URL_HOST_MAX + 9];
	struct client_stream	 streams[OPTIONS_STREAMS_MAX];
	struct rates_steady	 steady[OPTIONS_STREAMS_MAX];
	int			 started, open;
	int64_t			 end_ns;	/* 0: none is connected yet */
	bool			 stopping;
	struct loop_timer	 start_timer, legacy_timer;

	struct client_load	*load;
	bool			 idle_done;
};

/* client_way.c: a direction, c->d, from the look-up of its server to the end
 * of its streams. */
void	client_way_run(struct client *c);
/* The server's URL for this direction, or of the next target. False: there is
 * none, which has been said. */
bool	client_way_find(struct client *c);
bool	client_way_next(struct client *c);
/* The first stream is: from now on its time runs. */
void	client_way_connected(struct client *c);

/* client_stream.c */
void	client_stream_start(struct client *c, int i);
/* Leave off: final measurement and close, or at once. */
void	client_stream_stop(struct client_stream *cs, bool at_once);
/* A rate of now, from what is known. */
void	client_stream_rate(struct client *c);
/* The rate of the whole, once all have ended. */
void	client_stream_settle(struct client *c);

/* client_load.c: latency before and while the streams run. */
void	client_load_idle(struct client *c);
void	client_load_prepare(struct client *c);
void	client_load_begin(struct client *c);
void	client_load_end(struct client *c);	/* the first stream ended */
void	client_load_collect(struct client *c);

#endif
