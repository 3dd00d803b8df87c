/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/resource.h>

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "msak/server_process.h"

#define UNKNOWN	(-1)
#define US	1e-6

static double
cpu_seconds(void)
{
	struct rusage ru;

	if (getrusage(RUSAGE_SELF, &ru) == -1)
		return UNKNOWN;
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) * US;
}

/* That there is none is the largest of 64 bits, as in the original. */
static double
limit(int resource)
{
	struct rlimit rl;

	if (getrlimit(resource, &rl) == -1)
		return UNKNOWN;
	return rl.rlim_cur == RLIM_INFINITY ? (double)UINT64_MAX :
	    (double)rl.rlim_cur;
}

static double
open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	const struct dirent *e;
	double n = -1;		/* that of the folder itself */

	if (d == NULL)
		return UNKNOWN;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			n++;
	closedir(d);
	return n;
}

/* Pages: all, those in memory, and more that nobody needs. */
static void
memory(struct metrics_process *p)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long all, resident;
	double page = (double)sysconf(_SC_PAGESIZE);

	p->virt = p->resident = UNKNOWN;
	if (f == NULL)
		return;
	if (fscanf(f, "%llu %llu", &all, &resident) == 2) {
		p->virt = (double)all * page;
		p->resident = (double)resident * page;
	}
	fclose(f);
}

void
server_process_read(struct metrics_process *p, int64_t start_wall_ns)
{
	p->cpu_s = cpu_seconds();
	p->start_s = (double)start_wall_ns / (double)CLOCK_NS_PER_S;
	p->fds = open_fds();
	p->fds_max = limit(RLIMIT_NOFILE);
	p->virt_max = limit(RLIMIT_AS);
	memory(p);
}
