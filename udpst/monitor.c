/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/stats.h"
#include "common/text.h"
#include "udpst/monitor_state.h"

#define RECORD_NS	(10 * CLOCK_NS_PER_S)
#define FILE_NS		(MONITOR_RECORDS * RECORD_NS)

#define RATE(group, key, member, mbps) \
	{ group, key, offsetof(struct monitor_counters, member), mbps }

const struct monitor_rate monitor_rates[MONITOR_RATES] = {
	RATE("queued", "tx_ip_rate_mbps", load_sent_bytes, true),
	RATE("queued", "tx_datagram_rate", load_sent, false),
	RATE("delivered", "tx_ip_rate_mbps", delivered_bytes, true),
	RATE("delivered", "tx_datagram_rate", delivered, false),
	RATE("delivered", "tx_loss_rate", delivered_loss, false),
	RATE("delivered", "tx_ooo_dup_rate", delivered_ooo_dup, false),
	RATE("delivered", "rx_ip_rate_mbps", load_received_bytes, true),
	RATE("delivered", "rx_datagram_rate", load_received, false),
	RATE("delivered", "rx_loss_rate", load_received_loss, false),
	RATE("delivered", "rx_ooo_dup_rate", load_received_ooo_dup, false),
	RATE("status", "tx_message_rate", status_sent, false),
	RATE("status", "rx_message_rate", status_received, false),
	RATE("status", "loc_message_loss_rate", status_lost_local, false),
	RATE("status", "rem_message_loss_rate", status_lost_remote, false),
	RATE("status", "loc_traffic_stop_rate", stopped_local, false),
	RATE("status", "rem_traffic_stop_rate", stopped_remote, false)
};

uint64_t
monitor_counter(const struct monitor_counters *c, size_t offset)
{
	uint64_t v;

	memcpy(&v, (const char *)c + offset, sizeof(v));
	return v;
}

void
monitor_size(struct monitor_counters *c, enum monitor_event e, uint64_t n)
{
	struct monitor_sizes *s = &c->sizes[e];

	s->events++;
	s->total += n;
	if (n > s->max)
		s->max = n;
}

struct monitor *
monitor_new(const struct options *o, const struct addr *bound, bool gso,
    int64_t now_mono_ns, int64_t now_wall_ns, uint64_t seed)
{
	struct monitor *m = calloc(1, sizeof(*m));
	struct rng rng;

	if (m == NULL)
		return NULL;
	m->o = o;
	m->bound = *bound;
	m->gso = gso;
	m->start_mono_ns = m->record_mono_ns = now_mono_ns;
	m->start_wall_ns = m->record_wall_ns = now_wall_ns;
	m->due_ns = now_mono_ns + RECORD_NS;
	/* Servers that start together do not write together: 10 to 300 s. */
	rng_seed(&rng, seed);
	m->until = MONITOR_RECORDS - (size_t)(rng_u64(&rng) % MONITOR_RECORDS);
	return m;
}

void
monitor_free(struct monitor *m)
{
	free(m);
}

static unsigned int
larger(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

void
monitor_sample(struct monitor *m, unsigned int connections,
    unsigned int up_mbps, unsigned int down_mbps)
{
	struct monitor_use *max = &m->use_max;

	m->use = (struct monitor_use){ connections, up_mbps, down_mbps };
	max->connections = larger(max->connections, connections);
	max->up_mbps = larger(max->up_mbps, up_mbps);
	max->down_mbps = larger(max->down_mbps, down_mbps);
}

int64_t
monitor_due(const struct monitor *m)
{
	return m->due_ns;
}

static void
record_rates(const struct monitor *m, const struct monitor_counters *c,
    double seconds, struct monitor_record *r)
{
	const struct monitor_rate *from;
	uint64_t n;
	size_t i;

	for (i = 0; i < MONITOR_RATES; i++) {
		from = &monitor_rates[i];
		n = monitor_counter(c, from->offset) -
		    monitor_counter(&m->last, from->offset);
		r->rates[i] = (double)n / seconds;
		if (from->mbps)
			r->rates[i] *= 8 / 1e6;
	}
}

static void
record_sizes(const struct monitor *m, struct monitor_counters *c,
    double seconds, struct monitor_record *r)
{
	const struct monitor_sizes *last = m->last.sizes;
	struct monitor_sizes *s;
	uint64_t events;
	size_t i;

	for (i = 0; i < MONITOR_EVENTS; i++) {
		s = &c->sizes[i];
		events = s->events - last[i].events;
		r->size_rate[i] = (double)events / seconds;
		r->size_mean[i] = events == 0 ? 0 :
		    (double)(s->total - last[i].total) / (double)events;
		r->size_max[i] = s->max;
		s->max = 0;
	}
}

/* Finish the record and begin the next. There is room for it. */
static void
record(struct monitor *m, struct monitor_counters *c, int64_t now_mono_ns,
    int64_t now_wall_ns)
{
	struct monitor_record *r = &m->records[m->nrecords++];
	int64_t took = now_mono_ns - m->record_mono_ns;
	/* One that took no time has nothing to divide. */
	double seconds = (double)(took > 0 ? took : 1) / 1e9;

	r->start_wall_ns = m->record_wall_ns;
	r->end_wall_ns = now_wall_ns;
	r->use = m->use_max;
	record_rates(m, c, seconds, r);
	record_sizes(m, c, seconds, r);
	m->use_max = m->use;
	m->last = *c;
	m->record_mono_ns = now_mono_ns;
	m->record_wall_ns = now_wall_ns;
}

/*
 * A new file of this name plus .tmp, whatever stood there: no link that waits
 * in a folder of all users is followed.
 */
static FILE *
open_beside(const char *path, char *tmp, size_t len)
{
	FILE *f;
	int fd;

	if ((size_t)snprintf(tmp, len, "%s.tmp", path) >= len) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	if (unlink(tmp) == -1 && errno != ENOENT)
		return NULL;
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		return NULL;
	f = fdopen(fd, "w");
	if (f == NULL) {
		close(fd);
		unlink(tmp);
	}
	return f;
}

/* Readers see the old file or the new one, never half of it. */
static int
replace(const char *path, const struct monitor *m,
    const struct monitor_counters *c, void (*put)(FILE *,
    const struct monitor *, const struct monitor_counters *))
{
	char tmp[TIMENAME_MAX + sizeof(".tmp")];
	FILE *f = open_beside(path, tmp, sizeof(tmp));
	int saved;

	if (f == NULL)
		return -1;
	put(f, m, c);
	if (text_close(f) == 0 && rename(tmp, path) == 0)
		return 0;
	saved = errno;
	unlink(tmp);
	errno = saved;
	return -1;
}

static int64_t
truncated(int64_t wall_ns)
{
	return wall_ns - wall_ns % FILE_NS;
}

/* The name goes to path; at the end it is not that of the file before. */
static int
name_file(struct monitor *m, bool at_end)
{
	char name[TIMENAME_MAX];
	int r;

	r = timename_expand(m->o->stats_file, truncated(m->record_wall_ns),
	    name, sizeof(name));
	if (r == 0 && at_end && strcmp(name, m->path) == 0)
		r = timename_expand(m->o->stats_file, m->record_wall_ns, name,
		    sizeof(name));
	snprintf(m->path, sizeof(m->path), "%s", r == 0 ? name :
	    m->o->stats_file);
	return r;
}

/* The records are gone then, written or not: memory is bounded. */
static int
write_stats(struct monitor *m, const struct monitor_counters *c, bool at_end)
{
	int r = 0;

	if (m->o->stats_file != NULL) {
		r = name_file(m, at_end);
		if (r == 0)
			r = replace(m->path, m, c, monitor_file_put);
	}
	m->nrecords = 0;
	m->until = MONITOR_RECORDS;
	return r;
}

/* Both files are tried; the first error counts. */
static int
finish_record(struct monitor *m, struct monitor_counters *c, bool at_end,
    const char **what)
{
	const char *prom = m->o->prometheus;
	int r = 0, saved = 0;

	if (prom != NULL && replace(prom, m, c, monitor_prom_put) == -1) {
		r = -1;
		saved = errno;
		*what = prom;
	}
	if ((--m->until == 0 || at_end) && write_stats(m, c, at_end) == -1 &&
	    r == 0) {
		r = -1;
		saved = errno;
		*what = m->path;
	}
	if (r == -1)
		errno = saved;
	return r;
}

int
monitor_tick(struct monitor *m, struct monitor_counters *c,
    int64_t now_mono_ns, int64_t now_wall_ns, const char **what)
{
	if (now_mono_ns < m->due_ns)
		return 0;
	record(m, c, now_mono_ns, now_wall_ns);
	/* After a long sleep the next is 10 s away, not many at once. */
	m->due_ns += RECORD_NS;
	if (m->due_ns <= now_mono_ns)
		m->due_ns = now_mono_ns + RECORD_NS;
	return finish_record(m, c, false, what);
}

int
monitor_write_now(struct monitor *m, struct monitor_counters *c,
    int64_t now_mono_ns, int64_t now_wall_ns, const char **what)
{
	record(m, c, now_mono_ns, now_wall_ns);
	return finish_record(m, c, true, what);
}

int
monitor_test_open(const char *pattern, int64_t now_wall_ns)
{
	char name[TIMENAME_MAX], tmp[TIMENAME_MAX + sizeof(".tmp")];
	FILE *f;

	if (timename_expand(pattern, truncated(now_wall_ns), name,
	    sizeof(name)) == -1)
		return -1;
	f = open_beside(name, tmp, sizeof(tmp));
	if (f == NULL)
		return -1;
	fclose(f);
	return unlink(tmp);
}
