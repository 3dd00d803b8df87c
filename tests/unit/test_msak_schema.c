/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "msak/schema.h"

static void
check(void (*put)(FILE *), const char *name)
{
	char *want = vectors_text(name), *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	put(out);
	fclose(out);
	assert_string_equal(text, want);
	assert_int_equal(len, strlen(want));
	free(text);
	free(want);
}

static void
test_files(void **state)
{
	(void)state;
	check(schema_throughput1, "msak/schema/throughput1.json");
	check(schema_latency1, "msak/schema/latency1.json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
