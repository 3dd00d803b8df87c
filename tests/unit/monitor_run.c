/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/monitor_run.h"
#include "tests/unit/unit.h"

/* Instead of that of the options, which this test does not link. */
const char *
options_software_version(void)
{
	return RUN_VERSION;
}

void
run_zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

int
run_folder(void **state)
{
	char *folder = strdup("/tmp/udpst-monitor.XXXXXX");

	run_zone("UTC0");
	if (folder == NULL || mkdtemp(folder) == NULL)
		return -1;
	*state = folder;
	return chdir(folder);
}

/* Calls visit for each file, if it is not NULL, and counts them. */
static size_t
each_file(int (*visit)(const char *))
{
	DIR *d = opendir(".");
	struct dirent *e;
	size_t n = 0;

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		if (visit != NULL)
			visit(e->d_name);
	}
	closedir(d);
	return n;
}

size_t
run_files(void)
{
	return each_file(NULL);
}

int
run_clean(void **state)
{
	char *folder = *state;
	int r;

	each_file(unlink);
	r = chdir("/");
	if (r == 0)
		r = rmdir(folder);
	free(folder);
	return r;
}

void
run_begin(struct run *r, const char *host, size_t first)
{
	struct addr bound;
	uint64_t seed = 0;

	memset(r, 0, sizeof(*r));
	r->o.stats_file = RUN_PATTERN;
	r->o.prometheus = RUN_PROM;
	r->o.jumbo = true;
	r->o.max_sessions = 254;
	r->o.bandwidth = 1000;
	r->o.nservers = host != NULL;
	snprintf(r->o.servers[0].host, OPTIONS_HOST_LEN, "%s",
	    host == NULL ? "unused" : host);
	r->mono_ns = 77;
	r->wall_ns = RUN_WALL;
	assert_int_equal(addr_numeric("127.0.0.61", 24601, &bound), 0);
	do {
		monitor_free(r->m);
		r->m = monitor_new(&r->o, &bound, true, r->mono_ns,
		    r->wall_ns, seed++);
		if (r->m == NULL)
			abort();
	} while (first != 0 && r->m->until != first);
}

int
run_tick(struct run *r, int64_t ns)
{
	r->mono_ns += ns;
	r->wall_ns += ns;
	return monitor_tick(r->m, &r->c, r->mono_ns, r->wall_ns, &r->what);
}

void
run_end(struct run *r)
{
	monitor_free(r->m);
}

char *
run_file(const char *name)
{
	FILE *f = fopen(name, "r");
	char *text = calloc(1, 1 << 20);

	if (f == NULL || text == NULL) {
		free(text);
		return NULL;
	}
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}
