/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/addr.h"

#define PORT_UNSET	1

static struct addr
numeric(const char *host, uint16_t port)
{
	struct addr a;

	assert_int_equal(addr_numeric(host, port, &a), 0);
	return a;
}

static void
test_split(void **state)
{
	static const struct {
		const char	*text, *host;
		uint16_t	 port;
	} rows[] = {
		{ "example.org", "example.org", PORT_UNSET },
		{ "example.org:5003", "example.org", 5003 },
		{ "192.0.2.1:0", "192.0.2.1", 0 },
		{ "h:65535", "h", 65535 },
		{ "h:0080", "h", 80 },
		{ "::", "::", PORT_UNSET },
		{ "2001:db8::1", "2001:db8::1", PORT_UNSET },
		{ "fe80::1%eth0", "fe80::1%eth0", PORT_UNSET },
		{ "[2001:db8::1]", "2001:db8::1", PORT_UNSET },
		{ "[2001:db8::1]:443", "2001:db8::1", 443 },
		{ "[fe80::1%eth0]:443", "fe80::1%eth0", 443 },
		{ "[example.org]:7", "example.org", 7 },
	};
	char host[64];
	uint16_t port;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		port = PORT_UNSET;
		assert_int_equal(addr_split(rows[i].text, host, sizeof(host),
		    &port), 0);
		assert_string_equal(host, rows[i].host);
		assert_int_equal(port, rows[i].port);
	}
}

static void
test_split_refuses(void **state)
{
	static const char *const texts[] = {
		"", ":", ":5003", "h:", "h:65536", "h:-1", "h:+1", "h: 1",
		"h:1x", "h:99999999999999999999", "[", "[]", "[]:1", "[::1",
		"[::1]x", "[::1]:", "[::1]:x", "[::1]1", "::1]:5", "a[b]", "]",
		"[[::1]]:5",
	};
	uint16_t port = PORT_UNSET;
	char host[64];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(texts); i++) {
		if (addr_split(texts[i], host, sizeof(host), &port) != -1)
			fail_msg("accepted: %s", texts[i]);
		assert_int_equal(port, PORT_UNSET);
	}
}

static void
test_split_needs_room_for_the_host(void **state)
{
	uint16_t port = PORT_UNSET;
	char host[5];

	(void)state;
	assert_int_equal(addr_split("four:1", host, sizeof(host), &port), 0);
	assert_string_equal(host, "four");
	port = PORT_UNSET;
	assert_int_equal(addr_split("fives:2", host, sizeof(host), &port), -1);
	assert_int_equal(port, PORT_UNSET);
}

static void
test_numeric_and_format(void **state)
{
	static const struct {
		const char	*text, *host, *format;
		int		 family;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", "192.0.2.1:5003", AF_INET },
		{ "2001:DB8:0::1", "2001:db8::1", "[2001:db8::1]:5003",
		    AF_INET6 },
		{ "::", "::", "[::]:5003", AF_INET6 },
		{ "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1:5003",
		    AF_INET6 },
	};
	char buf[ADDR_STRLEN];
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		a = numeric(rows[i].text, 5003);
		assert_int_equal(addr_family(&a), rows[i].family);
		assert_int_equal(addr_port(&a), 5003);
		assert_string_equal(addr_host(&a, buf, sizeof(buf)),
		    rows[i].host);
		assert_string_equal(addr_format(&a, buf, sizeof(buf)),
		    rows[i].format);
	}
}

static void
test_numeric_refuses_names_and_old_forms(void **state)
{
	static const char *const texts[] = {
		"", "localhost", "10.1", "127.1", "0x7f000001", "1.2.3.4.5",
		"256.0.0.1", "1.2.3.4 ", "1.2.3.4/8", "2001:db8:::1", "12345::",
		"::1/64", "[::1]",
	};
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(texts); i++)
		if (addr_numeric(texts[i], 1, &a) != -1)
			fail_msg("accepted: %s", texts[i]);
}

static void
test_unset_address(void **state)
{
	struct addr a = { .len = 0 }, b = numeric("0.0.0.0", 0);
	char buf[ADDR_STRLEN];

	(void)state;
	addr_set_port(&a, 5);
	addr_map(&a);
	assert_int_equal(addr_family(&a), AF_UNSPEC);
	assert_int_equal(addr_port(&a), 0);
	assert_false(addr_is_multicast(&a));
	assert_false(addr_is_mapped(&a));
	assert_false(addr_same_host(&a, &a));
	assert_false(addr_same_host(&a, &b));
	assert_string_equal(addr_host(&a, buf, sizeof(buf)), "?");
}

static void
test_text_is_cut_to_the_buffer(void **state)
{
	struct addr a = numeric("192.0.2.1", 5003);
	char buf[8];

	(void)state;
	assert_string_equal(addr_host(&a, buf, sizeof(buf)), "192.0.2");
	assert_string_equal(addr_format(&a, buf, 4), "192");
}

static void
test_set_port_keeps_the_host(void **state)
{
	struct addr a = numeric("192.0.2.1", 1), b = numeric("::1", 1);
	char buf[ADDR_STRLEN];

	(void)state;
	addr_set_port(&a, 65535);
	addr_set_port(&b, 5004);
	assert_string_equal(addr_format(&a, buf, sizeof(buf)),
	    "192.0.2.1:65535");
	assert_string_equal(addr_format(&b, buf, sizeof(buf)), "[::1]:5004");
}

static void
test_map_is_the_same_host(void **state)
{
	struct addr a = numeric("192.0.2.1", 77), b = a;

	(void)state;
	assert_false(addr_is_mapped(&a));
	addr_map(&a);
	assert_true(addr_is_mapped(&a));
	assert_int_equal(addr_family(&a), AF_INET6);
	assert_int_equal(a.len, sizeof(struct sockaddr_in6));
	assert_int_equal(addr_port(&a), 77);
	assert_true(addr_same_host(&a, &b));
	b = a;
	addr_map(&a);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void
test_same_host(void **state)
{
	static const struct {
		const char	*a, *b;
		bool		 same;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "192.0.2.1", "::192.0.2.1", false },
		{ "2001:db8::1", "2001:db8:0::1", true },
		{ "2001:db8::1", "2001:db8::2", false },
		{ "0.0.0.0", "::", false },
		{ "127.0.0.1", "::1", false },
	};
	struct addr a, b;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		a = numeric(rows[i].a, 1);
		b = numeric(rows[i].b, 2);
		assert_int_equal(addr_same_host(&a, &b), rows[i].same);
		assert_int_equal(addr_same_host(&b, &a), rows[i].same);
	}
	a = b = numeric("fe80::1", 1);
	b.in6.sin6_scope_id = 7;
	assert_true(addr_same_host(&a, &b));
}

static void
test_multicast(void **state)
{
	static const struct {
		const char	*text;
		bool		 yes;
	} rows[] = {
		{ "223.255.255.255", false }, { "224.0.0.0", true },
		{ "239.255.255.255", true }, { "240.0.0.0", false },
		{ "ff02::1", true }, { "fe80::1", false },
		{ "::ffff:224.0.0.1", true }, { "::ffff:1.2.3.4", false },
		{ "::224.0.0.1", false },
	};
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		a = numeric(rows[i].text, 0);
		assert_int_equal(addr_is_multicast(&a), rows[i].yes);
	}
}

static void
test_resolve_numeric(void **state)
{
	struct addr out[4], want = numeric("192.0.2.9", 5003);
	int error;
	size_t n;

	(void)state;
	n = addr_resolve("192.0.2.9", 5003, AF_UNSPEC, SOCK_STREAM, out,
	    NELEM(out), &error);
	assert_int_equal(n, 1);
	assert_int_equal(out[0].len, want.len);
	assert_int_equal(addr_port(&out[0]), 5003);
	assert_true(addr_same_host(&out[0], &want));
}

static void
test_resolve_honours_the_family(void **state)
{
	struct addr out[4];
	int error = 0;

	(void)state;
	assert_int_equal(addr_resolve("192.0.2.9", 1, AF_INET6, SOCK_DGRAM,
	    out, NELEM(out), &error), 0);
	assert_int_not_equal(error, 0);
	assert_int_equal(addr_resolve("::1", 1, AF_INET, SOCK_DGRAM,
	    out, NELEM(out), &error), 0);
	assert_int_not_equal(error, 0);
}

static void
test_resolve_passive_and_max(void **state)
{
	struct addr out[2], any = numeric("0.0.0.0", 0);
	int error;

	(void)state;
	assert_int_equal(addr_resolve(NULL, 5003, AF_INET, SOCK_STREAM, out,
	    NELEM(out), &error), 1);
	assert_true(addr_same_host(&out[0], &any));
	assert_int_equal(addr_port(&out[0]), 5003);

	memset(&out[1], 0xa5, sizeof(out[1]));
	assert_int_equal(addr_resolve(NULL, 5003, AF_UNSPEC, SOCK_STREAM, out,
	    1, &error), 1);
	assert_int_equal(((const uint8_t *)&out[1])[0], 0xa5);
}

static void
test_prefix_table(void **state)
{
	static const struct {
		const char	*prefix, *peer;
		bool		 match;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.0", false },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "::ffff:192.0.2.1", "192.0.2.1", true },
		{ "10.77.0.200/24", "10.77.0.1", true },
		{ "10.77.0.200/24", "10.77.1.1", false },
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.0/9", "10.128.0.0", false },
		{ "192.0.2.0/31", "192.0.2.1", true },
		{ "192.0.2.0/31", "192.0.2.2", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "::ffff:203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "2001:db8::1", true },
		{ "::/0", "203.0.113.9", false },
		{ "::/0", "::ffff:203.0.113.9", false },
		{ "::ffff:0.0.0.0/96", "203.0.113.9", true },
		{ "::ffff:10.0.0.0/104", "10.1.2.3", true },
		{ "::ffff:10.0.0.0/104", "11.1.2.3", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::1", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "2001:db8::1/128", "2001:db8::1", true },
		{ "2001:db8::1/128", "2001:db8::2", false },
		{ "2001:db8::1", "2001:db8::", false },
		{ "fe80::/10", "192.0.2.1", false },
	};
	struct addr_prefix p;
	const char *why;
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		assert_int_equal(addr_prefix_parse(rows[i].prefix, &p, &why),
		    0);
		a = numeric(rows[i].peer, 1);
		if (addr_prefix_match(&p, &a) != rows[i].match)
			fail_msg("%s against %s", rows[i].prefix,
			    rows[i].peer);
	}
}

static void
test_prefix_refuses(void **state)
{
	static const char *const texts[] = {
		"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8x", "10.0.0.0/8/8",
		"10.0.0.0/255.0.0.0", "10/8", "::/129", "::/", "::/a",
		"example.org", "localhost/8", "::1 /64",
	};
	struct addr_prefix p;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(texts); i++) {
		why = NULL;
		if (addr_prefix_parse(texts[i], &p, &why) != -1)
			fail_msg("accepted: %s", texts[i]);
		assert_non_null(why);
	}
}

static void
test_prefix_never_matches_an_unset_peer(void **state)
{
	struct addr a = { .len = 0 };
	struct addr_prefix p;
	const char *why;

	(void)state;
	assert_int_equal(addr_prefix_parse("0.0.0.0/0", &p, &why), 0);
	assert_false(addr_prefix_match(&p, &a));
	assert_int_equal(addr_prefix_parse("::/0", &p, &why), 0);
	assert_false(addr_prefix_match(&p, &a));
}

/* Bit by bit, as one would explain it: the first bits of both are equal. */
static bool
naive_match(uint32_t net, unsigned int bits, uint32_t host)
{
	unsigned int i;

	for (i = 0; i < bits; i++)
		if (((net ^ host) >> (31 - i) & 1) != 0)
			return false;
	return true;
}

static void
v4_text(uint32_t v, char *buf, size_t len)
{
	snprintf(buf, len, "%u.%u.%u.%u", v >> 24, v >> 16 & 255,
	    v >> 8 & 255, v & 255);
}

static void
test_prefix_property(void **state)
{
	unsigned int bits;
	char net_text[40], text[32];
	uint32_t net, host;
	struct addr_prefix p;
	const char *why;
	struct addr a;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < 20000; i++) {
		net = (uint32_t)random() << 1 ^ (uint32_t)random();
		bits = (unsigned int)random() % 33;
		/* Differ from some bit near the boundary on. */
		host = net ^ (uint32_t)1 << (random() % 32);
		v4_text(net, text, sizeof(text));
		snprintf(net_text, sizeof(net_text), "%s/%u", text, bits);
		assert_int_equal(addr_prefix_parse(net_text, &p, &why), 0);
		v4_text(host, text, sizeof(text));
		a = numeric(text, 1);
		if (random() % 2 == 0)
			addr_map(&a);
		if (addr_prefix_match(&p, &a) != naive_match(net, bits, host))
			fail_msg("%s against %s", net_text, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_refuses),
		cmocka_unit_test(test_split_needs_room_for_the_host),
		cmocka_unit_test(test_numeric_and_format),
		cmocka_unit_test(test_numeric_refuses_names_and_old_forms),
		cmocka_unit_test(test_unset_address),
		cmocka_unit_test(test_text_is_cut_to_the_buffer),
		cmocka_unit_test(test_set_port_keeps_the_host),
		cmocka_unit_test(test_map_is_the_same_host),
		cmocka_unit_test(test_same_host),
		cmocka_unit_test(test_multicast),
		cmocka_unit_test(test_resolve_numeric),
		cmocka_unit_test(test_resolve_honours_the_family),
		cmocka_unit_test(test_resolve_passive_and_max),
		cmocka_unit_test(test_prefix_table),
		cmocka_unit_test(test_prefix_refuses),
		cmocka_unit_test(test_prefix_never_matches_an_unset_peer),
		cmocka_unit_test(test_prefix_property),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
