/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "common/json.h"
#include "msak/latency_packet.h"
#include "msak/peerjson.h"

/* Each byte of an id may take six; the rest is less than 128. */
#define LONGEST	(6 * LATENCY_ID_MAX + 128)

static const char *const types[] = { "c2s", "s2c" };

size_t
latency_packet_put(const struct latency_packet *p, char *buf)
{
	char text[LONGEST];
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct json j;
	size_t len;

	if (out == NULL)
		return 0;
	json_init(&j, out, 0);
	j.go = true;
	json_begin_object(&j, NULL);
	json_str(&j, "Type", types[p->type]);
	json_str(&j, "ID", p->id);
	json_int(&j, "Seq", p->seq);
	if (p->last_rtt_us != 0)
		json_int(&j, "LastRTT", p->last_rtt_us);
	json_end_object(&j);
	fclose(out);
	len = strlen(text);
	if (len > LATENCY_PACKET_MAX)
		return 0;
	memcpy(buf, text, len + 1);
	return len;
}

struct reading {
	struct latency_packet	*p;
	char			 type[8];
};

static bool
member(const char *key, json_t *v, void *to)
{
	struct reading *r = to;

	if (strcasecmp(key, "Type") == 0)
		return peerjson_str(v, r->type, sizeof(r->type));
	if (strcasecmp(key, "ID") == 0)
		return peerjson_str(v, r->p->id, sizeof(r->p->id));
	if (strcasecmp(key, "Seq") == 0)
		return peerjson_int(v, INT64_MIN, INT64_MAX, &r->p->seq);
	return strcasecmp(key, "LastRTT") != 0 ||
	    peerjson_int(v, INT64_MIN, INT64_MAX, &r->p->last_rtt_us);
}

bool
latency_packet_get(const void *buf, size_t len, struct latency_packet *p)
{
	size_t n = len < LATENCY_PACKET_MAX ? len : LATENCY_PACKET_MAX;
	json_t *v = peerjson_load(buf, n);
	struct reading r = { p, "" };
	bool ok;

	memset(p, 0, sizeof(*p));
	ok = v != NULL && peerjson_object(v, member, &r);
	json_decref(v);
	p->type = strcmp(r.type, types[LATENCY_S2C]) == 0 ? LATENCY_S2C :
	    LATENCY_C2S;
	return ok && strcmp(r.type, types[p->type]) == 0;
}
