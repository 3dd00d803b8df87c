/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPIO_H
#define PL_UDPIO_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

/*
 * Batches of datagrams. Linux uses sendmmsg/recvmmsg, UDP_SEGMENT and kernel
 * receive stamps; the portable twin does one datagram a call behind the same
 * functions.
 */

/*
 * One received message: a datagram, or on a socket with udpio_rx_gro several
 * of one sender that arrived together, one behind the other in data, all
 * segment bytes long but for the last, which may be shorter. Stamp and traffic
 * class hold for each. data points into the batch until the next call.
 */
struct udpio_msg {
	const uint8_t	*data;
	size_t		 len;		/* bytes in data */
	size_t		 wire_len;	/* payload as it was sent, >= len */
	size_t		 segment;	/* of a datagram; wire_len when one */
	int64_t		 wall_ns;	/* arrival, wall clock */
	bool		 kernel_stamp;	/* wall_ns is the kernel's */
	int		 tos;		/* traffic class byte, or -1 */
	int64_t		 drops;		/* at this socket, the kernel's 32 bit;
					 * -1: not told, also while it is 0 */
	struct addr	 from;
	struct addr	 to;		/* our address, see udpio_rx_local; its
					 * len is 0 when not told */
};

struct udpio_rx;

/*
 * Room for batch (>= 1) datagrams of which at most snap (>= 1) bytes each are
 * kept (the rest is dropped by the kernel; wire_len tells the true length).
 * NULL with errno when out of memory. Free with udpio_rx_free.
 */
struct udpio_rx	*udpio_rx_new(size_t batch, size_t snap);
void		 udpio_rx_free(struct udpio_rx *rx);

/* Prepare a socket for receiving: kernel stamps, drop counter. Best effort. */
void	udpio_rx_setup(int fd);
/* Ask for the traffic class too: some 10 % of the cost of a small datagram. */
void	udpio_rx_tos(int fd);
/* Ask which of our addresses each datagram was sent to (RFC 3542 6.2), for
 * udpio_send_from. Best effort. */
void	udpio_rx_local(int fd);
/*
 * Ask for messages of many datagrams (UDP_GRO); false where that is not to be
 * had. The batch then wants a snap of UDPIO_GRO_SNAP, and the kernel counts a
 * message of many as one drop.
 */
bool	udpio_rx_gro(int fd);
#define UDPIO_GRO_SNAP	65536

/*
 * Receive what is there, without blocking. Returns the number of datagrams
 * (0: none now), or -1 with errno. Asynchronous socket errors (ECONNREFUSED
 * from ICMP) are returned once and do not lose datagrams. EINTR is retried.
 */
int	udpio_recv(struct udpio_rx *rx, int fd);
const struct udpio_msg *udpio_msg(const struct udpio_rx *rx, int i);
/* How many datagrams a message is, at least 1. */
size_t	udpio_msg_count(const struct udpio_msg *m);

/*
 * Datagrams dropped by the kernel at the socket, as of the last datagram
 * received (SO_RXQ_OVFL), accumulated over 32-bit wraps; -1 before the first
 * one and where unknown. The figure is that of one socket, so a batch that
 * serves several has none; see the drops of each message, and sock_drops.
 */
int64_t	udpio_rx_drops(const struct udpio_rx *rx);

/*
 * Send one datagram from the address (not the port) of from, one that a
 * message was sent to; with len 0, and where the system cannot, from the one
 * that its routes choose. Returns as sendto(2).
 */
ssize_t	udpio_send_from(int fd, const void *buf, size_t len,
	    const struct addr *to, const struct addr *from);

/*
 * Have the kernel stamp the datagrams that go out one by one from now on, when
 * it hands them to the device: they are numbered 0, 1, 2... in the order of
 * the calls that succeed. To be called again after one that failed, as it may
 * have used up a number; what was to be stamped before is lost then. False
 * where the system has no such stamps.
 */
bool	udpio_stamp_start(int fd);
/* A stamp that has come, of the wall clock; false: none now. */
bool	udpio_stamp_next(int fd, uint32_t *number, int64_t *wall_ns);

struct udpio_tx;

/*
 * A sender of equally long datagrams of size bytes, at most batch (>= 1)
 * in one call. With gso it tries UDP_SEGMENT and falls back at run time, for
 * good, when the kernel or the device refuses it. NULL with errno when out of
 * memory.
 */
struct udpio_tx	*udpio_tx_new(size_t batch, size_t size, bool gso);
void		 udpio_tx_free(struct udpio_tx *tx);

/* The buffer of datagram i (0..batch-1), size bytes, for the caller to fill.
 * Its content stays between calls. */
uint8_t	*udpio_tx_buf(struct udpio_tx *tx, size_t i);

/*
 * Send datagrams 0..n-1 to to (NULL: connected socket). Returns the number
 * the kernel took (0: would block), or -1 with errno when the first one
 * failed (which an error of an earlier datagram, like ECONNREFUSED, does
 * too). EINTR is retried.
 */
int	udpio_send(struct udpio_tx *tx, int fd, const struct addr *to,
	    size_t n);

/* Whether GSO is in use (after the first send that could use it). */
bool	udpio_tx_gso(const struct udpio_tx *tx);

/*
 * What is known of UDP_SEGMENT on one socket. The caller owns it and looks at
 * it through the functions; all zero is "do not use it".
 */
struct udpio_gso {
	size_t	below;		/* datagrams below this size may go by GSO */
	bool	asked;		/* whether the kernel has it */
	bool	used;		/* the last send that tried it had it */
};

void	udpio_gso_init(struct udpio_gso *g, bool want);
/* Whether GSO is in use: it was, and was not refused since. */
bool	udpio_gso_used(const struct udpio_gso *g);

struct udpio_burst;

/*
 * A sender of datagrams that each are a header of header_len (>= 1) bytes and
 * a piece of body (body_len >= 1 bytes, which are copied, and repeated as
 * often as needed; NULL: zeros), for any number of sockets. Room for max
 * (>= 1) headers. NULL with errno when out of memory.
 */
struct udpio_burst *udpio_burst_new(size_t max, size_t header_len,
	    const uint8_t *body, size_t body_len);
void		 udpio_burst_free(struct udpio_burst *b);

/* The header of datagram i (0..max-1), for the caller to fill. Its content
 * stays between calls. */
uint8_t	*udpio_burst_header(struct udpio_burst *b, size_t i);

/*
 * Send datagrams first..first+n-1 over a connected socket: size bytes each,
 * header included, but the last of them last_size when that is not 0. Sizes
 * are from header_len to 65507 (else EINVAL, EMSGSIZE). Where GSO is refused
 * the datagrams go without it, this time and, on this socket, from this size
 * on ever after; the kernel then cuts what is above the path MTU (see
 * sock_allow_fragments). Returns the number that the kernel took (0: would
 * block), or -1 with errno when the first one failed. EINTR is retried.
 */
int	udpio_burst_send(struct udpio_burst *b, int fd, struct udpio_gso *g,
	    size_t first, size_t n, size_t size, size_t last_size);

#endif
