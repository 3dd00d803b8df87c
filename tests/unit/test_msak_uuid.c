/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/uuid.h"

#define NOW	(INT64_C(1795311600) * CLOCK_NS_PER_S)

static void
test_text(void **state)
{
	char text[UUID_MAX], longest[UUID_PREFIX_MAX];

	(void)state;
	assert_string_equal(uuid_text("vm_1795311532_unsafe", 0x97, text),
	    "vm_1795311532_unsafe_0000000000000097");
	assert_string_equal(uuid_text("", UINT64_C(0xfedcba9876543210), text),
	    "_FEDCBA9876543210");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	uuid_text(longest, UINT64_MAX, text);
	assert_int_equal(strlen(text), UUID_MAX - 1);
	assert_string_equal(text + UUID_PREFIX_MAX, "FFFFFFFFFFFFFFFF");
}

static void
test_prefix(void **state)
{
	static const struct {
		const char *host, *uptime;
		int64_t ns;		/* after NOW */
		const char *want;
	} rows[] = {
		{ "vm", "68.00 120.10\n", 0, "vm_1795311532_unsafe" },
		{ "vm", "68.01 120.10\n", 0, "vm_1795311531_unsafe" },
		{ "vm", "68.50 120.10\n", 500000000, "vm_1795311532_unsafe" },
		{ "vm", "0.00 0.00\n", 999999999, "vm_1795311600_unsafe" },
		{ "a.b", "1795311601.5 1", 0, "a.b_-2_unsafe" },
		{ "vm", NULL, 0, "vm_BADBOOTTIME" },
		{ "vm", "", 0, "vm_BADBOOTTIME" },
		{ "vm", "68.00", 0, "vm_BADBOOTTIME" },
		{ "vm", "x 68.00", 0, "vm_BADBOOTTIME" },
		{ "vm", "-1 68.00", 0, "vm_BADBOOTTIME" },
		{ "vm", "nan 68.00", 0, "vm_BADBOOTTIME" },
		{ "vm", "1e300 68.00", 0, "vm_BADBOOTTIME" },
		{ NULL, "68.00 1", 0, "BADPREFIX" },
	};
	char prefix[UUID_PREFIX_MAX], host[2 * UUID_PREFIX_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		uuid_prefix(rows[i].host, rows[i].uptime, NOW + rows[i].ns,
		    prefix);
		assert_string_equal(prefix, rows[i].want);
	}
	/* Of a long name the boot time stays. */
	memset(host, 'h', sizeof(host));
	host[sizeof(host) - 1] = '\0';
	uuid_prefix(host, "68.00 1", NOW, prefix);
	assert_non_null(strstr(prefix, "h_1795311532_unsafe"));
}

static void
test_of_this_host(void **state)
{
	char prefix[UUID_PREFIX_MAX], host[64];

	(void)state;
	setenv("POD_NAME", "pod-7", 1);
	uuid_prefix_default(prefix);
	assert_memory_equal(prefix, "pod-7_", 6);
	setenv("POD_NAME", "", 1);
	uuid_prefix_default(prefix);
	assert_int_equal(gethostname(host, sizeof(host)), 0);
	assert_memory_equal(prefix, host, strlen(host));
	assert_int_equal(prefix[strlen(host)], '_');
}

static int
from_file(const char *text, size_t len, char prefix[UUID_PREFIX_MAX])
{
	char path[] = "/tmp/msak-uuid.XXXXXX";
	int fd = mkstemp(path), rc;

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	rc = uuid_prefix_file(path, prefix);
	unlink(path);
	return rc;
}

static void
test_file(void **state)
{
	char prefix[UUID_PREFIX_MAX], text[UUID_PREFIX_MAX + 100];

	(void)state;
	assert_int_equal(from_file("site_1 x \t\r\n\n", 12, prefix), 0);
	assert_string_equal(prefix, "site_1 x");
	assert_int_equal(from_file("site", 4, prefix), 0);
	assert_string_equal(prefix, "site");
	assert_int_equal(from_file("", 0, prefix), 0);
	assert_string_equal(prefix, "");
	memset(text, 'x', sizeof(text));
	assert_int_equal(from_file(text, UUID_PREFIX_MAX - 1, prefix), 0);
	assert_int_equal(strlen(prefix), UUID_PREFIX_MAX - 1);
	assert_int_equal(from_file(text, UUID_PREFIX_MAX, prefix), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(from_file(text, sizeof(text), prefix), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(uuid_prefix_file("/nonexistent/x", prefix), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(uuid_prefix_file("/tmp", prefix), -1);
	assert_int_equal(errno, EISDIR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_of_this_host),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
