/* SPDX-License-Identifier: BSD-2-Clause */
/* The probe in each of its layouts: recorded ones, and what is none. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "udping/wire.h"

static void
probe_is(const struct wire_probe *p, const struct jv *decoded)
{
	assert_true(p->start_s == jv_int(jv_get(decoded, "clientStartTime")));
	assert_string_equal(p->guid, jv_str(jv_get(decoded, "guid"), NULL));
	assert_int_equal(p->seq, jv_int(jv_get(decoded, "seqNum")));
	assert_true(p->sent_s == jv_int(jv_get(decoded, "sent_sec")));
	assert_true(p->sent_ns == jv_int(jv_get(decoded, "sent_nsec")));
	assert_int_equal(p->size, jv_int(jv_get(decoded, "size")));
	assert_false(p->control);
}

/* Recorded by the original, read and written again. */
static void
test_recorded(void **state)
{
	struct jv *file = jv_load("udping/frames.json");
	const struct jv *all = jv_get(file, "frames"), *one;
	uint8_t buf[WIRE_MAX], again[WIRE_MAX];
	struct wire_probe p;
	int64_t value;
	size_t i, n;

	(void)state;
	assert_int_equal(jv_len(all), 11);
	for (i = 0; i < jv_len(all); i++) {
		one = jv_at(all, i);
		n = jv_hex(jv_get(one, "udp_payload_hex"), buf, sizeof(buf));
		assert_int_equal(wire_get(buf, n, &p, &value), WIRE_OK);
		assert_int_equal(p.layout, WIRE_LP64);
		probe_is(&p, jv_get(jv_get(one, "decoded"), "probe"));
		memset(again, 0xff, sizeof(again));
		assert_int_equal(wire_put(&p, again, sizeof(again)), n);
		assert_memory_equal(again, buf, n);
	}
	jv_free(file);
}

static void
test_fork(void **state)
{
	struct jv *file = jv_load("udping/fork_packets.json");
	const struct jv *all = jv_get(file, "packets"), *one;
	uint8_t buf[WIRE_MAX];
	struct wire_probe p;
	int64_t value;
	size_t i, n;

	(void)state;
	assert_true(jv_len(all) > 1);
	for (i = 0; i < jv_len(all); i++) {
		one = jv_at(all, i);
		n = jv_hex(jv_get(one, "udp_payload_hex"), buf, sizeof(buf));
		assert_int_equal(wire_get(buf, n, &p, &value), WIRE_OK);
		assert_int_equal(p.layout, WIRE_FORK);
		probe_is(&p, jv_get(one, "decoded"));
		/* Nobody sends it. */
		assert_int_equal(wire_put(&p, buf, sizeof(buf)), 0);
	}
	jv_free(file);
}

static const struct wire_probe example = {
	.layout = WIRE_LP64, .start_s = 0x0102030405060708,
	.guid = "0123456789abcdef0123", .seq = 0xfedcba98,
	.sent_s = 1795313274, .sent_ns = 999999999, .size = 300
};

static void
swap(uint8_t *p, size_t n)
{
	uint8_t byte;
	size_t i;

	for (i = 0; i < n / 2; i++) {
		byte = p[i];
		p[i] = p[n - 1 - i];
		p[n - 1 - i] = byte;
	}
}

static void
test_big_endian(void **state)
{
	uint8_t buf[WIRE_MAX];
	struct wire_probe p;
	int64_t value;

	(void)state;
	assert_int_equal(wire_put(&example, buf, sizeof(buf)), 300);
	swap(buf + 8, 8);
	swap(buf + 40, 4);
	swap(buf + 48, 8);
	swap(buf + 56, 8);
	swap(buf + 64, 4);
	assert_int_equal(wire_get(buf, 300, &p, &value), WIRE_OK);
	assert_int_equal(p.layout, WIRE_BIG);
	assert_true(p.start_s == example.start_s);
	assert_string_equal(p.guid, example.guid);
	assert_int_equal(p.seq, example.seq);
	assert_true(p.sent_s == example.sent_s);
	assert_true(p.sent_ns == example.sent_ns);
}

/* Byte for byte as the table in 3.7 has it. */
static void
test_first_generation(void **state)
{
	struct wire_probe p = example, q;
	uint8_t buf[WIRE_MAX], want[70];
	int64_t value;

	(void)state;
	memset(want, 0, sizeof(want));
	memcpy(want, example.guid, 21);
	memcpy(want + 28, "\x98\xba\xdc\xfe\x01", 5);
	memcpy(want + 40, "\x7a\x4e\x02\x6b", 4);
	memcpy(want + 48, "\xff\xc9\x9a\x3b", 4);
	want[56] = sizeof(want);
	p.layout = WIRE_FIRST;
	p.size = sizeof(want);
	assert_int_equal(wire_put(&p, buf, sizeof(buf)), sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
	assert_int_equal(wire_get(buf, sizeof(want), &q, &value), WIRE_OK);
	assert_int_equal(q.layout, WIRE_FIRST);
	assert_false(q.control);
	assert_true(q.seq == p.seq && q.sent_s == p.sent_s);

	p.control = true;
	assert_int_equal(wire_put(&p, buf, sizeof(buf)), 0);
	p.size = WIRE_FIRST_LEN;
	assert_int_equal(wire_put(&p, buf, sizeof(buf)), WIRE_FIRST_LEN);
	assert_int_equal(buf[24], 1);
	assert_int_equal(buf[32], 0);
	assert_int_equal(wire_get(buf, 64, &q, &value), WIRE_OK);
	assert_true(q.control && q.sent_s == 0 && q.seq == p.seq);
	buf[24] = 2;
	assert_int_equal(wire_get(buf, 64, &q, &value), WIRE_SHORT);
}

static void
test_sizes(void **state)
{
	struct wire_probe p = example;
	uint8_t buf[WIRE_MAX];

	(void)state;
	p.size = 71;
	assert_int_equal(wire_put(&p, buf, sizeof(buf)), 0);
	p.size = WIRE_MAX + 1;
	assert_int_equal(wire_put(&p, buf, sizeof(buf)), 0);
	p.size = 72;
	assert_int_equal(wire_put(&p, buf, 71), 0);
	assert_int_equal(wire_put(&p, buf, 72), 72);
	p.layout = WIRE_FIRST;
	p.size = 64;
	assert_int_equal(wire_put(&p, buf, sizeof(buf)), 0);
}

static void
test_malformed(void **state)
{
	uint8_t buf[WIRE_MAX];
	struct wire_probe p;
	int64_t value;

	(void)state;
	wire_put(&example, buf, sizeof(buf));
	assert_int_equal(wire_get(buf, 71, &p, &value), WIRE_SHORT);
	assert_int_equal(value, 71);
	assert_int_equal(wire_get(buf, 0, &p, &value), WIRE_SHORT);
	assert_int_equal(wire_get(buf, 299, &p, &value), WIRE_SIZE);
	assert_int_equal(value, 300);
	buf[67] = 0x80;
	assert_int_equal(wire_get(buf, 300, &p, &value), WIRE_SIZE);
	assert_int_equal(value, INT32_MIN + 300);
	buf[67] = 0;
	buf[0] = 9;
	assert_int_equal(wire_get(buf, 300, &p, &value), WIRE_BAD_VERSION);
	assert_int_equal(value, 9);
	buf[0] = 1;
	buf[36] = 'b';
	assert_int_equal(wire_get(buf, 300, &p, &value), WIRE_BAD_GUID);
	buf[36] = '\0';
	buf[20] = '"';
	assert_int_equal(wire_get(buf, 300, &p, &value), WIRE_BAD_GUID);
	buf[20] = '\0';
	assert_int_equal(wire_get(buf, 300, &p, &value), WIRE_BAD_GUID);
	buf[20] = 'A';
	assert_int_equal(wire_get(buf, 300, &p, &value), WIRE_BAD_GUID);
}

/* The name in layouts.json of each layout that is there. */
static const struct {
	enum wire_layout layout;
	const char	*name;
} named[] = {
	{ WIRE_LP64, "LP64 (x86-64, arm64, riscv64; Linux and BSD)" },
	{ WIRE_LP64, "ILP32 with 8-byte aligned time64 (arm32)" },
	{ WIRE_FORK, "fork 2024-2026, LP64" },
	{ WIRE_I386, "i386 time32" },
	{ WIRE_I386_TIME64, "i386 time64 (glibc, padded timespec)" },
	{ WIRE_I386_PACKED, "i386 time64 (unpadded timespec)" }
};

static void
field(const struct jv *layout, const char *name, uint8_t *buf, uint64_t v)
{
	const struct jv *at = jv_get(layout, name);
	uint64_t i, first = jv_uint(jv_at(at, 0));

	for (i = 0; i < jv_uint(jv_at(at, 1)); i++)
		buf[first + i] = (uint8_t)(v >> 8 * i);
}

/* A datagram of n bytes with that layout. */
static void
make(const struct jv *layout, uint8_t *buf, size_t n, uint64_t nsec)
{
	memset(buf, 0, n);
	field(layout, "protoVersion", buf, 1);
	field(layout, "clientStartTime", buf, 1795313274);
	memcpy(buf + jv_uint(jv_at(jv_get(layout, "guid"), 0)), example.guid,
	    sizeof(example.guid));
	field(layout, "seqNum", buf, example.seq);
	field(layout, "sent_sec", buf, 1795313280);
	field(layout, "sent_nsec", buf, nsec);
	field(layout, "size", buf, n);
}

/* Of every length, also with times that look like lengths; the head says it
 * all. */
static void
test_layouts(void **state)
{
	struct jv *file = jv_load("udping/layouts.json");
	uint8_t buf[WIRE_MAX];
	struct wire_probe p;
	const struct jv *v;
	int64_t nsec, value;
	size_t i, n;

	(void)state;
	for (i = 0; i < NELEM(named); i++) {
		v = jv_get(file, named[i].name);
		n = (size_t)jv_uint(jv_get(v, "total"));
		for (; n <= WIRE_MAX; n++) {
			nsec = (int64_t)(n % 7 == 0 ? n : 999999999 - n);
			make(v, buf, n, (uint64_t)nsec);
			assert_int_equal(wire_get_head(buf, WIRE_PROBE_LEN, n,
			    &p, &value), WIRE_OK);
			assert_int_equal(p.layout, named[i].layout);
			assert_true(p.start_s == 1795313274);
			assert_string_equal(p.guid, example.guid);
			assert_int_equal(p.seq, example.seq);
			assert_true(p.sent_s == 1795313280);
			assert_true(p.sent_ns == nsec);
			assert_int_equal(p.size, n);
		}
	}
	jv_free(file);
}

/* A long datagram counts as cut (4.3). */
static void
test_cut(void **state)
{
	struct wire_probe p = example, q;
	uint8_t buf[WIRE_MAX + 500] = { 0 };
	int64_t value;

	(void)state;
	p.size = WIRE_MAX;
	assert_int_equal(wire_put(&p, buf, sizeof(buf)), WIRE_MAX);
	assert_int_equal(wire_get(buf, sizeof(buf), &q, &value), WIRE_OK);
	assert_int_equal(q.size, WIRE_MAX);
	p.size = WIRE_MAX + 1;
	assert_int_equal(wire_put(&p, buf, sizeof(buf)), WIRE_MAX + 1);
	assert_int_equal(wire_get(buf, WIRE_MAX + 1, &q, &value), WIRE_SIZE);
	assert_int_equal(value, WIRE_MAX + 1);
	assert_int_equal(wire_get_head(buf, WIRE_PROBE_LEN - 1, WIRE_MAX, &q,
	    &value), WIRE_SHORT);
}

/* Whatever fields there are, the layout is told from the size alone. */
static void
test_random_probes(void **state)
{
	struct wire_probe p = example, q;
	uint8_t buf[WIRE_MAX];
	int64_t value;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < 20000; i++) {
		p.layout = i % 2 == 0 ? WIRE_LP64 : WIRE_FIRST;
		p.size = WIRE_PROBE_LEN + (uint32_t)(random() % 1900);
		p.seq = (uint32_t)random() << 1;
		p.sent_s = 1700000000 + random() % 1000000000;
		p.sent_ns = random() % 1000000000;
		p.start_s = p.sent_s - random() % 100000;
		(void)snprintf(p.guid, sizeof(p.guid), "%08lx%08lxabcd",
		    (unsigned long)random(), (unsigned long)random());
		assert_int_equal(wire_put(&p, buf, sizeof(buf)), p.size);
		assert_int_equal(wire_get(buf, p.size, &q, &value), WIRE_OK);
		assert_int_equal(q.layout, p.layout);
		assert_true(q.seq == p.seq && q.sent_s == p.sent_s &&
		    q.sent_ns == p.sent_ns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_big_endian),
		cmocka_unit_test(test_first_generation),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_random_probes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
