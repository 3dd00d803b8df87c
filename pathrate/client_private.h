/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_CLIENT_PRIVATE_H
#define PATHRATE_CLIENT_PRIVATE_H

#include <stdbool.h>
#include <stdio.h>

#include "common/host.h"
#include "common/loop.h"
#include "common/udpio.h"
#include "common/writer.h"
#include "pathrate/client.h"
#include "pathrate/depart.h"
#include "pathrate/method.h"
#include "pathrate/rcv.h"
#include "pathrate/report.h"

#define CLIENT_MESSAGE_MAX	512
#define CLIENT_ADDRESSES	16	/* of a name that are tried */
#define CLIENT_HOST_MAX		1026	/* a name of getaddrinfo(3), NUL */

/* What is written besides standard output; NULL: not asked for. */
struct files {
	FILE		*log, *ulm, *csv;
	const char	*log_name;
	struct writer	*rows;		/* of csv */
};

struct client {
	const struct rcv_options *o;
	struct files	 files;
	struct report	 report;
	struct method	 method;
	bool		 measuring;	/* the method has begun */
	bool		 terminal;	/* with a line of progress */
	char		 hostname[CLIENT_HOST_MAX];
	int		 status;
	char		 message[CLIENT_MESSAGE_MAX];	/* of a failure */
	int64_t		 start_ns;		/* wall clock */
	int64_t		 stop_ns, end_ns;	/* of the run, soft and hard */

	/* a session; descriptors are -1 when closed */
	struct loop	*loop;
	int		 tcp, udp;
	struct addr	 address[CLIENT_ADDRESSES], peer;
	size_t		 addresses;
	struct loop_fd	 tcp_watch, udp_watch;
	struct loop_timer timer;
	struct udpio_rx	*rx;
	struct rcv	 rcv;
	bool		 kernel_stamps;
	bool		 in_session;
	bool		 over;		/* but what is still to be written */
	int64_t		 close_ns;	/* then, until when */
	int		 signo;		/* that ended it; 0: none */
	struct host	 host;

	/* the train under way */
	bool		 asked;
	int64_t		 asked_ns;	/* wall clock */
	struct depart	 depart;
	struct host	 train_host;
};

/* Say it on stderr and remember it; the run has failed. */
void	client_fail(struct client *c, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* The same, but stderr has it already. */
void	client_note(struct client *c, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* "what: reason", as perror(3) does. */
void	client_fail_errno(struct client *c, const char *what);

/* Find the sender's addresses. 0 or -1, said. */
int	client_resolve(struct client *c);
/* Connect to one of them and open the data socket. 0 or -1, said. */
int	client_connect(struct client *c);
/* Of 4.1: how long a datagram of this size takes from a socket to itself, in
 * whole us, at least 1. */
double	client_latency_us(size_t payload);
/* A socket that is its own peer, on the loopback interface of either family;
 * -1: there is none. */
int	client_open_self(void);
/* A kernel may begin to stamp packets some time after it was asked to, and
 * stamps those that come before as they are read: wait for it, not long. */
void	client_await_stamps(void);
/* Measure over a connected session. */
void	client_session(struct client *c);
/* From now on only what is still to be written. */
void	client_end(struct client *c);
/* A signal came: end politely, or at once when that is under way. */
void	client_interrupted(struct client *c);
/* Estimate from a file. */
void	client_replay(struct client *c);

/* The text of the default estimator: head, train, line of progress. */
void	client_fast_start(const struct client *c);
void	client_fast_train(const struct client *c, const int64_t *arrival_ns);
/* All that is said at the end; false when standard output does not take it,
 * which is said and closes it. */
bool	client_results(struct client *c);

/* 0, or -1 when a file that the user named cannot be opened; said. */
int	files_open(struct files *f, const struct rcv_options *o);
/* False when not all could be written; said. */
bool	files_close(struct files *f, const struct rcv_options *o);
/* The canonical name of a host, or the host as it was given. */
const char *files_canonical(const char *host, char buf[CLIENT_HOST_MAX]);

#endif
