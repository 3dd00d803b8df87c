/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/vectors.h"
#include "udpst/report.h"

/* Behind the banner. */
static const char *
table(const char *text)
{
	const char *at = strstr(text, "\nSending Rate Table");

	assert_non_null(at);
	return at + 1;
}

static char *
rates(const struct options *o)
{
	char *got;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	assert_non_null(out);
	assert_int_equal(report_rates(o, out), 0);
	fclose(out);
	return got;
}

static void
test_default(void **state)
{
	struct options o = { .jumbo = true };
	char *want = vectors_text("udpst/srates/default-full-output.txt");
	char *got = rates(&o);

	(void)state;
	assert_memory_equal(got, "UDP Speed Test\nSoftware Ver: ", 28);
	assert_string_equal(table(got), table(want));
	free(got);
	free(want);
}

/* -S -6 -j -T: the vector has the first and last lines. */
static void
test_ipv6_without_jumbo(void **state)
{
	struct options o = { .family = AF_INET6, .traditional = true };
	char *want = vectors_text("udpst/srates/jT6-head-tail.txt");
	char *got = rates(&o), *line, *save;
	size_t lines = 0;

	(void)state;
	line = strtok_r(strstr(want, "Sending Rate"), "\n", &save);
	for (; line != NULL; line = strtok_r(NULL, "\n", &save)) {
		if (strcmp(line, "...") == 0)
			continue;
		if (strstr(got, line) == NULL)
			fail_msg("no line: %s", line);
		lines++;
	}
	assert_true(lines > 10);
	assert_non_null(strstr(got, "\nNOTE: Disabling jumbo datagram sizes "
	    "may impede rates above 1 Gbps\n"));
	free(got);
	free(want);
}

static void
test_write_error(void **state)
{
	struct options o = { .jumbo = true };
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (full == NULL) {
		print_message("# no /dev/full here\n");
		skip();
	}
	assert_int_equal(report_rates(&o, full), -1);
	fclose(full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_ipv6_without_jumbo),
		cmocka_unit_test(test_write_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
