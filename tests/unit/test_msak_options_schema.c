/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of generate-schema. */
#include "config.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

#include "msak/options_schema.h"
#include "tests/unit/msak_line.h"

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	return options_schema_parse(argc, argv, options, status);
}

static int
begin(void **state)
{
	static struct schema_options options;

	return line_new(state, "./generate-schema", parse, &options);
}

static void
test_help(void **state)
{
	static const char *const words[] = { NULL };

	line_help(*state, "msak/output/generate-schema.help.txt", words, NULL);
}

static void
test_values(void **state)
{
	struct line *l = *state;
	const struct schema_options *o = l->options;

	line_good(l, "");
	assert_string_equal(o->throughput1,
	    "/var/spool/datatypes/throughput1.json");
	assert_string_equal(o->latency1, "/var/spool/datatypes/latency1.json");
	assert_string_equal(o->anonymize, "none");
	assert_string_equal(o->prometheus, ":9990");
	line_good(l, "-throughput1 a -latency1=b -anonymize.ip netblock "
	    "-prometheusx.listen-address :1");
	assert_string_equal(o->throughput1, "a");
	assert_string_equal(o->latency1, "b");
	assert_string_equal(o->anonymize, "netblock");
	assert_string_equal(o->prometheus, ":1");
	line_refused(l, "-x", "flag provided but not defined: -x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, begin, line_free);
}
