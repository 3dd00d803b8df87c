/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "msak/measurement.h"
#include "msak/peerjson.h"

struct reading {
	struct measurement		*m;
	struct measurement_first	*first;
};

static bool
is(const char *key, const char *name)
{
	return strcasecmp(key, name) == 0;
}

static bool
read_i64(const json_t *v, int64_t *to)
{
	return peerjson_int(v, INT64_MIN, INT64_MAX, to);
}

static bool
read_u32(const json_t *v, uint32_t *to)
{
	int64_t n = *to;

	if (!peerjson_int(v, 0, UINT32_MAX, &n))
		return false;
	*to = (uint32_t)n;
	return true;
}

static bool
member_application(const char *key, json_t *v, void *to)
{
	struct measurement *m = to;

	if (is(key, "BytesSent"))
		return read_i64(v, &m->app_sent);
	return !is(key, "BytesReceived") || read_i64(v, &m->app_received);
}

static bool
member_network(const char *key, json_t *v, void *to)
{
	struct measurement *m = to;

	if (is(key, "BytesSent"))
		return read_i64(v, &m->net_sent);
	return !is(key, "BytesReceived") || read_i64(v, &m->net_received);
}

static bool
member_bbr(const char *key, json_t *v, void *to)
{
	struct bbrinfo *b = to;

	if (is(key, "BW"))
		return read_i64(v, &b->bw);
	if (is(key, "MinRTT"))
		return read_u32(v, &b->min_rtt_us);
	if (is(key, "PacingGain"))
		return read_u32(v, &b->pacing_gain);
	return !is(key, "CwndGain") || read_u32(v, &b->cwnd_gain);
}

static bool
member_tcp(const char *key, json_t *v, void *to)
{
	const struct tcpinfo_field *f;
	struct tcpinfo *t = to;
	int64_t n;
	size_t i;

	if (is(key, "ElapsedTime"))
		return read_i64(v, &t->elapsed_us);
	for (i = 0; i < TCPINFO_FIELDS; i++) {
		f = tcpinfo_field(i);
		if (!is(key, f->key))
			continue;
		n = tcpinfo_get(t, f);
		return read_i64(v, &n) && tcpinfo_set(t, f, n);
	}
	return true;
}

/* A null takes back what came before it under another spelling. */
static bool
read_bbr(json_t *v, struct measurement *m)
{
	m->has_bbr = !json_is_null(v);
	if (!m->has_bbr)
		memset(&m->bbr, 0, sizeof(m->bbr));
	return peerjson_object(v, member_bbr, &m->bbr);
}

static bool
read_tcp(json_t *v, struct measurement *m)
{
	m->has_tcp = !json_is_null(v);
	if (!m->has_tcp)
		memset(&m->tcp, 0, sizeof(m->tcp));
	return peerjson_object(v, member_tcp, &m->tcp);
}

static bool
member_first(const char *key, json_t *v, struct measurement_first *f)
{
	if (is(key, "CC"))
		return peerjson_str(v, f->cc, sizeof(f->cc));
	if (is(key, "UUID"))
		return peerjson_str(v, f->uuid, sizeof(f->uuid));
	if (is(key, "LocalAddr"))
		return peerjson_str(v, f->local, sizeof(f->local));
	return !is(key, "RemoteAddr") ||
	    peerjson_str(v, f->remote, sizeof(f->remote));
}

static bool
member_top(const char *key, json_t *v, void *to)
{
	struct reading *r = to;

	if (is(key, "Application"))
		return peerjson_object(v, member_application, r->m);
	if (is(key, "Network"))
		return peerjson_object(v, member_network, r->m);
	if (is(key, "ElapsedTime"))
		return read_i64(v, &r->m->elapsed_us);
	if (is(key, "BBRInfo"))
		return read_bbr(v, r->m);
	if (is(key, "TCPInfo"))
		return read_tcp(v, r->m);
	return member_first(key, v, r->first);
}

bool
measurement_get(const char *text, size_t len, struct measurement *m,
    struct measurement_first *first)
{
	struct measurement_first none;
	struct reading r = { m, first != NULL ? first : &none };
	json_t *v = peerjson_load(text, len);
	bool ok;

	memset(m, 0, sizeof(*m));
	memset(r.first, 0, sizeof(*r.first));
	ok = v != NULL && peerjson_object(v, member_top, &r);
	json_decref(v);
	return ok;
}
