/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters in the text format of Prometheus: a file, or a page. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "udping/server_private.h"

#define PATH	4096

static void
put(FILE *f, const char *name, const char *type, const char *help,
    uint64_t v)
{
	fprintf(f, "# HELP udping_%s %s\n# TYPE udping_%s %s\nudping_%s "
	    "%llu\n", name, help, name, type, name, (unsigned long long)v);
}

static void
put_all(void *arg, FILE *f)
{
	const struct server *s = arg;
	const struct report_totals *t = &s->totals;
	struct session_counts c;

	session_counts(s->sessions, &c);
	put(f, "packets_total", "counter", "Datagrams received.", t->packets);
	put(f, "malformed_total", "counter",
	    "Datagrams that are no probes.", t->malformed);
	put(f, "not_allowed_total", "counter",
	    "Datagrams of addresses that --allow leaves out.",
	    t->not_allowed);
	put(f, "refused_total", "counter",
	    "Probes for which there was no room.", t->refused);
	put(f, "late_total", "counter",
	    "Probes of periods that had been reported.", t->late);
	put(f, "records_total", "counter", "Periods reported.", t->records);
	put(f, "received_total", "counter",
	    "Probes received, in periods reported.", t->received);
	put(f, "expected_total", "counter",
	    "Probes expected, in periods reported.", t->expected);
	put(f, "lost_total", "counter", "Probes lost, in periods reported.",
	    t->lost);
	put(f, "duplicates_total", "counter",
	    "Probes received again, in periods reported.", t->duplicates);
	put(f, "reordered_total", "counter",
	    "Probes overtaken, in periods reported.", t->reordered);
	if (s->drops >= 0)
		put(f, "socket_drops_total", "counter",
		    "Datagrams dropped at the socket of this server.",
		    (uint64_t)s->drops);
	put(f, "sessions", "gauge", "Periods open.", c.sessions);
}

static void
put_page(void *arg, FILE *f)
{
	server_catch_up(arg);
	put_all(arg, f);
}

/* All or nothing of it is seen. */
static int
write_file(struct server *s, const char *path, const char *temporary)
{
	FILE *f = fopen(temporary, "w");
	int bad;

	if (f == NULL)
		return -1;
	put_all(s, f);
	bad = ferror(f);
	if (fclose(f) == EOF || bad || rename(temporary, path) == -1) {
		bad = errno;
		(void)unlink(temporary);
		errno = bad;
		return -1;
	}
	return 0;
}

void
server_prometheus(struct server *s)
{
	const char *path = s->o->prometheus;
	char temporary[PATH];

	if (path == NULL)
		return;
	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >=
	    sizeof(temporary))
		errno = ENAMETOOLONG;
	else if (write_file(s, path, temporary) == 0)
		return;
	server_say_limited(s, "%s: %s", path, strerror(errno));
}

int
server_prometheus_open(struct server *s)
{
	char text[ADDR_STRLEN];
	int error;

	if (s->o->scrape.len == 0)
		return 0;
	s->scrape = scrape_new(s->loop, &s->o->scrape, put_page, s);
	if (s->scrape != NULL)
		return 0;
	error = errno;
	server_say(s, LOG_LEVEL_ERROR, "--prometheus %s: %s",
	    addr_format(&s->o->scrape, text, sizeof(text)), strerror(error));
	return SERVER_STATUS_ERROR;
}
