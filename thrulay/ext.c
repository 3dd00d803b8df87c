/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "common/wire.h"
#include "thrulay/ext.h"
#include "thrulay/ext_field.h"

static const char *const directions[] = { "forward", "reverse", NULL };
static const char *const reports[] = { "default", "0.9", "hd", "record", NULL };
static const char *const spacings[] = { "poisson", "constant", NULL };

#define AT(member)	offsetof(struct ext_message, u.member)
#define SIZE(member)	sizeof(((struct ext_message *)NULL)->u.member)
#define COUNT(k, member) \
	{ .key = (k), .type = EXT_COUNT, .offset = AT(member) }
#define NUMBER(k, member, from) \
	{ .key = (k), .type = EXT_NUMBER, .offset = AT(member), \
	    .lo = (from), .hi = INT64_MAX }
#define TIMES(k, member) \
	{ .key = (k), .type = EXT_TIMES, .offset = AT(member) }

static const struct ext_field request_fields[] = {
	{ .key = "direction", .type = EXT_CHOICE,
	    .offset = AT(request.direction), .names = directions },
	{ .key = "report", .type = EXT_CHOICE,
	    .offset = AT(request.report), .names = reports },
	{ .key = "feedback_ms", .type = EXT_MS,
	    .offset = AT(request.feedback_ns) },
	{ .key = "duration_ms", .type = EXT_MS,
	    .offset = AT(request.duration_ns) },
	{ .key = "spacing", .type = EXT_CHOICE,
	    .offset = AT(request.spacing), .names = spacings },
	{ .key = "dscp", .type = EXT_SMALL,
	    .offset = AT(request.dscp), .lo = 0, .hi = 63 },
	{ .key = "cc", .type = EXT_TEXT,
	    .offset = AT(request.cc), .size = SIZE(request.cc) },
	{ .key = "auth_name", .type = EXT_TEXT,
	    .offset = AT(request.auth_name), .size = SIZE(request.auth_name) },
	{ .key = NULL }
};

static const struct ext_field challenge_fields[] = {
	{ .key = "challenge", .type = EXT_HEX, .offset = AT(challenge),
	    .size = EXT_CHALLENGE_LEN, .required = true },
	{ .key = NULL }
};

static const struct ext_field proof_fields[] = {
	{ .key = "proof", .type = EXT_HEX, .offset = AT(proof),
	    .size = EXT_PROOF_LEN, .required = true },
	{ .key = NULL }
};

static const struct ext_field verdict_fields[] = {
	{ .key = "ok", .type = EXT_OK },
	{ .key = "error", .type = EXT_TEXT, .offset = AT(error),
	    .size = SIZE(error) },
	{ .key = NULL }
};

static const struct ext_field feedback_fields[] = {
	NUMBER("begin_ns", feedback.begin_ns, 0),
	NUMBER("end_ns", feedback.end_ns, 0),
	COUNT("received", feedback.received),
	COUNT("unique", feedback.unique),
	COUNT("duplicates", feedback.duplicates),
	COUNT("reordered", feedback.reordered),
	COUNT("lost", feedback.lost),
	TIMES("delay_ns", feedback.delay),
	{ .key = NULL }
};

static const struct ext_field record_fields[] = {
	{ .key = "buffer", .type = EXT_SMALL, .offset = AT(record.buffer),
	    .lo = -1, .hi = INT_MAX },
	COUNT("proposed", record.proposed),
	COUNT("sent", record.sent),
	{ .key = "total", .type = EXT_COUNT, .offset = AT(record.total),
	    .required = true },
	COUNT("unique", record.unique),
	COUNT("duplicates", record.duplicates),
	COUNT("lost", record.lost),
	COUNT("bad_sequence", record.bad_sequence),
	COUNT("bad_nonce", record.bad_nonce),
	COUNT("bad_source", record.bad_source),
	COUNT("too_short", record.too_short),
	NUMBER("socket_drops", record.socket_drops, -1),
	{ .key = "loss_npct", .type = EXT_NPCT, .offset = AT(record.loss_pct) },
	{ .key = "duplication_npct", .type = EXT_NPCT,
	    .offset = AT(record.duplication_pct) },
	{ .key = "reordering_npct", .type = EXT_NPCT,
	    .offset = AT(record.reordering_pct) },
	TIMES("delay_ns", record.delay),
	NUMBER("jitter_ns", record.jitter_ns, INT64_MIN),
	NUMBER("jitter_rfc3550_ns", record.jitter_rfc3550_ns, INT64_MIN),
	TIMES("ipdv_ns", record.ipdv),
	COUNT("reordered", record.reordered),
	COUNT("reorder_extent_max", record.reorder_extent_max),
	{ .key = "reorder_j", .type = EXT_LIST, .offset = AT(record.reorder_j),
	    .size = THRULAY_REORDER_MAX },
	COUNT("loss_periods", record.loss_periods),
	COUNT("loss_period_max", record.loss_period_max),
	NUMBER("first_ns", record.first_ns, INT64_MIN),
	NUMBER("last_ns", record.last_ns, INT64_MIN),
	{ .key = "kernel_stamps", .type = EXT_FLAG,
	    .offset = AT(record.kernel_stamps) },
	{ .key = "host_limit", .type = EXT_TEXT,
	    .offset = offsetof(struct ext_message, host_limit),
	    .size = EXT_ERROR_MAX },
	{ .key = NULL }
};

/* By enum ext_kind. The first line of each payload is "type=<name>". */
static const struct {
	const char		*name;
	const struct ext_field	*fields;	/* at most 32 */
} kinds[] = {
	[EXT_REQUEST] = { "request", request_fields },
	[EXT_CHALLENGE] = { "challenge", challenge_fields },
	[EXT_PROOF] = { "proof", proof_fields },
	[EXT_VERDICT] = { "verdict", verdict_fields },
	[EXT_FEEDBACK] = { "feedback", feedback_fields },
	[EXT_RECORD] = { "record", record_fields },
};

size_t
ext_put(const struct ext_message *m, void *buf, size_t size)
{
	const struct ext_field *f;
	struct ext_message full = *m;
	struct wire_wr w, payload;
	uint8_t lines[EXT_PAYLOAD_MAX];

	if (m->kind == EXT_RECORD) {
		full.host_limit[0] = '\0';
		if (m->u.record.host_limit != NULL)
			strlcpy(full.host_limit, m->u.record.host_limit,
			    sizeof(full.host_limit));
	}
	wire_wr_init(&payload, lines, sizeof(lines));
	wire_wr_str(&payload, "type=");
	wire_wr_str(&payload, kinds[m->kind].name);
	wire_wr_u8(&payload, '\n');
	for (f = kinds[m->kind].fields; f->key != NULL; f++)
		ext_field_put(f, &full, &payload);

	wire_wr_init(&w, buf, size);
	wire_wr_str(&w, "x:");
	wire_wr_dec(&w, payload.len);
	wire_wr_u8(&w, ':');
	wire_wr_bytes(&w, lines, payload.len);
	wire_wr_u8(&w, '+');
	return wire_wr_ok(&payload) && wire_wr_ok(&w) ? w.len : 0;
}

/* The payload of the message at buf. */
static enum wire_status
unframe(const uint8_t *buf, size_t len, struct wire_rd *payload, size_t *used)
{
	static const char start[2] = "x:";
	size_t i, n = 0;

	for (i = 0; i < len && i < sizeof(start); i++)
		if (buf[i] != (uint8_t)start[i])
			return WIRE_BAD;
	for (; i < len && buf[i] >= '0' && buf[i] <= '9'; i++) {
		n = n * 10 + (size_t)(buf[i] - '0');
		if (n == 0 || n > EXT_PAYLOAD_MAX)
			return WIRE_BAD;
	}
	if (i == len)
		return WIRE_MORE;
	if (n == 0 || buf[i++] != ':')
		return WIRE_BAD;
	if (len - i < n + 1)
		return WIRE_MORE;
	if (buf[i + n] != '+')
		return WIRE_BAD;
	wire_rd_init(payload, buf + i, n);
	*used = i + n + 1;
	return WIRE_OK;
}

/* Take the next line; key and value are parts of it. */
static bool
next_line(struct wire_rd *r, struct wire_rd *key, struct wire_rd *value)
{
	const uint8_t *end = memchr(r->p, '\n', r->left), *eq;

	if (end == NULL)
		return false;
	eq = memchr(r->p, '=', (size_t)(end - r->p));
	if (eq == NULL || eq == r->p)
		return false;
	wire_rd_init(key, r->p, (size_t)(eq - r->p));
	wire_rd_init(value, eq + 1, (size_t)(end - eq - 1));
	wire_rd_skip(r, (size_t)(end + 1 - r->p));
	return true;
}

static bool
is(const struct wire_rd *r, const char *s)
{
	return r->left == strlen(s) && memcmp(r->p, s, r->left) == 0;
}

static bool
get_kind(struct wire_rd *r, enum ext_kind *kind)
{
	struct wire_rd key, value;
	size_t i;

	if (!next_line(r, &key, &value) || !is(&key, "type"))
		return false;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (is(&value, kinds[i].name)) {
			*kind = (enum ext_kind)i;
			return true;
		}
	}
	return false;
}

/* A line into the field that it names, if any; no field twice. */
static bool
get_line(struct wire_rd *r, const struct ext_field *fields,
    struct ext_message *out, uint32_t *seen)
{
	struct wire_rd key, value;
	uint32_t bit = 1;

	if (!next_line(r, &key, &value))
		return false;
	for (; fields->key != NULL; fields++, bit <<= 1) {
		if (!is(&key, fields->key))
			continue;
		if ((*seen & bit) != 0)
			return false;
		*seen |= bit;
		return ext_field_get(fields, &value, out);
	}
	return true;
}

static bool
complete(const struct ext_message *m, const struct ext_field *f, uint32_t seen)
{
	uint32_t bit = 1;

	/* ok, or error, not both */
	if (m->kind == EXT_VERDICT)
		return seen == 1 || seen == 2;
	for (; f->key != NULL; f++, bit <<= 1)
		if (f->required && (seen & bit) == 0)
			return false;
	return true;
}

enum wire_status
ext_get(const void *buf, size_t len, struct ext_message *out, size_t *used)
{
	const struct ext_field *fields, *f;
	struct wire_rd r;
	enum wire_status s;
	uint32_t seen = 0;

	s = unframe(buf, len, &r, used);
	if (s != WIRE_OK)
		return s;
	memset(out, 0, sizeof(*out));
	if (!get_kind(&r, &out->kind))
		return WIRE_BAD;
	if (out->kind == EXT_REQUEST && *used > EXT_REQUEST_MAX)
		return WIRE_BAD;
	fields = kinds[out->kind].fields;
	for (f = fields; f->key != NULL; f++)
		ext_field_default(f, out);
	while (r.left > 0)
		if (!get_line(&r, fields, out, &seen))
			return WIRE_BAD;
	if (!complete(out, fields, seen))
		return WIRE_BAD;
	if (out->kind == EXT_RECORD) {
		out->u.record.complete = true;
		if (out->host_limit[0] != '\0')
			out->u.record.host_limit = out->host_limit;
	}
	return WIRE_OK;
}
