/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <stddef.h>

#include "thrulay/report_emit.h"

/* Decimals: ms to the nanosecond, rates to a thousandth, shares. */
#define MS_DECIMALS	6
#define RATE_DECIMALS	3
#define PCT_DECIMALS	6

/* THRULAY_NO_TIME, THRULAY_NO_COUNT: nobody told. */
static void
emit_ms(struct writer *w, const char *key, int64_t ns)
{
	if (ns == THRULAY_NO_TIME)
		writer_null(w, key);
	else
		writer_num(w, key, (double)ns / 1e6, MS_DECIMALS);
}

/* A kernel's figure; negative is unknown. */
static void
emit_ms_known(struct writer *w, const char *key, int64_t ns)
{
	if (ns < 0)
		writer_null(w, key);
	else
		emit_ms(w, key, ns);
}

static void
emit_int_known(struct writer *w, const char *key, int64_t v)
{
	if (v < 0)
		writer_null(w, key);
	else
		writer_int(w, key, v);
}

static void
emit_count(struct writer *w, const char *key, uint64_t v)
{
	if (v == THRULAY_NO_COUNT)
		writer_null(w, key);
	else
		writer_int(w, key, v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static void
emit_times(struct writer *w, const char *key, const struct thrulay_times *t)
{
	const struct {
		const char	*key;
		int64_t		 ns;
	} values[] = {
		{ "min", t->min }, { "p1", t->p01 }, { "p5", t->p05 },
		{ "p25", t->p25 }, { "p50", t->p50 }, { "p75", t->p75 },
		{ "p95", t->p95 }, { "p99", t->p99 }, { "p99_9", t->p999 },
		{ "max", t->max }
	};
	size_t i;

	writer_start(w, key);
	emit_count(w, "count", t->n);
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (t->n == 0)
			writer_null(w, values[i].key);
		else
			emit_ms(w, values[i].key, values[i].ns);
	}
	if (t->n == 0)
		writer_null(w, "mean");
	else
		writer_num(w, "mean", t->mean / 1e6, MS_DECIMALS);
	writer_end(w);
}

static void
emit_kernel(struct writer *w, const char *key, const struct thrulay_kernel *k)
{
	writer_start(w, key);
	emit_ms_known(w, "rtt_ms", k->rtt_ns);
	emit_ms_known(w, "rttvar_ms", k->rttvar_ns);
	emit_ms_known(w, "min_rtt_ms", k->min_rtt_ns);
	emit_int_known(w, "retransmits", k->retransmits);
	emit_int_known(w, "cwnd_bytes", k->cwnd_bytes);
	emit_int_known(w, "delivery_rate_bps", k->delivery_rate_bps);
	emit_ms_known(w, "busy_ms", k->busy_ns);
	emit_ms_known(w, "rwnd_limited_ms", k->rwnd_limited_ns);
	emit_ms_known(w, "sndbuf_limited_ms", k->sndbuf_limited_ns);
	writer_end(w);
}

static const char *
direction_name(enum thrulay_direction d)
{
	return d == THRULAY_REVERSE ? "reverse" : "forward";
}

/* What load added to the RTT of the idle path. */
static void
emit_added(struct writer *w, const struct thrulay_interval *iv,
    int64_t idle_rtt_ns)
{
	if (idle_rtt_ns < 0 || iv->rtt.n == 0)
		writer_null(w, "rtt_added_ms");
	else
		writer_num(w, "rtt_added_ms", ((double)iv->rtt.p50 -
		    (double)idle_rtt_ns) / 1e6, MS_DECIMALS);
}

static void
emit_interval_tcp(struct writer *w, const struct thrulay_interval *iv,
    int64_t idle_rtt_ns)
{
	emit_count(w, "blocks", iv->blocks);
	emit_times(w, "rtt_ms", &iv->rtt);
	if (iv->id == -1)
		writer_num(w, "rtt_mean_of_streams_ms",
		    iv->rtt_mean_of_means / 1e6, MS_DECIMALS);
	emit_added(w, iv, idle_rtt_ns);
	writer_bool(w, "send_buffer_limited", iv->sndbuf_limited);
	emit_kernel(w, "kernel", &iv->kernel);
}

static void
emit_interval_udp(struct writer *w, const struct thrulay_interval *iv)
{
	emit_count(w, "packets_sent", iv->packets_sent);
	emit_count(w, "packets_received", iv->packets_received);
	emit_count(w, "packets_lost", iv->packets_lost);
	emit_count(w, "duplicates", iv->duplicates);
	emit_count(w, "reordered", iv->reordered);
	if (iv->id != -1)
		emit_times(w, "delay_ms", &iv->delay);
}

void
emit_interval(struct writer *w, const char *key,
    const struct thrulay_interval *iv, bool udp, int64_t idle_rtt_ns)
{
	writer_start(w, key);
	if (iv->id == -1)
		writer_null(w, "stream");
	else
		writer_int(w, "stream", iv->id);
	writer_str(w, "direction", direction_name(iv->direction));
	writer_num(w, "begin_s", (double)iv->begin_ns / 1e9, 9);
	writer_num(w, "end_s", (double)iv->end_ns / 1e9, 9);
	emit_count(w, "size_bytes", iv->bytes);
	writer_num(w, "rate_bps", iv->rate_bps, RATE_DECIMALS);
	if (udp)
		emit_interval_udp(w, iv);
	else
		emit_interval_tcp(w, iv, idle_rtt_ns);
	writer_bool(w, "broken", iv->broken);
	writer_end(w);
}

static void
emit_setup_udp(struct writer *w, const struct thrulay_setup *u)
{
	int i;

	writer_int(w, "client_buffer_bytes", u->client_buffer);
	writer_int(w, "packet_bytes", u->packet_size);
	emit_count(w, "packets", u->packets);
	writer_num(w, "rate_bps", u->rate_bps, RATE_DECIMALS);
	emit_count(w, "seed", u->seed);
	writer_list(w, "server_ports");
	for (i = 0; i < u->streams; i++) {
		writer_start(w, NULL);
		writer_int(w, "stream", i);
		writer_int(w, "port", u->udp_ports[i]);
		writer_end(w);
	}
	writer_end(w);
}

static void
emit_setup_tcp(struct writer *w, const struct thrulay_setup *u)
{
	writer_int(w, "local_window_bytes", u->local_window);
	writer_int(w, "remote_window_bytes", u->remote_window);
	writer_int(w, "requested_block_bytes", u->requested_block);
	writer_int(w, "block_bytes", u->block);
	writer_int(w, "mss_bytes", u->mss);
	writer_int(w, "mtu_bytes", u->mtu);
	writer_bool(w, "mtu_guessed", u->mtu_guessed);
	writer_str(w, "topology", u->topology);
	writer_str(w, "congestion_control", u->congestion);
}

void
emit_setup(struct writer *w, const char *key, const struct thrulay_setup *u)
{
	writer_start(w, key);
	writer_str(w, "protocol", u->udp ? "udp" : "tcp");
	writer_bool(w, "extended", u->extended);
	writer_str(w, "peer", u->peer);
	writer_str(w, "local", u->local);
	writer_int(w, "streams", u->streams);
	writer_bool(w, "bidirectional", u->bidirectional);
	writer_num(w, "duration_s", u->duration, 3);
	writer_num(w, "interval_s", u->interval, 3);
	if (u->udp)
		emit_setup_udp(w, u);
	else
		emit_setup_tcp(w, u);
	emit_ms_known(w, "idle_rtt_ms", u->idle_rtt_ns);
	emit_count(w, "idle_rtt_samples", u->idle_samples);
	writer_end(w);
}

void
emit_config(struct writer *w, const char *key, const struct client_options *o,
    const struct thrulay_setup *u)
{
	const thrulay_opt_t *t = &o->test;

	writer_start(w, key);
	writer_str(w, "host", t->server_name);
	writer_int(w, "port", t->port);
	writer_str(w, "protocol", t->rate != 0 ? "udp" : "tcp");
	writer_bool(w, "forward", t->forward);
	writer_bool(w, "reverse", t->reverse);
	writer_int(w, "streams", t->num_streams);
	writer_num(w, "duration_s", t->test_duration, 9);
	writer_num(w, "interval_s", t->reporting_interval, 9);
	writer_int(w, "window_bytes", t->window);
	if (t->block_size > 0)
		writer_int(w, "block_bytes", t->block_size);
	else
		writer_null(w, "block_bytes");
	if (t->rate == 0)
		writer_null(w, "rate_bps");
	else
		emit_count(w, "rate_bps", t->rate);
	writer_str(w, "spacing",
	    t->spacing == THRULAY_CONSTANT ? "constant" : "poisson");
	writer_int(w, "dscp", t->dscp);
	writer_int(w, "ttl", t->ttl);
	writer_bool(w, "busy_wait", t->busywait);
	writer_str(w, "group", t->mcast_group);
	writer_str(w, "bind", t->bind_address);
	writer_str(w, "bind_dev", t->bind_device);
	writer_str(w, "cc", t->congestion);
	writer_num(w, "timeout_s", t->timeout, 3);
	if (u != NULL)
		emit_setup(w, "agreed", u);
	else
		writer_null(w, "agreed");
	writer_end(w);
}

/* Counts of a receiver that told everything. */
static void
emit_udp_counts(struct writer *w, const struct thrulay_udp_result *r)
{
	emit_count(w, "packets_received", r->total);
	emit_count(w, "packets_unique", r->unique);
	emit_count(w, "packets_lost", r->lost);
	emit_count(w, "duplicates", r->duplicates);
	emit_count(w, "reordered", r->reordered);
	emit_count(w, "reorder_extent_max", r->reorder_extent_max);
	emit_count(w, "loss_periods", r->loss_periods);
	emit_count(w, "loss_period_max", r->loss_period_max);
	emit_count(w, "bad_sequence", r->bad_sequence);
	emit_count(w, "bad_nonce", r->bad_nonce);
	emit_count(w, "bad_source", r->bad_source);
	emit_count(w, "too_short", r->too_short);
	emit_int_known(w, "socket_drops", r->socket_drops);
	emit_ms(w, "jitter_rfc3550_ms", r->jitter_rfc3550_ns);
	emit_times(w, "ipdv_ms", &r->ipdv);
	writer_bool(w, "kernel_stamps", r->kernel_stamps);
	writer_int(w, "buffer_bytes", r->buffer);
	writer_str(w, "host_limit", r->host_limit);
}

/* j-reordering up to the first zero, as ratios (spec 4.3). */
static void
emit_reordering(struct writer *w, const struct thrulay_udp_result *r)
{
	size_t j;

	writer_list(w, "j_reordering");
	for (j = 0; j < THRULAY_REORDER_MAX && r->reorder_j[j] != 0 &&
	    r->unique > j + 1; j++) {
		writer_start(w, NULL);
		writer_int(w, "j", (int64_t)j + 1);
		writer_num(w, "ratio", (double)r->reorder_j[j] /
		    (double)(r->unique - j - 1), 9);
		writer_end(w);
	}
	writer_end(w);
}

void
emit_udp(struct writer *w, const char *key, const struct thrulay_udp_result *r)
{
	writer_start(w, key);
	writer_int(w, "stream", r->id);
	writer_str(w, "direction", direction_name(r->direction));
	writer_bool(w, "complete", r->complete);
	emit_count(w, "packets_proposed", r->proposed);
	emit_count(w, "packets_sent", r->sent);
	writer_num(w, "loss_pct", r->loss_pct, PCT_DECIMALS);
	writer_num(w, "duplication_pct", r->duplication_pct, PCT_DECIMALS);
	writer_num(w, "reordering_pct", r->reordering_pct, PCT_DECIMALS);
	emit_times(w, "delay_ms", &r->delay);
	emit_ms(w, "jitter_ms", r->jitter_ns);
	if (r->complete) {
		emit_udp_counts(w, r);
		emit_reordering(w, r);
	}
	writer_end(w);
}

void
emit_pacing(struct writer *w, const char *key, int id,
    const struct thrulay_pacing *p)
{
	writer_start(w, key);
	writer_int(w, "stream", id);
	emit_count(w, "packets_sent", p->packets);
	writer_num(w, "runtime_s", (double)p->runtime_ns / 1e9, 9);
	writer_num(w, "wanted_pps", p->wanted_pps, RATE_DECIMALS);
	writer_num(w, "reached_pps", p->reached_pps, RATE_DECIMALS);
	writer_num(w, "rate_error_pct", p->rate_error_pct, PCT_DECIMALS);
	writer_num(w, "gap_cv", p->gap_cv, PCT_DECIMALS);
	emit_ms(w, "late_p50_ms", p->late_p50_ns);
	emit_ms(w, "late_p99_ms", p->late_p99_ns);
	emit_ms(w, "late_max_ms", p->late_max_ns);
	writer_bool(w, "gso", p->gso);
	writer_end(w);
}

void
emit_host(struct writer *w, const char *key, const struct thrulay_host *h)
{
	writer_start(w, key);
	writer_num(w, "cpu_user_s", h->cpu_user_s, 6);
	writer_num(w, "cpu_system_s", h->cpu_sys_s, 6);
	writer_num(w, "cpu_share", h->cpu_share, 6);
	emit_ms(w, "clock_step_ms", h->clock_step_ns);
	writer_str(w, "limit", h->limit);
	writer_end(w);
}

void
emit_text(struct writer *w, const char *key, int id, const char *text)
{
	writer_start(w, key);
	writer_int(w, "stream", id);
	writer_str(w, "text", text);
	writer_end(w);
}

void
emit_error(struct writer *w, const char *key, int code, const char *message)
{
	if (code == 0) {
		writer_null(w, key);
		return;
	}
	writer_start(w, key);
	writer_int(w, "code", -code);
	writer_str(w, "message", message);
	writer_end(w);
}
