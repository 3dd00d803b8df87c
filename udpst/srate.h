/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_SRATE_H
#define UDPST_SRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udpst/wire.h"

/* The sending rate table, spec 4.1. Sizes are for IPv4; see srate_size. */
#define SRATE_ROWS	1153
#define SRATE_LAST	1152
#define SRATE_HIGH_SPEED 1000		/* index of the high-speed threshold */
#define SRATE_BURST_MAX	100

#define SRATE_OVERHEAD_L3	28	/* UDP and IPv4 */
#define SRATE_IPV6_MORE		20
#define SRATE_MIN_IPV4		52	/* smallest UDP payload of a load PDU */
#define SRATE_MIN_IPV6		32

struct srate_table {
	struct wire_row	rows[SRATE_ROWS];
	bool		jumbo, traditional;
};

void	srate_build(struct srate_table *t, bool jumbo, bool traditional);
/* Default and largest UDP payload for the banner and JSON (IPv4). */
unsigned int srate_payload_default(bool traditional);
unsigned int srate_payload_max(bool jumbo, bool traditional);

/*
 * Nominal rate of a row in Mbit/s at the IP layer; for random sizes the mean
 * (what -S shows). In IPv6 the smaller payloads make up for the larger header.
 */
double	srate_mbps(const struct wire_row *row, bool ipv6);
/*
 * The UDP payload to send for a size of the table: without the random bit, 20
 * less for IPv6 when it is at least 52, never below the minimum nor above
 * 65507 (65487 for IPv6). *random says that it is the largest of a random size.
 */
uint32_t srate_size(uint32_t size, bool ipv6, bool *random);
/*
 * The table row whose rate limits a connection of mbps (spec 4.5, rate
 * limiting): mbps itself up to 1000, else the first row that reaches it.
 */
unsigned int srate_limit_index(const struct srate_table *t, unsigned int mbps);

#endif
