/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libthrulay: TCP and UDP path measurements by the thrulay/2 protocol, from
 * other programs. Nothing here is global: several tests and servers may live
 * in one process, each used by one thread at a time. Nothing is printed;
 * results come through callbacks. See thrulay(3).
 *
 * Times are int64_t nanoseconds, rates bit/s.
 */
#ifndef THRULAY_H
#define THRULAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define THRULAY_DEFAULT_PORT		5003
#define THRULAY_DEFAULT_WINDOW		4194304	/* bytes */
#define THRULAY_DEFAULT_BLOCK		65536	/* bytes, TCP */
#define THRULAY_HD_BLOCK		8192	/* bytes, TCP, thrulay-hd */
#define THRULAY_DEFAULT_PACKET		1500	/* bytes of IP packet, UDP */
#define THRULAY_MIN_BLOCK		16
#define THRULAY_MAX_BLOCK		1048576
#define THRULAY_MIN_WINDOW		1500
#define THRULAY_MAX_STREAMS		255

/*
 * Every function that returns int returns 0 or one of these, negative. The
 * numbers are those of the 0.9 library (spec 2.1); 100 and up are new.
 */
enum thrulay_error {
	THRULAY_E_CLOCK = 1,
	THRULAY_E_UDP_INIT = 2,
	THRULAY_E_RESOLVE_GROUP = 3,
	THRULAY_E_MEMORY = 4,
	THRULAY_E_LOCAL_WINDOW = 5,
	THRULAY_E_RESOLVE = 9,
	THRULAY_E_RESOLVE_UDP = 10,
	THRULAY_E_CONNECT = 11,
	THRULAY_E_BANNER = 12,
	THRULAY_E_NOT_THRULAY = 13,
	THRULAY_E_REASON = 14,
	THRULAY_E_REJECTED = 15,
	THRULAY_E_SEND_PROPOSAL = 16,
	THRULAY_E_READ_RESPONSE = 17,
	THRULAY_E_CLOSED = 18,
	THRULAY_E_SEND_END = 19,
	THRULAY_E_RESULTS = 20,
	THRULAY_E_UDP_REJECTED = 21,
	THRULAY_E_MALFORMED = 22,
	THRULAY_E_FAMILY = 23,
	THRULAY_E_FAMILY_GROUP = 24,
	THRULAY_E_SLEEP = 25,
	THRULAY_E_SEND_UDP = 26,
	THRULAY_E_BLOCK_SMALL = 27,
	THRULAY_E_BLOCK_LARGE = 28,
	THRULAY_E_WINDOW_SMALL = 29,
	THRULAY_E_WINDOW_DIFFERS = 30,
	THRULAY_E_BLOCK_DIFFERS = 31,
	THRULAY_E_MSS_DIFFERS = 32,
	THRULAY_E_MTU_DIFFERS = 33,
	THRULAY_E_SELECT = 34,
	THRULAY_E_QUANTILE = 36,
	THRULAY_E_NO_EXTENSION = 100,	/* peer cannot do what was asked */
	THRULAY_E_EXTENSION = 101,	/* malformed extension message */
	THRULAY_E_AUTH = 102,		/* not authorised */
	THRULAY_E_OPTION = 103,		/* bad or contradictory option */
	THRULAY_E_TIMEOUT = 104,	/* peer silent beyond the deadline */
	THRULAY_E_PREMATURE = 105,	/* every stream ended before its time */
	THRULAY_E_NO_DATA = 106,	/* nothing came back at all */
	THRULAY_E_SYSTEM = 107,		/* errno says what */
	THRULAY_E_LISTEN = 108,
	THRULAY_E_ACL = 109,
	THRULAY_E_FILE = 110,		/* a file that was named */
	THRULAY_E_INTERRUPTED = 111	/* stopped before there was a result */
};

enum thrulay_spacing { THRULAY_POISSON, THRULAY_CONSTANT };
enum thrulay_direction { THRULAY_FORWARD, THRULAY_REVERSE };
enum thrulay_style { THRULAY_STYLE_09, THRULAY_STYLE_HD };

/* What to measure. The first fields carry the names of the 0.9 library. Fill
 * by thrulay_client_options_init, then change. Strings are copied by
 * thrulay_client_init. */
typedef struct thrulay_opt {
	const char	*server_name;		/* name or numeric address */
	int		 num_streams;		/* 1..255, per direction */
	double		 test_duration;		/* seconds, > 0 */
	double		 reporting_interval;	/* seconds, 0: none */
	int		 window;		/* bytes, socket buffers */
	int		 block_size;		/* bytes, 0: default of kind */
	int		 port;			/* 1..65535 */
	uint64_t	 rate;			/* bit/s of UDP; 0: TCP test */
	int		 dscp;			/* 0..63; 0: unset */
	bool		 busywait;		/* UDP: spin, do not sleep */
	int		 ttl;			/* multicast; 1: unset */
	const char	*mcast_group;		/* UDP target, NULL: server */

	int		 family;		/* AF_UNSPEC, AF_INET(6) */
	const char	*bind_address;		/* NULL: any */
	const char	*bind_device;		/* NULL: any */
	const char	*congestion;		/* NULL: system default */
	int		 notsent_lowat;		/* bytes, 0: leave */
	bool		 forward;		/* client sends (default) */
	bool		 reverse;		/* server sends; or both */
	enum thrulay_spacing spacing;
	uint64_t	 seed;			/* of the schedule; 0: random */
	bool		 feedback;		/* UDP: interval results live */
	bool		 want_record;		/* UDP: full result, not text */
	enum thrulay_style report_style;	/* UDP text of our server */
	bool		 measure_idle;		/* RTT before load */
	const char	*auth_name;		/* NULL: no authentication */
	const char	*auth_key;		/* shared secret, text */
	double		 timeout;		/* seconds of peer's silence */
} thrulay_opt_t;

/* What a peer does not tell, as a text report (complete false below) or none
 * at all; a percentage, mean or rate is NaN then. */
#define THRULAY_NO_TIME		INT64_MIN
#define THRULAY_NO_COUNT	UINT64_MAX

/* Order statistics of a series of times, all ns. n 0: the rest is 0. */
struct thrulay_times {
	uint64_t	n;
	int64_t		min, max;
	double		mean;
	int64_t		p01, p05, p25, p50, p75, p95, p99, p999;
};

/* The kernel's view of a TCP connection; negative: unknown. */
struct thrulay_kernel {
	int64_t	rtt_ns, rttvar_ns, min_rtt_ns;
	int64_t	retransmits;		/* since the start */
	int64_t	cwnd_bytes;
	int64_t	delivery_rate_bps;
	int64_t	busy_ns, rwnd_limited_ns, sndbuf_limited_ns;
};

/* What was agreed, once, before the first interval. */
struct thrulay_setup {
	bool		udp;
	bool		extended;		/* the peer is one of ours */
	int		streams;		/* forward + reverse */
	bool		bidirectional;
	char		peer[80];		/* numeric address */
	char		local[80];
	double		duration, interval;	/* seconds */
	/* TCP */
	int		local_window, remote_window;	/* bytes */
	int		requested_block, block;
	int		mss, mtu;
	bool		mtu_guessed;		/* no IP_MTU here */
	const char	*topology;		/* name after the MTU */
	char		congestion[16];
	int64_t		idle_rtt_ns;		/* min before load; < 0: none */
	uint64_t	idle_samples;
	/* UDP */
	const uint16_t	*udp_ports;		/* server's, one a stream */
	int		packet_size;		/* IP packet, bytes */
	int		client_buffer;		/* SO_SNDBUF as reported */
	uint64_t	packets;		/* per stream */
	double		rate_bps;		/* per stream, as agreed */
	uint64_t	seed;
};

/* One stream in one interval, one stream in all, or all streams in all. */
struct thrulay_interval {
	int			id;		/* stream, -1: all */
	enum thrulay_direction	direction;
	int64_t			begin_ns, end_ns;	/* since the start */
	uint64_t		blocks, bytes;	/* echoed; UDP: unique */
	double			rate_bps;
	struct thrulay_times	rtt;		/* block RTT (TCP) */
	double			rtt_mean_of_means; /* total only: 0.9's avg */
	struct thrulay_kernel	kernel;
	bool			sndbuf_limited;	/* RTT is mostly sndbuf */
	/* UDP; what the other end alone knows, with a peer of ours */
	uint64_t		packets_sent, packets_received, packets_lost;
	uint64_t		duplicates, reordered;
	struct thrulay_times	delay;		/* one-way */
	bool			broken;		/* the stream ended early */
};

#define THRULAY_REORDER_MAX	100

/* Everything that the receiver of a UDP stream knows at its end. */
struct thrulay_udp_result {
	int		id;
	enum thrulay_direction direction;
	bool		complete;	/* false: only text was to be had */
	int		buffer;		/* receiver's SO_RCVBUF; -1 unknown */
	uint64_t	proposed, sent, total, unique, duplicates;
	uint64_t	lost;
	uint64_t	bad_sequence, bad_nonce, bad_source, too_short;
	int64_t		socket_drops;	/* at its socket; -1 unknown */
	double		loss_pct, duplication_pct, reordering_pct;
	struct thrulay_times delay;	/* one-way, clock offset included */
	int64_t		jitter_ns;	/* as 0.9 has it: delay p75 - p25 */
	int64_t		jitter_rfc3550_ns;
	struct thrulay_times ipdv;	/* |delay difference| of neighbours */
	uint64_t	reordered;	/* RFC 4737 */
	uint64_t	reorder_extent_max; /* at least, beyond 1000 gaps */
	uint64_t	reorder_j[THRULAY_REORDER_MAX]; /* m[j], spec 4.3 */
	uint64_t	loss_periods;	/* RFC 3357 */
	uint64_t	loss_period_max;	/* packets */
	int64_t		first_ns, last_ns; /* arrival, wall clock; 0: none */
	bool		kernel_stamps;	/* arrivals stamped by the kernel */
	const char	*host_limit;	/* why it was the limit, NULL */
};

/* How the sender of a UDP stream kept its schedule. */
struct thrulay_pacing {
	uint64_t	packets;
	int64_t		runtime_ns;	/* proposal to last packet */
	double		wanted_pps, reached_pps;
	double		rate_error_pct;	/* against the schedule itself */
	double		gap_cv;		/* coefficient of variation reached */
	int64_t		late_p50_ns, late_p99_ns, late_max_ns;
	bool		gso;
};

/* What this host did meanwhile. */
struct thrulay_host {
	double		cpu_user_s, cpu_sys_s, cpu_share;
	int64_t		clock_step_ns;
	const char	*limit;		/* why it was the limit, or NULL */
};

/* The end of a test. */
struct thrulay_result {
	struct thrulay_interval	total[2];	/* by direction; id -1 */
	bool			has[2];
	struct thrulay_host	host;
	int64_t			start_wall_ns, end_wall_ns;
	bool			interrupted;	/* by thrulay_client_stop */
	int			broken_streams;
};

/* Called from within thrulay_client_connect and later; members may be NULL.
 * What a pointer shows is valid during the call only. */
struct thrulay_handlers {
	void	(*setup)(void *arg, const struct thrulay_setup *);
	void	(*interval)(void *arg, const struct thrulay_interval *);
	/* totals of one stream, after its end */
	void	(*stream)(void *arg, const struct thrulay_interval *);
	/* a UDP report as text, verbatim from the server, any bytes */
	void	(*report)(void *arg, int id, const char *text, size_t len);
	void	(*udp)(void *arg, const struct thrulay_udp_result *);
	void	(*pacing)(void *arg, int id, const struct thrulay_pacing *);
	void	(*result)(void *arg, const struct thrulay_result *);
	/* one line without newline, as the 0.9 client prints after
	 * "warning: " (bare 0) or by itself (bare 1) */
	void	(*warning)(void *arg, bool bare, const char *text);
};

struct thrulay_client;

/* The defaults of the thrulay program. */
void	thrulay_client_options_init(thrulay_opt_t *opt);

/*
 * Check and copy the options; handlers is copied too. No network yet. *out is
 * set on success and must be given to thrulay_client_exit.
 */
int	thrulay_client_init(struct thrulay_client **out,
	    const thrulay_opt_t *opt, const struct thrulay_handlers *handlers,
	    void *arg);

/* End the test, as thrulay_client_stop, when this signal arrives. */
int	thrulay_client_stop_on(struct thrulay_client *c, int signo);

/* Resolve, connect every stream and read its greeting. */
int	thrulay_client_connect(struct thrulay_client *c);

/* Agree on the test and run it to its end (blocks for its duration). */
int	thrulay_client_start(struct thrulay_client *c);

/* Deliver the last results (stream, udp, pacing, result). Also after a failed
 * or stopped start, with what was measured. */
int	thrulay_client_report_final(struct thrulay_client *c);

/* End a running test early. Async-signal-safe; from any thread. */
void	thrulay_client_stop(struct thrulay_client *c);

/* The signal that ended the test, 0 for none. */
int	thrulay_client_signal(const struct thrulay_client *c);

void	thrulay_client_exit(struct thrulay_client *c);	/* NULL is harmless */

/* The 0.9 text of a (negative) code; static. */
const char *thrulay_client_strerror(int code);

/* Name of the usual link with this MTU, "unknown" otherwise (spec 5.1). */
const char *thrulay_topology(int mtu);

enum thrulay_report { THRULAY_REPORT_09, THRULAY_REPORT_HD,
	THRULAY_REPORT_BOTH };
enum thrulay_log { THRULAY_LOG_SYSLOG, THRULAY_LOG_STDERR };

/* A server's policy; 0 means the default unless said otherwise. Fill by
 * thrulay_server_options_init. Strings are copied by thrulay_server_init. */
typedef struct thrulay_server_opt {
	enum thrulay_log log_type;
	int		 verbosity;		/* > 0: verbose UDP reports */
	int		 port;			/* 0: any free port */
	const char	*bind_address;		/* NULL: every address */
	int		 window;		/* bytes, listening socket */
	const char	*mcast_group;		/* UDP tests join it, or NULL */
	enum thrulay_report report;
	int		 family;		/* AF_UNSPEC: dual-stack */
	int		 max_sessions;
	int		 max_per_address;
	uint16_t	 udp_first, udp_last;	/* ports of UDP tests */
	uint64_t	 max_packets;		/* of one UDP test */
	uint64_t	 max_rate;		/* bit/s of a UDP test, or 0 */
	int		 max_window;		/* bytes; 0: kernel's */
	double		 max_duration;		/* seconds of one session */
	double		 proposal_timeout, idle_timeout;	/* seconds */
	uint64_t	 max_memory;		/* bytes of all sessions */
	const char	*auth_file;		/* lines "name key", or NULL */
	bool		 require_auth;
	bool		 allow_reverse;
} thrulay_server_opt_t;

struct thrulay_server;

void	thrulay_server_options_init(thrulay_server_opt_t *opt);
int	thrulay_server_init(struct thrulay_server **out,
	    const thrulay_server_opt_t *opt);
/* Allow a numeric address or prefix; without any, everybody. On error *why
 * points at static text. */
int	thrulay_acl_allow_add(struct thrulay_server *s, const char *prefix,
	    const char **why);
/* Bind and listen. */
int	thrulay_server_listen(struct thrulay_server *s);
/* The port in use after thrulay_server_listen. */
int	thrulay_server_port(const struct thrulay_server *s);
/* Serve until stopped, or until max_clients (0: no limit) sessions ended. */
int	thrulay_server_start(struct thrulay_server *s, int max_clients);
/* Serve one accepted connection (taken over) beside the others. */
int	thrulay_server_process_client(struct thrulay_server *s, int fd);
int	thrulay_server_stop_on(struct thrulay_server *s, int signo);
/* Log that this signal came, and go on. */
int	thrulay_server_note(struct thrulay_server *s, int signo);
void	thrulay_server_stop(struct thrulay_server *s);
void	thrulay_server_exit(struct thrulay_server *s);
const char *thrulay_server_strerror(int code);

#ifdef __cplusplus
}
#endif

#endif
