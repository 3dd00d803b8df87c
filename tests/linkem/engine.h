/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_ENGINE_H
#define PL_LINKEM_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/linkem/due.h"
#include "tests/linkem/port.h"
#include "tests/linkem/record.h"
#include "tests/linkem/rt.h"
#include "tests/linkem/sched.h"

/* Bytes of the packets that wait, in blocks of one frame. */
struct pool {
	uint8_t	*bytes;
	uint32_t *spare;	/* numbers of free blocks */
	size_t	 n_spare, n, block;
};

/*
 * The two ends and the two directions between them: direction d comes from
 * port[d] and goes to port[1 - d].
 */
struct engine {
	struct port	 port[2];
	struct sched	 sched[2];
	struct due	 due;
	struct pool	 pool;
	struct records	 log;
	struct rt	 rt;
	uint8_t		*frame;		/* being read, pool.block bytes */
	int		 signal_fd;	/* readable: stop */
	int64_t		 start_wall_ns, start_mono_ns;
	int64_t		 end_ns;	/* since the start; stop by then */
	int64_t		 slept_ns;	/* since the last rt_spend */
	uint32_t	 packets[2];	/* that came, by direction */
	uint32_t	 out[2];	/* that left */
	uint64_t	 cut[2];	/* longer than a block, forwarded cut */
	uint64_t	 read_errors[2], overruns;
};

/*
 * Memory for packets waiting at a time, of at most mtu bytes, and for
 * max_records of them. 0, or -1 with errno. Ports are opened and schedulers
 * started by the caller; signals must be blocked for signal_fd.
 */
int	engine_init(struct engine *e, size_t packets, size_t mtu,
	    size_t max_records);
void	engine_free(struct engine *e);

/*
 * Forward until a signal comes or duration_ns (0: no limit) has passed, then
 * let what waits leave for at most a second.
 */
void	engine_run(struct engine *e, int64_t duration_ns);

/* The clock of the link: ns since the start on the wall clock. */
int64_t	engine_now(const struct engine *e);

#endif
