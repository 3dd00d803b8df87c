/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "thrulay/thrulay.h"
#include "thrulay/udp_lines.h"

#define BOTH	(UDP_LINE_PLAIN | UDP_LINE_VERBOSE)
#define AT(field) offsetof(struct thrulay_udp_result, field)

const struct udp_line udp_lines[] = {
	{ UDP_LINE_VERBOSE, "Server used UDP buffer size of %i bytes",
	    AT(buffer) },
	{ UDP_LINE_VERBOSE, "Client proposed sending %u packets",
	    AT(proposed) },
	{ UDP_LINE_VERBOSE, "Client said it sent %u packets", AT(sent) },
	{ UDP_LINE_VERBOSE, "Server received %u total packets", AT(total) },
	{ UDP_LINE_VERBOSE, "Server received %u unique packets", AT(unique) },
	{ BOTH, "Delay:\t\t %dms", AT(delay.p50) },
	/* How the 0.9 server begins when no packet came (spec 7.2). */
	{ UDP_LINE_READ, "elay:\t\t %dms", AT(delay.p50) },
	{ UDP_LINE_VERBOSE, "\tDelay quantiles (ignoring clock offset):", 0 },
	{ UDP_LINE_VERBOSE, "\t  0th: %qms", AT(delay.min) },
	{ UDP_LINE_VERBOSE, "\t 25th: %qms", AT(delay.p25) },
	{ UDP_LINE_VERBOSE, "\t 50th: %qms", AT(delay.p50) },
	{ UDP_LINE_VERBOSE, "\t 75th: %qms", AT(delay.p75) },
	{ UDP_LINE_VERBOSE, "\t 95th: %qms", AT(delay.p95) },
	{ BOTH, "Loss:\t\t %p%%", AT(loss_pct) },
	{ BOTH, "Jitter:\t\t %jms", AT(jitter_ns) },
	{ BOTH, "Duplication:\t %p%%", AT(duplication_pct) },
	{ BOTH, "Reordering:\t %p%%", AT(reordering_pct) },

	{ UDP_LINE_HD, "Server UDP buffer size: %iB", AT(buffer) },
	{ UDP_LINE_HD, "Packets client proposed to send: %u", AT(proposed) },
	{ UDP_LINE_HD, "Packets client sent: %u", AT(sent) },
	{ UDP_LINE_HD, "Packets server received: %u", AT(total) },
	{ UDP_LINE_HD, "Packets duplicated: %u", AT(duplicates) },
	{ UDP_LINE_HD, "0th quantile of delay (ignoring clock offset): %tms",
	    AT(delay.min) },
	{ UDP_LINE_HD, "50th quantile of delay (ignoring clock offset): %tms",
	    AT(delay.p50) },
	{ UDP_LINE_HD, "95th quantile of delay (ignoring clock offset): %tms",
	    AT(delay.p95) },
	{ UDP_LINE_HD, "Total packet loss: %u", AT(lost) },
	{ UDP_LINE_HD, "Total loss period: %u", AT(loss_periods) },
	{ UDP_LINE_HD, "Packet loss rate: %l%%", AT(loss_pct) },
	{ 0, NULL, 0 }
};
