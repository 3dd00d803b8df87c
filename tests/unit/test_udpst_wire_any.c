/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "udpst/wire.h"

/* Lengths, checksums and whatever bytes there may be, beside the vectors. */

#define ROUNDS		2000

union pdu {
	struct wire_setup	setup;
	struct wire_null	null;
	struct wire_activation	activation;
	struct wire_load	load;
	struct wire_status	status;
	struct wire_figures	figures;
};

/* Every layout that is read. */
static const struct layout {
	enum wire_kind	kind;
	unsigned int	version;
	size_t		len;
	size_t		checksum;	/* 0: none */
} layouts[] = {
	{ WIRE_SETUP, WIRE_V_OLD, 52, 0 },
	{ WIRE_SETUP, WIRE_V_LEGACY, 56, 54 },
	{ WIRE_SETUP, WIRE_V_CURRENT, 56, 54 },
	{ WIRE_NULL, WIRE_V_CURRENT, 48, 46 },
	{ WIRE_ACTIVATION, WIRE_V_OLD, 56, 0 },
	{ WIRE_ACTIVATION, WIRE_V_LEGACY, 60, 58 },
	{ WIRE_ACTIVATION, 19, 60, 58 },
	{ WIRE_ACTIVATION, WIRE_V_CURRENT, 104, 102 },
	{ WIRE_LOAD, WIRE_V_LEGACY, 32, 30 },
	{ WIRE_LOAD, WIRE_V_CURRENT, 32, 30 },
	{ WIRE_STATUS, WIRE_V_LEGACY, 168, 146 },
	{ WIRE_STATUS, 19, 160, 138 },
	{ WIRE_STATUS, WIRE_V_CURRENT, 204, 202 },
	{ WIRE_FIGURES, WIRE_V_CURRENT, 132, 0 },
};

static bool
get(const struct layout *l, const uint8_t *buf, size_t len, union pdu *p)
{
	switch (l->kind) {
	case WIRE_SETUP:
		return wire_setup_get(buf, len, &p->setup);
	case WIRE_NULL:
		return wire_null_get(buf, len, &p->null);
	case WIRE_ACTIVATION:
		return wire_activation_get(buf, len, l->version,
		    &p->activation);
	case WIRE_LOAD:
		return wire_load_get(buf, len, l->version, &p->load);
	case WIRE_STATUS:
		return wire_status_get(buf, len, l->version, &p->status);
	case WIRE_FIGURES:
		return wire_figures_get(buf, len, &p->figures);
	}
	return false;
}

static size_t
put(const struct layout *l, const union pdu *p, uint8_t *buf)
{
	switch (l->kind) {
	case WIRE_SETUP:
		return wire_setup_put(&p->setup, buf);
	case WIRE_NULL:
		return wire_null_put(&p->null, buf);
	case WIRE_ACTIVATION:
		return wire_activation_put(&p->activation, l->version, buf);
	case WIRE_LOAD:
		return wire_load_put(&p->load, buf);
	case WIRE_STATUS:
		return wire_status_put(&p->status, l->version, buf);
	case WIRE_FIGURES:
		return wire_figures_put(&p->figures, buf);
	}
	return 0;
}

static void
put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* A PDU of this layout with any content, and no checksum. */
static void
any(const struct layout *l, uint8_t *buf)
{
	size_t i;

	for (i = 0; i < l->len; i++)
		buf[i] = (uint8_t)random();
	put16(buf, l->kind);
	if (l->kind == WIRE_SETUP)
		put16(buf + 2, l->version);
	if (l->kind == WIRE_LOAD || l->kind == WIRE_STATUS) {
		buf[2] %= 3;
		buf[3] %= 2;
	}
	if (l->kind == WIRE_FIGURES)
		buf[2] = 1;
	if (l->checksum > 0)
		put16(buf + l->checksum, 0);
}

/* In memory of just its size, so that a sanitizer sees a read past it. */
static bool
get_exact(const struct layout *l, const uint8_t *buf, size_t len,
    union pdu *p)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	bool took;

	assert_non_null(copy);
	memcpy(copy, buf, len);
	took = get(l, copy, len, p);
	free(copy);
	return took;
}

static bool
other_length_taken(const struct layout *l, size_t len)
{
	switch (l->kind) {
	case WIRE_SETUP:
		return len == 52 || len == 56;
	case WIRE_LOAD:
		return len >= 32;
	case WIRE_STATUS:
		return l->version < WIRE_V_CURRENT && (len == 160 ||
		    len == 168);
	case WIRE_NULL:
	case WIRE_ACTIVATION:
	case WIRE_FIGURES:
		break;
	}
	return len == l->len;
}

static void
lengths(void **state)
{
	uint8_t buf[300];
	union pdu p;
	size_t i, len;

	(void)state;
	for (i = 0; i < NELEM(layouts); i++)
		for (len = 0; len <= sizeof(buf); len++) {
			memset(buf, 0, sizeof(buf));
			put16(buf, layouts[i].kind);
			if (layouts[i].kind == WIRE_FIGURES)
				buf[2] = 1;
			assert_int_equal(get_exact(&layouts[i], buf, len, &p),
			    len == layouts[i].len ||
			    other_length_taken(&layouts[i], len));
		}
}

static void
versions(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(layouts); i++)
		if (layouts[i].len != WIRE_STATUS_PACKED_LEN)
			assert_int_equal(wire_len(layouts[i].kind,
			    layouts[i].version), layouts[i].len);
	assert_int_equal(wire_len(WIRE_STATUS, WIRE_V_OLD), 168);
	assert_int_equal(wire_len(WIRE_NULL, 19), 0);
	assert_int_equal(wire_len(WIRE_FIGURES, 19), 0);
	assert_int_equal(wire_id((const uint8_t *)"\xde", 1), 0);
	assert_int_equal(wire_id((const uint8_t *)"\xde\xad", 2), WIRE_NULL);
}

/*
 * Of any bytes that are taken the fields written again are the same fields
 * read again, and reserved bytes are zero then: writing those changes nothing.
 */
static void
stable(void **state)
{
	uint8_t buf[WIRE_CONTROL_MAX], one[WIRE_CONTROL_MAX],
	    two[WIRE_CONTROL_MAX];
	const struct layout *l;
	union pdu p;
	size_t i, n, len;

	(void)state;
	unit_seed();
	for (i = 0; i < NELEM(layouts); i++)
		for (n = 0; n < ROUNDS; n++) {
			l = &layouts[i];
			any(l, buf);
			assert_true(get_exact(l, buf, l->len, &p));
			len = put(l, &p, one);
			assert_int_equal(len, wire_len(l->kind, l->version));
			assert_true(get_exact(l, one, len, &p));
			memset(two, 0x5a, sizeof(two));
			assert_int_equal(put(l, &p, two), len);
			assert_memory_equal(one, two, len);
			if (l->checksum > 0 && len == l->len)
				assert_memory_equal(two + l->checksum, "\0",
				    2);
		}
}

/* Up to where 9.0.0 puts its checksum, and clear from there on. */
static size_t
summed(const struct layout *l, uint8_t *buf)
{
	if (l->len != WIRE_STATUS_LEN)
		return l->len;
	memset(buf + 186, 0, WIRE_STATUS_LEN - 186);
	return 186;
}

/* A bit that is wrong: seen by a checksum, and harmless without one. */
static void
flips(void **state)
{
	uint8_t buf[WIRE_CONTROL_MAX];
	const struct layout *l;
	union pdu p;
	size_t i, n, len, bit;

	(void)state;
	unit_seed();
	for (i = 0; i < NELEM(layouts); i++)
		for (n = 0; n < ROUNDS; n++) {
			l = &layouts[i];
			any(l, buf);
			len = summed(l, buf);
			wire_checksum_set(buf, l->len);
			assert_true(get_exact(l, buf, l->len, &p));
			bit = (size_t)random() % (len * 8);
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (get_exact(l, buf, l->len, &p))
				assert_true(l->checksum == 0 ||
				    (buf[l->checksum] == 0 &&
				    buf[l->checksum + 1] == 0));
		}
}

/* A wrong checksum is not taken; none is. */
static void
checksums(void **state)
{
	uint8_t buf[WIRE_CONTROL_MAX];
	const struct layout *l;
	union pdu p;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(layouts); i++) {
		l = &layouts[i];
		any(l, buf);
		memset(buf + 4, 0, l->len - 4);
		assert_int_equal(wire_checksum_offset(buf, l->len),
		    l->checksum);
		wire_checksum_set(buf, l->len);
		assert_true(wire_checksum_ok(buf, l->len));
		if (l->checksum == 0)
			continue;
		assert_memory_not_equal(buf + l->checksum, "\0", 2);
		buf[10] ^= 1;
		assert_false(wire_checksum_ok(buf, l->len));
		assert_false(get_exact(l, buf, l->len, &p));
		put16(buf + l->checksum, 0);
		assert_true(get_exact(l, buf, l->len, &p));
	}
}

/* Filler is not summed, and protocol 10 knows no checksums. */
static void
load_checksum(void **state)
{
	uint8_t buf[100] = { 0 };
	struct wire_load p = { .seq = 7, .payload = sizeof(buf) };

	(void)state;
	assert_int_equal(wire_load_put(&p, buf), WIRE_LOAD_LEN);
	memset(buf + WIRE_LOAD_LEN, 0x77, sizeof(buf) - WIRE_LOAD_LEN);
	wire_checksum_set(buf, sizeof(buf));
	assert_true(wire_load_get(buf, sizeof(buf), WIRE_V_CURRENT, &p));
	assert_true(wire_load_get(buf, WIRE_LOAD_LEN, WIRE_V_CURRENT, &p));
	buf[31] ^= 1;
	assert_false(wire_load_get(buf, sizeof(buf), WIRE_V_CURRENT, &p));
	assert_false(wire_load_get(buf, sizeof(buf), WIRE_V_LEGACY, &p));
	assert_true(wire_load_get(buf, sizeof(buf), WIRE_V_OLD, &p));
}

/* Bytes 2 and 3 of load and status PDUs. */
static void
actions(void **state)
{
	static const struct layout of[] = {
	    { WIRE_LOAD, WIRE_V_CURRENT, 32, 30 },
	    { WIRE_STATUS, WIRE_V_LEGACY, 168, 146 },
	    { WIRE_STATUS, WIRE_V_CURRENT, 204, 202 } };
	uint8_t buf[WIRE_CONTROL_MAX];
	unsigned int action, stopped;
	union pdu p;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(of); i++)
		for (action = 0; action < 256; action++)
			for (stopped = 0; stopped < 256; stopped++) {
				memset(buf, 0, sizeof(buf));
				put16(buf, of[i].kind);
				buf[2] = (uint8_t)action;
				buf[3] = (uint8_t)stopped;
				assert_int_equal(get(&of[i], buf, of[i].len,
				    &p), action <= 2 && stopped <= 1);
			}
}

/* What release 9.0.0 does to the end of a status PDU. */
static void
stale(void **state)
{
	struct wire_status p = { .seq = 9, .ti_bytes = 12345 };
	uint8_t buf[WIRE_CONTROL_MAX];

	(void)state;
	assert_int_equal(wire_status_put(&p, WIRE_V_CURRENT, buf), 204);
	put16(buf + 202, 3);
	assert_false(wire_status_get(buf, 204, WIRE_V_CURRENT, &p));
	put16(buf + 192, WIRE_LOAD);
	assert_true(wire_status_get(buf, 204, WIRE_V_CURRENT, &p));
	put16(buf + 192, 0);

	/* Its checksum, of the PDU as though the rest were clear. */
	put16(buf + 202, 0);
	wire_checksum_set(buf, 204);
	memcpy(buf + 186, buf + 202, 2);
	memset(buf + 188, 0xa5, 16);
	assert_true(wire_status_get(buf, 204, WIRE_V_CURRENT, &p));
	assert_int_equal(p.ti_bytes, 12345);
	buf[100] ^= 1;
	assert_false(wire_status_get(buf, 204, WIRE_V_CURRENT, &p));

	/* The same over all of it. */
	put16(buf + 186, 0);
	wire_checksum_set(buf, 204);
	memcpy(buf + 186, buf + 202, 2);
	put16(buf + 202, 0);
	assert_true(wire_status_get(buf, 204, WIRE_V_CURRENT, &p));

	/* Protocol 10 has none to be wrong. */
	assert_int_equal(wire_status_put(&p, WIRE_V_OLD, buf), 168);
	put16(buf + 146, 1);
	assert_false(wire_status_get(buf, 168, WIRE_V_LEGACY, &p));
	assert_true(wire_status_get(buf, 168, WIRE_V_OLD, &p));
}

/* The layout without pads is the layout with them, less these. */
static void
packed(void **state)
{
	static const struct layout padded = { WIRE_STATUS, WIRE_V_LEGACY, 168,
	    146 };
	uint8_t buf[WIRE_CONTROL_MAX], cut[WIRE_CONTROL_MAX],
	    again[WIRE_CONTROL_MAX];
	struct wire_status p;
	size_t n;

	(void)state;
	unit_seed();
	for (n = 0; n < ROUNDS; n++) {
		any(&padded, buf);
		buf[145] = 0;
		memset(buf + 44, 0, 4);
		memset(buf + 100, 0, 4);
		memcpy(cut, buf, 44);
		memcpy(cut + 44, buf + 48, 52);
		memcpy(cut + 96, buf + 104, 64);
		assert_true(wire_status_get(cut, 160, WIRE_V_LEGACY, &p));
		assert_int_equal(wire_status_put(&p, WIRE_V_LEGACY, again),
		    168);
		assert_memory_equal(again, buf, 168);
	}
}

/* Byte by byte as wire.h draws it. */
static void
figures(void **state)
{
	static const struct wire_figures f = { .flags = 0x03,
	    .subint_seq = 0x04050607, .owd_minimum_ns = -2,
	    .rtt_minimum_ns = 0x1011121314151617,
	    .owd_var = { 0x18, 0x20, 0x28, 0x30313233 },
	    .rtt_var = { 0x34, 0x3c, 0x44, 0x4c4d4e4f },
	    .socket_drops = -1, .pacing_missed = 0x58,
	    .cpu_ppm = 0x60616263 };
	uint8_t want[WIRE_FIGURES_LEN] = { 0x7f, 0xe1, 1, 3, 4, 5, 6, 7 };
	uint8_t buf[WIRE_CONTROL_MAX];
	struct wire_figures g;
	size_t i;

	(void)state;
	memset(want + 8, 0xff, 7);
	want[15] = 0xfe;
	for (i = 16; i < 24; i++)
		want[i] = (uint8_t)(i - 16 + 0x10);
	want[31] = 0x18;
	want[39] = 0x20;
	want[47] = 0x28;
	memcpy(want + 48, "0123", 4);
	want[59] = 0x34;
	want[67] = 0x3c;
	want[75] = 0x44;
	memcpy(want + 76, "LMNO", 4);
	memset(want + 80, 0xff, 8);
	want[95] = 0x58;
	memcpy(want + 96, "`abc", 4);
	memset(buf, 0xee, sizeof(buf));
	assert_int_equal(wire_figures_put(&f, buf), WIRE_FIGURES_LEN);
	assert_memory_equal(buf, want, sizeof(want));
	assert_true(wire_figures_get(buf, sizeof(want), &g));
	assert_int_equal(g.owd_minimum_ns, -2);
	assert_int_equal(g.socket_drops, -1);
	assert_int_equal(g.rtt_var.count, f.rtt_var.count);
	buf[2] = 2;
	assert_false(wire_figures_get(buf, sizeof(want), &g));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(versions),
		cmocka_unit_test(stable),
		cmocka_unit_test(flips),
		cmocka_unit_test(checksums),
		cmocka_unit_test(load_checksum),
		cmocka_unit_test(actions),
		cmocka_unit_test(stale),
		cmocka_unit_test(packed),
		cmocka_unit_test(figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
