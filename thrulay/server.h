/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_SERVER_H
#define THRULAY_SERVER_H

#include <sys/queue.h>
#include <sys/resource.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/host.h"
#include "common/log.h"
#include "common/loop.h"
#include "thrulay/auth_file.h"
#include "thrulay/block_echo.h"
#include "thrulay/block_send.h"
#include "thrulay/dgram_recv.h"
#include "thrulay/dgram_send.h"
#include "thrulay/ext.h"
#include "thrulay/thrulay.h"
#include "thrulay/wire.h"

/*
 * Inside of the server: one loop, one struct session a connection. server.c
 * accepts and counts, server_session.c talks until a test is agreed,
 * server_tcp.c and server_udp.c run it.
 */
enum session_state {
	SESSION_PROPOSAL,	/* greeted, waiting for the proposal */
	SESSION_REQUEST,	/* extended: waiting for the request */
	SESSION_PROOF,		/* challenged */
	SESSION_TCP,		/* block data in either direction */
	SESSION_UDP,		/* waiting for the end of a UDP test */
	SESSION_LINGER		/* said everything, waiting for the peer to
				 * close, so that nothing sent is lost */
};

struct session {
	struct thrulay_server	*server;
	TAILQ_ENTRY(session)	 entry;
	enum session_state	 state;
	int			 fd;
	struct addr		 peer;
	char			 name[ADDR_STRLEN];
	struct loop_fd		 watch;
	struct loop_timer	 timer;		/* of the present state */
	struct loop_timer	 pause;		/* message without terminator */
	uint8_t			 in[WIRE_CONTROL_MAX + 1];
	size_t			 in_len;
	int64_t			 begin_ns;	/* response sent; 0: not yet */
	struct host		 host;

	struct wire_proposal	 proposal;
	struct ext_request	 request;	/* zero without extension */
	uint8_t			 request_text[WIRE_CONTROL_MAX + 1];
	size_t			 request_len;
	uint8_t			 challenge[EXT_CHALLENGE_LEN];

	size_t			 block;
	struct block_echo	*echo;
	struct block_send	*send;
	uint64_t		 moved;		/* bytes sent, blocks echoed */
	int64_t			 moved_ns;	/* when that last grew */

	struct wire_udp_response udp;
	int			 udp_fd, send_fd;	/* -1: none */
	uint64_t		 reserved;	/* bytes of max_memory */
	struct dgram_recv	*drecv;
	struct dgram_send	*dsend;
	struct loop_timer	 feedback;
	int64_t			 feedback_from_ns;
};

TAILQ_HEAD(session_list, session);

struct thrulay_server {
	thrulay_server_opt_t	 opt;		/* owns its strings */
	struct auth_keys	 keys;
	struct log		 log;
	struct loop		*loop;
	struct addr_prefix	*allow;
	size_t			 nallow;
	int			 listen_fd;	/* -1: none */
	struct addr		 local;
	struct loop_fd		 watch;
	struct loop_timer	 accept_pause;
	struct session_list	 sessions;
	int			 count;		/* sessions */
	int			 ended, max_clients;
	uint64_t		 reserved;	/* bytes of all sessions */
	struct addr		 group;		/* len 0: none */
};

/* server_session.c */
/* Greet and serve a connection; fd is taken over. */
void	session_begin(struct thrulay_server *s, int fd,
	    const struct addr *peer);
/* Close and free. */
void	session_end(struct session *s);
/* Send a control message whole; ends nothing. 0, or -1 with errno. */
int	session_send(struct session *s, const void *buf, size_t len);
/* Watch the control connection for what the present state expects. */
int	session_watch(struct session *s);
/* Everything is said: shut the sending side, wait for the peer's end. */
void	session_linger(struct session *s);
/* Seconds as in options to a deadline from now. */
int64_t	session_deadline(double seconds);

/* server_tcp.c */
/* Answer a TCP proposal. 0, or -1 when the session has to end. */
int	session_tcp_respond(struct session *s);
void	session_tcp_start(struct session *s);
/* Why a request cannot be served, or NULL. */
const char *session_tcp_refuse(const struct session *s);
void	session_tcp_log(struct session *s);

/* server_udp.c: the same for UDP. */
int	session_udp_respond(struct session *s);
void	session_udp_start(struct session *s);
/* Bytes came on the control connection (final: nothing more will). */
void	session_udp_control(struct session *s, bool final);
void	session_udp_log(struct session *s);
void	session_udp_release(struct session *s);

/* "TCP test duration = ..." as the 0.9 server words it (spec 5.5). */
void	session_log_test(struct session *s, const char *kind, double seconds,
	    double bits, double over_seconds);

#endif
