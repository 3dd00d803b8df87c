/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "msak/metrics.h"

/* A label and its values; n 0: none. */
struct axis {
	const char	*label;
	const char	*const *values;
	size_t		 n;
};

/* Counters of struct metrics_counters, [a.n][b.n] of them. */
struct family {
	const char	*name, *help;
	struct axis	 a, b;
	const char	*fixed;		/* always the same label, or NULL */
	size_t		 offset;
};

static const char *const directions[] = { "download", "upload" };
static const char *const upgrades[] = { "invalid-byte-limit",
	"invalid-duration", "metadata-parse-error", "missing-mid",
	"missing-streams", "ok", "websocket-upgrade-failed" };
static const char *const ends[] = { "close-error", "error", "ok",
	"ok-timeout" };
static const char *const ccs[] = { "bbr", "cubic", "reno" };
static const char *const writes[] = { "error", "ok" };
static const char *const verdicts[] = { "accepted", "rejected" };
static const char *const packets[] = { "dropped", "received", "sent" };

#define AXIS(label, values)	{ label, values, \
	sizeof(values) / sizeof((values)[0]) }
#define NONE			{ NULL, NULL, 0 }
#define AT(member)		offsetof(struct metrics_counters, member)

static const struct family access_tx = {
	"controller_access_txcontroller_requests_total",
	"Requests that the transmit limit was asked about.",
	AXIS("request", verdicts), NONE, "protocol=\"http\"", AT(tx)
};
static const struct family refused = { "msak_connections_refused_total",
	"Connections refused by a limit of this server.",
	NONE, NONE, NULL, AT(refused) };
static const struct family latency_packets = { "msak_latency1_packets_total",
	"Datagrams of latency tests.", AXIS("result", packets), NONE, NULL,
	AT(packets) };
static const struct family latency_sessions = { "msak_latency1_sessions_total",
	"Latency sessions begun.", NONE, NONE, NULL, AT(sessions) };
static const struct family throughput[] = {
	{ "msak_throughput1_bytes_total", "Payload of throughput tests.",
	    AXIS("direction", directions), NONE, NULL, AT(bytes) },
	{ "msak_throughput1_client_websocket_upgrades_total",
	    "Number of connections that attempted a websocket upgrade.",
	    AXIS("direction", directions), AXIS("status", upgrades), NULL,
	    AT(upgrades) },
	{ "msak_throughput1_congestion_control_errors_total",
	    "Sockets that a congestion control could not be set on.",
	    AXIS("cc", ccs), NONE, NULL, AT(cc_errors) },
	{ "msak_throughput1_file_writes_total",
	    "Number of (successful or failed) file writes.",
	    AXIS("direction", directions), AXIS("status", writes), NULL,
	    AT(writes) }
};
static const struct family throughput_tests = {
	"msak_throughput1_tests_total",
	"Number of tests that successfully upgraded to websocket and started",
	AXIS("direction", directions), AXIS("status", ends), NULL, AT(tests)
};

static void
put_head(FILE *f, const char *name, const char *help, const char *type)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_label(FILE *f, bool first, const char *label, const char *value)
{
	fprintf(f, "%s%s=\"%s\"", first ? "" : ",", label, value);
}

static void
put_labels(FILE *f, const struct family *p, size_t a, size_t b)
{
	if (p->a.n == 0)
		return;
	putc('{', f);
	if (p->fixed != NULL)
		fputs(p->fixed, f);
	put_label(f, p->fixed == NULL, p->a.label, p->a.values[a]);
	if (p->b.n > 0)
		put_label(f, false, p->b.label, p->b.values[b]);
	putc('}', f);
}

static uint64_t
counter_at(const struct metrics_counters *c, size_t offset)
{
	uint64_t v;

	memcpy(&v, (const char *)c + offset, sizeof(v));
	return v;
}

/* A set of labels is there once it has counted, and the family with it; a
 * counter without labels always. */
static void
put_family(FILE *f, const struct family *p, const struct metrics_counters *c)
{
	size_t rows = p->a.n > 0 ? p->a.n : 1;
	size_t columns = p->b.n > 0 ? p->b.n : 1;
	bool first = true;
	uint64_t v;
	size_t i;

	for (i = 0; i < rows * columns; i++) {
		v = counter_at(c, p->offset + i * sizeof(v));
		if (v == 0 && p->a.n > 0)
			continue;
		if (first)
			put_head(f, p->name, p->help, "counter");
		first = false;
		fputs(p->name, f);
		put_labels(f, p, i / columns, i % columns);
		fprintf(f, " %" PRIu64 "\n", v);
	}
}

static void
put_tokens(FILE *f, const struct metrics_counters *c)
{
	static const char name[] = "controller_access_token_requests_total";
	bool first = true;
	int path, why;

	for (path = 0; path < ACCESS_PATHS; path++)
		for (why = 0; why < ACCESS_REASONS; why++) {
			if (c->tokens[path][why] == 0)
				continue;
			if (first)
				put_head(f, name, "Requests by what became of"
				    " their access token.", "counter");
			first = false;
			fprintf(f, "%s{path=\"%s\",reason=\"%s\","
			    "request=\"%s\"} %" PRIu64 "\n", name,
			    access_path_name((enum access_path)path),
			    access_reason((enum access_reason)why),
			    verdicts[access_accepted((enum access_reason)why) ?
			    METRICS_ACCEPTED : METRICS_REJECTED],
			    c->tokens[path][why]);
		}
}

/* The commit as a number, where it is one. */
static void
put_commit(FILE *f, const char *commit)
{
	size_t digits = strspn(commit, "0123456789abcdefABCDEF");

	if (digits == 0 || digits > 16 || commit[digits] != '\0')
		return;
	put_head(f, "git_short_commit",
	    "The git commit interpreted as a number.", "gauge");
	fprintf(f, "git_short_commit{commit=\"%s\"} %llu\n", commit,
	    strtoull(commit, NULL, 16));
}

/* One without labels; unknown ones, below 0, are left out. */
static void
put_number(FILE *f, const char *name, const char *type, const char *help,
    double v, int decimals)
{
	char text[FIXED_MAX];

	if (v < 0)
		return;
	put_head(f, name, help, type);
	fixed_put(v, decimals, text, sizeof(text));
	fprintf(f, "%s %s\n", name, text);
}

static void
put_gauge(FILE *f, const char *name, const char *help, double v)
{
	put_number(f, name, "gauge", help, v, 0);
}

static void
put_streams(FILE *f, const struct metrics_now *now)
{
	static const char name[] = "msak_throughput1_streams";
	int d;

	put_head(f, name, "Throughput streams now open.", "gauge");
	for (d = 0; d < METRICS_DIRECTIONS; d++)
		fprintf(f, "%s{direction=\"%s\"} %" PRIu64 "\n", name,
		    directions[d], now->streams[d]);
}

static void
put_process(FILE *f, const struct metrics_process *p)
{
	put_number(f, "process_cpu_seconds_total", "counter",
	    "Total user and system CPU time spent in seconds.", p->cpu_s, 3);
	put_gauge(f, "process_max_fds",
	    "Maximum number of open file descriptors.", p->fds_max);
	put_gauge(f, "process_open_fds",
	    "Number of open file descriptors.", p->fds);
	put_gauge(f, "process_resident_memory_bytes",
	    "Resident memory size in bytes.", p->resident);
	put_number(f, "process_start_time_seconds", "gauge",
	    "Start time of the process since unix epoch in seconds.",
	    p->start_s, 2);
	put_gauge(f, "process_virtual_memory_bytes",
	    "Virtual memory size in bytes.", p->virt);
	put_gauge(f, "process_virtual_memory_max_bytes",
	    "Maximum amount of virtual memory available in bytes.",
	    p->virt_max);
}

void
metrics_access(struct metrics_counters *c, const struct access_answer *ans)
{
	if (ans->counted)
		c->tokens[ans->path][ans->reason]++;
}

void
metrics_add(struct metrics_counters *sum, const struct metrics_counters *c)
{
	uint64_t v;
	size_t at;

	for (at = 0; at < sizeof(*c); at += sizeof(v)) {
		v = counter_at(sum, at) + counter_at(c, at);
		memcpy((char *)sum + at, &v, sizeof(v));
	}
}

void
metrics_put(FILE *f, const struct metrics_counters *c,
    const struct metrics_now *now, const struct metrics_process *p,
    const char *commit)
{
	size_t i;

	put_tokens(f, c);
	put_family(f, &access_tx, c);
	put_commit(f, commit);
	put_gauge(f, "msak_connections", "TCP connections now open.",
	    (double)now->connections);
	put_family(f, &refused, c);
	put_family(f, &latency_packets, c);
	put_gauge(f, "msak_latency1_sessions", "Latency sessions now open.",
	    (double)now->sessions);
	put_family(f, &latency_sessions, c);
	for (i = 0; i < sizeof(throughput) / sizeof(throughput[0]); i++)
		put_family(f, &throughput[i], c);
	put_streams(f, now);
	put_family(f, &throughput_tests, c);
	put_gauge(f, "msak_txcontroller_rate_bits_per_second",
	    "Estimated rate of the watched network device.",
	    now->tx_watching ? now->tx_rate_bps : -1);
	put_process(f, p);
}
