/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_ARRIVAL_H
#define THRULAY_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thrulay/ext.h"
#include "thrulay/thrulay.h"

/*
 * Statistics of a received UDP stream (spec 4.3): unique packets, duplicates,
 * one-way delay, j-reordering (RFC 5236 style), RFC 4737 reordering, loss
 * periods (RFC 3357), delay variation (RFC 3550, RFC 5481). No I/O, no clock.
 * Memory is taken as packets come: one bit a packet number in chunks, and the
 * delays up to exact of them, beyond that a histogram.
 */
struct arrival;

enum arrival_verdict { ARRIVAL_UNIQUE, ARRIVAL_DUPLICATE,
	ARRIVAL_BAD_SEQUENCE, ARRIVAL_NO_MEMORY };

/* packets: numbers 0..packets-1 are valid. exact: how many delays are kept
 * exactly. NULL with errno, ENOMEM above 2^40 packets too. */
struct arrival *arrival_new(uint64_t packets, size_t exact);
void	arrival_free(struct arrival *a);

/*
 * A packet whose nonce, source and length were right. With ARRIVAL_NO_MEMORY
 * it counts in the total alone, and looks lost in the result.
 */
enum arrival_verdict arrival_add(struct arrival *a, uint64_t sequence,
	    int64_t sent_wall_ns, int64_t received_wall_ns);

/* Bytes of memory now held. */
/* The number behind the largest that came: what was sent at least. */
uint64_t arrival_next(const struct arrival *a);
size_t	arrival_memory(const struct arrival *a);

/*
 * What came since the last call; begin and end are the caller's. lost is never
 * negative: late packets that fill more holes than the interval opened lessen
 * the next one's.
 */
void	arrival_feedback(struct arrival *a, struct ext_feedback *out);

/*
 * The result when the sender says that it sent this many. Fills everything
 * but id, direction, buffer, proposed, bad_nonce, bad_source, too_short,
 * socket_drops, kernel_stamps and host_limit.
 */
void	arrival_result(struct arrival *a, uint64_t sent,
	    struct thrulay_udp_result *out);

#endif
