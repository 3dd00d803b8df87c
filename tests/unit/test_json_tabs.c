/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/json.h"

/* As cJSON prints: array items on the line, objects in them a level deeper. */
static void
test_tabs(void **state)
{
	static const char want[] =
	    "{\n"
	    "\t\"s\":\t\"x\",\n"
	    "\t\"none\":\t[],\n"
	    "\t\"a\":\t[{\n"
	    "\t\t\t\"i\":\t1,\n"
	    "\t\t\t\"j\":\t2\n"
	    "\t\t}, {\n"
	    "\t\t\t\"o\":\t{\n"
	    "\t\t\t\t\"i\":\t3\n"
	    "\t\t\t}\n"
	    "\t\t}],\n"
	    "\t\"n\":\t[4, 5]\n"
	    "}\n";
	struct json j;
	char *text;
	size_t len;

	(void)state;
	json_init(&j, open_memstream(&text, &len), JSON_TABS);
	assert_non_null(j.out);
	json_begin_object(&j, NULL);
	json_str(&j, "s", "x");
	json_begin_array(&j, "none");
	json_end_array(&j);
	json_begin_array(&j, "a");
	json_begin_object(&j, NULL);
	json_int(&j, "i", 1);
	json_int(&j, "j", 2);
	json_end_object(&j);
	json_begin_object(&j, NULL);
	json_begin_object(&j, "o");
	json_int(&j, "i", 3);
	json_end_object(&j);
	json_end_object(&j);
	json_end_array(&j);
	json_begin_array(&j, "n");
	json_int(&j, NULL, 4);
	json_int(&j, NULL, 5);
	json_end_array(&j);
	json_end_object(&j);
	assert_int_equal(json_finish(&j), 0);
	fclose(j.out);
	assert_string_equal(text, want);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tabs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
