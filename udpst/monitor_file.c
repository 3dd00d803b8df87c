/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/fixed.h"
#include "common/json.h"
#include "udpst/monitor_state.h"
#include "udpst/wire.h"

/* The layout of the original's file, byte for byte. */
struct layout {
	FILE		*f;
	unsigned int	 depth;		/* tabs before a key */
	bool		 comma;		/* something stands before */
};

static const char *const event_keys[MONITOR_EVENTS] = {
	[MONITOR_TX_OVERRUN] = "tx_overrun",
	[MONITOR_TX_BURST] = "tx_burst",
	[MONITOR_RX_BURST] = "rx_burst",
	[MONITOR_FD_READY] = "fd_ready",
	[MONITOR_TIMER] = "timer_coalesce"
};

static void
new_line(const struct layout *l, unsigned int tabs)
{
	putc('\n', l->f);
	while (tabs-- > 0)
		putc('\t', l->f);
}

static void
put_key(struct layout *l, const char *key)
{
	if (l->comma)
		putc(',', l->f);
	new_line(l, l->depth);
	fprintf(l->f, "\"%s\": ", key);
	l->comma = true;
}

static void
open_brace(struct layout *l)
{
	putc('{', l->f);
	l->depth++;
	l->comma = false;
}

static void
close_brace(struct layout *l)
{
	new_line(l, --l->depth);
	putc('}', l->f);
	l->comma = true;
}

static void
open_group(struct layout *l, const char *key)
{
	put_key(l, key);
	open_brace(l);
}

static void
put_uint(struct layout *l, const char *key, uint64_t v)
{
	put_key(l, key);
	fprintf(l->f, "%" PRIu64, v);
}

static void
put_bool(struct layout *l, const char *key, bool v)
{
	put_key(l, key);
	fputs(v ? "true" : "false", l->f);
}

static void
put_rate(struct layout *l, const char *key, double v)
{
	char text[FIXED_MAX];

	put_key(l, key);
	fixed_put(v, 2, text, sizeof(text));
	fputs(text, l->f);
}

static void
put_text(struct layout *l, const char *key, const char *v)
{
	struct json j;

	put_key(l, key);
	json_init(&j, l->f, 0);
	json_str(&j, NULL, v);
}

/* "+01:00", "Z": what RFC 3339 makes of strftime's +0100. */
static void
zone(const struct tm *tm, char buf[8])
{
	char z[8] = "";

	strftime(z, sizeof(z), "%z", tm);
	if (strlen(z) != 5 || strcmp(z + 1, "0000") == 0)
		snprintf(buf, 8, "Z");
	else
		snprintf(buf, 8, "%.3s:%.2s", z, z + 3);
}

/* As PREFIX_timestamp and, in local time, PREFIX_datetime. */
static void
put_time(struct layout *l, const char *prefix, int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / CLOCK_NS_PER_S);
	int64_t us = wall_ns % CLOCK_NS_PER_S / CLOCK_NS_PER_US;
	char key[32], date[32] = "", offset[8] = "";
	struct tm tm;

	snprintf(key, sizeof(key), "%s_timestamp", prefix);
	put_key(l, key);
	fprintf(l->f, "%" PRId64 ".%06" PRId64, wall_ns / CLOCK_NS_PER_S, us);
	if (localtime_r(&seconds, &tm) != NULL) {
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
		zone(&tm, offset);
	}
	snprintf(key, sizeof(key), "%s_datetime", prefix);
	put_key(l, key);
	fprintf(l->f, "\"%s.%06" PRId64 "%s\"", date, us, offset);
}

static void
put_maximum(struct layout *l, const struct monitor_record *r)
{
	char key[32];
	size_t i;

	open_group(l, "maximum");
	open_group(l, "allocated");
	put_uint(l, "connection_count", r->use.connections);
	put_uint(l, "downstream_bandwidth", r->use.down_mbps);
	put_uint(l, "upstream_bandwidth", r->use.up_mbps);
	close_brace(l);
	open_group(l, "system");
	for (i = 0; i < MONITOR_EVENTS; i++) {
		snprintf(key, sizeof(key), "%s_size", event_keys[i]);
		put_uint(l, key, r->size_max[i]);
	}
	close_brace(l);
	close_brace(l);
}

/* The rates of one group, from *i on. */
static void
put_rates(struct layout *l, const struct monitor_record *r, size_t *i)
{
	const char *group = monitor_rates[*i].group;

	open_group(l, group);
	for (; *i < MONITOR_RATES &&
	    strcmp(monitor_rates[*i].group, group) == 0; ++*i)
		put_rate(l, monitor_rates[*i].key, r->rates[*i]);
	close_brace(l);
}

static void
put_system(struct layout *l, const struct monitor_record *r)
{
	char key[32];
	size_t i;

	open_group(l, "system");
	for (i = 0; i < MONITOR_EVENTS; i++) {
		snprintf(key, sizeof(key), "%s_rate", event_keys[i]);
		put_rate(l, key, r->size_rate[i]);
		snprintf(key, sizeof(key), "%s_size", event_keys[i]);
		put_rate(l, key, r->size_mean[i]);
	}
	close_brace(l);
}

static void
put_average(struct layout *l, const struct monitor_record *r)
{
	size_t i = 0;

	open_group(l, "average");
	put_rates(l, r, &i);		/* queued */
	put_rates(l, r, &i);		/* delivered */
	put_system(l, r);
	put_rates(l, r, &i);		/* status */
	close_brace(l);
}

static void
put_records(struct layout *l, const struct monitor *m)
{
	const struct monitor_record *r;
	size_t i;

	put_key(l, "data_records");
	putc('[', l->f);
	for (i = 0; i < m->nrecords; i++) {
		r = &m->records[i];
		if (i > 0)
			fputs(", ", l->f);
		open_brace(l);
		put_time(l, "start", r->start_wall_ns);
		put_maximum(l, r);
		put_average(l, r);
		put_time(l, "end", r->end_wall_ns);
		close_brace(l);
	}
	putc(']', l->f);
	put_uint(l, "data_record_count", m->nrecords);
}

static uint64_t
all_rejected(const struct monitor_counters *c)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < MONITOR_CODES; i++)
		n += c->setup_rejected[i];
	return n;
}

static void
put_setup(struct layout *l, const struct monitor_counters *c)
{
	const uint64_t *code = c->setup_rejected;

	open_group(l, "setup");
	put_uint(l, "requests_received", c->setup_received);
	put_uint(l, "accepts_sent", c->setup_accepted);
	put_uint(l, "rejects_sent", all_rejected(c));
	put_uint(l, "invalid_protocol_ver", code[WIRE_SETUP_VERSION]);
	/* Inferred: options that do not go with the server's. */
	put_uint(l, "invalid_setup_option", code[WIRE_SETUP_JUMBO] +
	    code[WIRE_SETUP_NO_BANDWIDTH] + code[WIRE_SETUP_MTU] +
	    code[WIRE_SETUP_MULTI]);
	put_uint(l, "bandwidth_exceeded", code[WIRE_SETUP_CAPACITY]);
	put_uint(l, "connection_create_fail", code[WIRE_SETUP_NO_CONNECTION]);
	put_uint(l, "legacy_protocol_ver", c->setup_legacy);
	close_brace(l);
}

/* This server makes bad parameters good, as 9.0.0 does; it rejects none. */
static void
put_activation(struct layout *l, const struct monitor_counters *c)
{
	open_group(l, "activation");
	put_uint(l, "timeout_waiting", c->activation_timeout);
	put_uint(l, "requests_received", c->activation_received);
	put_uint(l, "accepts_sent", c->activation_accepted);
	put_uint(l, "rejects_sent", 0);
	put_uint(l, "bad_parameter", 0);
	close_brace(l);
}

static void
put_faults(struct layout *l, const char *prefix,
    const uint64_t faults[MONITOR_FAULTS])
{
	static const char *const names[MONITOR_FAULTS] = {
		"invalid_size", "invalid_format", "invalid_checksum" };
	char key[32];
	size_t i;

	for (i = 0; i < MONITOR_FAULTS; i++) {
		snprintf(key, sizeof(key), "%s%s", prefix, names[i]);
		put_uint(l, key, faults[i]);
	}
}

/* Authentication of setup and activation alike. */
static void
put_control(struct layout *l, const struct monitor_counters *c)
{
	const uint64_t *code = c->setup_rejected;

	open_group(l, "control");
	put_faults(l, "", c->control_invalid);
	/* Inferred: whatever of it is wrong but for the time. */
	put_uint(l, "auth_failure", code[WIRE_SETUP_NO_KEY_HERE] +
	    code[WIRE_SETUP_KEY_NEEDED] + code[WIRE_SETUP_AUTH_MODE] +
	    code[WIRE_SETUP_AUTH_FAILED] + c->activation_auth);
	put_uint(l, "bad_auth_time", code[WIRE_SETUP_AUTH_TIME] +
	    c->activation_time);
	close_brace(l);
}

static void
put_counters(struct layout *l, const struct monitor_counters *c)
{
	open_group(l, "counters");
	put_setup(l, c);
	put_activation(l, c);
	put_control(l, c);
	open_group(l, "data");
	put_faults(l, "load_", c->load_invalid);
	put_faults(l, "status_", c->status_invalid);
	close_brace(l);
	close_brace(l);
}

static void
put_server(struct layout *l, const struct monitor *m)
{
	const struct options *o = m->o;
	char host[ADDR_STRLEN];

	put_text(l, "host_name", o->nservers > 0 ? o->servers[0].host : "");
	put_text(l, "host_ip_address", addr_host(&m->bound, host,
	    sizeof(host)));
	put_uint(l, "control_port", addr_port(&m->bound));
	put_uint(l, "process_id", (uint64_t)getpid());
	put_text(l, "software_version", options_software_version());
	put_uint(l, "protocol_version", WIRE_V_CURRENT);
	put_key(l, "schema_version");
	fputs("1.0", l->f);
	put_bool(l, "jumbo_datagrams", o->jumbo);
	put_bool(l, "traditional_mtu", o->traditional);
	put_bool(l, "gso_enabled", m->gso);
	put_uint(l, "max_connections", o->max_sessions);
	put_uint(l, "max_bandwidth", o->bandwidth);
}

void
monitor_file_put(FILE *f, const struct monitor *m,
    const struct monitor_counters *c)
{
	struct layout l = { .f = f };

	putc('{', f);
	put_server(&l, m);
	put_time(&l, "start", m->records[0].start_wall_ns);
	put_records(&l, m);
	put_counters(&l, c);
	put_uint(&l, "process_uptime", (uint64_t)((m->record_mono_ns -
	    m->start_mono_ns) / CLOCK_NS_PER_S));
	put_time(&l, "end", m->record_wall_ns);
	fputs("\n}\n", f);
}
