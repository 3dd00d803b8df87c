/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/fixed.h"
#include "common/text.h"
#include "msak/report_json.h"

const char *
report_direction(enum result_direction d)
{
	return d == RESULT_DOWNLOAD ? "download" : "upload";
}

void
report_fixed(FILE *out, double v, int width, int decimals)
{
	char text[FIXED_MAX];

	fixed_put(isfinite(v) ? v : 0, decimals, text, sizeof(text));
	fprintf(out, "%*s", width, text);
}

int
report_flush(FILE *out)
{
	if (fflush(out) == EOF)
		return -1;
	if (!ferror(out))
		return 0;
	errno = EIO;
	return -1;
}

double
report_float_ms(int64_t us)
{
	return (double)((float)us / 1000);
}

void
report_json_event(struct json *j, const char *event)
{
	json_begin_object(j, NULL);
	json_str(j, "event", event);
}

static void
put_time(struct json *j, const char *key, int64_t wall_ns)
{
	char text[TEXT_MAX];

	json_str(j, key, text_rfc3339(wall_ns, text, sizeof(text)));
}

void
report_json_begin(struct json *j, bool events, const char *tool,
    int64_t start_ns, int64_t end_ns)
{
	if (events)
		report_json_event(j, "summary");
	else
		json_begin_object(j, NULL);
	json_str(j, "tool", tool);
	json_str(j, "version", PACKAGE_VERSION);
	put_time(j, "start", start_ns);
	put_time(j, "end", end_ns);
}

static void
put_host(struct json *j, const struct host *h)
{
	json_begin_object(j, "host");
	report_json_ns_s(j, "cpu_user_s", h->cpu_user_ns);
	report_json_ns_s(j, "cpu_system_s", h->cpu_sys_ns);
	json_fixed(j, "cpu_share", host_cpu_share(h), 6);
	report_json_ns_ms(j, "clock_step_ms", host_clock_step(h));
	report_json_count(j, "socket_drops", h->socket_drops);
	json_str(j, "limit", host_limit(h));
	json_end_object(j);
}

void
report_json_error(struct json *j, const struct result_error *e)
{
	if (e->code == 0) {
		json_nil(j, "error");
		return;
	}
	json_begin_object(j, "error");
	json_int(j, "code", e->code);
	json_str(j, "message", e->message);
	json_end_object(j);
}

int
report_json_end(struct json *j, const struct host *h,
    const struct result_error *e)
{
	put_host(j, h);
	report_json_error(j, e);
	json_end_object(j);
	return json_finish(j);
}

void
report_json_ns_ms(struct json *j, const char *key, int64_t ns)
{
	json_fixed(j, key, (double)ns / (double)CLOCK_NS_PER_MS, 6);
}

void
report_json_ns_s(struct json *j, const char *key, int64_t ns)
{
	json_fixed(j, key, (double)ns / (double)CLOCK_NS_PER_S, 9);
}

void
report_json_rate(struct json *j, const char *key, double bps)
{
	json_fixed(j, key, bps, 3);
}

void
report_json_rtt(struct json *j, const char *key, int64_t us)
{
	if (us <= 0)
		json_nil(j, key);
	else
		json_fixed(j, key, (double)us / 1000, 3);
}

void
report_json_count(struct json *j, const char *key, int64_t n)
{
	if (n < 0)
		json_nil(j, key);
	else
		json_int(j, key, n);
}

void
report_json_limit(struct json *j, int64_t bytes)
{
	report_json_count(j, "limit_bytes", bytes > 0 ? bytes : -1);
}

void
report_json_rtts(struct json *j, const char *key, const struct result_rtt *r)
{
	json_begin_object(j, key);
	json_uint(j, "packets_sent", r->sent);
	json_uint(j, "packets_received", r->count);
	json_uint(j, "packets_lost", r->lost);
	if (r->count == 0) {
		json_nil(j, "rtt_ms");
		json_nil(j, "jitter_ms");
		json_end_object(j);
		return;
	}
	json_begin_object(j, "rtt_ms");
	report_json_ns_ms(j, "min", r->min_ns);
	report_json_ns_ms(j, "mean", r->mean_ns);
	report_json_ns_ms(j, "p50", r->p50_ns);
	report_json_ns_ms(j, "p90", r->p90_ns);
	report_json_ns_ms(j, "p99", r->p99_ns);
	report_json_ns_ms(j, "max", r->max_ns);
	json_end_object(j);
	report_json_ns_ms(j, "jitter_ms", r->jitter_ns);
	json_end_object(j);
}

/* "" is none. */
static void
put_text(struct json *j, const char *key, const char *text)
{
	json_str(j, key, *text == '\0' ? NULL : text);
}

void
report_json_net(struct json *j, const struct options_net *net)
{
	json_str(j, "family", net->ipv4 ? "ipv4" : net->ipv6 ? "ipv6" : NULL);
	put_text(j, "bind", net->bind);
	put_text(j, "bind_dev", net->interface);
	json_int(j, "dscp", net->dscp);
	json_str(j, "tls_min_version", options_tls_names[net->tls_min]);
}

void
report_keep(struct report_kept *k, const void *item, size_t size)
{
	size_t room = k->room == 0 ? 64 : 2 * k->room;
	void *more;

	if (k->n == k->room) {
		more = reallocarray(k->items, room, size);
		if (more == NULL) {
			k->lost = true;
			return;
		}
		k->items = more;
		k->room = room;
	}
	memcpy((char *)k->items + k->n++ * size, item, size);
}

bool
report_is_json(const struct options_output *o)
{
	return o->json || o->format == OPTIONS_JSON;
}

bool
report_has_events(const struct options_output *o)
{
	return o->format == OPTIONS_JSON && !o->json && !o->quiet;
}
