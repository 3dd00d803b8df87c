/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_SERVER_PRIVATE_H
#define UDPST_SERVER_PRIVATE_H

#include <sys/queue.h>

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/loop.h"
#include "common/udpio.h"
#include "udpst/endpoint.h"
#include "udpst/export.h"
#include "udpst/flow.h"
#include "udpst/logfile.h"
#include "udpst/monitor.h"
#include "udpst/policy.h"
#include "udpst/srate.h"

/*
 * The parts of the server: server.c owns the control sockets and decides who
 * gets a session; server_session.c is one session, from its activation on;
 * server_worker.c the threads that sessions live in. A session belongs to the
 * main thread until it is handed to its worker, to the worker until it has
 * ended, and then to the main thread again.
 */
#define SERVER_FIRST_SLOT	2	/* 0 console, 1 control socket */
#define SERVER_SESSIONS_MAX	OPTIONS_SESSIONS_MAX

struct server;

struct session {
	TAILQ_ENTRY(session)	entry;	/* in the worker's list */
	struct server		*server;
	struct worker		*worker;
	unsigned int		slot;
	struct addr		peer, local;
	uint16_t		control_port;	/* that was asked */
	int			fd;
	/* As accepted; not written once the worker has it. */
	struct policy_setup	setup;
	struct policy_session	policy;
	uint8_t			response[WIRE_SETUP_LEN];
	size_t			response_len;
	unsigned int		repeats;	/* of the response; main */
	int64_t			created_ns;
	/* The worker's. */
	bool			activated, good;
	uint8_t			activation[WIRE_CONTROL_MAX];
	size_t			activation_len;
	unsigned int		activation_repeats;
	unsigned int		alerts;
	struct loop_fd		watch;
	struct loop_timer	deadline;
	struct flow		flow;
	bool			flowing;
	struct wire_activation	act;
	struct export		*export;
	struct monitor_counters	counts;	/* but for those of the flow */
};

TAILQ_HEAD(session_list, session);

struct worker {
	struct server		*server;
	bool			has_thread;	/* else it is the main one */
	bool			stopping;
	pthread_t		thread;
	struct loop		*loop;
	struct flow_io		*io;
	int			in[2];		/* sessions from main; pipe */
	struct loop_fd		watch;
	struct session_list	sessions;
	unsigned int		load;		/* sessions; main */
	/* Counts of what goes on, for the main thread. */
	struct loop_timer	publish;
	struct monitor_counters	ended;
	pthread_mutex_t		lock;
	struct monitor_counters	published;	/* under lock */
};

struct control {
	int		fd;
	struct addr	bound;
	struct loop_fd	watch;
	struct server	*server;
};

/* Who has shown an authenticated request; the oldest is forgotten. */
#define SERVER_SEEN_MAX		1024

struct server_seen {
	struct addr	peer;
	uint8_t		digest[16];	/* half of it */
};

struct server {
	const struct options	*o;
	struct srate_table	table;
	struct loop		*loop;
	struct control		controls[2];
	size_t			ncontrols;
	struct udpio_rx		*rx;
	struct session		*slots[SERVER_SESSIONS_MAX];
	unsigned int		nsessions;
	unsigned int		used[2];	/* Mbit/s, up and down */
	struct worker		*workers;
	unsigned int		nworkers;
	int			back[2];	/* ended sessions; pipe */
	struct loop_fd		back_watch;
	/* Rejections are answered this often a second. */
	int64_t			reply_second_ns;
	unsigned int		replies;
	struct server_seen	seen[SERVER_SEEN_MAX];
	size_t			seen_next;
	pthread_mutex_t		say_lock;
	struct logfile		*log;
	struct monitor		*monitor;
	struct loop_timer	sample, tick;
	struct monitor_counters	counters;	/* of the control sockets */
	bool			stopping;
	int			status;
	unsigned int		signals;
};

/* server_say.c: lines of the server, from any thread. */

/* Always; [slot] in front when verbose and slot is not 0. */
void	server_say(struct server *s, unsigned int slot, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* Only when verbose. */
void	server_verbose(struct server *s, unsigned int slot, const char *fmt,
	    ...) __attribute__((format(printf, 3, 4)));
/* What peers can cause: limited in number. verbose: only then. */
void	server_limited(struct server *s, bool verbose, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* Why a control datagram is none of its kind. */
enum monitor_fault server_fault(enum wire_kind kind, const uint8_t *buf,
	    size_t len);

/* server_seen.c: whether an accepted request is another address's. */
bool	server_is_replayed(struct server *s, const struct addr *peer,
	    const struct policy_setup *setup);

/* server_session.c */

/*
 * A session for an accepted request, its socket connected to the peer and its
 * response built; not yet in a worker. NULL with errno, *what names the call.
 */
struct session *session_new(struct server *s, unsigned int slot,
	    const struct control *c, const struct addr *peer,
	    const struct policy_setup *setup, const char **what);
/* Main thread, when it is in no worker (any more). */
void	session_free(struct session *x);
/* In the worker: wait for the activation. 0 or -1 with errno. */
int	session_start(struct session *x);
/* In the worker: end now, with a stop to the peer when a test runs. */
void	session_stop(struct session *x);
/* In the worker: add what it has counted so far to sum. */
void	session_add_counts(const struct session *x,
	    struct monitor_counters *sum);

/* server_news.c: what a session's flow tells (struct flow_ops). */
#define SERVER_ALERTS_MAX	10	/* a session, of either kind */
void	session_news(struct flow *f, const struct conn_news *n);
void	session_invalid(struct flow *f, bool status, const uint8_t *buf,
	    size_t len);
void	session_failed(struct flow *f, bool sending, int error);

/* server_worker.c */

/* Start o->threads workers; with one, the main loop does the work. 0 or -1
 * with errno. */
int	server_workers_start(struct server *s);
/* Ask every worker to end its sessions and itself; server_workers_join waits.*/
void	server_workers_stop(struct server *s);
void	server_workers_join(struct server *s);
/* Give a session to the least loaded worker. 0 or -1 with errno. */
int	server_workers_submit(struct server *s, struct session *x);
/* Called by the worker for a session that has ended. */
void	server_worker_return(struct session *x);
/* Add what all sessions have counted, ended ones included. */
void	server_workers_counts(struct server *s, struct monitor_counters *sum);

/* server.c */

/* A session has come back from its worker. */
void	server_session_ended(struct server *s, struct session *x);
/* A control socket is readable. */
void	server_take_setups(struct loop *l, struct loop_fd *f,
	    unsigned int events);

/* server_run.c: end all sessions, then the loop. */
void	server_stop(struct server *s);

#endif
