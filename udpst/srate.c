/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "udpst/srate.h"

#define INTERVAL_FAST_US	100
#define INTERVAL_SLOW_US	1000
#define INTERVAL_IDLE_US	50000	/* of row 0 */
#define BITS			8
#define MBIT_BYTES		125	/* in 1000 us at 1 Mbit/s */
/* IP packets: of the steps up to 1 Gbit/s, and the jumbo ones above. */
#define L3_DEFAULT		1250
#define L3_TRADITIONAL		1500
#define L3_JUMBO_FIRST		1375
#define L3_JUMBO_LAST		9000
#define JUMBO_BURST		10
#define UDP_MAX_IPV4		65507	/* largest UDP payload */

unsigned int
srate_payload_default(bool traditional)
{
	return (traditional ? L3_TRADITIONAL : L3_DEFAULT) - SRATE_OVERHEAD_L3;
}

unsigned int
srate_payload_max(bool jumbo, bool traditional)
{
	return jumbo ? L3_JUMBO_LAST - SRATE_OVERHEAD_L3 :
	    srate_payload_default(traditional);
}

/*
 * Row n is n Mbit/s: n datagrams' worth of 125 bytes each 1000 us. Ten full
 * packets of them are one each 100 us, the rest is the add-on.
 */
static void
row_step(struct wire_row *row, unsigned int n, unsigned int payload)
{
	const unsigned int each = (payload + SRATE_OVERHEAD_L3) / MBIT_BYTES;
	const unsigned int fast = n / (10 * each), slow = n / each % 10;
	const unsigned int rest = n % each;

	memset(row, 0, sizeof(*row));
	if (fast > 0) {
		row->interval1_us = INTERVAL_FAST_US;
		row->payload1 = payload;
		row->burst1 = fast;
	}
	if (slow > 0 || rest > 0)
		row->interval2_us = INTERVAL_SLOW_US;
	if (slow > 0) {
		row->payload2 = payload;
		row->burst2 = slow;
	}
	if (rest > 0)
		row->addon2 = rest * MBIT_BYTES - SRATE_OVERHEAD_L3;
}

/* Above 1 Gbit/s transmitter 1 is alone. */
static void
row_fast(struct wire_row *row, unsigned int payload, unsigned int burst)
{
	memset(row, 0, sizeof(*row));
	row->interval1_us = INTERVAL_FAST_US;
	row->payload1 = payload;
	row->burst1 = burst < SRATE_BURST_MAX ? burst : SRATE_BURST_MAX;
}

void
srate_build(struct srate_table *t, bool jumbo, bool traditional)
{
	const unsigned int payload = srate_payload_default(traditional);
	const unsigned int max = srate_payload_max(jumbo, traditional);
	unsigned int burst, n, size;

	t->jumbo = jumbo;
	t->traditional = traditional;
	memset(&t->rows[0], 0, sizeof(t->rows[0]));
	t->rows[0].interval2_us = INTERVAL_IDLE_US;
	t->rows[0].addon2 = WIRE_RANDOM_SIZE | payload;
	for (n = 1; n <= SRATE_HIGH_SPEED; n++)
		row_step(&t->rows[n], n, payload);
	burst = t->rows[SRATE_HIGH_SPEED].burst1 + 1;
	if (jumbo) {
		for (size = L3_JUMBO_FIRST; size <= L3_JUMBO_LAST;
		    size += MBIT_BYTES)
			row_fast(&t->rows[n++], size - SRATE_OVERHEAD_L3,
			    JUMBO_BURST);
		burst = JUMBO_BURST + 1;
	}
	for (; n < SRATE_ROWS; n++)
		row_fast(&t->rows[n], max, burst++);
}

uint32_t
srate_size(uint32_t size, bool ipv6, bool *random)
{
	const uint32_t min = ipv6 ? SRATE_MIN_IPV6 : SRATE_MIN_IPV4;
	const uint32_t max = ipv6 ? UDP_MAX_IPV4 - SRATE_IPV6_MORE :
	    UDP_MAX_IPV4;

	*random = (size & WIRE_RANDOM_SIZE) != 0;
	size &= ~WIRE_RANDOM_SIZE;
	if (ipv6 && size >= SRATE_MIN_IPV4)
		size -= SRATE_IPV6_MORE;
	if (size < min)
		return min;
	return size > max ? max : size;
}

/* IP bytes of a datagram of this size; the mean of a random one. */
static double
size_l3(uint32_t size, bool ipv6)
{
	const double overhead = SRATE_OVERHEAD_L3 +
	    (ipv6 ? SRATE_IPV6_MORE : 0);
	bool random;
	double bytes;

	bytes = srate_size(size, ipv6, &random);
	if (random)
		bytes = (bytes + (ipv6 ? SRATE_MIN_IPV6 : SRATE_MIN_IPV4)) / 2;
	return bytes + overhead;
}

/* Bits in a microsecond are Mbit/s. */
double
srate_mbps(const struct wire_row *row, bool ipv6)
{
	double bytes = 0, mbps = 0;

	if (row->interval1_us > 0)
		mbps = row->burst1 * size_l3(row->payload1, ipv6) * BITS /
		    row->interval1_us;
	if (row->interval2_us == 0)
		return mbps;
	bytes = row->burst2 * size_l3(row->payload2, ipv6);
	if (row->addon2 > 0)
		bytes += size_l3(row->addon2, ipv6);
	return mbps + bytes * BITS / row->interval2_us;
}

unsigned int
srate_limit_index(const struct srate_table *t, unsigned int mbps)
{
	unsigned int n;

	if (mbps <= SRATE_HIGH_SPEED)
		return mbps;
	for (n = SRATE_HIGH_SPEED + 1; n < SRATE_LAST; n++)
		if (srate_mbps(&t->rows[n], false) >= mbps)
			break;
	return n;
}
