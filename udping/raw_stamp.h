/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_RAW_STAMP_H
#define UDPING_RAW_STAMP_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * When the kernel handed a packet to the device: SO_TIMESTAMPING of Linux,
 * asked for one packet at a time, so that the others cost nothing. Elsewhere
 * packets are sent and no stamp ever comes.
 */
void	raw_stamp_setup(int fd);
/* As send(2). */
ssize_t	raw_stamp_send(int fd, const void *buf, size_t len);
/* The wall clock at the last one sent so, ns; false: not known yet. */
bool	raw_stamp_get(int fd, int64_t *wall_ns);

#endif
