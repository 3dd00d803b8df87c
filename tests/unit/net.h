/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UNIT_NET_H
#define PL_UNIT_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

/* What tests on the loopback interface share; failures fail the test. */

/* A numeric address. */
struct addr net_addr(const char *host, uint16_t port);

/* Whether ::1 can be bound; says why the caller skips when it cannot. */
bool	net_has_v6(void);

/* Two connected TCP sockets, non-blocking, over this loopback address. */
void	net_tcp_pair(const char *host, int fds[2]);

/* Wait up to ten seconds until fd is readable or writable. */
void	net_wait_readable(int fd);
void	net_wait_writable(int fd);

/* Read exactly len bytes, waiting for them. */
void	net_read(int fd, void *buf, size_t len);
void	net_write(int fd, const void *buf, size_t len);

#endif
