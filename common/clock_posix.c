/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <time.h>

#include "common/clock.h"

void
clock_sharpen(void)
{
}

int64_t
clock_sleep_until(int64_t when_ns, int64_t spin_ns)
{
	int64_t wake = when_ns - spin_ns;
	int64_t now = clock_mono();
	struct timespec ts;

	if (now < wake) {
		ts.tv_sec = (time_t)((wake - now) / CLOCK_NS_PER_S);
		ts.tv_nsec = (long)((wake - now) % CLOCK_NS_PER_S);
		if (nanosleep(&ts, NULL) == -1)
			return clock_mono();
		now = clock_mono();
	}
	while (now < when_ns)
		now = clock_mono();
	return now;
}
