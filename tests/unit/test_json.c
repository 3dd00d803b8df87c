/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/json.c"

static char *memory;
static size_t memory_len;

static void
start(struct json *j, int indent)
{
	FILE *out = open_memstream(&memory, &memory_len);

	if (out == NULL)
		abort();
	json_init(j, out, indent);
}

/* Finish, close, and compare what was written in whole. */
static void
expect(struct json *j, const char *want)
{
	int rc = json_finish(j);

	fclose(j->out);
	assert_string_equal(memory, want);
	assert_int_equal(memory_len, strlen(want));
	assert_int_equal(rc, 0);
	free(memory);
}

static void
expect_bad(struct json *j)
{
	errno = 0;
	assert_int_equal(json_finish(j), -1);
	assert_int_equal(errno, EINVAL);
	/* For good. */
	assert_int_equal(json_finish(j), -1);
	fclose(j->out);
	free(memory);
}

static void
some_of_all(struct json *j)
{
	json_begin_object(j, NULL);
	json_str(j, "s", "x");
	json_str(j, "none", NULL);
	json_strn(j, "n", "abc", 2);
	json_int(j, "i", INT64_MIN);
	json_uint(j, "u", UINT64_MAX);
	json_begin_array(j, "a");
	json_bool(j, NULL, true);
	json_bool(j, NULL, false);
	json_nil(j, NULL);
	json_begin_object(j, NULL);
	json_end_object(j);
	json_begin_array(j, NULL);
	json_end_array(j);
	json_end_array(j);
	json_raw(j, "raw", "[1]");
	json_begin_object(j, "o");
	json_fixed(j, "f", 2.5, 3);
	json_end_object(j);
	json_end_object(j);
}

static void
test_one_line(void **state)
{
	struct json j;

	(void)state;
	start(&j, 0);
	some_of_all(&j);
	expect(&j, "{\"s\":\"x\",\"none\":null,\"n\":\"ab\","
	    "\"i\":-9223372036854775808,\"u\":18446744073709551615,"
	    "\"a\":[true,false,null,{},[]],\"raw\":[1],"
	    "\"o\":{\"f\":2.500}}\n");
}

static void
test_indented(void **state)
{
	struct json j;

	(void)state;
	start(&j, 2);
	some_of_all(&j);
	expect(&j,
	    "{\n"
	    "  \"s\": \"x\",\n"
	    "  \"none\": null,\n"
	    "  \"n\": \"ab\",\n"
	    "  \"i\": -9223372036854775808,\n"
	    "  \"u\": 18446744073709551615,\n"
	    "  \"a\": [\n"
	    "    true,\n"
	    "    false,\n"
	    "    null,\n"
	    "    {},\n"
	    "    []\n"
	    "  ],\n"
	    "  \"raw\": [1],\n"
	    "  \"o\": {\n"
	    "    \"f\": 2.500\n"
	    "  }\n"
	    "}\n");
}

static void
test_documents_one_after_another(void **state)
{
	struct json j;

	(void)state;
	start(&j, 0);
	json_begin_object(&j, NULL);
	json_end_object(&j);
	assert_int_equal(json_finish(&j), 0);
	json_int(&j, NULL, 7);
	assert_int_equal(json_finish(&j), 0);
	/* No document, no line. */
	assert_int_equal(json_finish(&j), 0);
	expect(&j, "{}\n7\n");
}

static void
expect_text(const char *v, size_t n, const char *want)
{
	struct json j;

	start(&j, 0);
	json_strn(&j, NULL, v, n);
	expect(&j, want);
}

static void
test_strings_are_escaped(void **state)
{
	char c, want[16];

	(void)state;
	expect_text("", 0, "\"\"\n");
	expect_text(NULL, 0, "\"\"\n");
	expect_text("a\"b\\c/\177'", 8, "\"a\\\"b\\\\c/\177'\"\n");
	expect_text("\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"\n");
	expect_text("\0" "1", 2, "\"\\u00001\"\n");
	for (c = 0; c < 0x20; c++) {
		if (strchr("\b\f\n\r\t", c) != NULL && c != 0)
			continue;
		snprintf(want, sizeof(want), "\"\\u%04x\"\n",
		    (unsigned int)c);
		expect_text(&c, 1, want);
	}
}

static void
test_keys_are_escaped(void **state)
{
	struct json j;

	(void)state;
	start(&j, 0);
	json_begin_object(&j, NULL);
	json_int(&j, "a\"\n\xff", 1);
	json_end_object(&j);
	expect(&j, "{\"a\\\"\\n\xef\xbf\xbd\":1}\n");
}

static size_t
encode(unsigned long c, char *to)
{
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	for (i = n; i-- > 1; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(c | (n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0));
	return n;
}

static size_t
replace3(char *to)
{
	memcpy(to, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 9);
	return 9;
}

/* Every character there is; surrogates are none and are replaced. */
static void
test_every_code_point(void **state)
{
	char text[256 * 4], want[256 * 9 + 4];
	unsigned long c = 0x80;
	size_t n, len;

	(void)state;
	while (c <= 0x10ffff) {
		n = 0;
		len = 0;
		want[len++] = '"';
		do {
			n += encode(c, text + n);
			len += c >> 11 == 0xd800 >> 11 ? replace3(want + len) :
			    encode(c, want + len);
		} while (++c % 256 != 0);
		memcpy(want + len, "\"\n", 3);
		expect_text(text, n, want);
	}
}

static void
test_invalid_utf8(void **state)
{
#define R "\xef\xbf\xbd"
	static const struct {
		const char	*text, *want;
	} rows[] = {
		/* The example of the Unicode standard, table 3-11. */
		{ "a\xf1\x80\x80\xe1\x80\xc2" "b\x80" "c\x80\xbf" "d",
		    "\"a" R R R "b" R "c" R R "d\"\n" },
		/* Overlong. */
		{ "\xc0\xaf", "\"" R R "\"\n" },
		{ "\xc1\xbf", "\"" R R "\"\n" },
		{ "\xe0\x80\xaf", "\"" R R R "\"\n" },
		{ "\xe0\x9f\xbf", "\"" R R R "\"\n" },
		{ "\xf0\x80\x80\x80", "\"" R R R R "\"\n" },
		{ "\xf0\x8f\xbf\xbf", "\"" R R R R "\"\n" },
		/* Above U+10FFFF. */
		{ "\xf4\x90\x80\x80", "\"" R R R R "\"\n" },
		{ "\xf5\x80", "\"" R R "\"\n" },
		{ "\xfe\xff", "\"" R R "\"\n" },
		/* Cut off. */
		{ "\xc3", "\"" R "\"\n" },
		{ "\xe2\x82", "\"" R "\"\n" },
		{ "\xf0\x9f\x98", "\"" R "\"\n" },
		{ "\xf0\x9f\"", "\"" R "\\\"\"\n" },
		{ "\xc3\xc3\xa4", "\"" R "\xc3\xa4\"\n" },
	};
	size_t i, n;
	char *copy;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		/* No NUL behind it, so that a sanitizer sees a step beyond. */
		n = strlen(rows[i].text);
		copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, rows[i].text, n);
		expect_text(copy, n, rows[i].want);
		free(copy);
	}
#undef R
}

static void
expect_number(double v, const char *want)
{
	struct json j;

	start(&j, 0);
	json_num(&j, NULL, v);
	expect(&j, want);
}

static void
test_numbers(void **state)
{
	(void)state;
	expect_number(0, "0\n");
	expect_number(-0.0, "-0\n");
	expect_number(100, "100\n");
	expect_number(-2.5, "-2.5\n");
	expect_number(0.1, "0.1\n");
	expect_number(0.1 + 0.2, "0.30000000000000004\n");
	expect_number(1.0 / 3, "0.3333333333333333\n");
	expect_number(9007199254740993.0, "9007199254740992\n");
	expect_number(1e22, "1e+22\n");
	expect_number(1.5e-9, "1.5e-09\n");
	expect_number(DBL_MAX, "1.7976931348623157e+308\n");
	expect_number((double)NAN, "null\n");
	expect_number((double)INFINITY, "null\n");
	expect_number(-(double)INFINITY, "null\n");
}

static void
test_fixed(void **state)
{
	struct json j;

	(void)state;
	start(&j, 0);
	json_begin_array(&j, NULL);
	json_fixed(&j, NULL, 1.0 / 3, 0);
	json_fixed(&j, NULL, 2.0 / 3, 9);
	json_fixed(&j, NULL, -1e15, 3);
	json_fixed(&j, NULL, (double)NAN, 3);
	json_fixed(&j, NULL, (double)INFINITY, 3);
	json_end_array(&j);
	expect(&j, "[0,0.666666667,-1000000000000000.000,null,null]\n");
}

/* Any double reads back as itself, and one digit less would not do. */
static void
test_numbers_read_back(void **state)
{
	char less[40];
	struct json j;
	size_t digits;
	uint64_t bits;
	double v, back;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < 20000; i++) {
		bits = (uint64_t)random() << 40 ^ (uint64_t)random() << 20 ^
		    (uint64_t)random();
		memcpy(&v, &bits, sizeof(v));
		if (i % 2)
			v = (double)(random() % 1000000) / 1000;
		if (!isfinite(v))
			continue;
		start(&j, 0);
		json_num(&j, NULL, v);
		assert_int_equal(json_finish(&j), 0);
		fclose(j.out);
		back = strtod(memory, NULL);
		assert_memory_equal(&back, &v, sizeof(v));
		for (digits = 15; digits < 17; digits++) {
			snprintf(less, sizeof(less), "%.*g\n", (int)digits, v);
			if (strtod(less, NULL) == v) {
				assert_string_equal(memory, less);
				break;
			}
		}
		free(memory);
	}
}

static void
expect_put_number(const char *text, const char *want)
{
	FILE *out = open_memstream(&memory, &memory_len);

	assert_non_null(out);
	put_number(out, text);
	fclose(out);
	assert_string_equal(memory, want);
	free(memory);
}

/* What printf(3) says where the point is a comma, or the bytes of U+066B. */
static void
test_locale_does_not_matter(void **state)
{
	(void)state;
	expect_put_number("-1,5e+20", "-1.5e+20");
	expect_put_number("0\xd9\xab" "25", "0.25");
	expect_put_number("1e+20", "1e+20");
	expect_put_number("-17", "-17");
}

static void
nest(struct json *j, int levels)
{
	int i;

	for (i = 0; i < levels; i++)
		json_begin_array(j, NULL);
}

static void
test_depth_is_bounded(void **state)
{
	struct json j;
	int i;

	(void)state;
	start(&j, 0);
	nest(&j, JSON_DEPTH);
	json_int(&j, NULL, 1);
	for (i = 0; i < JSON_DEPTH; i++)
		json_end_array(&j);
	expect(&j, "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\n");

	start(&j, 0);
	nest(&j, JSON_DEPTH + 1);
	for (i = 0; i < 2 * JSON_DEPTH; i++)
		json_end_array(&j);
	expect_bad(&j);
}

static void
test_misuse_is_bad(void **state)
{
	struct json j;

	(void)state;
	start(&j, 0);			/* left open */
	json_begin_object(&j, NULL);
	expect_bad(&j);

	start(&j, 0);			/* closed twice */
	json_begin_object(&j, NULL);
	json_end_object(&j);
	json_end_object(&j);
	expect_bad(&j);

	start(&j, 0);			/* closed, never opened */
	json_end_array(&j);
	expect_bad(&j);

	start(&j, 0);			/* closed as the other */
	json_begin_object(&j, NULL);
	json_end_array(&j);
	expect_bad(&j);

	start(&j, 0);			/* no key in an object */
	json_begin_object(&j, NULL);
	json_int(&j, NULL, 1);
	json_end_object(&j);
	expect_bad(&j);

	start(&j, 0);			/* a key in an array */
	json_begin_array(&j, NULL);
	json_int(&j, "k", 1);
	json_end_array(&j);
	expect_bad(&j);

	start(&j, 0);			/* a key at the top */
	json_int(&j, "k", 1);
	expect_bad(&j);

	start(&j, 0);			/* two documents in one */
	json_int(&j, NULL, 1);
	json_int(&j, NULL, 1);
	expect_bad(&j);
}

/* With a buffer, and without one, so that the last flush itself succeeds. */
static void
test_write_errors_are_reported(void **state)
{
	struct json j;
	FILE *full;
	int turn;

	(void)state;
	for (turn = 0; turn < 2; turn++) {
		full = fopen("/dev/full", "w");
		if (full == NULL) {
			print_message("# no /dev/full here\n");
			skip();
		}
		if (turn == 1)
			setvbuf(full, NULL, _IONBF, 0);
		json_init(&j, full, 0);
		some_of_all(&j);
		assert_int_equal(json_finish(&j), -1);
		assert_int_equal(errno, turn == 0 ? ENOSPC : EIO);
		/* And is not forgotten with the next document. */
		json_int(&j, NULL, 1);
		assert_int_equal(json_finish(&j), -1);
		assert_int_equal(errno, turn == 0 ? ENOSPC : EIO);
		fclose(full);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_documents_one_after_another),
		cmocka_unit_test(test_strings_are_escaped),
		cmocka_unit_test(test_keys_are_escaped),
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_invalid_utf8),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_numbers_read_back),
		cmocka_unit_test(test_locale_does_not_matter),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_misuse_is_bad),
		cmocka_unit_test(test_write_errors_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
