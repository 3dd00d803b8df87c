/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_CLOCK_H
#define PL_CLOCK_H

#include <stdint.h>

/*
 * Times are int64_t nanoseconds everywhere. Durations, deadlines and pacing
 * use the monotonic clock; the wall clock (Unix time, UTC) serves one-way
 * delay and what users read.
 */
#define CLOCK_NS_PER_S	INT64_C(1000000000)
#define CLOCK_NS_PER_MS	INT64_C(1000000)
#define CLOCK_NS_PER_US	INT64_C(1000)
/* A deadline that never comes. */
#define CLOCK_NEVER	INT64_MAX

/* Monotonic time in ns. Never goes back; its zero means nothing. */
int64_t	clock_mono(void);

/* Wall clock in ns since 1970-01-01 UTC. May step. */
int64_t	clock_wall(void);

/*
 * Sleep until the monotonic time when_ns. The last spin_ns before it are
 * spent spinning on the clock (0: none), for callers that were asked to trade
 * a core for accuracy. A signal ends the sleep early. Returns the time at
 * return, so that the caller sees how late it is.
 */
int64_t	clock_sleep_until(int64_t when_ns, int64_t spin_ns);

/*
 * Ask the kernel for timers as sharp as it has (PR_SET_TIMERSLACK 1 ns on
 * Linux, nothing elsewhere) for the calling thread.
 */
void	clock_sharpen(void);

/* Resolution of the monotonic clock in ns, as the kernel states it. */
int64_t	clock_resolution(void);

#endif
