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
	uint32_t	seen;		/* of the content, so that the reader
					 * cannot skip looking at it */
};

/* One test: shared between the two processes that run it. */
struct bare_pair {
	size_t			size;	/* bytes of a block or payload */
	struct bare_side	send;
	struct bare_side	recv;
};

/* Zeroed memory that fork(2) leaves shared. */
struct bare_pair *bare_pair_new(size_t size);

/*
 * A block to send, the caller's to free. It has been written: what is sent
 * from memory that never was comes from one page of zeros, faster than
 * anybody's data.
 */
void   *bare_block(size_t size);

/* CPU seconds of this process so far. */
double	bare_cpu(void);

/* Bind fd to 127.0.0.1, any port; connect fd to where bound is. */
void	bare_bind(int fd);
void	bare_connect(int fd, int bound);

/* Wait for a child; a child that failed ends this process too. */
void	bare_wait(pid_t pid);

/* A number of the command line, from min to max. */
double	bare_number(const char *text, double min, double max);

/* One line of JSON on stdout. */
void	bare_print(const char *name, const struct bare_pair *p);

/* Blocks one way, the 16 bytes at the head of each back; ends are one
 * process each. units of both ends: echoes that came back in time. */
void	bare_tcp(size_t block, double seconds);

/*
 * One TCP connection under cubic, its two ends in one process each: send
 * fills what it moved and the CPU it took into its side and returns after
 * duration_ns, recv at the end of the stream. Units are bytes.
 */
struct bare_ends {
	void	(*send)(int fd, struct bare_side *, int64_t duration_ns,
		    const void *arg);
	void	(*recv)(int fd, struct bare_side *, const void *arg);
};

#define BARE_STREAM_BLOCK	1048576

void	bare_connection(const char *name, double seconds,
	    const struct bare_ends *ends, const void *arg);
/* Sends of 1 MiB, thrown away in the kernel (MSG_TRUNC) or read. */
void	bare_stream(double seconds, bool read);

struct bare_how {
	bool	gso;	/* sent by UDP_SEGMENT, many in a message */
	bool	gro;	/* read by UDP_GRO, whole; implies pin */
	bool	pin;	/* one core a side, where there are two */
};

/*
 * Datagrams at pps (0: flat out) by sendmmsg(2) into a recvmmsg(2) loop that
 * without gro drops all but their heads.
 */
void	bare_udp(size_t payload, double seconds, double pps,
	    struct bare_how how);

/*
 * The same sender, flat out, at a port of this host, with the nonce of a
 * thrulay session in hexadecimal: what that server then says it counted is
 * what its receiver managed.
 */
void	bare_flood(uint16_t port, size_t payload, double seconds,
	    const char *nonce, bool gso);

/*
 * Datagrams to a port of any address, counted from the first one on until none
 * comes for a while. Their heads alone are kept.
 */
void	bare_receive(uint16_t port);

/*
 * Frames of len bytes (14..BARE_FRAME) out of a device, flat out, by
 * sendmmsg(2) on a packet socket, to the Ethernet address 02:00:00:00:00:99.
 */
#define BARE_FRAME	2048
void	bare_packet(const char *device, size_t len, double seconds);

/*
 * Datagrams of len bytes to an IPv4 address, one each gap_ms: a sleep and a
 * send for each, and nothing else.
 */
void	bare_pace(const char *address, uint16_t port, size_t len,
	    double gap_ms, double seconds);

#endif
