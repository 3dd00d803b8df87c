/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_SERVER_PRIVATE_H
#define PATHRATE_SERVER_PRIVATE_H

#include <sys/queue.h>

#include <stdio.h>

#include "common/activate.h"
#include "common/addr.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/resolve.h"
#include "common/udpio.h"
#include "pathrate/report_snd.h"
#include "pathrate/server.h"
#include "pathrate/snd.h"
#include "pathrate/turn.h"

/*
 * The parts of the sender; for server*.c alone. One loop, one struct session a
 * receiver. Trains of all sessions take turns: who has the turn sends one and
 * keeps it until the receiver has judged that train, so that no two of them
 * are under way at a time; see turn.h.
 */
enum server_turn {
	TURN_NONE,
	TURN_WAITING,		/* in the queue */
	TURN_SENDING,
	TURN_DEPARTED		/* sent; the receiver has the word */
};

struct session {
	struct server		*server;
	TAILQ_ENTRY(session)	 entry;
	TAILQ_ENTRY(session)	 waiting;	/* for the turn */
	int			 fd, udp_fd;	/* -1: not yet */
	uint16_t		 udp_port;	/* udp_fd is connected to */
	struct addr		 peer, host;	/* host: never mapped */
	char			 name[ADDR_STRLEN];
	struct loop_fd		 watch, udp_watch;
	struct loop_timer	 timer;
	int64_t			 named_by_ns;	/* greet; 0: done */
	struct snd		 snd;
	int64_t			 linger_ns;	/* over: close by then */
	enum server_turn	 turn;
	struct turn_share	 share;
	int64_t			 turn_ns;	/* when it got the turn */
	int64_t			 gone_ns;	/* not judged since; 0: none */
	size_t			 gone_bytes;
	size_t			 sent;		/* packets of this train */
	int64_t			 departed_ns;	/* the first of them */
};

TAILQ_HEAD(session_list, session);

struct server {
	const struct snd_options *o;
	struct snd_config	 config;
	struct addr_prefix	*allow;
	size_t			 nallow;
	struct activate		 given;
	struct loop		*loop;
	struct log		 log;
	struct report_snd	 text;
	struct resolver		*names;
	int			 fd, pidfile_fd;	/* -1: none */
	struct loop_fd		 watch;
	struct loop_timer	 accept_pause;
	struct session_list	 sessions;
	int64_t			 count;
	bool			 invited;	/* "Waiting..." is said */
	bool			 interrupted;
	bool			 out_failed, log_failed;	/* and told */

	struct session_list	 queue;		/* of who waits for the turn */
	struct session		*turn;		/* who has it; NULL: nobody */
	int64_t			 turn_floor_ns;	/* tag of the last one */
	struct loop_timer	 turn_next, turn_end, retry;
	struct udpio_burst	*burst;		/* of the last train */
	size_t			 header_len;	/* in burst */
	size_t			 filled_from;	/* packet of its header 0 */
	uint8_t			*body;		/* random */
};

/* server_say.c */
void	server_say(struct server *s, enum log_level level, const char *fmt,
	    ...) __attribute__((format(printf, 3, 4)));
/* What a peer can cause. */
void	server_say_limited(struct server *s, enum log_level level,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Why there is no server, as perror(3) and to syslog. Returns the status. */
int	server_fail(struct server *s, const char *what);
/* The texts so far are written; errors of that are told once. */
void	server_flush(struct server *s);

/* server_setup.c: each 0, or the exit status when all is said. */
int	server_prepare(struct server *s);
int	server_listen(struct server *s);
int	server_become_user(struct server *s);
/* All texts are written or the exit status is a failure. */
int	server_close(struct server *s);

/* server_accept.c */
/* Take connections from now on. 0 or -1 with errno. */
int	server_accept_start(struct server *s);
void	server_accept_stop(struct server *s);
/* A session is over and freed. */
void	server_ended(struct server *s);

/* server_session.c */
/* Serve a receiver; fd is taken over. */
void	session_begin(struct server *s, int fd, const struct addr *peer);
/* The train is gone, or as much of it as can be; departure_us 0: unknown. */
void	session_train_sent(struct session *c, uint32_t departure_us);
/* Close and free, whatever it was about. */
void	session_free(struct session *c);

/* server_turn.c */
void	server_turn_init(struct server *s);
/* The session has moved on: queue it, or take the turn from it. */
void	server_turn_update(struct session *c);
/* It ends. */
void	server_turn_leave(struct session *c);
/* The holder's train is gone: it has the turn for a while yet. */
void	server_turn_departed(struct session *c);

/* server_train.c */
int	server_train_init(struct server *s);
/* Begin to send the train of the session that has the turn. */
void	server_train_begin(struct session *c);
/* Leave it as it is. */
void	server_train_stop(struct session *c);
void	server_train_close(struct server *s);

#endif
