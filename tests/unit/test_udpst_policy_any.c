/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/udpst_server.h"

#include "common/clock.h"
#include "udpst/policy.h"

#define NOW_S	UINT32_C(1800000000)
#define NOW_NS	(NOW_S * CLOCK_NS_PER_S)
#define KEY	"sesame"

static const unsigned int none_used[2];

static struct wire_setup
ordinary(unsigned int version)
{
	struct wire_setup p = {
		.version = (uint16_t)version,
		.mc_count = 1, .mc_ident = 0x1234,
		.request = WIRE_SETUP_REQUEST,
		.modifier = WIRE_MOD_JUMBO
	};

	return p;
}

/* Encoded and, with a key, signed; returns the length. */
static size_t
encode(struct wire_setup p, const char *key, uint8_t *buf)
{
	struct auth_secret secret;
	size_t len;

	if (key != NULL) {
		p.auth.mode = 1;
		p.auth.unix_time = NOW_S;
	}
	len = wire_setup_put(&p, buf);
	if (key != NULL) {
		assert_int_equal(auth_derive(key, NOW_S, p.version,
		    AUTH_CLIENT, &secret), 0);
		assert_int_equal(auth_sign(&secret, buf, len), 0);
	}
	return len;
}

static enum wire_setup_code
verdict(const struct options *o, const struct wire_setup *p, const char *key)
{
	uint8_t buf[WIRE_CONTROL_MAX];
	struct policy_setup s;

	policy_setup(o, buf, encode(*p, key, buf), NOW_NS, none_used, &s);
	assert_int_equal(s.answer, s.code == WIRE_SETUP_ACCEPTED ?
	    POLICY_ACCEPT : POLICY_REJECT);
	return s.code;
}

/* Which versions are taken, and which one a refusal names. */
static void
test_versions(void **state)
{
	static const struct {
		unsigned int pinned, asked;
		enum wire_setup_code code;
		unsigned int named;
	} rows[] = {
		{ 0, 9, WIRE_SETUP_VERSION, 10 },	/* 52 bytes */
		{ 0, 10, WIRE_SETUP_ACCEPTED, 10 },
		{ 0, 11, WIRE_SETUP_ACCEPTED, 11 },
		{ 0, 19, WIRE_SETUP_ACCEPTED, 19 },
		{ 0, 20, WIRE_SETUP_ACCEPTED, 20 },
		{ 0, 21, WIRE_SETUP_VERSION, 20 },
		{ 0, 65535, WIRE_SETUP_VERSION, 20 },
		{ 10, 10, WIRE_SETUP_ACCEPTED, 10 },
		{ 10, 11, WIRE_SETUP_VERSION, 10 },
		{ 10, 20, WIRE_SETUP_VERSION, 10 },
		{ 11, 10, WIRE_SETUP_VERSION, 11 },
		{ 11, 11, WIRE_SETUP_ACCEPTED, 11 },
		{ 11, 12, WIRE_SETUP_VERSION, 11 },
		{ 11, 20, WIRE_SETUP_VERSION, 11 },
		{ 20, 10, WIRE_SETUP_VERSION, 20 },
		{ 20, 19, WIRE_SETUP_VERSION, 20 },
		{ 20, 20, WIRE_SETUP_ACCEPTED, 20 },
	};
	uint8_t buf[WIRE_CONTROL_MAX], answer[WIRE_CONTROL_MAX];
	struct policy_setup s;
	struct options o;
	size_t i, len;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		server_options(&o);
		o.protocol = rows[i].pinned;
		len = encode(ordinary(rows[i].asked), NULL, buf);
		policy_setup(&o, buf, len, NOW_NS, none_used, &s);
		assert_int_equal(s.code, rows[i].code);
		assert_int_equal(policy_setup_response(&o, &s, s.code, 1,
		    NOW_NS, answer), len);
		assert_int_equal(answer[2] << 8 | answer[3], rows[i].named);
	}
}

/* The offer is agreed to by an accepting answer of protocol 20 alone. */
static void
test_offer(void **state)
{
	static const unsigned int versions[] = { 10, 11, 20 };
	uint8_t buf[WIRE_CONTROL_MAX];
	struct policy_setup s;
	struct policy_session session;
	struct options o;
	struct wire_setup p;
	size_t i, len;
	int offer;

	(void)state;
	server_options(&o);
	for (i = 0; i < NELEM(versions); i++) {
		for (offer = 0; offer < 2; offer++) {
			p = ordinary(versions[i]);
			p.modifier |= offer ? WIRE_MOD_OFFER : 0;
			len = encode(p, NULL, buf);
			policy_setup(&o, buf, len, NOW_NS, none_used, &s);
			assert_int_equal(s.ours, offer && versions[i] == 20);
			policy_session_from(&s, &session);
			assert_int_equal(session.ours, s.ours);
			assert_int_equal(session.version, versions[i]);
			policy_setup_response(&o, &s, WIRE_SETUP_ACCEPTED, 1,
			    NOW_NS, buf);
			assert_int_equal(buf[14], p.modifier |
			    (s.ours ? WIRE_MOD_AGREED : 0));
			policy_setup_response(&o, &s,
			    WIRE_SETUP_NO_CONNECTION, 1, NOW_NS, buf);
			assert_int_equal(buf[14], p.modifier);
			assert_int_equal(buf[12] | buf[13], 0);
		}
	}
}

/* What hangs on the server's own options. */
static void
test_options(void **state)
{
	struct wire_setup p = ordinary(20);
	struct options o;

	(void)state;
	server_options(&o);
	o.jumbo = false;
	assert_int_equal(verdict(&o, &p, NULL), WIRE_SETUP_JUMBO);
	p.modifier = 0;
	assert_int_equal(verdict(&o, &p, NULL), WIRE_SETUP_ACCEPTED);
	o.traditional = true;
	assert_int_equal(verdict(&o, &p, NULL), WIRE_SETUP_MTU);
	p.modifier = WIRE_MOD_TRADITIONAL;
	assert_int_equal(verdict(&o, &p, NULL), WIRE_SETUP_ACCEPTED);
	assert_int_equal(verdict(&o, &p, KEY), WIRE_SETUP_NO_KEY_HERE);
	server_key(&o, KEY);
	assert_int_equal(verdict(&o, &p, NULL), WIRE_SETUP_KEY_NEEDED);
	assert_int_equal(verdict(&o, &p, KEY), WIRE_SETUP_ACCEPTED);
	assert_int_equal(verdict(&o, &p, "another"), WIRE_SETUP_AUTH_FAILED);
	p.auth.mode = 2;
	assert_int_equal(verdict(&o, &p, NULL), WIRE_SETUP_AUTH_MODE);
}

/* The window is the option's, for every age of the protocol, inclusive. */
static void
test_window(void **state)
{
	static const unsigned int versions[] = { 10, 11, 20 };
	uint8_t buf[WIRE_CONTROL_MAX];
	struct policy_setup s;
	struct options o;
	size_t i, len;
	int skew;

	(void)state;
	server_options(&o);
	server_key(&o, KEY);
	for (i = 0; i < NELEM(versions); i++) {
		len = encode(ordinary(versions[i]), KEY, buf);
		for (skew = -200; skew <= 200; skew++) {
			o.auth_window_s = skew % 2 == 0 ? 5 : 150;
			policy_setup(&o, buf, len,
			    NOW_NS + skew * CLOCK_NS_PER_S, none_used, &s);
			assert_int_equal(s.code, abs(skew) <=
			    (int)o.auth_window_s ? WIRE_SETUP_ACCEPTED :
			    WIRE_SETUP_AUTH_TIME);
		}
	}
}

/* No bit of a signed request can be changed and still be accepted. */
static void
test_any_bit_is_signed(void **state)
{
	static const unsigned int versions[] = { 10, 11, 20 };
	uint8_t buf[WIRE_CONTROL_MAX];
	struct policy_setup s;
	struct options o;
	size_t i, len, bit;

	(void)state;
	server_options(&o);
	server_key(&o, KEY);
	for (i = 0; i < NELEM(versions); i++) {
		len = encode(ordinary(versions[i]), KEY, buf);
		policy_setup(&o, buf, len, NOW_NS, none_used, &s);
		assert_int_equal(s.answer, POLICY_ACCEPT);
		assert_true(s.authenticated);
		assert_ptr_equal(s.key, o.key);
		for (bit = 0; bit < 8 * len; bit++) {
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
			policy_setup(&o, buf, len, NOW_NS, none_used, &s);
			assert_int_not_equal(s.answer, POLICY_ACCEPT);
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/*
 * With -B each direction has so much, and whatever has been accepted and not
 * been given back never exceeds it; nothing is refused that would have fitted.
 */
static void
test_capacity(void **state)
{
	struct { bool up; unsigned int mbps; } held[64];
	uint8_t buf[WIRE_CONTROL_MAX];
	unsigned int used[2] = { 0, 0 }, free_here;
	struct wire_setup p = ordinary(20);
	struct policy_setup s;
	struct options o;
	size_t n = 0, i, step;

	(void)state;
	unit_seed();
	server_options(&o);
	o.bandwidth = 1000;
	for (step = 0; step < 50000; step++) {
		if (n == NELEM(held) || (n > 0 && random() % 3 == 0)) {
			i = (size_t)random() % n;
			used[held[i].up ? 0 : 1] -= held[i].mbps;
			held[i] = held[--n];
			continue;
		}
		p.bandwidth = (uint16_t)(random() % 8 == 0 ? random() :
		    random() % 300);
		p.bandwidth |= random() % 2 ? WIRE_UPSTREAM : 0;
		policy_setup(&o, buf, encode(p, NULL, buf), NOW_NS, used, &s);
		assert_int_equal(s.upstream, p.bandwidth >= WIRE_UPSTREAM);
		assert_int_equal(s.bandwidth, p.bandwidth % WIRE_UPSTREAM);
		free_here = o.bandwidth - used[s.upstream ? 0 : 1];
		assert_int_equal(s.code, s.bandwidth == 0 ?
		    WIRE_SETUP_NO_BANDWIDTH : s.bandwidth > free_here ?
		    WIRE_SETUP_CAPACITY : WIRE_SETUP_ACCEPTED);
		if (s.answer != POLICY_ACCEPT)
			continue;
		held[n].up = s.upstream;
		held[n++].mbps = s.bandwidth;
		used[s.upstream ? 0 : 1] += s.bandwidth;
	}
}

/* Is this a setup request at all? The first line of spec 3.3. */
static bool
well_formed(const uint8_t *buf, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	if ((len != 52 && len != 56) || buf[0] != 0xac || buf[1] != 0xe1 ||
	    buf[8] != 1 || buf[9] != 0)
		return false;
	if (len == 52 || (buf[54] == 0 && buf[55] == 0))
		return true;
	for (i = 0; i < len; i += 2)
		sum += (uint32_t)buf[i] << 8 | buf[i + 1];
	return sum % 0xffff == 0;
}

static void
random_options(struct options *o)
{
	server_options(o);
	o->jumbo = random() % 4 != 0;
	o->traditional = random() % 4 == 0;
	o->bandwidth = random() % 2 ? 0 : (unsigned int)random() % 40000;
	o->checksum = random() % 2 == 0;
	if (random() % 2)
		server_key(o, KEY);
	if (random() % 4 == 0)
		o->protocol = 10 + (unsigned int)random() % 11;
}

/* Random bytes that, to some part, are a setup request. */
static size_t
random_datagram(uint8_t *buf, size_t size)
{
	struct wire_setup p = ordinary(9 + (unsigned int)random() % 13);
	size_t len, i, n;

	for (i = 0; i < size; i++)
		buf[i] = (uint8_t)random();
	if (random() % 16 == 0)
		return (size_t)random() % size;
	len = encode(p, random() % 2 ? KEY : NULL, buf);
	if (random() % 8 == 0)
		len = random() % 2 ? 52 : 56;
	for (n = (size_t)random() % 3; n > 0; n--)
		buf[(size_t)random() % 56] = (uint8_t)random();
	if (random() % 4 == 0)
		buf[14] = (uint8_t)random();
	return len;
}

static void
test_any_datagram(void **state)
{
	uint8_t buf[64], answer[WIRE_CONTROL_MAX];
	unsigned int answered = 0, accepted = 0;
	struct policy_setup s;
	struct options o;
	size_t i, len;

	(void)state;
	unit_seed();
	for (i = 0; i < 100000; i++) {
		random_options(&o);
		len = random_datagram(buf, sizeof(buf));
		policy_setup(&o, buf, len, NOW_NS, none_used, &s);
		assert_int_equal(s.answer != POLICY_SILENCE,
		    well_formed(buf, len));
		if (s.answer == POLICY_SILENCE)
			continue;
		answered++;
		accepted += s.answer == POLICY_ACCEPT;
		memset(answer, 0xee, sizeof(answer));
		assert_int_equal(policy_setup_response(&o, &s, s.code, 7,
		    NOW_NS, answer), len);
		assert_int_equal(answer[len], 0xee);
		assert_int_equal(answer[8], WIRE_SETUP_RESPONSE);
		assert_int_equal(answer[9], s.code);
		assert_int_equal(answer[0] << 8 | answer[1], WIRE_SETUP);
		/* Both together are no amplifier: one each of 48 and 56. */
		assert_true(policy_null(&o, &s, NOW_NS, answer) <
		    WIRE_SETUP_LEN);
	}
	assert_true(answered > 10000 && accepted > 1000);
}

static void
test_texts(void **state)
{
	static const struct {
		enum wire_setup_code code;
		const char *text;
	} rows[] = {
		{ WIRE_SETUP_VERSION,
		    "ERROR: Invalid version (21) in setup request from" },
		{ WIRE_SETUP_JUMBO, "ERROR: Invalid jumbo datagram option "
		    "in setup request from" },
		{ WIRE_SETUP_NO_KEY_HERE, "ERROR: Unexpected authentication "
		    "in setup request from" },
		{ WIRE_SETUP_KEY_NEEDED, "ERROR: Authentication missing in "
		    "setup request from" },
		{ WIRE_SETUP_AUTH_MODE, "ERROR: Invalid authentication mode "
		    "(2) in setup request from" },
		{ WIRE_SETUP_AUTH_FAILED, "ERROR: Authentication failure of "
		    "setup request from" },
		{ WIRE_SETUP_AUTH_TIME, "ERROR: Authentication time invalid "
		    "in setup request from" },
		{ WIRE_SETUP_NO_BANDWIDTH, "ERROR: Required bandwidth not "
		    "specified in setup request from" },
		{ WIRE_SETUP_CAPACITY, "ERROR: Capacity exceeded (3.4660) by "
		    "required bandwidth (77) in setup request from" },
		{ WIRE_SETUP_MTU, "ERROR: Invalid traditional MTU option in "
		    "setup request from" },
		{ WIRE_SETUP_MULTI, "ERROR: Invalid multi-connection "
		    "parameters (3,1) in setup request from" },
		{ WIRE_SETUP_NO_CONNECTION,
		    "ERROR: Max connections exceeded" },
	};
	struct wire_setup p = ordinary(21);
	struct policy_setup s;
	struct options o;
	uint8_t buf[WIRE_CONTROL_MAX];
	char text[128];
	size_t i;

	(void)state;
	server_options(&o);
	p.mc_index = 3;
	p.bandwidth = 77 | WIRE_UPSTREAM;
	p.auth.mode = 2;
	policy_setup(&o, buf, encode(p, NULL, buf), NOW_NS, none_used, &s);
	for (i = 0; i < NELEM(rows); i++) {
		policy_rejection_text(&s, rows[i].code, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_offer),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_any_bit_is_signed),
		cmocka_unit_test(test_capacity),
		cmocka_unit_test(test_any_datagram),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
