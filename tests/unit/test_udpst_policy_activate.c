/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/udpst_server.h"
#include "tests/unit/vectors.h"

#include "common/clock.h"
#include "udpst/policy.h"

#define DATAGRAM	128
#define ROW_AT		28
#define ROW_LEN		28
#define MODE_AT		63
#define TIME_AT		64
#define DIGEST_AT	68
#define KEY		"sesame"
#define SETUP_TIME	UINT32_C(1795312900)

/* Lengths that 9.0 answers although no version has them, spec 7.2.11. */
static const char *const silenced[] = {
	"len103", "len60-on-v20", "len80-on-v20", "v11-len104", "v15-104"
};

static bool
is_silenced(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(silenced); i++) {
		if (strcmp(silenced[i], name) == 0)
			return true;
	}
	return false;
}

static int64_t
seconds(uint32_t s)
{
	return s * CLOCK_NS_PER_S + 999;
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/* The answer but for the row, which is the caller's. */
static void
check_answer(const struct options *o, const struct policy_session *s,
    const struct wire_activation *a, const uint8_t *want, size_t len)
{
	uint8_t got[WIRE_CONTROL_MAX], expected[DATAGRAM];
	bool current = s->version == WIRE_V_CURRENT;

	assert_int_equal(policy_activation_response(o, s, a,
	    current ? seconds(be32(want + TIME_AT)) : 0, got), len);
	memcpy(expected, want, len);
	memset(expected + ROW_AT, 0, ROW_LEN);
	if (current)	/* 9.0 signs with an empty key; nobody asked for it */
		memset(expected + DIGEST_AT, 0, WIRE_DIGEST_LEN);
	assert_memory_equal(got, expected, len);
}

static void
test_recorded(void **state)
{
	struct jv *v = jv_load("udpst/hostile-testact.json");
	struct policy_session s;
	struct wire_activation a;
	struct options o;
	uint8_t buf[DATAGRAM];
	enum policy_activation verdict;
	const struct jv *item, *response;
	const char *name;
	size_t i, len, n_silenced = 0;

	(void)state;
	server_options(&o);
	o.test_s = 20;
	o.dscp_ecn = 40;
	o.index = 500;
	memset(&s, 0, sizeof(s));
	for (i = 0; i < jv_len(v); i++) {
		item = jv_at(v, i);
		name = jv_str(jv_get(item, "name"), NULL);
		print_message("# %s\n", name);
		s.version = (unsigned int)jv_uint(jv_get(item, "ver"));
		len = jv_hex(jv_get(item, "request_hex"), buf, sizeof(buf));
		verdict = policy_activate(&o, &s, buf, len, 0, &a);
		response = jv_get(item, "response_hex");
		if (jv_is_null(response) || is_silenced(name)) {
			assert_int_equal(verdict, POLICY_ACT_SILENCE);
			n_silenced += !jv_is_null(response);
			continue;
		}
		assert_int_equal(verdict, POLICY_ACT_ACCEPT);
		len = jv_hex(response, buf, sizeof(buf));
		check_answer(&o, &s, &a, buf, len);
	}
	assert_int_equal(i, 52);
	assert_int_equal(n_silenced, NELEM(silenced));
	jv_free(v);
}

/* What a client with nothing but defaults asks for. */
static struct wire_activation
ordinary(unsigned int version)
{
	struct wire_activation a = {
		.version = (uint16_t)version,
		.request = WIRE_ACTIVATE_DOWN,
		.low_ms = 30, .upper_ms = 90, .trial_ms = 50, .test_s = 10,
		.index = WIRE_SEARCH, .high_speed_delta = 10,
		.slow_thresh = 3, .seq_thresh = 10, .ignore_ooo = 1
	};

	if (version >= WIRE_V_CURRENT)
		a.period_ms = 1000;
	else
		a.period_s = 1;
	return a;
}

static enum policy_activation
activate(const struct options *o, const struct policy_session *s,
    const struct wire_activation *request, struct wire_activation *out)
{
	uint8_t buf[WIRE_CONTROL_MAX];
	size_t len;

	len = wire_activation_put(request, s->version, buf);
	return policy_activate(o, s, buf, len, 0, out);
}

/* Each age of the protocol in its own length and with its own period. */
static void
test_versions(void **state)
{
	static const struct {
		unsigned int	version;
		size_t		len;
	} rows[] = {
		{ 10, 56 }, { 11, 60 }, { 15, 60 }, { 19, 60 }, { 20, 104 }
	};
	uint8_t buf[WIRE_CONTROL_MAX];
	struct policy_session s;
	struct wire_activation a, got;
	struct options o;
	size_t i, j;

	(void)state;
	server_options(&o);
	memset(&s, 0, sizeof(s));
	for (i = 0; i < NELEM(rows); i++) {
		s.version = rows[i].version;
		a = ordinary(s.version);
		assert_int_equal(wire_activation_put(&a, s.version, buf),
		    rows[i].len);
		for (j = 0; j < sizeof(buf); j++)
			assert_int_equal(policy_activate(&o, &s, buf, j, 0,
			    &got), j == rows[i].len ? POLICY_ACT_ACCEPT :
			    POLICY_ACT_SILENCE);
		assert_int_equal(activate(&o, &s, &a, &got),
		    POLICY_ACT_ACCEPT);
		assert_int_equal(policy_activation_response(&o, &s, &got, 0,
		    buf), rows[i].len);
		a.period_s = 10;	/* longer than the test, before 20 */
		a.period_ms = 10000;
		a.test_s = 9;
		activate(&o, &s, &a, &got);
		assert_int_equal(got.test_s, 10);
		assert_int_equal(s.version < 20 ? got.period_s * 1000 :
		    got.period_ms, 1000);
	}
}

/* Tests of 1 to 4 s are between ends of ours, and within the server's -t. */
static void
test_short(void **state)
{
	struct policy_session s = { .version = WIRE_V_CURRENT };
	struct wire_activation a = ordinary(WIRE_V_CURRENT), got;
	struct options o;
	uint16_t t;

	(void)state;
	server_options(&o);
	for (t = 0; t < 7; t++) {
		a.test_s = t;
		s.ours = false;
		assert_int_equal(activate(&o, &s, &a, &got),
		    POLICY_ACT_ACCEPT);
		assert_int_equal(got.test_s, t < 5 ? 10 : t);
		s.ours = true;
		assert_int_equal(activate(&o, &s, &a, &got),
		    POLICY_ACT_ACCEPT);
		assert_int_equal(got.test_s, t < 1 ? 10 : t);
	}
	o.test_s = 6;
	a.test_s = 0;
	activate(&o, &s, &a, &got);
	assert_int_equal(got.test_s, 6);
	a.test_s = 2;
	a.period_ms = 2001;
	activate(&o, &s, &a, &got);
	assert_int_equal(got.test_s, 6);
	assert_int_equal(got.period_ms, 1000);
}

/* Only what the server has by -X is granted; other bits are not ours. */
static void
test_modifier(void **state)
{
	struct policy_session s = { .version = WIRE_V_CURRENT };
	struct wire_activation a = ordinary(WIRE_V_CURRENT), got;
	struct options o;

	(void)state;
	server_options(&o);
	a.modifier = WIRE_MOD_START_INDEX | WIRE_MOD_RANDOM;
	a.index = 7;
	activate(&o, &s, &a, &got);
	assert_int_equal(got.modifier, WIRE_MOD_START_INDEX);
	o.random_payload = true;
	activate(&o, &s, &a, &got);
	assert_int_equal(got.modifier, WIRE_MOD_START_INDEX | WIRE_MOD_RANDOM);
	assert_int_equal(got.index, 7);
	a.row.payload1 = 9999;		/* never the peer's */
	activate(&o, &s, &a, &got);
	assert_int_equal(got.row.payload1, 0);
}

/* A random request; each field is often at an edge. */
static uint16_t
edge(void)
{
	static const uint16_t edges[] = { 0, 1, 2, 4, 5, 10, 11, 90, 250, 251,
	    1152, 1153, 3600, 3601, 10000, 10001, 65534, 65535 };

	if (random() % 2 == 0)
		return (uint16_t)random();
	return edges[(size_t)random() % NELEM(edges)];
}

static void
check_bounds(const struct options *o, const struct policy_session *s,
    const struct wire_activation *a)
{
	unsigned int period = s->version < WIRE_V_CURRENT ?
	    a->period_s * 1000U : a->period_ms;

	assert_in_range(a->low_ms, 1, 10000);
	assert_in_range(a->upper_ms, a->low_ms, 10000);
	assert_in_range(a->trial_ms, 5, 250);
	assert_in_range(a->test_s, s->ours ? 1 : 5, o->test_s);
	assert_in_range(period, 100, a->test_s * 1000U);
	assert_in_range(a->dscp_ecn, 0, o->dscp_ecn);
	assert_true(a->index == WIRE_SEARCH || a->index <= o->index);
	assert_true(a->use_owd <= 1 && a->ignore_ooo <= 1 &&
	    a->algorithm <= 1 && a->high_speed_delta > 0 &&
	    a->slow_thresh > 0);
	assert_true(a->ce_thresh == 0 || (a->dscp_ecn & 3) % 3 != 0);
	assert_true(a->suppress == 0 ||
	    a->suppress < a->test_s * 1000U / period);
	assert_int_equal(a->response, WIRE_ACTIVATE_ACCEPTED);
}

static void
test_any_request_is_brought_within_bounds(void **state)
{
	static const unsigned int versions[] = { 10, 11, 19, 20 };
	uint8_t buf[WIRE_CONTROL_MAX];
	struct policy_session s;
	struct wire_activation a, b;
	struct options o;
	size_t i, j, len;

	(void)state;
	unit_seed();
	memset(&s, 0, sizeof(s));
	for (i = 0; i < 100000; i++) {
		server_options(&o);
		o.test_s = 5 + (unsigned int)random() % 30;
		o.dscp_ecn = (unsigned int)random() % 256;
		o.index = (int)(random() % 1153);
		s.version = versions[(size_t)random() % NELEM(versions)];
		s.ours = random() % 2 == 0;
		len = wire_len(WIRE_ACTIVATION, s.version);
		memset(buf, 0, sizeof(buf));
		for (j = 6; j + 1 < len; j += 2) {
			uint16_t v = edge();

			buf[j] = (uint8_t)(v >> 8);
			buf[j + 1] = (uint8_t)v;
		}
		buf[0] = 0xac;
		buf[1] = 0xe2;
		buf[4] = (uint8_t)(random() % 3);
		if ((j = wire_checksum_offset(buf, len)) != 0)
			memset(buf + j, 0, 2);
		memset(&a, 0, sizeof(a));
		memset(&b, 0, sizeof(b));
		if (policy_activate(&o, &s, buf, len, 0, &a) !=
		    POLICY_ACT_ACCEPT) {
			assert_int_equal(buf[4], 0);
			continue;
		}
		check_bounds(&o, &s, &a);
		/* What has been brought within bounds stays as it is. */
		assert_int_equal(activate(&o, &s, &a, &b), POLICY_ACT_ACCEPT);
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

/* An activation request that the client of a signed setup sends. */
static void
signed_request(uint8_t *buf, const char *key, uint32_t now)
{
	struct wire_activation a = ordinary(WIRE_V_CURRENT);
	struct auth_secret secret;
	size_t len;

	a.auth.mode = 1;
	a.auth.unix_time = now;
	a.auth.key_id = 9;
	len = wire_activation_put(&a, WIRE_V_CURRENT, buf);
	assert_int_equal(auth_derive(key, SETUP_TIME, WIRE_V_CURRENT,
	    AUTH_CLIENT, &secret), 0);
	assert_int_equal(auth_sign(&secret, buf, len), 0);
}

static void
test_authentication(void **state)
{
	struct policy_session s = { .version = WIRE_V_CURRENT,
	    .authenticated = true, .key = KEY, .setup_time = SETUP_TIME };
	struct auth_secret secret;
	struct wire_activation a;
	struct options o;
	uint8_t buf[WIRE_CONTROL_MAX], got[WIRE_CONTROL_MAX];
	size_t bit;
	int skew;

	(void)state;
	server_options(&o);
	for (skew = -8; skew <= 8; skew++) {
		signed_request(buf, KEY, (uint32_t)((int)SETUP_TIME + skew));
		assert_int_equal(policy_activate(&o, &s, buf,
		    WIRE_ACTIVATION_LEN, seconds(SETUP_TIME), &a),
		    abs(skew) <= 5 ? POLICY_ACT_ACCEPT : POLICY_ACT_TIME);
	}
	signed_request(buf, "another", SETUP_TIME);
	assert_int_equal(policy_activate(&o, &s, buf, WIRE_ACTIVATION_LEN,
	    seconds(SETUP_TIME), &a), POLICY_ACT_AUTH);
	signed_request(buf, KEY, SETUP_TIME);
	for (bit = 0; bit < 8 * WIRE_ACTIVATION_LEN; bit++) {
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(policy_activate(&o, &s, buf,
		    WIRE_ACTIVATION_LEN, seconds(SETUP_TIME), &a),
		    POLICY_ACT_ACCEPT);
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	buf[MODE_AT] = 0;
	assert_int_equal(policy_activate(&o, &s, buf, WIRE_ACTIVATION_LEN,
	    seconds(SETUP_TIME), &a), POLICY_ACT_AUTH);
	buf[MODE_AT] = 1;
	assert_int_equal(policy_activate(&o, &s, buf, WIRE_ACTIVATION_LEN,
	    seconds(SETUP_TIME), &a), POLICY_ACT_ACCEPT);
	o.checksum = true;
	assert_int_equal(policy_activation_response(&o, &s, &a,
	    seconds(SETUP_TIME + 2), got), WIRE_ACTIVATION_LEN);
	assert_int_equal(auth_derive(KEY, SETUP_TIME, WIRE_V_CURRENT,
	    AUTH_SERVER, &secret), 0);
	assert_true(auth_verify(&secret, got, WIRE_ACTIVATION_LEN));
	assert_int_equal(be32(got + TIME_AT), SETUP_TIME + 2);
	assert_true(wire_activation_get(got, WIRE_ACTIVATION_LEN,
	    WIRE_V_CURRENT, &a));
	assert_int_equal(a.auth.key_id, 9);
	assert_true(got[102] != 0 || got[103] != 0);
}

/* In protocol 11 the setup alone is signed. */
static void
test_no_authentication_before_20(void **state)
{
	struct policy_session s = { .version = WIRE_V_LEGACY,
	    .authenticated = true, .key = KEY, .setup_time = SETUP_TIME };
	struct wire_activation a = ordinary(WIRE_V_LEGACY), got = a;
	struct options o;
	uint8_t buf[WIRE_CONTROL_MAX];

	(void)state;
	server_options(&o);
	assert_int_equal(activate(&o, &s, &a, &got), POLICY_ACT_ACCEPT);
	assert_int_equal(policy_activation_response(&o, &s, &got, 0, buf),
	    WIRE_ACTIVATION_LEGACY_LEN);
	a.response = WIRE_ACTIVATE_ACCEPTED;
	assert_memory_equal(&a, &got, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_modifier),
		cmocka_unit_test(test_any_request_is_brought_within_bounds),
		cmocka_unit_test(test_authentication),
		cmocka_unit_test(test_no_authentication_before_20),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
