/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_SERVER_CC_H
#define MSAK_SERVER_CC_H

#include <sys/types.h>

#include <stddef.h>

/*
 * Congestion control for a server that gave root up. Clients may ask for bbr
 * (spec 3.1, and do so by default), but where the system's
 * net.ipv4.tcp_allowed_congestion_control leaves it out, or its module is not
 * loaded yet, only CAP_NET_ADMIN may choose it. A process of its own keeps
 * that; it takes a socket and the number of one of three names, and reads
 * nothing else.
 */
struct cc_setter {
	int	fd;	/* -1: there is none */
	pid_t	pid;
};

/* The names that clients may ask for, NULL at the end. */
extern const char *const server_cc_names[];

/* Those that everybody may choose on this system, into buf; "" where that is
 * not told. */
void	server_cc_allowed(char *buf, size_t len);
/* As root, without threads: start the process, which becomes user. 0, or -1
 * with errno. */
int	server_cc_start(struct cc_setter *c, const char *user);
/* Set it on a TCP socket: directly where that is permitted. Waits for the
 * process, 1 s at most. 0, or -1 with errno. */
int	server_cc_set(struct cc_setter *c, int sock, const char *name);
void	server_cc_stop(struct cc_setter *c);

#endif
