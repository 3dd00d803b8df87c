/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/mman.h>

#include <fcntl.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/linkem/rt.h"

#define PRIORITY	50
#define TOKENS_MAX	(40 * CLOCK_NS_PER_MS)
#define FILL_NUM	9	/* 0.90 s/s */
#define FILL_DEN	10
#define NAP_NS		(100 * CLOCK_NS_PER_US)

static int
rt_pin(int core)
{
	cpu_set_t set;

	if (core < 0)
		return -1;
	CPU_ZERO(&set);
	CPU_SET((unsigned int)core, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0 ? core : -1;
}

/* Cores do not halt while this is open with a zero written to it. */
static int
rt_hold_latency(void)
{
	int32_t zero = 0;
	int fd = open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC);

	if (fd != -1 && write(fd, &zero, sizeof(zero)) != sizeof(zero)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void
rt_begin(struct rt *rt, int core, bool realtime)
{
	struct sched_param sp = { .sched_priority = PRIORITY };

	*rt = (struct rt){ .core = -1, .latency_fd = -1,
		.tokens_ns = TOKENS_MAX };
	clock_sharpen();
	rt->last_ns = clock_mono();
	rt->core = rt_pin(core);
	if (!realtime)
		return;
	rt->latency_fd = rt_hold_latency();
	rt->locked = mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
	rt->fifo = sched_setscheduler(0, SCHED_FIFO, &sp) == 0;
}

void
rt_end(struct rt *rt)
{
	struct sched_param sp = { .sched_priority = 0 };

	if (rt->fifo)
		sched_setscheduler(0, SCHED_OTHER, &sp);
	if (rt->latency_fd != -1)
		close(rt->latency_fd);
}

void
rt_spend(struct rt *rt, int64_t now_ns, int64_t slept_ns)
{
	struct timespec nap = { .tv_nsec = NAP_NS };
	int64_t passed = now_ns - rt->last_ns;

	rt->last_ns = now_ns;
	if (!rt->fifo)
		return;
	rt->tokens_ns += passed * FILL_NUM / FILL_DEN - (passed - slept_ns);
	if (rt->tokens_ns > TOKENS_MAX)
		rt->tokens_ns = TOKENS_MAX;
	if (rt->tokens_ns >= 0)
		return;
	nanosleep(&nap, NULL);
	rt->tokens_ns += NAP_NS;
	rt->naps++;
}
