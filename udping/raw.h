/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_RAW_H
#define UDPING_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udping/frame.h"
#include "udping/wire.h"

/*
 * Whole Ethernet frames out of one interface: packet sockets of Linux. Other
 * systems have none of this (ENOTSUP); their clients use ordinary sockets.
 */
struct raw;

/* Room for a frame. */
#define RAW_ROOM	(FRAME_HEAD_MAX + WIRE_MAX)

/* May this process send frames? If not, errno says why. */
bool	raw_permitted(void);

/* Does this interface take Ethernet frames? Its address, else zeros. */
bool	raw_hardware(const char *name, uint8_t mac[MACS_LEN]);

/*
 * A sender of at most batch frames at once; with bypass they go around the
 * queueing discipline. It receives nothing (B12). NULL with errno.
 */
struct raw *raw_open(int ifindex, size_t batch, bool bypass);
void	raw_free(struct raw *r);
int	raw_fd(const struct raw *r);

/* The buffer of frame i, RAW_ROOM bytes, zeros at first. */
uint8_t	*raw_buf(struct raw *r, size_t i);
/*
 * Send n frames of these lengths, waiting for room. Returns how many the kernel
 * took, or -1 with errno when the first one failed.
 */
int	raw_send(struct raw *r, const size_t *len, size_t n);

#endif
