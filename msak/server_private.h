/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_SERVER_PRIVATE_H
#define MSAK_SERVER_PRIVATE_H

#include <stdatomic.h>

#include "common/activate.h"
#include "common/log.h"
#include "common/stats.h"
#include "common/udpio.h"
#include "msak/access.h"
#include "msak/archive.h"
#include "msak/http.h"
#include "msak/latency.h"
#include "msak/mailbox.h"
#include "msak/metrics.h"
#include "msak/options_server.h"
#include "msak/query.h"
#include "msak/server_cc.h"
#include "msak/server_peers.h"
#include "msak/stream_thread.h"
#include "msak/transport.h"
#include "msak/txlimit.h"
#include "msak/upgrade.h"

/*
 * What the server_*.c share. The main thread accepts, shakes hands, answers
 * HTTP and does latency1; started streams live in workers, and when they have
 * ended the clerk, a worker without streams, writes their records. Then they
 * come back to the main thread to be freed.
 */
#define SERVER_COMMIT	"No commit specified"

struct server;
struct worker;

/* A datagram of latency1 that the kernel may still stamp. */
struct sent_ping {
	uint64_t		 ref;
	int64_t			 seq;
	int64_t			 wall_ns;	/* not before that */
};
#define SERVER_PINGS		1024

/* Measurements kept for the archive. */
struct samples {
	struct measurement	*m;
	size_t			 n, room;
};

/* A throughput test from the 101 on. */
struct session {
	TAILQ_ENTRY(session)	 entry;		/* of the worker */
	struct job		 job;
	struct server		*server;
	struct worker		*worker;
	struct stream		 stream;
	struct transport	 t;		/* until the stream has it */
	struct stream_conf	 conf;
	char			*rest;		/* read behind the request */
	size_t			 rest_len;
	enum metrics_direction	 direction;
	struct addr		 peer;
	char			 local[ADDR_STRLEN], remote[ADDR_STRLEN];
	char			*mid;
	struct query		*query;
	char			 cc[MEASUREMENT_CC_MAX]; /* the sender's */
	int64_t			 start_wall_ns;
	struct samples		 ours, theirs;
	int64_t			 counted;	/* payload, in the metrics */
	int64_t			 memory;	/* taken from the server's */
};

TAILQ_HEAD(session_list, session);

struct worker {
	struct server		*server;
	struct stream_thread	 thread;
	struct session_list	 sessions;
	pthread_mutex_t		 lock;		/* of counts */
	struct metrics_counters	 counts;
	struct job		 finish, cut;
	size_t			 load;		/* the main thread's */
};

enum conn_kind {
	CONN_CLIENT,
	CONN_METRICS,		/* of that listener */
	CONN_REFUSED		/* one too many: it is told so */
};

enum conn_state { CONN_HANDSHAKE, CONN_HEAD, CONN_BODY, CONN_WRITE,
	CONN_LINGER };

/* A connection until it becomes a stream. */
struct conn {
	TAILQ_ENTRY(conn)	 entry;
	struct server		*server;
	enum conn_kind		 kind;
	enum conn_state		 state;
	struct transport	 t;
	struct loop_fd		 watch;
	struct loop_timer	 timer;
	struct addr		 peer;
	char			 source[ADDR_STRLEN];
	int64_t			 accepted_ns;
	char			*in;
	size_t			 in_len, in_room, head_len;
	struct http_body	 body;
	char			*out;
	size_t			 out_len, out_done;
	size_t			 drained;
	struct session		*session;	/* begins after out */
	int64_t			 memory;
};

struct listener {
	struct server	*server;
	int		 fd;		/* -1: closed */
	struct loop_fd	 watch;
	struct loop_timer pause;	/* while there are no descriptors */
	bool		 tls, metrics;
};

enum { SERVER_METRICS, SERVER_WS, SERVER_WSS, SERVER_LISTENERS };

struct server {
	const struct server_options *o;
	struct loop		*loop;
	pthread_mutex_t		 log_lock;
	struct log		 log;
	int64_t			 started_wall_ns;
	struct activate		 given;		/* sockets, at the start */
	struct listener		 listeners[SERVER_LISTENERS];
	SSL_CTX			*tls;
	struct jwk_set		 keys;
	struct access		 access;
	struct txlimit		 tx;
	struct cc_setter	 cc;
	struct loop_timer	 tx_timer;
	char			*page;
	size_t			 page_len;

	TAILQ_HEAD(, conn)	 conns;
	size_t			 nconns;	/* sessions included */
	size_t			 nmetrics, nrefused;
	size_t			 max_conns;	/* of nconns */
	struct peers		 peers;
	size_t			 nsessions;	/* until they are written */
	size_t			 unwritten;	/* records at the clerk */
	size_t			 streams[METRICS_DIRECTIONS];
	struct metrics_counters	 counts;	/* the main thread's */
	_Atomic int64_t		 memory;
	struct rng		 rng;

	struct worker		*workers;
	size_t			 nworkers;
	struct worker		 clerk;
	struct mailbox		 back;

	int			 udp;		/* -1: closed */
	struct loop_fd		 udp_watch;
	struct loop_timer	 udp_timer;
	struct udpio_rx		*rx;
	struct latency		*latency;
	bool			 stamps;	/* the kernel's, of sending */
	uint32_t		 npings;	/* since they began */
	struct sent_ping	 pings[SERVER_PINGS];	/* by number */
	struct peers		 askers;	/* their sessions, by address */
	int64_t			 latency_unwritten; /* records at the clerk */
	char			 udp_addr[ADDR_STRLEN];

	struct loop_timer	 stop_timer;
	unsigned int		 signals;
	bool			 stopping, cutting;
	_Atomic bool		 too_late;	/* to write records */
};

/* server_log.c: a line with level and place; what peers can cause is limited
 * in number. Values that peers gave go through server_value. */
#define SERVER_LOG(s, level, ...)					\
	server_log(s, level, __FILE__, __LINE__, __VA_ARGS__)

struct server_text {
	char	text[304];	/* quotes and twice 150 */
};

void	server_log_open(struct server *s);
void	server_log(struct server *s, enum log_level level, const char *file,
	    int line, const char *fmt, ...)
	    __attribute__((format(printf, 5, 6)));
/* Only dated. */
void	server_say(struct server *s, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Why the server does not start: on stderr too. Returns -1. */
int	server_fatal(struct server *s, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Quoted where it needs to be. Returns the text. */
const char *server_value(struct server_text *t, const char *value, size_t len);
/* What an errno says, as Go has it. Returns buf. */
const char *server_error(int error, char *buf, size_t len);

/* server_listen.c: sockets of an address in Go's form. A descriptor, or -1
 * with the error in why. */
int	server_listen(const struct server_options *o, const char *address,
	    char *why, size_t len);
/* On failure *what is what could not be done. */
int	server_bind_udp(const struct server_options *o, const char *address,
	    const char **what, char *why, size_t len);
/* The socket that the service manager opened for a listener, or, for
 * SERVER_LISTENERS, for latency1; -1: none. The metrics want their name. */
int	server_given(struct server *s, size_t which);

/* server_accept.c */
int	server_accept_on(struct server *s, struct listener *l, int fd);
void	server_accept_close(struct listener *l);
/* A connection has ended, be it as a session. */
void	server_left(struct server *s, const struct addr *peer);
/* Memory of connections: n bytes more, false above the limit; less. */
bool	server_take(struct server *s, int64_t n);
void	server_give(struct server *s, int64_t n);

/* server_conn.c: both take fd over. */
void	conn_start(struct server *s, const struct listener *l, int fd,
	    const struct addr *peer);
/* One that there is no room for: the answer is this status, in the clear and
 * for so many at once. */
void	conn_refuse(struct server *s, const struct listener *l, int fd,
	    const struct addr *peer, int status);
void	conn_free(struct conn *c);

/* server_http.c: enough of it has come, or not yet. */
void	server_request(struct conn *c);
/* A request, whatever it may be, is refused with this status. */
void	server_refuse(struct conn *c, int status);
/* The form has come, or failed to. */
void	server_request_body(struct conn *c);

/* server_metrics.c */
void	server_metrics_answer(struct server *s, struct http_answer *a);

/* server_tls.c: NULL with the reason in why. */
SSL_CTX	*server_tls_new(const struct server_options *o, char *why,
	    size_t len);

/* server_keys.c: 0, or -1 with the first error; the rest is there. */
int	server_keys_load(const struct server_options *o, struct jwk_set *set,
	    char *error, size_t len);
/* The files anew; what cannot be read leaves everything as it is. */
void	server_keys_reload(struct server *s);

/* server_reload.c */

/* What -page names, if anything. 0, or -1 with the reason. */
int	server_page_load(const struct server *s, char **page, size_t *n,
	    char *why, size_t len);
/* The certificate, the keys and the page anew. */
void	server_reload(struct server *s);

/* server_user.c: give root up, once everything is open and before there are
 * threads. 0, or -1 and it has been said. */
int	server_become_user(struct server *s);

/* server_worker.c */
int	server_workers_start(struct server *s);
void	server_workers_submit(struct server *s, struct session *x);
/* A job for the clerk. */
void	server_workers_write(struct server *s, struct job *j);
/* Streams end soon, or at once. */
void	server_workers_finish(struct server *s);
void	server_workers_cut(struct server *s);
void	server_workers_join(struct server *s);
void	server_workers_counts(struct server *s, struct metrics_counters *sum);

/* server_session.c: in the main thread */
struct session *session_new(struct conn *c, const struct upgrade *u,
	    struct query *q, enum metrics_direction direction);
void	session_free(struct session *x);
/* In the worker. */
void	session_begin(struct session *x);

/* server_run.c: the last record has been written, perhaps. */
void	server_check_stopped(struct server *s);

/* server_latency.c */
int	server_latency_open(struct server *s);
/* Sessions that are left are archived. */
void	server_latency_close(struct server *s);
void	server_latency_authorise(struct conn *c, const char *mid,
	    struct http_answer *a);
void	server_latency_result(struct conn *c, const char *mid,
	    struct http_answer *a);

#endif
