/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames, prepared and brought up to date, against recorded ones and against
 * one who sums every byte. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "common/clock.h"
#include "udping/frame.h"
#include "udping/probe.h"

#define ROOM	(FRAME_HEAD_MAX + WIRE_MAX)

static void
put_mac(const struct jv *v, uint8_t mac[MACS_LEN])
{
	struct macs m;

	assert_int_equal(macs_parse(jv_str(v, NULL), &m), 0);
	memcpy(mac, m.mac[0], MACS_LEN);
	macs_free(&m);
}

static void
conf_of(const struct jv *eth, const struct jv *ip, uint16_t dport,
    struct frame_conf *c)
{
	memset(c, 0, sizeof(*c));
	c->vlan = -1;
	put_mac(jv_get(eth, "src"), c->mac);
	assert_int_equal(addr_numeric(jv_str(jv_get(ip, "src"), NULL), 0,
	    &c->src), 0);
	assert_int_equal(addr_numeric(jv_str(jv_get(ip, "dst"), NULL), dport,
	    &c->dst), 0);
}

/* A frame with a probe, as a client makes it. */
static size_t
make(const struct frame *f, const struct probe *p, uint8_t *out,
    const uint8_t mac[MACS_LEN], uint16_t sport, uint32_t seq, size_t size,
    int64_t wall_ns)
{
	uint8_t *payload = out + f->len;

	memset(out, 0, ROOM);
	frame_put(f, out, mac, sport, size, probe_put(p, payload, seq, size));
	frame_adjust(f, out, probe_stamp(p, payload, wall_ns));
	return f->len + size;
}

static void
check_recorded(const struct jv *one)
{
	const struct jv *d = jv_get(one, "decoded"), *eth, *probe, *udp;
	uint8_t want[ROOM], got[ROOM], mac[MACS_LEN];
	struct frame_conf c;
	struct probe p;
	struct frame f;
	size_t n;

	eth = jv_get(d, "eth");
	udp = jv_get(d, "udp");
	probe = jv_get(d, "probe");
	conf_of(eth, jv_get(d, "ip"), (uint16_t)jv_uint(jv_get(udp, "dport")),
	    &c);
	put_mac(jv_get(eth, "dst"), mac);
	frame_init(&f, &c);
	probe_init(&p, false, jv_int(jv_get(probe, "clientStartTime")),
	    jv_str(jv_get(probe, "guid"), NULL));
	n = make(&f, &p, got, mac, (uint16_t)jv_uint(jv_get(udp, "sport")),
	    (uint32_t)jv_uint(jv_get(probe, "seqNum")),
	    (size_t)jv_uint(jv_get(probe, "size")),
	    jv_int(jv_get(probe, "sent_sec")) * CLOCK_NS_PER_S +
	    jv_int(jv_get(probe, "sent_nsec")));
	assert_int_equal(jv_hex(jv_get(one, "frame_hex"), want, sizeof(want)),
	    n);
	assert_memory_equal(got, want, n);
}

static void
test_recorded(void **state)
{
	struct jv *file = jv_load("udping/frames.json");
	const struct jv *all = jv_get(file, "frames");
	size_t i;

	(void)state;
	assert_int_equal(jv_len(all), 11);
	for (i = 0; i < jv_len(all); i++)
		check_recorded(jv_at(all, i));
	jv_free(file);
}

/* The original's unit tests: a payload that is no probe. */
static void
test_units(void **state)
{
	static const char hello[] = "Hello, World!";
	struct jv *file = jv_load("udping/unit.json");
	const struct jv *all = jv_get(file, "frames"), *one = jv_at(all, 0);
	uint8_t want[ROOM], got[ROOM], mac[MACS_LEN];
	struct frame_conf c = { .vlan = -1 };
	struct frame f;
	size_t n;

	(void)state;
	put_mac(jv_get(one, "src_mac"), c.mac);
	put_mac(jv_get(one, "dst_mac"), mac);
	addr_numeric("10.77.0.1", 0, &c.src);
	addr_numeric("10.77.0.2", 6000, &c.dst);
	frame_init(&f, &c);
	frame_put(&f, got, mac, 12345, sizeof(hello),
	    frame_fold(frame_sum(hello, sizeof(hello))));
	n = jv_hex(jv_get(one, "hex"), want, sizeof(want));
	assert_int_equal(f.len + sizeof(hello), n);
	memcpy(got + f.len, hello, sizeof(hello));
	assert_memory_equal(got, want, n);
	addr_numeric("57.48.0.0", 12345, &c.src);
	c.dst = c.src;
	memcpy(mac, c.mac, MACS_LEN);
	frame_init(&f, &c);
	frame_put(&f, got, mac, 12345, sizeof(hello),
	    frame_fold(frame_sum(hello, sizeof(hello))));
	n = jv_hex(jv_get(jv_at(all, 1), "hex"), want, sizeof(want));
	assert_memory_equal(got, want, n);
	jv_free(file);
}

/* "host_value_le" is what a little-endian host reads in the field. */
static void
test_checksum(void **state)
{
	struct jv *file = jv_load("udping/unit.json");
	const struct jv *all = jv_get(file, "internet_checksum_le_words"), *one;
	const char *text;
	char hex[8];
	size_t i, n;
	unsigned int v;

	(void)state;
	assert_int_equal(jv_len(all), 3);
	for (i = 0; i < jv_len(all); i++) {
		one = jv_at(all, i);
		text = jv_str(jv_get(one, "ascii"), &n);
		v = (uint16_t)~frame_fold(frame_sum(text, n));
		snprintf(hex, sizeof(hex), "%02x%02x", v & 0xff, v >> 8);
		assert_string_equal(hex, jv_str(jv_get(one, "host_value_le"),
		    NULL));
	}
	jv_free(file);
}

/* The checksum of a whole UDP datagram, from every byte of it: 0 is right. */
static uint16_t
residue(const struct frame *f, const uint8_t *frame, size_t n)
{
	const uint8_t *ip = frame + f->ip, *udp = frame + f->len - FRAME_UDP;
	size_t addresses = f->ipv6 ? 32 : 8, len = n - f->len + FRAME_UDP;
	uint32_t sum;

	sum = frame_sum(ip + (f->ipv6 ? 8 : 12), addresses);
	sum += 17 + (uint32_t)len + frame_sum(udp, len);
	return (uint16_t)~frame_fold(sum);
}

static struct frame_conf
random_conf(bool ipv6)
{
	struct frame_conf c = { .vlan = -1 };

	addr_numeric(ipv6 ? "fd77::1" : "10.77.0.1", 0, &c.src);
	addr_numeric(ipv6 ? "fd77::9:2" : "192.0.2.9",
	    (uint16_t)random(), &c.dst);
	c.dscp = (int)(random() % 64);
	c.df = random() % 2 == 0;
	if (random() % 2 == 0)
		c.vlan = (int)(random() % (FRAME_VLAN_MAX + 1));
	return c;
}

/*
 * Any frame, prepared and adjusted, has the payload that wire_put writes and
 * checksums that the receiver's sum over all bytes finds right.
 */
static void
test_any_frame_adds_up(void **state)
{
	uint8_t got[ROOM], want[WIRE_MAX];
	struct wire_probe w;
	struct frame_conf c;
	struct probe p;
	struct frame f;
	size_t n;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < 20000; i++) {
		c = random_conf(i % 2 == 0);
		frame_init(&f, &c);
		w = (struct wire_probe) {
			.layout = random() % 2 == 0 ? WIRE_LP64 : WIRE_FIRST,
			.guid = "0123456789abcdef0123",
			.seq = (uint32_t)random() << 1,
			.sent_s = random(), .sent_ns = random() % 1000000000,
			.size = (uint32_t)(72 + random() % 1928),
		};
		if (w.layout == WIRE_LP64)
			w.start_s = random();
		probe_init(&p, w.layout == WIRE_FIRST, w.start_s, w.guid);
		n = make(&f, &p, got, c.mac, (uint16_t)random(), w.seq,
		    w.size, w.sent_s * CLOCK_NS_PER_S + w.sent_ns);
		assert_int_equal(wire_put(&w, want, sizeof(want)), w.size);
		assert_memory_equal(got + f.len, want, w.size);
		assert_int_equal(residue(&f, got, n), 0);
		if (!f.ipv6)
			assert_int_equal(frame_fold(frame_sum(got + f.ip,
			    20)), 0xffff);
	}
}

/* A sum of 0xffff leaves the checksum 0: it stays in IPv4, not in IPv6. */
static void
test_zero_checksum(void **state)
{
	struct frame_conf c = { .vlan = -1 };
	uint8_t got[ROOM], *check;
	struct frame f;
	int v6;

	(void)state;
	for (v6 = 0; v6 < 2; v6++) {
		addr_numeric(v6 ? "fd77::1" : "10.77.0.1", 0, &c.src);
		addr_numeric(v6 ? "fd77::2" : "10.77.0.2", 6000, &c.dst);
		frame_init(&f, &c);
		check = got + f.len - 2;
		frame_put(&f, got, c.mac, 5000, 72, 0);
		/* Its complement makes the sum all ones. */
		frame_put(&f, got, c.mac, 5000, 72,
		    (uint16_t)(check[0] << 8 | check[1]));
		assert_int_equal(check[0], v6 ? 0xff : 0);
		assert_int_equal(check[1], v6 ? 0xff : 0);
		frame_adjust(&f, got, 1);
		assert_int_equal(check[0] << 8 | check[1], 0xfffe);
	}
}

/* Spec-made heads, byte by byte: tag, DSCP EF, DF; and IPv6. */
static void
test_options(void **state)
{
	static const uint8_t v4[] = {
		2, 0, 0, 0, 0xb, 2, 2, 0, 0, 0, 0xa, 1, 0x81, 0, 0, 100, 8, 0,
		0x45, 46 << 2, 0, 100, 0, 0, 0x40, 0, 255, 17, 0x66, 0x34,
		10, 77, 0, 1, 10, 77, 0, 2, 0x13, 0x88, 0x17, 0x70, 0, 80 };
	static const uint8_t v6[] = {
		2, 0, 0, 0, 0xb, 2, 2, 0, 0, 0, 0xa, 1, 0x86, 0xdd,
		0x6b, 0x80, 0, 0, 0, 80, 17, 255,
		0xfd, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0xfd, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
		0x13, 0x88, 0x17, 0x70, 0, 80 };
	static const uint8_t hop[MACS_LEN] = { 2, 0, 0, 0, 0xb, 2 };
	struct frame_conf c = { .mac = { 2, 0, 0, 0, 0xa, 1 }, .vlan = 100,
		.dscp = 46, .df = true };
	uint8_t got[ROOM];
	struct frame f;

	(void)state;
	addr_numeric("10.77.0.1", 0, &c.src);
	addr_numeric("10.77.0.2", 6000, &c.dst);
	frame_init(&f, &c);
	assert_int_equal(f.len, sizeof(v4) + 2);
	frame_put(&f, got, hop, 5000, 72, 0);
	assert_memory_equal(got, v4, sizeof(v4));
	addr_numeric("fd77::1", 0, &c.src);
	addr_numeric("fd77::2", 6000, &c.dst);
	c.vlan = -1;
	frame_init(&f, &c);
	assert_int_equal(f.len, sizeof(v6) + 2);
	frame_put(&f, got, hop, 5000, 72, 0);
	assert_memory_equal(got, v6, sizeof(v6));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_any_frame_adds_up),
		cmocka_unit_test(test_zero_checksum),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
