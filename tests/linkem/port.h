/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_PORT_H
#define PL_LINKEM_PORT_H

#include <sys/types.h>

#include <net/if.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One end of the link. Two back ends hide behind read and write:
 *
 *   packet:IF  a veth end and a packet socket; frames pass unchanged, the
 *              arrival time is the kernel's
 *   tun:IF     a TUN device made for the occasion; the arrival time is that
 *              of the read
 *
 * An "@NAMESPACE" behind either says where the device is (a name that ip
 * netns knows).
 */
struct port;

struct port_ops {
	/* Make the device or find it, and open p->fd. 0 or -1 with errno. */
	int	(*open)(struct port *p);
	/*
	 * One frame without blocking: its length (more than size: it was
	 * cut) and its arrival on the wall clock. 0: none now, -1: errno.
	 */
	ssize_t	(*read)(struct port *p, void *buf, size_t size,
		    int64_t *wall_ns);
	/* 0, or -1 with errno. */
	int	(*write)(struct port *p, const void *buf, size_t len);
	/* Packets lost at the descriptor so far. */
	int64_t	(*drops)(struct port *p);
	size_t	header;		/* bytes before the IP header */
	const char *name;
};

struct port {
	const struct port_ops *ops;
	int	 fd;
	int	 dev_fd;		/* the namespace's device counters */
	char	 ifname[IFNAMSIZ];
	int64_t	 drops;			/* private to the back end */
	int64_t	 rx_dropped, tx_dropped; /* of the device, at the start */
};

extern const struct port_ops port_packet, port_tun;

/* Open "packet:IF[@NS]" or "tun:IF[@NS]". 0, or -1 with a line on stderr. */
int	port_open(struct port *p, const char *spec);
void	port_close(struct port *p);
/* Packets dropped by the device since it was opened; -1 where unknown. */
void	port_device_drops(struct port *p, int64_t *rx, int64_t *tx);

#endif
