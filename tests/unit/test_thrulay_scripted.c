/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server may send to a client, as the 0.9 client was seen to take it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "thrulay/thrulay.h"
#include "thrulay/wire.h"

#define ROOM	2048

struct bytes {
	uint8_t	b[ROOM];
	size_t	len;
};

/* All that this connection sends from step *at up to its next wait for us. */
static void
collect(const struct jv *script, size_t *at, struct bytes *out)
{
	const char *op, *text;
	size_t len;

	for (out->len = 0; *at < jv_len(script); ++*at) {
		op = jv_str(jv_at(jv_at(script, *at), 0), NULL);
		if (strcmp(op, "sleep") == 0)
			continue;
		if (strcmp(op, "send") != 0)
			break;
		text = jv_str(jv_at(jv_at(script, *at), 1), &len);
		memcpy(out->b + out->len, text, len);
		out->len += len;
	}
	++*at;		/* the recv itself */
}

/* The reason, and how 0.9 showed it. */
static void
rejection_is(const struct bytes *m, const char *err)
{
	char text[ROOM];
	const char *said = strstr(err, "server said: ");

	assert_non_null(said);
	snprintf(text, sizeof(text), "%.*s",
	    (int)(m->len - WIRE_GREETING_LEN), m->b + WIRE_GREETING_LEN);
	said += strlen("server said: ");
	assert_memory_equal(said, text, strlen(text));
}

static enum wire_status
greeting_wanted(const char *err)
{
	if (strstr(err, "could not read server banner") != NULL)
		return WIRE_MORE;
	if (strstr(err, "not a thrulay server") != NULL)
		return WIRE_BAD;
	return strstr(err, "connection rejected") != NULL ? WIRE_REJECTED :
	    WIRE_OK;
}

/* Where the original crashed, hung or misread, the spec (7.2) says what is
 * right. */
static enum wire_status
response_wanted(const char *name, const char *err)
{
	if (strcmp(name, "tcp resp negative") == 0 ||
	    strcmp(name, "udp resp rate 0") == 0)
		return WIRE_BAD;
	if (strcmp(name, "udp resp split") == 0)
		return WIRE_OK;
	if (strstr(err, "malformed session response") != NULL)
		return WIRE_BAD;
	return strstr(err, "rejected our UDP proposal") != NULL ?
	    WIRE_REJECTED : WIRE_OK;
}

static void
response_is(const char *name, const char *err, bool udp, const struct bytes *m)
{
	enum wire_status s, want = response_wanted(name, err);
	struct wire_tcp_response t;
	struct wire_udp_response u;
	size_t used = 0;

	if (udp)
		s = wire_udp_response_get(m->b, m->len, true, &u, &used);
	else
		s = wire_tcp_response_get(m->b, m->len, true, &t, &used);
	if (s != want)
		fail_msg("%s: status %d, not %d", name, (int)s, (int)want);
	if (s == WIRE_OK || s == WIRE_REJECTED)
		assert_int_equal(used, m->len);
	if (s != WIRE_OK || udp)
		return;
	/* the limits are the client's to check, in this order */
	assert_int_equal(t.block < THRULAY_MIN_BLOCK,
	    strstr(err, "less than MIN_BLOCK") != NULL);
	assert_int_equal(t.block > THRULAY_MAX_BLOCK,
	    strstr(err, "block size too large") != NULL);
	assert_int_equal(t.window < THRULAY_MIN_WINDOW,
	    strstr(err, "ridiculously small window") != NULL);
}

/* What the 0.9 client wrote is what we would write. */
static void
sent_is(const struct jv *text, bool udp)
{
	struct wire_proposal p;
	enum wire_fault fault;
	uint8_t out[ROOM];
	uint64_t n;
	size_t len, used;
	const char *s = jv_str(text, &len);
	bool enough;

	if (s[0] == 't') {
		assert_int_equal(wire_proposal_get(s, len, false, &p, &fault,
		    &enough), WIRE_OK);
		assert_int_equal(p.udp, udp);
		assert_int_equal(wire_proposal_put(&p, out, ROOM), len);
		assert_memory_equal(out, s, len);
	} else if (s[0] == '+') {
		assert_int_equal(wire_end_get(s, len, false, &n, &used),
		    WIRE_OK);
		assert_int_equal(used, len);
		assert_int_equal(wire_end_put(n, out, ROOM), len);
		assert_memory_equal(out, s, len);
	}
}

static bool
is_udp(const struct jv *args)
{
	size_t i;

	for (i = 0; i < jv_len(args); i++)
		if (strncmp(jv_str(jv_at(args, i), NULL), "-u", 2) == 0)
			return true;
	return false;
}

/* One connection; returns the number of messages that were checked. */
static size_t
play(const struct jv *one, const struct jv *script)
{
	const char *name = jv_str(jv_get(one, "case"), NULL);
	const char *err = jv_str(jv_get(one, "stderr"), NULL);
	enum wire_status s;
	struct bytes m;
	size_t at = 0;

	collect(script, &at, &m);
	s = wire_greeting_get(m.b, m.len);
	/* of several connections, an earlier one may have been accepted */
	if (s != WIRE_OK || jv_len(jv_get(one, "server_script")) == 1)
		assert_int_equal(s, greeting_wanted(err));
	if (s == WIRE_REJECTED)
		rejection_is(&m, err);
	collect(script, &at, &m);
	if (s != WIRE_OK || m.len == 0)
		return 1;
	response_is(name, err, is_udp(jv_get(one, "client_args")), &m);
	return 2;
}

static void
test_scripted_servers(void **state)
{
	struct jv *file = jv_load("thrulay/client_vs_scripted_server.json");
	const struct jv *cases = jv_get(file, "cases"), *one, *list;
	size_t i, k, checked = 0;

	(void)state;
	assert_int_equal(jv_len(cases), 42);
	for (i = 0; i < jv_len(cases); i++) {
		one = jv_at(cases, i);
		list = jv_get(one, "server_script");
		for (k = 0; k < jv_len(list); k++)
			checked += play(one, jv_at(list, k));
		list = jv_get(one, "client_sent");
		for (k = 0; k < jv_len(list); k++)
			sent_is(jv_at(list, k),
			    is_udp(jv_get(one, "client_args")));
	}
	/* 45 greetings, 31 responses */
	assert_int_equal(checked, 76);
	jv_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripted_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
