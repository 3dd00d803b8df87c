/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "msak/upgrade.h"

#define KEY_MAX		50		/* of metadata, bytes */
#define VALUE_MAX	512
#define WANTED		"Sec-Websocket-Version: 13\r\n"

static const char *const options[UPGRADE_OPTIONS] = {
	"streams", "duration", "cc", "delay", "bytes"
};

const char *
upgrade_mid(const struct query *q, const struct upgrade_access *access)
{
	const struct query_pair *p = query_find(q, "mid");

	if (access->id != NULL)
		return access->id;
	if (p == NULL || p->valuelen == 0 || strlen(p->value) != p->valuelen)
		return NULL;
	return p->value;
}

const char *
upgrade_token(const struct query *q, const struct query *form)
{
	const struct query_pair *p = NULL;

	if (form != NULL)
		p = query_find(form, "access_token");
	if (p == NULL)
		p = query_find(q, "access_token");
	return p == NULL ? NULL : p->value;
}

static const struct query_pair *
given(const struct query *q, const char *key)
{
	const struct query_pair *p = query_find(q, key);

	return p != NULL && p->valuelen > 0 ? p : NULL;
}

const struct query_pair *
upgrade_option(const struct query *q, size_t i)
{
	return given(q, options[i]);
}

static bool
is_key(const struct query_pair *p, const char *key)
{
	return p->keylen == strlen(key) && memcmp(p->key, key, p->keylen) == 0;
}

/* bytes is an option and metadata (spec 7, Q13). */
bool
upgrade_is_metadata(const struct query *q, size_t i)
{
	static const char *const other[] = {
		"mid", "access_token", "streams", "duration", "cc", "delay"
	};
	const struct query_pair *p = &q->pair[i];
	size_t k;

	for (k = 0; k < sizeof(other) / sizeof(other[0]); k++)
		if (is_key(p, other[k]))
			return false;
	for (k = 0; k < i; k++)
		if (q->pair[k].keylen == p->keylen &&
		    memcmp(q->pair[k].key, p->key, p->keylen) == 0)
			return false;
	return true;
}

static bool
is_metadata_short(const struct query *q)
{
	size_t i;

	for (i = 0; i < q->count; i++)
		if (upgrade_is_metadata(q, i) &&
		    (q->pair[i].keylen > KEY_MAX ||
		    q->pair[i].valuelen > VALUE_MAX))
			return false;
	return true;
}

/* Decimal with an optional sign, nothing else. */
static bool
get_number(const struct query_pair *p, int64_t *out)
{
	const char *digits = p->value;
	long long n;

	if (*digits == '+' || *digits == '-')
		digits++;
	if (*digits == '\0' || digits + strspn(digits, "0123456789") !=
	    p->value + p->valuelen)
		return false;
	errno = 0;
	n = strtoll(p->value, NULL, 10);
	if (errno != 0)
		return false;
	*out = n;
	return true;
}

static bool
is_cc(const struct query_pair *p)
{
	return strlen(p->value) == p->valuelen &&
	    (strcmp(p->value, "reno") == 0 || strcmp(p->value, "cubic") == 0 ||
	    strcmp(p->value, "bbr") == 0);
}

static enum upgrade_fault
check_parameters(const struct query *q, struct upgrade *u)
{
	const struct query_pair *p;

	if (given(q, "streams") == NULL)
		return UPGRADE_NO_STREAMS;
	if ((p = given(q, "duration")) != NULL &&
	    !get_number(p, &u->duration_ms))
		return UPGRADE_BAD_DURATION;
	if ((p = given(q, "cc")) != NULL && !is_cc(p))
		return UPGRADE_BAD_CC;
	u->cc = p != NULL ? p->value : NULL;
	if ((p = given(q, "bytes")) != NULL && !get_number(p, &u->bytes))
		return UPGRADE_BAD_BYTES;
	u->bytes = u->bytes > 0 ? u->bytes : 0;
	return is_metadata_short(q) ? UPGRADE_OK : UPGRADE_BAD_METADATA;
}

static enum upgrade_fault
check_query(const struct query *q, const struct upgrade_access *access,
    struct upgrade *u)
{
	if (access->denied)
		return UPGRADE_DENIED;
	if (access->busy)
		return UPGRADE_BUSY;
	if (q == NULL)
		return UPGRADE_BAD_METADATA;
	if ((u->mid = upgrade_mid(q, access)) == NULL)
		return UPGRADE_NO_MID;
	return check_parameters(q, u);
}

/* 101, or the status of what a handshake lacks. */
static int
handshake_status(const struct http_request *r)
{
	const struct http_head *h = &r->head;
	const struct http_field *key = http_find(h, "Sec-WebSocket-Key");

	if (!http_has_token(h, "Connection", "upgrade") ||
	    !http_has_token(h, "Upgrade", "websocket"))
		return 400;
	if (!http_is(r->method, "GET"))
		return 405;
	if (!http_has_token(h, "Sec-WebSocket-Version", "13"))
		return 400;
	return key != NULL && key->value.len > 0 ? 101 : 400;
}

static enum upgrade_fault
check_handshake(const struct http_request *r, struct upgrade *u,
    struct http_answer *a)
{
	const struct http_field *f;
	int status;

	f = http_find(&r->head, "Sec-WebSocket-Protocol");
	if (f == NULL || !http_is(f->value, UPGRADE_PROTOCOL))
		return UPGRADE_BAD_PROTOCOL;
	if ((status = handshake_status(r)) != 101) {
		http_answer_text(a, status, status == 405 ?
		    "Method Not Allowed\n" : "Bad Request\n");
		a->fields = "Content-Type: text/plain; charset=utf-8\r\n"
		    WANTED "X-Content-Type-Options: nosniff\r\n";
		return UPGRADE_BAD_HANDSHAKE;
	}
	f = http_find(&r->head, "Sec-WebSocket-Key");
	if (ws_accept(f->value.p, f->value.len, u->accept) == -1) {
		http_answer_set(a, 500);
		return UPGRADE_FAILED;
	}
	return UPGRADE_OK;
}

bool
upgrade_check(const struct http_request *r, const struct query *q,
    const struct upgrade_access *access, struct upgrade *u,
    struct http_answer *a)
{
	memset(u, 0, sizeof(*u));
	u->duration_ms = UPGRADE_DURATION_MS;
	u->fault = check_query(q, access, u);
	http_answer_set(a, u->fault == UPGRADE_DENIED ? 401 :
	    u->fault == UPGRADE_BUSY ? 503 : 400);
	if (u->fault == UPGRADE_OK)
		u->fault = check_handshake(r, u, a);
	return u->fault == UPGRADE_OK;
}
