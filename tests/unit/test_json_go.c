/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/json.h"

/* Each case of Go's encoder; the bytes that end a line in JavaScript, and ones
 * beside them. */
static void
test_go(void **state)
{
	char *text = NULL;
	size_t len = 0;
	struct json j;

	(void)state;
	json_init(&j, open_memstream(&text, &len), 0);
	j.go = true;
	json_begin_array(&j, NULL);
	json_str(&j, NULL, "\"\\\b\f\n\r\t\x1f\x7f/<>&");
	json_strn(&j, NULL, "\0", 1);
	json_str(&j, NULL, "\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9"
	    "\xe2\x80\xaa\xe2\x81\xa8");
	json_str(&j, NULL, "\xe2\x82<\xf0\x9f\x98\x80\xef\xbf\xbd\xff");
	json_end_array(&j);
	assert_int_equal(json_finish(&j), 0);
	fclose(j.out);
	assert_string_equal(text, "[\"\\\"\\\\\\u0008\\u000c\\n\\r\\t"
	    "\\u001f\x7f/"
	    "\\u003c\\u003e\\u0026\",\"\\u0000\","
	    "\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xaa\xe2\x81\xa8\","
	    "\"\\ufffd\\ufffd\\u003c\xf0\x9f\x98\x80\xef\xbf\xbd\\ufffd\"]\n");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
