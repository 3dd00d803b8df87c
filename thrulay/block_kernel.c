/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/sock.h"
#include "thrulay/block_kernel.h"

void
block_kernel(int fd, struct thrulay_kernel *out)
{
	struct sock_tcp_info info;

	/* Sets every field to unknown when it fails. */
	(void)sock_tcp_info(fd, &info);
	out->rtt_ns = info.rtt_ns;
	out->rttvar_ns = info.rttvar_ns;
	out->min_rtt_ns = info.min_rtt_ns;
	out->retransmits = info.retransmits;
	out->cwnd_bytes = info.cwnd_bytes;
	out->delivery_rate_bps = info.delivery_rate_bps;
	out->busy_ns = info.busy_ns;
	out->rwnd_limited_ns = info.rwnd_limited_ns;
	out->sndbuf_limited_ns = info.sndbuf_limited_ns;
}

void
block_kernel_unknown(struct thrulay_kernel *out)
{
	*out = (struct thrulay_kernel){ -1, -1, -1, -1, -1, -1, -1, -1, -1 };
}
