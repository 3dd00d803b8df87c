/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "udpst/auth.h"

#define KEY_16	"0123456789abcdef"
#define KEY_64	KEY_16 KEY_16 KEY_16 KEY_16

static int
parse(const char *text, size_t len, struct auth_keys *k, char *error,
    size_t errorlen)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, len, "r");
	int rc;

	assert_non_null(f);
	error[0] = '\0';
	rc = auth_keys_parse(f, k, error, errorlen);
	fclose(f);
	return rc;
}

static void
good(void **state)
{
	static const char text[] =
	    "# keys\n"
	    "\n"
	    "  \t, \n"
	    "0,legacykey\n"
	    "5,fivekey # not of the key\r\n"
	    " ,0x10\t \thexkey,more,fields\n"
	    "010 octal\n"
	    "255,a#b\n"
	    "7," KEY_64 "\n"
	    "9,last";
	struct auth_keys k;
	char error[80];

	(void)state;
	assert_int_equal(parse(text, strlen(text), &k, error, sizeof(error)),
	    0);
	assert_int_equal(k.n, 7);
	assert_string_equal(auth_keys_find(&k, 0), "legacykey");
	assert_string_equal(auth_keys_find(&k, 5), "fivekey");
	assert_string_equal(auth_keys_find(&k, 16), "hexkey");
	assert_string_equal(auth_keys_find(&k, 8), "octal");
	assert_string_equal(auth_keys_find(&k, 255), "a");
	assert_string_equal(auth_keys_find(&k, 7), KEY_64);
	assert_string_equal(auth_keys_find(&k, 9), "last");
	assert_null(auth_keys_find(&k, 1));
	assert_null(auth_keys_find(&k, 256 + 5));
	/* The client takes the only entry, so the order is kept. */
	assert_int_equal(k.entries[1].id, 5);
}

static const struct {
	const char	*text, *error;
} wrong[] = {
	{ "5\n", "ERROR: Key file entry has insufficient field count "
	    "(line 1)" },
	{ "#\n\n5,#key\n", "ERROR: Key file entry has insufficient field "
	    "count (line 3)" },
	{ "x,key\n", "ERROR: Key file entry has invalid numeric ID (line 1)" },
	{ "1,a\n2x,key\n", "ERROR: Key file entry has invalid numeric ID "
	    "(line 2)" },
	{ "256,key\n", "ERROR: Key file entry has out-of-range ID (line 1)" },
	{ "-1,key\n", "ERROR: Key file entry has out-of-range ID (line 1)" },
	{ "99999999999999999999,key\n", "ERROR: Key file entry has "
	    "out-of-range ID (line 1)" },
	{ "16,a\n\n0x10,b\n", "ERROR: Key file entry has duplicate ID "
	    "(line 3)" },
	{ "1," KEY_64 "x\n", "ERROR: Key file entry has oversized key "
	    "(line 1)" },
	{ "# nothing\n", "ERROR: No authentication keys found in key file" },
	{ "\n", "ERROR: No authentication keys found in key file" },
};

static void
bad(void **state)
{
	static const struct auth_keys none;
	struct auth_keys k;
	char error[80];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(wrong); i++) {
		assert_int_equal(parse(wrong[i].text, strlen(wrong[i].text),
		    &k, error, sizeof(error)), -1);
		assert_string_equal(error, wrong[i].error);
		assert_memory_equal(&k, &none, sizeof(k));
	}
}

/* All ids there are, and one more line. */
static void
full(void **state)
{
	char text[8192], error[80];
	struct auth_keys k;
	size_t at = 0, i;

	(void)state;
	for (i = 0; i < AUTH_KEYS_MAX; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%zu,key%zu\n", i, i);
	assert_int_equal(parse(text, at, &k, error, sizeof(error)), 0);
	assert_int_equal(k.n, AUTH_KEYS_MAX);
	assert_string_equal(auth_keys_find(&k, 255), "key255");
	at += (size_t)snprintf(text + at, sizeof(text) - at, "#\n1,x\n");
	assert_int_equal(parse(text, at, &k, error, sizeof(error)), -1);
	assert_string_equal(error,
	    "ERROR: Key file entry count exceeds maximum (line 258)");
}

/* What a line has beyond the buffer is no line of its own. */
static void
long_line(void **state)
{
	char text[5000], error[80];
	struct auth_keys k;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "1,key #", 7);
	text[sizeof(text) - 8] = '\n';
	memcpy(text + sizeof(text) - 7, "2,more\n", 7);
	assert_int_equal(parse(text, sizeof(text), &k, error, sizeof(error)),
	    0);
	assert_int_equal(k.n, 2);
	assert_string_equal(auth_keys_find(&k, 1), "key");
	assert_string_equal(auth_keys_find(&k, 2), "more");
}

static void
files(void **state)
{
	char path[] = "/tmp/udpst-keys-XXXXXX", error[80];
	struct auth_keys k;
	int fd;

	(void)state;
	assert_int_equal(auth_keys_read("/nonexistent", &k, error,
	    sizeof(error)), -1);
	assert_string_equal(error,
	    "FOPEN ERROR: </nonexistent> No such file or directory");
	assert_int_equal(auth_keys_read("/", &k, error, sizeof(error)), -1);
	assert_string_equal(error, "FOPEN ERROR: </> Is a directory");

	assert_int_not_equal(fd = mkstemp(path), -1);
	assert_int_equal(write(fd, "3,three\n", 8), 8);
	close(fd);
	assert_int_equal(auth_keys_read(path, &k, error, sizeof(error)), 0);
	assert_int_equal(k.n, 1);
	assert_string_equal(auth_keys_find(&k, 3), "three");
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(auth_keys_read(path, &k, error, sizeof(error)), -1);
	assert_string_equal(error,
	    "ERROR: No authentication keys found in key file");
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(full),
		cmocka_unit_test(long_line),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
