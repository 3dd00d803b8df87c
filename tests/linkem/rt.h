/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_RT_H
#define PL_LINKEM_RT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Being on time on an ordinary kernel: real-time priority on a core of our
 * own, cores that do not halt, memory that stays. Each is tried; what was
 * had is kept for the report.
 */
struct rt {
	bool	fifo, locked;
	int	core;		/* pinned to, -1: not */
	int	latency_fd;	/* cpu_dma_latency held at 0, -1: not */
	int64_t	tokens_ns;	/* CPU time that may be used at once */
	int64_t	last_ns;
	uint64_t naps;
};

/* core -1: not pinned; without realtime nothing but the timer slack is set. */
void	rt_begin(struct rt *rt, int core, bool realtime);
void	rt_end(struct rt *rt);
/*
 * A real-time thread that never sleeps is stopped by the kernel for 50 ms in
 * each second. So it spends from a bucket that fills at 0.90 s/s to at most
 * 40 ms and naps 100 us when that is empty. To be called each round with the
 * time (any steady zero), and by how much of it was slept since.
 */
void	rt_spend(struct rt *rt, int64_t now_ns, int64_t slept_ns);

#endif
