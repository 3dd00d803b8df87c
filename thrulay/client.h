/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_CLIENT_H
#define THRULAY_CLIENT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/host.h"
#include "common/loop.h"
#include "thrulay/block_echo.h"
#include "thrulay/block_send.h"
#include "thrulay/dgram_recv.h"
#include "thrulay/dgram_send.h"
#include "thrulay/tally.h"
#include "thrulay/thrulay.h"

/*
 * Inside of the client: one struct thrulay_client a test, one struct stream a
 * control connection. client.c is the life of a test, client_handshake.c talks
 * until both sides agree, client_tcp.c and client_udp.c run what was agreed.
 */
#define CLIENT_UDP_PORT		5004	/* first one tried (spec 3.5) */
#define CLIENT_UDP_TRIES	1000
#define CLIENT_DRAIN_NS		INT64_C(1000000000)	/* spec 3.7 */
#define CLIENT_REPORT_MAX	65536	/* bytes of a text report */

/* Bytes read from a control connection and not yet understood. */
struct control {
	int	 fd;		/* -1: closed */
	uint8_t	*buf;		/* size bytes */
	size_t	 len, size;
	bool	 eof;
};

struct stream {
	struct thrulay_client		*client;
	int			 id;
	enum thrulay_direction	 direction;
	struct control		 ctl;
	bool			 extended;	/* the peer is one of ours */
	bool			 broken;	/* ended before its time */
	bool			 finished;	/* nothing more to wait for */
	int64_t			 begin_ns;	/* of the present interval */
	int64_t			 end_ns;	/* it finished; 0: not yet */
	struct thrulay_kernel	 kernel;

	struct wire_tcp_response tcp;
	int			 local_window, mss, mtu;
	bool			 mtu_guessed;
	struct block_send	*send;
	struct block_echo	*echo;
	struct tally		 tally;

	struct wire_udp_response udp;
	int			 udp_fd;	/* -1: none */
	struct addr		 udp_local;
	struct dgram_send	*dsend;
	struct dgram_recv	*drecv;
	struct loop_fd		 watch;		/* control, while data runs */
	struct loop_timer	 timer;		/* drain, hello, give up */
	bool			 end_sent;
	bool			 draining;
	int64_t			 udp_begin_ns;
	int64_t			 last_packet_ns;
	uint64_t		 sent_before;	/* at the interval's begin */
	uint64_t		 peer_sent;	/* reverse: what "+N:" said */
	bool			 have_udp;
	struct thrulay_udp_result udp_result;
	char			 host_limit[EXT_ERROR_MAX];
};

struct thrulay_client {
	thrulay_opt_t		 opt;		/* owns its strings */
	struct thrulay_handlers	 on;
	void			*arg;
	struct loop		*loop;
	struct addr		 peer;		/* that answered */
	struct stream		*streams;
	int			 nstreams;
	int			 running;	/* streams not yet finished */
	bool			 want_ext;
	volatile sig_atomic_t	 stop;		/* how often asked */
	int			 signo;		/* that asked; 0: none */
	int			 error;		/* first failure of the test */
	uint64_t		 seed;
	int64_t			 idle_rtt_ns;
	uint64_t		 idle_samples;
	int64_t			 start_ns, end_ns, next_ns;
	struct loop_timer	 tick, deadline;
	bool			(*fill)(struct stream *,
				    struct thrulay_interval *);
	struct host		 host;
	bool			 started, reported;
	const char		*host_limit;
};

/* client.c */
bool	client_is_udp(const struct thrulay_client *c);
/* Samples kept exactly of each stream. */
size_t	client_exact(const struct thrulay_client *c);
void	client_warn(struct thrulay_client *c, bool bare, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* "<call>: <strerror>", as the 0.9 client prints a failed system call. */
void	client_warn_errno(struct thrulay_client *c, const char *call,
	    int error);
/* A stream has nothing more to do; the last one ends the loop. */
void	client_stream_done(struct stream *s);
/* It ended before its time. */
void	client_stream_broken(struct stream *s);
/* Whether anything is left to do; false after a stop. */
bool	client_alive(const struct thrulay_client *c);

/*
 * client_ticks.c: interval results. fill gets a zeroed interval with id,
 * direction and times set, and says whether there is something to report.
 */
int	client_ticks_start(struct thrulay_client *c,
	    bool (*fill)(struct stream *, struct thrulay_interval *));
/* Report what is due at the end; no more ticks. Harmless when there were
 * none. */
void	client_ticks_end(struct thrulay_client *c, int64_t now_ns);
/* bit/s of an interval's bytes over its time. */
double	client_rate(const struct thrulay_interval *iv);

/* client_handshake.c: 0 or a negative thrulay_error. */
/* Every stream, until its greeting is read. */
int	handshake_connect(struct thrulay_client *c);
/* Proposals, responses, extensions. */
int	handshake_agree(struct thrulay_client *c);

/* client_control.c: 0 or -1 with errno; a stop of the client is EINTR. */
int	control_open(struct control *k, int fd, size_t size);
void	control_close(struct control *k);
int	control_wait(struct thrulay_client *c, int fd, unsigned int events,
	    int64_t deadline_ns);
/* Wait for more bytes, at most max of them: the number, 0 at the end of file,
 * or -1. */
ssize_t	control_read(struct thrulay_client *c, struct control *k, size_t max,
	    int64_t deadline_ns);
/* Take what is there without waiting (-1 with EAGAIN: nothing). */
ssize_t	control_take(struct control *k, size_t max);
int	control_write(struct thrulay_client *c, struct control *k,
	    const void *buf, size_t len, int64_t deadline_ns);
/* Drop the first n bytes. */
void	control_consume(struct control *k, size_t n);

/* client_tcp.c */
int	client_tcp_prepare(struct thrulay_client *c);
int	client_tcp_probe(struct thrulay_client *c);	/* RTT before load */
int	client_tcp_run(struct thrulay_client *c);
void	client_tcp_report(struct thrulay_client *c, struct thrulay_result *r);

/* client_udp.c, client_udp_report.c */
int	client_udp_socket(struct stream *s);	/* before the proposal */
int	client_udp_run(struct thrulay_client *c);
void	client_udp_report(struct thrulay_client *c, struct thrulay_result *r);
/* What only a receiver of ours could tell of an interval or a total. */
void	client_udp_unknown(struct thrulay_interval *iv);

#endif
