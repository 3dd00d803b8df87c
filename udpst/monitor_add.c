/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "udpst/monitor.h"

/* All members are uint64_t, so that they add up in one loop. */
#define COUNTERS	(sizeof(struct monitor_counters) / sizeof(uint64_t))

void
monitor_add(struct monitor_counters *sum, const struct monitor_counters *c)
{
	uint64_t to[COUNTERS], from[COUNTERS], max[MONITOR_EVENTS];
	size_t i;

	for (i = 0; i < MONITOR_EVENTS; i++)
		max[i] = sum->sizes[i].max > c->sizes[i].max ?
		    sum->sizes[i].max : c->sizes[i].max;
	memcpy(to, sum, sizeof(to));
	memcpy(from, c, sizeof(from));
	for (i = 0; i < COUNTERS; i++)
		to[i] += from[i];
	memcpy(sum, to, sizeof(to));
	for (i = 0; i < MONITOR_EVENTS; i++)
		sum->sizes[i].max = max[i];
}

void
monitor_forget(struct monitor_counters *c)
{
	size_t i;

	for (i = 0; i < MONITOR_EVENTS; i++)
		c->sizes[i].max = 0;
}
