/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <time.h>

#include "common/clock.h"

static int64_t
clock_read(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * CLOCK_NS_PER_S + ts.tv_nsec;
}

int64_t
clock_mono(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

int64_t
clock_wall(void)
{
	return clock_read(CLOCK_REALTIME);
}

int64_t
clock_resolution(void)
{
	struct timespec ts;

	clock_getres(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * CLOCK_NS_PER_S + ts.tv_nsec;
}
