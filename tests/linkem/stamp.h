/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_STAMP_H
#define PL_LINKEM_STAMP_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

/* Have the kernel stamp what arrives. 0, or -1 with errno. */
int	stamp_enable(int fd);
/*
 * recv(2) with the time of arrival on the wall clock, by the kernel where it
 * stamped. The whole length is returned, more than size when it was cut.
 */
ssize_t	stamp_recv(int fd, void *buf, size_t size, int64_t *wall_ns);

#endif
