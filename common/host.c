/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/resource.h>

#include <stdlib.h>

#include "common/clock.h"
#include "common/host.h"

#define CPU_USED_UP	0.95
/* Below this a share says nothing: starting takes a core. */
#define CPU_LEAST_NS	(500 * CLOCK_NS_PER_MS)
#define PACE_REACHED	0.995
#define STEP_NS		CLOCK_NS_PER_MS
#define CLOCK_READINGS	8

/*
 * Both clocks at one moment. A process that loses the CPU between two reads
 * would see a step that never was: the tightest of several readings counts.
 */
static void
read_clocks(int64_t *mono_ns, int64_t *wall_ns)
{
	int64_t before, wall, after, least = CLOCK_NEVER;
	int i;

	for (i = 0; i < CLOCK_READINGS; i++) {
		before = clock_mono();
		wall = clock_wall();
		after = clock_mono();
		if (after - before >= least)
			continue;
		least = after - before;
		*mono_ns = before + least / 2;
		*wall_ns = wall;
	}
}

static int64_t
timeval_ns(struct timeval tv)
{
	return (int64_t)tv.tv_sec * CLOCK_NS_PER_S +
	    (int64_t)tv.tv_usec * CLOCK_NS_PER_US;
}

static void
read_cpu(int64_t *user_ns, int64_t *sys_ns)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	*user_ns = timeval_ns(ru.ru_utime);
	*sys_ns = timeval_ns(ru.ru_stime);
}

void
host_begin(struct host *h)
{
	*h = (struct host){ .socket_drops = -1 };
	read_cpu(&h->cpu_user_start_ns, &h->cpu_sys_start_ns);
	read_clocks(&h->start_mono_ns, &h->start_wall_ns);
	h->end_mono_ns = h->start_mono_ns;
	h->end_wall_ns = h->start_wall_ns;
}

void
host_end(struct host *h)
{
	int64_t user, sys;

	read_clocks(&h->end_mono_ns, &h->end_wall_ns);
	read_cpu(&user, &sys);
	h->cpu_user_ns = user - h->cpu_user_start_ns;
	h->cpu_sys_ns = sys - h->cpu_sys_start_ns;
}

double
host_cpu_share(const struct host *h)
{
	int64_t took = h->end_mono_ns - h->start_mono_ns;

	if (took <= 0)
		return 0;
	return (double)(h->cpu_user_ns + h->cpu_sys_ns) / (double)took;
}

int64_t
host_clock_step(const struct host *h)
{
	return (h->end_wall_ns - h->start_wall_ns) -
	    (h->end_mono_ns - h->start_mono_ns);
}

const char *
host_limit(const struct host *h)
{
	unsigned int threads = h->threads > 0 ? h->threads : 1;

	if (!h->spins && h->end_mono_ns - h->start_mono_ns >= CPU_LEAST_NS &&
	    host_cpu_share(h) >= CPU_USED_UP * threads)
		return "its CPU was used up";
	if (h->socket_drops > 0)
		return "it dropped datagrams at the socket";
	if (h->rate_reached < PACE_REACHED * h->rate_wanted)
		return "its sending rate fell short";
	if (llabs(host_clock_step(h)) > STEP_NS)
		return "its clock stepped";
	return NULL;
}
