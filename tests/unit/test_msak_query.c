/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "msak/escape.h"
#include "msak/query.h"
#include "tests/unit/unit.h"

/* Pairs as "key=value" lines, NULs as '@'. */
static void
check(const char *text, const char *want)
{
	struct query *q = query_parse(text, strlen(text));
	char got[1000] = "";
	size_t i, k, n = 0;

	assert_non_null(q);
	for (i = 0; i < q->count; i++) {
		for (k = 0; k < q->pair[i].keylen; k++)
			got[n++] = q->pair[i].key[k] == '\0' ? '@' :
			    q->pair[i].key[k];
		got[n++] = '=';
		for (k = 0; k < q->pair[i].valuelen; k++)
			got[n++] = q->pair[i].value[k] == '\0' ? '@' :
			    q->pair[i].value[k];
		got[n++] = '\n';
		assert_int_equal(q->pair[i].key[q->pair[i].keylen], '\0');
		assert_int_equal(q->pair[i].value[q->pair[i].valuelen], '\0');
	}
	got[n] = '\0';
	assert_string_equal(got, want);
	free(q);
}

static void
test_rules(void **state)
{
	(void)state;
	check("", "");
	check("&", "");
	check("a", "a=\n");
	check("a=", "a=\n");
	check("=b", "=b\n");
	check("a=b&a=c", "a=b\na=c\n");
	check("a=b=c&&d", "a=b=c\nd=\n");
	check("a;b=1&c=2", "c=2\n");
	check("a=%zz&b=1", "b=1\n");
	check("%zz=1&b=1", "b=1\n");
	check("a=%4&b=%&c=%4a", "c=J\n");
	check("a+b=+%2B%20", "a b= + \n");
	check("%00=%00", "@=@\n");
	check("a=1&", "a=1\n");
}

static void
test_find(void **state)
{
	struct query *q = query_parse("b=1&a%00=2&b=3", 14);

	(void)state;
	assert_non_null(q);
	assert_string_equal(query_value(q, "b"), "1");
	assert_string_equal(query_value(q, "a"), "");
	assert_null(query_find(q, "a"));
	free(q);
}

static void
test_too_many(void **state)
{
	char text[QUERY_PAIRS_MAX + 1];
	struct query *q;

	(void)state;
	memset(text, '&', sizeof(text));
	q = query_parse(text, QUERY_PAIRS_MAX - 1);
	assert_non_null(q);
	free(q);
	errno = 0;
	assert_null(query_parse(text, QUERY_PAIRS_MAX));
	assert_int_equal(errno, E2BIG);
}

static char *
put(const struct query *q, const struct query_pair *set, size_t n)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(query_put(out, q, set, n), 0);
	fclose(out);
	return text;
}

static void
test_put(void **state)
{
	struct query_pair set[] = {
		query_pair("streams", "2"), query_pair("bytes", "0"),
		query_pair("b c", "\303\251&/~")
	};
	struct query *q = query_parse("x=1&bytes=5&X=2&bytes=6&x=0&by=3", 32);
	char *text = put(q, set, NELEM(set));

	(void)state;
	assert_string_equal(text, "X=2&b+c=%C3%A9%26%2F~&by=3&bytes=0&"
	    "streams=2&x=1&x=0");
	free(text);
	free(q);
}

/* What is written reads back as the same pairs, sorted. */
static void
test_random(void **state)
{
	struct query_pair set[20];
	char bytes[20][8], *text;
	struct query *none, *q;
	size_t i, k;
	int run;

	(void)state;
	unit_seed();
	none = query_parse("", 0);
	for (run = 0; run < 500; run++) {
		for (i = 0; i < NELEM(set); i++) {
			for (k = 0; k < 8; k++)
				bytes[i][k] = (char)random();
			set[i].key = bytes[i];
			set[i].value = bytes[i] + 4;
			set[i].keylen = (size_t)random() % 4;
			set[i].valuelen = (size_t)random() % 5;
		}
		text = put(none, set, NELEM(set));
		q = query_parse(text, strlen(text));
		assert_int_equal(q->count, NELEM(set));
		for (i = 1; i < q->count; i++) {
			k = q->pair[i].keylen < q->pair[i - 1].keylen ?
			    q->pair[i].keylen : q->pair[i - 1].keylen;
			assert_true(memcmp(q->pair[i - 1].key, q->pair[i].key,
			    k) <= 0);
		}
		free(text);
		text = put(none, q->pair, q->count);
		free(q);
		q = query_parse(text, strlen(text));
		assert_int_equal(q->count, NELEM(set));
		free(text);
		free(q);
	}
	free(none);
}

static void
test_escape(void **state)
{
	char out[10];

	(void)state;
	assert_int_equal(escape_decode("a%2fb+", 6, false, out), 4);
	assert_memory_equal(out, "a/b+", 4);
	assert_int_equal(escape_decode("ab%2", 4, true, out), -1);
	assert_int_equal(escape_bad("%41%4", 5), 3);
	assert_int_equal(escape_bad("%41%", 4), 3);
	assert_int_equal(escape_bad("%4g%", 4), 0);
	assert_int_equal(escape_bad("a%41", 4), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
