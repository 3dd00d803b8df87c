/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_CLIENT_PRIVATE_H
#define MSAK_CLIENT_PRIVATE_H

#include "msak/client.h"
#include "msak/client_base.h"
#include "msak/client_latency.h"
#include "msak/rates.h"
#include "msak/report_client.h"
#include "msak/stream_thread.h"

/*
 * msak-client: one run, a direction after the other. The main thread dials,
 * reports and keeps the results; streams live in threads, which a direction
 * has for itself. What they have to tell comes back as jobs.
 */
#define CLIENT_AGENT	"msak-client-go/" PACKAGE_VERSION \
	" msak-client/" PACKAGE_VERSION

#define CLIENT_CC	16	/* bytes of a congestion control, with NUL */

struct client;
struct client_load;

struct client_stream {
	struct client	*c;
	int		 index;
	size_t		 target;	/* that it dials, see client */
	struct dial	 dial;
	bool		 running;
	char		 cc[CLIENT_CC];	/* of the sender */
	char		 ends[DIAL_ENDS];
	struct measurement sender, receiver;	/* their newest */
	bool		 have_sender;
	int64_t		 received_ns;	/* the receiver's newest, 0 none */

	/* Its thread's from begin to over. */
	struct stream_thread *thread;
	struct job	 begin, finish, cut, over;
	struct transport t;
	struct stream_conf conf;
	struct stream	 s;
	bool		 failed;	/* it could not begin */
	/* Asked for, and back; sampled_ns 0: it had ended. */
	struct job	 sample;
	struct measurement sampled;
	int64_t		 sampled_ns;
};

/* A measurement, on its way from the thread. */
struct client_news {
	struct job		 job;
	struct client_stream	*cs;
	bool			 ours;
	int64_t			 when_ns;
	struct measurement	 m;
	char			 cc[CLIENT_CC];	/* "": not the first one */
	/* What all streams had received then. */
	int64_t			 received[OPTIONS_STREAMS_MAX];
};

struct client {
	const struct client_options *o;
	struct client_base	*base;
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
	struct stream_thread	 threads[OPTIONS_STREAMS_MAX];
	size_t			 nthreads;
	struct mailbox		 back;		/* from them */
	_Atomic int		 unread;	/* news in it */
	int			 started, open, sampling;
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
/* All that had to be sampled has been. */
void	client_way_sampled(struct client *c);

/* client_stream.c */
void	client_stream_start(struct client *c, int i);
/* Leave off: final measurement and close, or at once. */
void	client_stream_stop(struct client_stream *cs, bool at_once);
/* A rate of now, from what is known. */
void	client_stream_rate(struct client *c);
/* What comes from its thread: a measurement, one asked for, its end. */
void	client_stream_measured(const struct client_news *n);
void	client_stream_sampled(struct client_stream *cs);
void	client_stream_ended(struct client_stream *cs);
/* The rate of the whole, once all have ended. */
void	client_stream_settle(struct client *c);

/* client_thread.c */

/* 0, or -1 with errno; to be ended also then. */
int	client_threads_start(struct client *c);
/* All streams have to end by themselves or have been cut. What is still on its
 * way is taken. */
void	client_threads_end(struct client *c);
/* t and conf are set. */
void	client_thread_begin(struct client_stream *cs);
void	client_thread_finish(struct client_stream *cs);
void	client_thread_cut(struct client_stream *cs);
void	client_thread_sample(struct client_stream *cs);

/* client_load.c: latency before and while the streams run. */
void	client_load_idle(struct client *c);
void	client_load_prepare(struct client *c);
void	client_load_begin(struct client *c);
void	client_load_end(struct client *c);	/* the first stream ended */
void	client_load_collect(struct client *c);

#endif
