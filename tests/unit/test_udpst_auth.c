/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "udpst/auth.h"
#include "udpst/wire.h"

#define NS_PER_S	INT64_C(1000000000)

static void
derived(const struct jv *v, enum auth_side side, const char *name)
{
	struct auth_secret s;
	uint8_t want[32];

	assert_int_equal(jv_hex(jv_get(v, name), want, sizeof(want)),
	    sizeof(want));
	assert_int_equal(auth_derive(jv_str(jv_get(v, "key"), NULL),
	    (uint32_t)jv_uint(jv_get(v, "authUnixTime")), WIRE_V_CURRENT, side,
	    &s), 0);
	assert_int_equal(s.len, sizeof(want));
	assert_memory_equal(s.bytes, want, sizeof(want));
}

static enum auth_side
signer(const char *message)
{
	return strcmp(message, "setup_request") == 0 ||
	    strcmp(message, "test_activation_request") == 0 ?
	    AUTH_CLIENT : AUTH_SERVER;
}

/* A captured PDU: verified as recorded, and signed again the same. */
static void
signed_pdu(const struct jv *v, uint32_t setup_time)
{
	bool right = jv_bool(jv_get(v, "recomputed_matches"));
	uint8_t pdu[WIRE_CONTROL_MAX], again[WIRE_CONTROL_MAX], key[64];
	struct auth_secret s;
	size_t len, at;

	len = jv_hex(jv_get(v, "hex"), pdu, sizeof(pdu));
	assert_int_equal(auth_derive(jv_str(jv_get(v, "key"), NULL),
	    setup_time, (unsigned int)jv_uint(jv_get(v, "proto")),
	    signer(jv_str(jv_get(v, "message"), NULL)), &s), 0);
	assert_int_equal(s.len, jv_hex(jv_get(v, "hmac_key"), key,
	    sizeof(key)));
	assert_memory_equal(s.bytes, key, s.len);
	assert_int_equal(auth_verify(&s, pdu, len), right);

	at = wire_digest_offset(pdu, len);
	assert_true(at > 0);
	memcpy(again, pdu, len);
	memset(again + at, 0x55, WIRE_DIGEST_LEN);
	assert_int_equal(auth_sign(&s, again, len), 0);
	assert_true(auth_verify(&s, again, len));
	assert_int_equal(memcmp(again, pdu, len) == 0, right);
}

/* A test's setup request, whose time all its keys come from, stands first. */
static void
recorded(void **state)
{
	struct jv *all = jv_load("udpst/auth.json");
	const struct jv *v;
	struct wire_setup setup;
	uint8_t pdu[WIRE_CONTROL_MAX];
	uint32_t setup_time = 0;
	size_t i, len, kdfs = 0, pdus = 0;

	(void)state;
	for (i = 0; i < jv_len(all); i++) {
		v = jv_at(all, i);
		if (strcmp(jv_str(jv_get(v, "kind"), NULL), "kdf") == 0) {
			derived(v, AUTH_CLIENT, "clientKey");
			derived(v, AUTH_SERVER, "serverKey");
			kdfs++;
			continue;
		}
		len = jv_hex(jv_get(v, "hex"), pdu, sizeof(pdu));
		if (wire_setup_get(pdu, len, &setup))
			setup_time = setup.auth.unix_time;
		signed_pdu(v, setup_time);
		pdus++;
	}
	assert_int_equal(kdfs + pdus, 24);
	assert_true(kdfs > 0 && pdus > 0);
	jv_free(all);
}

static void
fill(uint8_t *p, size_t n)
{
	while (n-- > 0)
		*p++ = (uint8_t)random();
}

/* Each bit counts but for those of the checksum. */
static void
one_bit(void **state)
{
	static const struct {
		enum wire_kind	kind;
		size_t		len;
	} of[] = { { WIRE_SETUP, WIRE_SETUP_LEN },
	    { WIRE_SETUP, WIRE_SETUP_OLD_LEN }, { WIRE_NULL, WIRE_NULL_LEN },
	    { WIRE_ACTIVATION, WIRE_ACTIVATION_LEN } };
	struct auth_secret s;
	uint8_t pdu[WIRE_CONTROL_MAX];
	size_t i, bit, checksum;

	(void)state;
	unit_seed();
	assert_int_equal(auth_derive("k", (uint32_t)random(), WIRE_V_CURRENT,
	    AUTH_SERVER, &s), 0);
	for (i = 0; i < NELEM(of); i++) {
		fill(pdu, of[i].len);
		pdu[0] = (uint8_t)(of[i].kind >> 8);
		pdu[1] = (uint8_t)of[i].kind;
		assert_int_equal(auth_sign(&s, pdu, of[i].len), 0);
		checksum = wire_checksum_offset(pdu, of[i].len);
		for (bit = 0; bit < of[i].len * 8; bit++) {
			pdu[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(auth_verify(&s, pdu, of[i].len),
			    checksum > 0 && bit / 8 / 2 == checksum / 2);
			pdu[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		s.bytes[0] ^= 1;
		assert_false(auth_verify(&s, pdu, of[i].len));
		s.bytes[0] ^= 1;
	}
}

/* No digest: legacy activations, load and status PDUs, other lengths. */
static void
no_digest(void **state)
{
	static const uint8_t ids[][2] = { { 0xac, 0xe1 }, { 0xac, 0xe2 },
	    { 0xde, 0xad }, { 0xbe, 0xef }, { 0xfe, 0xed }, { 0x7f, 0xe1 } };
	struct auth_secret s = { { 1 }, 1 };
	uint8_t pdu[300], before[300];
	size_t i, len, with = 0;

	(void)state;
	for (i = 0; i < NELEM(ids); i++)
		for (len = 0; len < sizeof(pdu); len++) {
			memset(pdu, 0, sizeof(pdu));
			memcpy(pdu, ids[i], 2);
			memcpy(before, pdu, sizeof(pdu));
			if (auth_sign(&s, pdu, len) == 0) {
				with++;
				continue;
			}
			assert_false(auth_verify(&s, pdu, len));
			assert_memory_equal(pdu, before, sizeof(pdu));
		}
	assert_int_equal(with, 4);	/* 52, 56; 104; 48 */
}

static void
key_lengths(void **state)
{
	char key[AUTH_KEY_MAX + 2];
	struct auth_secret s;

	(void)state;
	memset(key, 'k', sizeof(key));
	key[AUTH_KEY_MAX + 1] = '\0';
	assert_int_equal(auth_derive(key, 1, WIRE_V_OLD, AUTH_CLIENT, &s), -1);
	assert_int_equal(auth_derive(key, 1, WIRE_V_CURRENT, AUTH_CLIENT, &s),
	    -1);
	key[AUTH_KEY_MAX] = '\0';
	assert_int_equal(auth_derive(key, 1, WIRE_V_LEGACY, AUTH_CLIENT, &s),
	    0);
	assert_int_equal(s.len, AUTH_KEY_MAX);
	assert_memory_equal(s.bytes, key, s.len);
	assert_int_equal(auth_derive(key, 1, WIRE_V_CURRENT, AUTH_CLIENT, &s),
	    0);
	assert_int_equal(s.len, 32);
}

static void
window(void **state)
{
	static const int64_t whole = INT64_C(1) << 32;
	static const int64_t now[] = { INT64_C(1795312383), 3,
	    (INT64_C(1) << 32) - 2, (INT64_C(1) << 32) + 1 };
	int64_t off;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(now); i++)
		for (off = -160; off <= 160; off++) {
			uint32_t then = (uint32_t)((now[i] + off + whole) %
			    whole);
			int64_t ns = now[i] * NS_PER_S + 999999999;

			assert_int_equal(auth_in_window(ns, then,
			    AUTH_WINDOW_S), off >= -5 && off <= 5);
			assert_int_equal(auth_in_window(ns, then, 150),
			    off >= -150 && off <= 150);
			assert_int_equal(auth_in_window(ns, then, 0),
			    off == 0);
			assert_true(auth_in_window(ns, then, UINT32_MAX));
		}
	/* As far away as 32 bits can say. */
	assert_false(auth_in_window(0, UINT32_C(0x80000000), 150));
	assert_false(auth_in_window(0, UINT32_C(0x7fffffff), 150));
}

static void
wipe(void **state)
{
	static const char zero[9];
	char secret[9] = "secret!!";

	(void)state;
	auth_wipe(secret, sizeof(secret));
	assert_memory_equal(secret, zero, sizeof(zero));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded),
		cmocka_unit_test(one_bit),
		cmocka_unit_test(no_digest),
		cmocka_unit_test(key_lengths),
		cmocka_unit_test(window),
		cmocka_unit_test(wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
