/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/measurement.h"

void
measurement_cc(struct measurement_first *f, const void *name, size_t len)
{
	size_t n = len < sizeof(f->cc) ? len : sizeof(f->cc) - 1;

	memset(f->cc, 0, sizeof(f->cc));
	if (n > 0)
		memcpy(f->cc, name, n);
}

static void
put_int(struct json *j, const char *key, int64_t v)
{
	if (v != 0)
		json_int(j, key, v);
}

static void
put_text(struct json *j, const char *key, const char *v)
{
	if (*v != '\0')
		json_str(j, key, v);
}

static void
put_bytes(struct json *j, const char *key, int64_t sent, int64_t received)
{
	json_begin_object(j, key);
	put_int(j, "BytesSent", sent);
	put_int(j, "BytesReceived", received);
	json_end_object(j);
}

static void
put_bbr(struct json *j, const struct bbrinfo *b)
{
	json_begin_object(j, "BBRInfo");
	json_int(j, "BW", b->bw);
	json_uint(j, "MinRTT", b->min_rtt_us);
	json_uint(j, "PacingGain", b->pacing_gain);
	json_uint(j, "CwndGain", b->cwnd_gain);
	json_end_object(j);
}

static void
put_tcp(struct json *j, const struct tcpinfo *t)
{
	const struct tcpinfo_field *f;
	size_t i;

	json_begin_object(j, "TCPInfo");
	for (i = 0; i < TCPINFO_FIELDS; i++) {
		f = tcpinfo_field(i);
		json_int(j, f->key, tcpinfo_get(t, f));
	}
	json_int(j, "ElapsedTime", t->elapsed_us);
	json_end_object(j);
}

void
measurement_put(struct json *j, const char *key, const struct measurement *m,
    const struct measurement_first *first)
{
	json_begin_object(j, key);
	if (first != NULL) {
		put_text(j, "CC", first->cc);
		put_text(j, "UUID", first->uuid);
		put_text(j, "LocalAddr", first->local);
		put_text(j, "RemoteAddr", first->remote);
	}
	put_bytes(j, "Application", m->app_sent, m->app_received);
	put_bytes(j, "Network", m->net_sent, m->net_received);
	put_int(j, "ElapsedTime", m->elapsed_us);
	if (m->has_bbr)
		put_bbr(j, &m->bbr);
	if (m->has_tcp)
		put_tcp(j, &m->tcp);
	json_end_object(j);
}

size_t
measurement_text(const struct measurement *m,
    const struct measurement_first *first, char *buf)
{
	FILE *out = fmemopen(buf, MEASUREMENT_TEXT_MAX, "w");
	struct json j;

	if (out == NULL)
		return 0;
	json_init(&j, out, 0);
	j.go = true;
	measurement_put(&j, NULL, m, first);
	fclose(out);
	return strlen(buf);
}
