/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_RECORD_H
#define PL_LINKEM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What was done to each packet, in order of arrival. All of the truth is
 * computed from these after the run, so that the loop has nothing to count.
 */
enum record_fate {
	RECORD_PENDING,		/* still waiting when the run ended */
	RECORD_SENT,
	RECORD_QUEUE,		/* dropped: queue full */
	RECORD_LOSS,		/* random loss */
	RECORD_BURST,		/* burst loss */
	RECORD_OVERRUN,		/* the emulator had no room: its fault */
	RECORD_FAILED,		/* the outgoing device refused it */
	RECORD_FATES
};

struct record {
	int64_t	 arrival_ns, planned_ns, real_ns;	/* since the start */
	uint32_t index;		/* of the packet in its direction, from 0 */
	uint32_t size;		/* of the IP packet, bytes */
	uint32_t out_index;	/* order of leaving, from 0; RECORD_SENT */
	uint16_t sport, dport;	/* UDP, TCP; else 0 */
	uint8_t	 proto;		/* of IP; 0: not IP */
	uint8_t	 dir;		/* 0 left to right, 1 back */
	uint8_t	 fate;
	bool	 copy;		/* made by duplication */
};

const char *record_fate_name(int fate);

/*
 * Note protocol and ports of the IP packet at p; what is not understood (not
 * IP, a later fragment, an IPv6 extension header) stays 0.
 */
void	record_classify(struct record *r, const uint8_t *p, size_t len);

/* A list of fixed capacity whose memory is used only as it fills. */
struct records {
	struct record	*items;
	size_t		 n, max;
	uint64_t	 lost;		/* not recorded for want of room */
};

/* 0, or -1 with errno. */
int	records_init(struct records *l, size_t max);
void	records_free(struct records *l);
/* A zeroed record to fill, or NULL (counted) when the list is full. */
struct record *records_add(struct records *l);

#endif
