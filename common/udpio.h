/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPIO_H
#define PL_UDPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

/*
 * Batches of datagrams. Linux uses sendmmsg/recvmmsg, UDP_SEGMENT and kernel
 * receive stamps; the portable twin does one datagram a call behind the same
 * functions.
 */

/* One received datagram; data points into the batch until the next call. */
struct udpio_msg {
	const uint8_t	*data;
	size_t		 len;		/* bytes in data */
	size_t		 wire_len;	/* payload as it was sent, >= len */
	int64_t		 wall_ns;	/* arrival, wall clock */
	bool		 kernel_stamp;	/* wall_ns is the kernel's */
	int		 tos;		/* traffic class byte, or -1 */
	struct addr	 from;
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

/*
 * Receive what is there, without blocking. Returns the number of datagrams
 * (0: none now), or -1 with errno. Asynchronous socket errors (ECONNREFUSED
 * from ICMP) are returned once and do not lose datagrams. EINTR is retried.
 */
int	udpio_recv(struct udpio_rx *rx, int fd);
const struct udpio_msg *udpio_msg(const struct udpio_rx *rx, int i);

/*
 * Datagrams dropped by the kernel at the socket, as of the last datagram
 * received (SO_RXQ_OVFL), accumulated over 32-bit wraps; -1 before the first
 * one and where unknown. The figure is that of one socket, so a batch that
 * serves several has none; see sock_drops.
 */
int64_t	udpio_rx_drops(const struct udpio_rx *rx);

struct udpio_tx;

/*
 * A sender of equally long datagrams (size >= 1 bytes), at most batch (>= 1)
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

#endif
