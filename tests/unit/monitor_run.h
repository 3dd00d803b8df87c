/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_MONITOR_RUN_H
#define PL_MONITOR_RUN_H

#include "udpst/monitor_state.h"

/* A monitor in a folder of its own, and clocks that the test moves. */
#define RUN_PATTERN	"%Y%m%d-%H%M%S.json"
#define RUN_PROM	"udpst.prom"

struct run {
	struct options		o;
	struct monitor		*m;
	struct monitor_counters	c;
	int64_t			mono_ns, wall_ns;
	const char		*what;
};

/* The version that the monitor shows in these tests. */
#define RUN_VERSION	"9.0.0"
/* 2026-11-22 01:59:23.099760 UTC */
#define RUN_WALL	INT64_C(1795312763099760000)

/* cmocka's setup and teardown: a new folder, the working one; TZ is UTC. */
int	run_folder(void **state);
int	run_clean(void **state);

void	run_zone(const char *tz);
/* Both files wanted, an operand of this host; the first file comes after so
 * many records (0: whenever). */
void	run_begin(struct run *r, const char *host, size_t first);
/* The clocks go on together, and the monitor is called. */
int	run_tick(struct run *r, int64_t ns);
void	run_end(struct run *r);
/* A file of the folder, to be freed; NULL: there is none. */
char	*run_file(const char *name);
/* How many files are there now. */
size_t	run_files(void);

#endif
