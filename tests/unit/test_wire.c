/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/wire.h"

static const uint8_t all[] = {
	0x81,
	0x82, 0x83,
	0x84, 0x85, 0x86, 0x87,
	0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f,
	0x91, 0x90,
	0x95, 0x94, 0x93, 0x92,
	0x9d, 0x9c, 0x9b, 0x9a, 0x99, 0x98, 0x97, 0x96,
};

static void
write_all(struct wire_wr *w)
{
	wire_wr_u8(w, 0x81);
	wire_wr_be16(w, 0x8283);
	wire_wr_be32(w, UINT32_C(0x84858687));
	wire_wr_be64(w, UINT64_C(0x88898a8b8c8d8e8f));
	wire_wr_le16(w, 0x9091);
	wire_wr_le32(w, UINT32_C(0x92939495));
	wire_wr_le64(w, UINT64_C(0x969798999a9b9c9d));
}

static void
test_fields_are_written(void **state)
{
	uint8_t buf[sizeof(all)];
	struct wire_wr w;

	(void)state;
	wire_wr_init(&w, buf, sizeof(buf));
	write_all(&w);
	assert_true(wire_wr_ok(&w));
	assert_int_equal(w.len, sizeof(all));
	assert_memory_equal(buf, all, sizeof(all));
}

static void
test_fields_are_read(void **state)
{
	struct wire_rd r;

	(void)state;
	wire_rd_init(&r, all, sizeof(all));
	assert_int_equal(wire_rd_u8(&r), 0x81);
	assert_int_equal(wire_rd_be16(&r), 0x8283);
	assert_int_equal(wire_rd_be32(&r), UINT32_C(0x84858687));
	assert_true(wire_rd_be64(&r) == UINT64_C(0x88898a8b8c8d8e8f));
	assert_int_equal(wire_rd_le16(&r), 0x9091);
	assert_int_equal(wire_rd_le32(&r), UINT32_C(0x92939495));
	assert_true(wire_rd_ok(&r));
	assert_false(wire_rd_done(&r));
	assert_true(wire_rd_le64(&r) == UINT64_C(0x969798999a9b9c9d));
	assert_true(wire_rd_done(&r));
}

/* The sum of all fields, each 0 where the bytes ran out. */
static uint64_t
read_all(struct wire_rd *r)
{
	uint64_t sum = 0;

	sum += wire_rd_u8(r);
	sum += wire_rd_be16(r);
	sum += wire_rd_be32(r);
	sum += wire_rd_be64(r);
	sum += wire_rd_le16(r);
	sum += wire_rd_le32(r);
	sum += wire_rd_le64(r);
	return sum;
}

/* Exactly as much heap as given, so that a sanitizer sees any step beyond. */
static void
test_every_truncation_is_bad(void **state)
{
	struct wire_rd r;
	struct wire_wr w;
	uint8_t *buf;
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(all); n++) {
		buf = malloc(n > 0 ? n : 1);
		assert_non_null(buf);
		memcpy(buf, all, n);
		wire_rd_init(&r, buf, n);
		if (n == 0)
			assert_true(read_all(&r) == 0);
		else
			assert_true(read_all(&r) != 0);
		assert_false(wire_rd_ok(&r));
		assert_false(wire_rd_done(&r));

		memset(buf, 0, n > 0 ? n : 1);
		wire_wr_init(&w, buf, n);
		write_all(&w);
		assert_false(wire_wr_ok(&w));
		assert_true(w.len <= n);
		assert_memory_equal(buf, all, w.len);
		free(buf);
	}
}

static void
test_bad_is_for_good(void **state)
{
	uint8_t bytes[] = { '1', '2', '3' }, to[4] = { 9, 9, 9, 9 };
	struct wire_rd r;
	struct wire_wr w;

	(void)state;
	wire_rd_init(&r, bytes, sizeof(bytes));
	assert_int_equal(wire_rd_be32(&r), 0);
	assert_int_equal(wire_rd_u8(&r), 0);
	assert_null(wire_rd_bytes(&r, 1));
	assert_null(wire_rd_bytes(&r, 0));
	assert_false(wire_rd_take(&r, '1'));
	assert_false(wire_rd_take_str(&r, "12"));
	assert_false(wire_rd_take_str(&r, ""));
	assert_int_equal(wire_rd_dec(&r, 1000), 0);
	wire_rd_copy(&r, to, sizeof(to));
	assert_memory_equal(to, "\0\0\0\0", 4);
	assert_false(wire_rd_ok(&r));
	assert_false(wire_rd_done(&r));

	wire_wr_init(&w, to, 3);
	wire_wr_be32(&w, 1);
	wire_wr_u8(&w, 1);
	assert_false(wire_wr_ok(&w));
	assert_int_equal(w.len, 0);
}

static void
test_bytes_copy_skip(void **state)
{
	const char *text = "abcdefgh";
	struct wire_rd r;
	char to[3];

	(void)state;
	wire_rd_init(&r, text, 8);
	assert_ptr_equal(wire_rd_bytes(&r, 2), text);
	wire_rd_skip(&r, 1);
	wire_rd_copy(&r, to, 3);
	assert_memory_equal(to, "def", 3);
	assert_int_equal(r.left, 2);
	wire_rd_skip(&r, SIZE_MAX);
	assert_false(wire_rd_ok(&r));
}

static void
test_nothing_out_of_nothing(void **state)
{
	struct wire_rd r;
	struct wire_wr w;

	(void)state;
	wire_rd_init(&r, NULL, 0);
	wire_rd_skip(&r, 0);
	wire_rd_copy(&r, NULL, 0);
	assert_true(wire_rd_take_str(&r, ""));
	assert_true(wire_rd_done(&r));

	wire_wr_init(&w, NULL, 0);
	wire_wr_bytes(&w, NULL, 0);
	wire_wr_str(&w, "");
	assert_true(wire_wr_ok(&w));
	wire_wr_u8(&w, 0);
	assert_false(wire_wr_ok(&w));
}

static void
test_take(void **state)
{
	struct wire_rd r;

	(void)state;
	wire_rd_init(&r, "thrulay/2\xff", 10);
	assert_false(wire_rd_take(&r, 'x'));
	assert_true(wire_rd_take(&r, 't'));
	assert_false(wire_rd_take_str(&r, "hrulay/3"));
	assert_true(wire_rd_take_str(&r, "hrulay/2"));
	assert_int_equal(r.left, 1);
	assert_false(wire_rd_take_str(&r, "\xff+"));
	assert_true(wire_rd_take(&r, (char)0xff));
	assert_false(wire_rd_take(&r, '\0'));
	assert_true(wire_rd_done(&r));
}

static void
test_dec(void **state)
{
	static const struct {
		const char	*text;
		uint64_t	 max, want;
		size_t		 left;
		bool		 ok;
	} rows[] = {
		{ "0", 0, 0, 0, true },
		{ "1", 0, 0, 0, false },
		{ "65535:", 65535, 65535, 1, true },
		{ "65536:", 65535, 0, 0, false },
		{ "000070+", 70, 70, 1, true },
		{ "71", 70, 0, 0, false },
		{ "100", 70, 0, 0, false },
		{ "9", 12, 9, 0, true },
		{ "12", 12, 12, 0, true },
		{ "13", 12, 0, 0, false },
		{ "20", 12, 0, 0, false },
		{ "18446744073709551615", UINT64_MAX, UINT64_MAX, 0, true },
		{ "18446744073709551616", UINT64_MAX, 0, 0, false },
		{ "99999999999999999999", UINT64_MAX, 0, 0, false },
		{ "184467440737095516150", UINT64_MAX, 0, 0, false },
		{ "", UINT64_MAX, 0, 0, false },
		{ "-1", UINT64_MAX, 0, 0, false },
		{ "+1", UINT64_MAX, 0, 0, false },
		{ " 1", UINT64_MAX, 0, 0, false },
		{ "a", UINT64_MAX, 0, 0, false },
		{ "7a", UINT64_MAX, 7, 1, true },
	};
	struct wire_rd r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		wire_rd_init(&r, rows[i].text, strlen(rows[i].text));
		assert_true(wire_rd_dec(&r, rows[i].max) == rows[i].want);
		assert_int_equal(wire_rd_ok(&r), rows[i].ok);
		assert_int_equal(r.left, rows[i].left);
	}
}

static void
test_dec_is_written_and_read_back(void **state)
{
	char text[24];
	struct wire_wr w;
	struct wire_rd r;
	uint64_t v;
	unsigned int shift;

	(void)state;
	wire_wr_init(&w, text, sizeof(text));
	wire_wr_str(&w, "+");
	wire_wr_dec(&w, UINT64_MAX);
	wire_wr_dec(&w, 0);
	assert_int_equal(w.len, 22);
	assert_memory_equal(text, "+184467440737095516150", 22);
	for (shift = 0; shift < 64; shift++) {
		v = UINT64_C(0xfedcba9876543210) >> shift;
		wire_wr_init(&w, text, sizeof(text));
		wire_wr_dec(&w, v);
		assert_true(wire_wr_ok(&w));
		wire_rd_init(&r, text, w.len);
		assert_true(wire_rd_dec(&r, v) == v);
		assert_true(wire_rd_done(&r));
	}
}

/* Half a number would be another number. */
static void
test_dec_is_written_whole_or_not(void **state)
{
	char text[5];
	struct wire_wr w;

	(void)state;
	wire_wr_init(&w, text, sizeof(text));
	wire_wr_dec(&w, 99999);
	assert_true(wire_wr_ok(&w));
	wire_wr_init(&w, text, sizeof(text));
	wire_wr_dec(&w, 100000);
	assert_false(wire_wr_ok(&w));
	assert_int_equal(w.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_are_written),
		cmocka_unit_test(test_fields_are_read),
		cmocka_unit_test(test_every_truncation_is_bad),
		cmocka_unit_test(test_bad_is_for_good),
		cmocka_unit_test(test_bytes_copy_skip),
		cmocka_unit_test(test_nothing_out_of_nothing),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_dec),
		cmocka_unit_test(test_dec_is_written_and_read_back),
		cmocka_unit_test(test_dec_is_written_whole_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
