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

#define DATAGRAM	64	/* more than any setup PDU, recorded or not */
#define PORT_AT		12
#define TIME_AT		16
#define DIGEST_AT	20

/* Where ours differs from a recorded release on purpose, and why. */
struct deviation {
	const char		*name;
	enum policy_answer	 answer;
	enum wire_setup_code	 code;
	const char		*spec;
};

static const struct deviation from_9[] = {
	{ "len52", POLICY_ACCEPT, WIRE_SETUP_ACCEPTED, "3.1" },
	{ "cmdreq2-as-request", POLICY_SILENCE, WIRE_SETUP_NONE, "7.2.12" },
	{ "cmdrsp-nonzero-in-request", POLICY_SILENCE, WIRE_SETUP_NONE,
	    "7.2.12" },
};

static const struct deviation from_8[] = {
	{ "ver11-56", POLICY_ACCEPT, WIRE_SETUP_ACCEPTED, "3.1" },
	{ "ver10-56", POLICY_REJECT, WIRE_SETUP_VERSION, "3.1" },
	{ "ver20-56", POLICY_ACCEPT, WIRE_SETUP_ACCEPTED, "3.1" },
	/* Authentication comes first, as in 9.0. */
	{ "version9+bad", POLICY_REJECT, WIRE_SETUP_AUTH_FAILED, "3.3" },
};

/* The keys of the recorded requests, to make them anew. */
static const struct {
	const char	*name, *key;
} signed_with[] = {
	{ "auth-k0-ok", "legacykey" },
	{ "auth-k5-ok", "fivekey" },
	{ "auth-cmdline-backup-unknown-id", "cmdline" },
	{ "auth-cmdline-backup-id5", "cmdline" },
	{ "auth-old-20s", "legacykey" },
	{ "auth-future-4s", "legacykey" },
	{ "auth-wrong", "wrong" },
	{ "auth-ok-with-csum", "legacykey" },
	{ "auth11-k5", "fivekey" },
	{ "auth11-bad", "wrong" },
	{ "auth20-ver21", "legacykey" },
};

static const struct deviation *
deviation(const struct deviation *list, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	}
	return NULL;
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int64_t
seconds(uint32_t s)
{
	return s * CLOCK_NS_PER_S + 1;
}

static bool
is_zero(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] != 0)
			return false;
	}
	return true;
}

static void
keys_of_recording(struct options *o, struct auth_keys *keys)
{
	static const struct auth_entry entries[] = {
		{ 0, "legacykey" }, { 5, "fivekey" }, { 255, "abc" }
	};

	memcpy(keys->entries, entries, sizeof(entries));
	keys->n = NELEM(entries);
	o->keys = keys;
	server_key(o, "cmdline");
}

/* The recorded answer, with its port; signed ones to the last bit. */
static void
check_reply(const struct options *o, const struct policy_setup *s,
    const uint8_t *want, size_t len, int64_t now)
{
	uint8_t got[WIRE_CONTROL_MAX], expected[DATAGRAM];
	uint16_t port = (uint16_t)(want[PORT_AT] << 8 | want[PORT_AT + 1]);

	assert_int_equal(policy_setup_response(o, s, s->code, port, now, got),
	    len);
	memcpy(expected, want, len);
	if (s->key == NULL || s->version < WIRE_V_CURRENT) {
		/* No digest is copied, and none made with an empty key. */
		memset(expected + DIGEST_AT, 0, WIRE_DIGEST_LEN);
	} else {
		assert_false(is_zero(got + DIGEST_AT, WIRE_DIGEST_LEN));
	}
	assert_memory_equal(got, expected, len);
}

/* replies: of the vectors, objects of which each has hex. */
static void
check_recorded_9(const struct options *o, const struct policy_setup *s,
    const struct jv *replies, int64_t now)
{
	uint8_t want[DATAGRAM], got[WIRE_CONTROL_MAX];
	size_t len;

	if (jv_len(replies) == 0) {
		assert_int_equal(s->answer, POLICY_SILENCE);
		return;
	}
	assert_int_not_equal(s->answer, POLICY_SILENCE);
	len = jv_hex(jv_get(jv_at(replies, 0), "hex"), want, sizeof(want));
	check_reply(o, s, want, len, now);
	len = policy_null(o, s, now, got);
	if (jv_len(replies) == 1) {
		assert_int_equal(len, 0);
		return;
	}
	assert_int_equal(jv_hex(jv_get(jv_at(replies, 1), "hex"), want,
	    sizeof(want)), len);
	assert_memory_equal(got, want, len);
}

/* The clock that the recorded server had when it answered. */
static int64_t
recorded_clock(const struct jv *replies)
{
	uint8_t reply[DATAGRAM];

	if (jv_len(replies) == 0 || jv_hex(jv_get(jv_at(replies, 0), "hex"),
	    reply, sizeof(reply)) == 0)
		return seconds(0);
	return seconds(be32(reply + TIME_AT));
}

static void
test_recorded_by_9(void **state)
{
	struct jv *v = jv_load("udpst/hostile-setup.json");
	unsigned int used[2] = { 0, 0 };
	const struct deviation *d;
	struct auth_keys keys;
	struct options o;
	struct policy_setup s;
	uint8_t buf[DATAGRAM];
	const char *name;
	size_t i, len, deviations = 0;
	int64_t now;

	(void)state;
	server_options(&o);
	o.bandwidth = 1000;
	for (i = 0; i < jv_len(v); i++) {
		name = jv_str(jv_get(jv_at(v, i), "name"), NULL);
		if (strcmp(name, "auth-none") == 0) {
			o.bandwidth = 0;
			keys_of_recording(&o, &keys);
		}
		print_message("# %s\n", name);
		len = jv_hex(jv_get(jv_at(v, i), "request_hex"), buf,
		    sizeof(buf));
		now = recorded_clock(jv_get(jv_at(v, i), "replies"));
		policy_setup(&o, buf, len, now, used, &s);
		if (s.answer == POLICY_ACCEPT)
			used[s.upstream ? 0 : 1] += s.bandwidth;
		d = deviation(from_9, NELEM(from_9), name);
		if (d == NULL) {
			check_recorded_9(&o, &s,
			    jv_get(jv_at(v, i), "replies"), now);
			continue;
		}
		assert_int_equal(s.answer, d->answer);
		assert_int_equal(s.code, d->code);
		deviations++;
	}
	assert_int_equal(i, 47);
	assert_int_equal(deviations, NELEM(from_9));
	jv_free(v);
}

/* Sign as a client does. */
static void
sign(uint8_t *buf, size_t len, const char *key, unsigned int version)
{
	struct auth_secret secret;
	size_t sum = wire_checksum_offset(buf, len);

	assert_int_equal(auth_derive(key, be32(buf + TIME_AT), version,
	    AUTH_CLIENT, &secret), 0);
	if (sum != 0)
		memset(buf + sum, 0, 2);
	assert_int_equal(auth_sign(&secret, buf, len), 0);
}

static void
put_time(uint8_t *buf, uint32_t t)
{
	buf[TIME_AT] = (uint8_t)(t >> 24);
	buf[TIME_AT + 1] = (uint8_t)(t >> 16);
	buf[TIME_AT + 2] = (uint8_t)(t >> 8);
	buf[TIME_AT + 3] = (uint8_t)t;
}

/* A signed answer is good for a client that has the key. */
static void
check_signed(const struct options *o, const struct policy_setup *s,
    const char *key, uint32_t setup_time, int64_t now)
{
	struct auth_secret secret;
	uint8_t got[WIRE_CONTROL_MAX];
	size_t len;

	len = policy_setup_response(o, s, s->code, 1, now, got);
	if (s->request.version < WIRE_V_CURRENT || s->key == NULL) {
		assert_true(is_zero(got + DIGEST_AT, WIRE_DIGEST_LEN));
		return;
	}
	assert_int_equal(auth_derive(key, setup_time, WIRE_V_CURRENT,
	    AUTH_SERVER, &secret), 0);
	assert_true(auth_verify(&secret, got, len));
	assert_int_equal(be32(got + TIME_AT), now / CLOCK_NS_PER_S);
	len = policy_null(o, s, now, got);
	if (len != 0)
		assert_true(auth_verify(&secret, got, len));
}

/* The same requests at another time, signed anew. */
static void
check_rebuilt(const struct options *o, const struct jv *item, const char *key)
{
	static const unsigned int used[2] = { 0, 0 };
	const uint32_t fresh = 2000000000;
	const struct jv *replies = jv_get(item, "replies");
	struct policy_setup s;
	uint8_t buf[DATAGRAM], reply[DATAGRAM];
	uint32_t skew;
	size_t len;
	unsigned int version;

	len = jv_hex(jv_get(item, "request_hex"), buf, sizeof(buf));
	jv_hex(jv_get(jv_at(replies, 0), "hex"), reply, sizeof(reply));
	version = (unsigned int)buf[2] << 8 | buf[3];
	skew = be32(buf + TIME_AT) - be32(reply + TIME_AT);
	put_time(buf, fresh + skew);
	sign(buf, len, key, version > WIRE_V_CURRENT ? WIRE_V_CURRENT :
	    version);
	policy_setup(o, buf, len, seconds(fresh), used, &s);
	assert_int_equal(s.code, reply[9]);
	check_signed(o, &s, key, fresh + skew, seconds(fresh));
}

static void
test_rebuilt_of_9(void **state)
{
	struct jv *v = jv_load("udpst/hostile-setup.json");
	struct auth_keys keys;
	struct options o;
	const char *name;
	size_t i, k, checked = 0;

	(void)state;
	server_options(&o);
	keys_of_recording(&o, &keys);
	for (i = 0; i < jv_len(v); i++) {
		name = jv_str(jv_get(jv_at(v, i), "name"), NULL);
		for (k = 0; k < NELEM(signed_with); k++) {
			if (strcmp(name, signed_with[k].name) != 0)
				continue;
			print_message("# %s\n", name);
			/* In protocol 20 answers carry the server's time. */
			check_rebuilt(&o, jv_at(v, i), signed_with[k].key);
			checked++;
		}
	}
	assert_int_equal(checked, NELEM(signed_with));
	jv_free(v);
}

static void
options_of_8(struct options *o, const struct jv *item)
{
	const struct jv *words = jv_get(item, "server_options");

	server_options(o);
	o->auth_window_s = 150;
	if (jv_len(words) == 0)
		return;
	if (strcmp(jv_str(jv_at(words, 0), NULL), "-B") == 0)
		o->bandwidth = 100;
	else
		server_key(o, jv_str(jv_at(words, 1), NULL));
}

static void
check_recorded_8(const struct jv *item, size_t *deviations)
{
	static const unsigned int used[2] = { 0, 0 };
	const char *name = jv_str(jv_get(item, "name"), NULL);
	const struct jv *replies = jv_get(item, "replies");
	const struct deviation *d = deviation(from_8, NELEM(from_8), name);
	uint8_t buf[DATAGRAM], want[DATAGRAM];
	struct policy_setup s;
	struct options o;
	int64_t now;
	size_t len;

	print_message("# %s\n", name);
	options_of_8(&o, item);
	len = jv_hex(jv_get(item, "request_hex"), buf, sizeof(buf));
	now = seconds(be32(buf + TIME_AT));
	if (strcmp(name, "time-151") == 0)
		now += 151 * CLOCK_NS_PER_S;
	policy_setup(&o, buf, len, now, used, &s);
	if (d != NULL) {
		assert_int_equal(s.answer, d->answer);
		assert_int_equal(s.code, d->code);
		(*deviations)++;
	} else if (jv_len(replies) == 0) {
		assert_int_equal(s.answer, POLICY_SILENCE);
	} else {
		assert_int_not_equal(s.answer, POLICY_SILENCE);
		len = jv_hex(jv_at(replies, 0), want, sizeof(want));
		check_reply(&o, &s, want, len, now);
		assert_int_equal(policy_null(&o, &s, now, buf), 0);
	}
}

static void
test_recorded_by_8(void **state)
{
	struct jv *v = jv_load("udpst/8.1.0/setup-replies.json");
	size_t i, deviations = 0;

	(void)state;
	for (i = 0; i < jv_len(v); i++)
		check_recorded_8(jv_at(v, i), &deviations);
	assert_true(i >= 26);
	assert_int_equal(deviations, NELEM(from_8));
	jv_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_by_9),
		cmocka_unit_test(test_rebuilt_of_9),
		cmocka_unit_test(test_recorded_by_8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
