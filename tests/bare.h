/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BARE_H
#define BARE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bare loops that benchmarks compare with: the same bytes moved by the
 * fewest system calls that do it, no measuring, no protocol. Every function
 * exits with a message on failure.
 */

/* What one end moved. */
struct bare_side {
	uint64_t	units;		/* blocks or packets */
	int64_t		begin_ns;	/* monotonic */
	int64_t		end_ns;
	double		cpu_s;		/* user and system */
};

/* One test: shared between the two processes that run it. */
struct bare_pair {
	size_t			size;	/* bytes of a block or payload */
	struct bare_side	send;
	struct bare_side	recv;
};

/* Zeroed memory that fork(2) leaves shared. */
struct bare_pair *bare_pair_new(size_t size);

/* CPU seconds of this process so far. */
double	bare_cpu(void);

/* Bind fd to 127.0.0.1, any port; connect fd to where bound is. */
void	bare_bind(int fd);
void	bare_connect(int fd, int bound);

/* Wait for a child; a child that failed ends this process too. */
void	bare_wait(pid_t pid);

/* One line of JSON on stdout. */
void	bare_print(const char *name, const struct bare_pair *p);

/* Blocks one way, the 16 bytes at the head of each back; ends are one
 * process each. units of both ends: echoes that came back in time. */
void	bare_tcp(size_t block, double seconds);

/* Datagrams at pps (0: flat out) into a recvmmsg(2) loop; gso: sent by
 * UDP_SEGMENT instead of sendmmsg(2). */
void	bare_udp(size_t payload, double seconds, double pps, bool gso);

/*
 * The same sender, flat out, at a port of this host, with the nonce of a
 * thrulay session in hexadecimal: what that server then says it counted is
 * what its receiver managed.
 */
void	bare_flood(uint16_t port, size_t payload, double seconds,
	    const char *nonce, bool gso);

#endif
