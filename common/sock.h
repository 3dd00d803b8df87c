/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_SOCK_H
#define PL_SOCK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

/*
 * Sockets made here are close-on-exec and non-blocking. Unless said
 * otherwise a function returns 0 or a descriptor, or -1 with errno set.
 */

/* What sock_tcp_info knows; a field the system lacks is negative. */
struct sock_tcp_info {
	int64_t	rtt_ns;			/* smoothed */
	int64_t	rttvar_ns;
	int64_t	min_rtt_ns;
	int64_t	retransmits;		/* segments, since the start */
	int64_t	lost;			/* segments now thought lost */
	int64_t	cwnd_bytes;
	int64_t	ssthresh_bytes;
	int64_t	delivery_rate_bps;	/* bit/s */
	int64_t	bytes_acked;
	int64_t	bytes_received;
	int64_t	busy_ns;		/* time with data outstanding */
	int64_t	rwnd_limited_ns;
	int64_t	sndbuf_limited_ns;
	int64_t	mss;
	int64_t	pmtu;
};

struct sock_connect_opts {
	const struct addr	*bind;		/* NULL: any; port is kept */
	const char		*device;	/* interface; NULL: any */
	const char		*cc;		/* NULL: system default */
	int			 sndbuf;	/* bytes; 0: leave */
	int			 rcvbuf;
	int			 dscp;		/* 0..63; -1: leave */
	const char		**what;		/* NULL, or gets the name of an
						 * option that cannot be had */
};

/* A socket of this family and type, bound to nothing. */
int	sock_open(int family, int type);

/*
 * Wildcard or given address, SO_REUSEADDR; an IPv6 wildcard is dual-stack
 * (IPV6_V6ONLY off).
 */
int	sock_listen(const struct addr *a, int backlog);
/* The same, but an IPv6 one takes no IPv4. */
int	sock_listen_only(const struct addr *a, int backlog);

/*
 * Listen on every family: [::]:port dual-stack, else 0.0.0.0:port where the
 * host has no IPv6. *bound (may be NULL) gets the address.
 */
int	sock_listen_any(uint16_t port, int backlog, struct addr *bound);

/*
 * Accept one connection, non-blocking and close-on-exec. *peer (may be NULL)
 * gets the address. -1 with EAGAIN when there is none; connections that died
 * in the queue are passed over.
 */
int	sock_accept(int fd, struct addr *peer);

/*
 * Start a TCP connection. Returns the descriptor; *in_progress says that
 * sock_connect_result must be asked when it becomes writable. o may be NULL.
 * An option that cannot be had is an error, except for the buffer sizes.
 */
int	sock_connect_start(const struct addr *to,
	    const struct sock_connect_opts *o, bool *in_progress);
/* 0 or the errno of the finished connection attempt. */
int	sock_connect_result(int fd);

/* Start and wait, at most until the monotonic time deadline_ns (ETIMEDOUT). */
int	sock_connect(const struct addr *to, const struct sock_connect_opts *o,
	    int64_t deadline_ns);

/*
 * A UDP socket bound to a, or, with first..last set, to the first free port
 * of that range (EADDRINUSE when none is free). An IPv6 wildcard is
 * dual-stack.
 */
int	sock_udp(const struct addr *a);
/* The same, but an IPv6 one takes no IPv4. */
int	sock_udp_only(const struct addr *a);
int	sock_udp_range(const struct addr *a, uint16_t first, uint16_t last,
	    struct addr *bound);

int	sock_local(int fd, struct addr *out);
int	sock_peer(int fd, struct addr *out);

/*
 * Ask for buffers of this many bytes; on systems that refuse rather than
 * clamp, retry with 7/8 until it succeeds or the present size is reached.
 * Best effort; read back with sock_get_buffers (as the kernel reports them;
 * Linux doubles).
 */
void	sock_set_sndbuf(int fd, int bytes);
void	sock_set_rcvbuf(int fd, int bytes);
int	sock_get_buffers(int fd, int *sndbuf, int *rcvbuf);

/* On IPv6 sockets these also reach the packets to v4-mapped peers. */
int	sock_set_dscp(int fd, int dscp);		/* 0..63 */
int	sock_set_tos(int fd, int octet);		/* DSCP and ECN */
int	sock_set_ttl(int fd, int ttl);			/* unicast, 0..255 */
int	sock_set_mcast_ttl(int fd, int ttl);		/* 0..255 */
/*
 * Let datagrams above the path MTU go in fragments, cut here or on the way,
 * whatever the host's default. Best effort: where it cannot be asked for, the
 * system decides.
 */
void	sock_allow_fragments(int fd);
/* On the interface that the group's scope or, without one, routing names. */
int	sock_mcast_join(int fd, const struct addr *group);
int	sock_set_cc(int fd, const char *name);
/* The name in use, into buf; "" where unknown. */
void	sock_get_cc(int fd, char *buf, size_t len);
int	sock_set_nodelay(int fd, bool on);
int	sock_set_keepalive(int fd, bool on);
int	sock_set_notsent_lowat(int fd, int bytes);
int	sock_set_device(int fd, const char *name);
/* Abortive close on close(2): RST instead of lingering data. */
int	sock_set_abort(int fd);
int	sock_set_nonblock(int fd, bool on);

int	sock_mss(int fd);		/* TCP_MAXSEG or -1 */
int	sock_path_mtu(int fd);		/* IP_MTU, IPV6_MTU; -1 if missing */
/* MTU of the interface that has this local address, or -1. */
int	sock_if_mtu(const struct addr *local);
/* 0, or -1 where the system has no TCP_INFO (all fields negative then). */
int	sock_tcp_info(int fd, struct sock_tcp_info *out);
/*
 * What the kernel says, as it stands in memory: struct tcp_info, and what the
 * congestion control has to add (TCP_CC_INFO). The number of bytes, or -1,
 * also where the system has no such thing (ENOPROTOOPT).
 */
ssize_t	sock_tcp_raw(int fd, void *buf, size_t len);
ssize_t	sock_cc_raw(int fd, void *buf, size_t len);
/* The number by which the kernel knows a socket as long as it is up; 0 where
 * there is none. */
uint64_t sock_cookie(int fd);
/* Bytes written and not yet acknowledged (all fields of the send queue). */
int	sock_outq(int fd);

/*
 * Take at most len bytes off a TCP socket without looking at them (in the
 * kernel where it can). Returns as recv(2).
 */
ssize_t	sock_discard(int fd, size_t len);

/* Datagrams the kernel dropped at this socket for want of room, or -1. */
int64_t	sock_drops(int fd);

#endif
