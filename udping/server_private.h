/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_SERVER_PRIVATE_H
#define UDPING_SERVER_PRIVATE_H

#include "common/host.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/resolve.h"
#include "common/udpio.h"
#include "udping/nap.h"
#include "udping/server.h"
#include "udping/server_scrape.h"
#include "udping/session.h"

/* The parts of the server; for server*.c alone. */

/* Datagrams received at once. */
#define SERVER_BATCH	SESSION_AHEAD

struct server_sink {
	int		fd;		/* -1: none */
	struct addr	to;
};

struct server {
	const struct server_options *o;
	struct loop		*loop;
	struct loop_fd		 watch;
	struct loop_timer	 tick, redraw, nap_end;
	struct udpio_rx		*rx;
	int			 fd, pidfile_fd;
	struct nap		 nap;
	size_t			 packets;	/* not told to it yet */
	size_t			 room;		/* of the socket's buffer */
	bool			 stamped;	/* by the kernel, the last */
	int64_t			 tick_ns;	/* of the next tick, mono */
	int64_t			 base_ns;	/* from mono to wall */
	struct session_table	*sessions;
	struct resolver		*names;		/* NULL: --numeric */
	struct log		 log;
	char			 why[LOG_LINE];	/* it failed, or "" */
	struct report_names	 who;		/* its to; from changes */
	struct addr		 to;		/* numeric name of receiver */
	struct server_sink	 statsd, tags;
	struct writer		*json;		/* --json-lines */
	struct scrape		*scrape;	/* --prometheus ADDR:PORT */
	struct report_totals	 totals;
	struct host		 host;
	int64_t			 drops;		/* -1: unknown */
	unsigned int		 rows;		/* left on the screen */
	int			 status;
};

/* server_say.c; the first error is kept as what it failed of */
void	server_say(struct server *s, enum log_level level, const char *fmt,
	    ...) __attribute__((format(printf, 3, 4)));
/* What a peer can cause. */
void	server_say_limited(struct server *s, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* server_receive.c */
void	server_readable(struct loop *l, struct loop_fd *f,
	    unsigned int events);
void	server_nap_end(struct loop *l, struct loop_timer *t, int64_t now_ns);
/* Read all that has come so far: before anything is told of the sessions. */
void	server_catch_up(struct server *s);
/* Whole seconds that never go back, in step with those of the wall clock. */
int64_t	server_seconds(const struct server *s);

/* server_report.c; arg is the server */
void	server_report(void *arg, const struct session_record *r);
void	server_opened(void *arg, const struct addr *from);
/* A row of the table, to stderr. */
void	server_show(void *arg, const struct session_record *r);
void	server_redraw(struct server *s);
/* stdout may have failed: then that is told, and may be the end. */
void	server_flush(struct server *s);
/* The object at the end, also of a server that could not start. */
void	server_last(struct server *s);

/* server_prometheus.c: the file of --prometheus; or its port, once there is
 * a loop: 0, or the exit status when all is said. */
void	server_prometheus(struct server *s);
int	server_prometheus_open(struct server *s);

/* server_setup.c: each 0, or the exit status when all is said. */
int	server_open(struct server *s);
int	server_process(struct server *s);
void	server_close(struct server *s);

#endif
