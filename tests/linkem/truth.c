/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>

#include "common/clock.h"
#include "common/json.h"
#include "tests/linkem/account.h"
#include "tests/linkem/truth.h"

struct quantile {
	const char	*name;
	double		 p;
};

static void
put_quantiles(struct json *j, const char *key, struct quant *q, double unit)
{
	static const struct quantile list[] = {
		{ "min", 0 }, { "p5", 0.05 }, { "p25", 0.25 },
		{ "p50", 0.5 }, { "p75", 0.75 }, { "p95", 0.95 },
		{ "p99", 0.99 }, { "p99_9", 0.999 }, { "max", 1 },
	};
	size_t i;

	if (quant_count(q) == 0) {
		json_nil(j, key);
		return;
	}
	json_begin_object(j, key);
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		json_fixed(j, list[i].name,
		    (double)quant_get(q, list[i].p) / unit, 6);
	json_end_object(j);
}

static void
put_seconds(struct json *j, const char *key, int64_t ns)
{
	json_fixed(j, key, (double)ns / CLOCK_NS_PER_S, 9);
}

static void
put_account(struct json *j, struct account *a)
{
	json_uint(j, "packets_in", a->packets_in);
	json_uint(j, "bytes_in", a->bytes_in);
	json_uint(j, "packets_out", a->packets_out);
	json_uint(j, "bytes_out", a->bytes_out);
	json_uint(j, "dropped_queue", a->fates[RECORD_QUEUE]);
	json_uint(j, "dropped_loss", a->fates[RECORD_LOSS]);
	json_uint(j, "dropped_burst", a->fates[RECORD_BURST]);
	json_uint(j, "duplicated", a->duplicated);
	json_uint(j, "reordered", a->reordered);
	json_uint(j, "pending", a->fates[RECORD_PENDING]);
	json_uint(j, "overrun", a->fates[RECORD_OVERRUN]);
	json_uint(j, "failed", a->fates[RECORD_FAILED]);
	put_seconds(j, "first_in_s", a->first_in_ns);
	put_seconds(j, "last_in_s", a->last_in_ns);
	put_seconds(j, "first_out_s", a->first_out_ns);
	put_seconds(j, "last_out_s", a->last_out_ns);
	put_quantiles(j, "delay_ms", a->delay, CLOCK_NS_PER_MS);
	put_quantiles(j, "planned_ms", a->planned, CLOCK_NS_PER_MS);
	put_quantiles(j, "lateness_us", a->late, CLOCK_NS_PER_US);
}

static int
put_direction(struct json *j, const char *key, struct engine *e, int dir,
    const char *spec)
{
	const struct sched *s = &e->sched[dir];
	struct account a;
	int class, r = 0;

	json_begin_object(j, key);
	json_str(j, "spec", spec);
	put_seconds(j, "idle_s", s->line.idle_ns);
	json_begin_object(j, "cross");
	json_uint(j, "packets", s->cross_packets);
	json_uint(j, "bytes", s->cross_bytes);
	json_uint(j, "dropped_queue", s->cross_drops);
	json_end_object(j);
	for (class = 0; r == 0 && class < ACCOUNT_CLASSES; class++) {
		r = account_make(&a, &e->log, dir, class);
		json_begin_object(j, account_class_name(class));
		if (r == 0)
			put_account(j, &a);
		json_end_object(j);
		account_free(&a);
	}
	json_end_object(j);
	return r;
}

static void
put_port(struct json *j, const char *key, struct engine *e, int i)
{
	struct port *p = &e->port[i];
	int64_t rx, tx;

	port_device_drops(p, &rx, &tx);
	json_begin_object(j, key);
	json_str(j, "backend", p->ops->name);
	json_str(j, "device", p->ifname);
	json_int(j, "socket_drops", p->ops->drops(p));
	json_int(j, "device_rx_dropped", rx);
	json_int(j, "device_tx_dropped", tx);
	json_uint(j, "cut", e->cut[i]);
	json_uint(j, "read_errors", e->read_errors[i]);
	json_end_object(j);
}

static void
put_host(struct json *j, const struct engine *e)
{
	int64_t wall_ns = clock_wall() - e->start_wall_ns;
	int64_t mono_ns = clock_mono() - e->start_mono_ns;

	json_begin_object(j, "host");
	json_bool(j, "fifo", e->rt.fifo);
	json_bool(j, "locked", e->rt.locked);
	json_bool(j, "latency_held", e->rt.latency_fd != -1);
	json_int(j, "core", e->rt.core);
	json_uint(j, "naps", e->rt.naps);
	json_fixed(j, "clock_step_ms",
	    (double)(wall_ns - mono_ns) / CLOCK_NS_PER_MS, 6);
	json_end_object(j);
}

int
truth_write(FILE *out, struct engine *e, const struct conf *conf)
{
	struct json j;

	json_init(&j, out, 1);
	json_begin_object(&j, NULL);
	json_str(&j, "tool", "linkem");
	json_int(&j, "seed", conf->seed);
	json_int(&j, "start_wall_ns", e->start_wall_ns);
	put_seconds(&j, "duration_s", e->end_ns);
	json_uint(&j, "unrecorded", e->log.lost);
	put_host(&j, e);
	put_port(&j, "left", e, 0);
	put_port(&j, "right", e, 1);
	if (put_direction(&j, "forward", e, 0, conf->spec[0]) == -1 ||
	    put_direction(&j, "reverse", e, 1, conf->spec[1]) == -1)
		return -1;
	json_end_object(&j);
	return json_finish(&j);
}

static void
trace_line(FILE *out, const struct engine *e, const struct record *r)
{
	int64_t start = e->start_wall_ns;

	fprintf(out, "%d,%" PRIu32 ",%d,%" PRIu32 ",%d,%d,%d,%s,%" PRId64,
	    r->dir, r->index, r->copy, r->size, r->proto, r->sport, r->dport,
	    record_fate_name(r->fate), r->arrival_ns + start);
	if (r->fate == RECORD_SENT)
		fprintf(out, ",%" PRId64 ",%" PRId64 ",%" PRIu32 "\n",
		    r->planned_ns + start, r->real_ns + start, r->out_index);
	else
		fputs(",,,\n", out);
}

int
truth_trace(FILE *out, const struct engine *e)
{
	size_t i;

	fputs("dir,index,copy,size,proto,sport,dport,fate,arrival_ns,"
	    "planned_ns,real_ns,out_index\n", out);
	for (i = 0; i < e->log.n; i++)
		trace_line(out, e, &e->log.items[i]);
	return fflush(out) == 0 && !ferror(out) ? 0 : -1;
}
