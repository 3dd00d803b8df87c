/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/prctl.h>

#include <errno.h>
#include <time.h>

#include "common/clock.h"

void
clock_sharpen(void)
{
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

int64_t
clock_sleep_until(int64_t when_ns, int64_t spin_ns)
{
	int64_t wake = when_ns - spin_ns;
	struct timespec ts;
	int64_t now = clock_mono();

	if (now < wake) {
		ts.tv_sec = (time_t)(wake / CLOCK_NS_PER_S);
		ts.tv_nsec = (long)(wake % CLOCK_NS_PER_S);
		if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
		    NULL) == EINTR)
			return clock_mono();
		now = clock_mono();
	}
	while (now < when_ns)
		now = clock_mono();
	return now;
}
