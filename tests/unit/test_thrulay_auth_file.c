/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "thrulay/auth_file.h"

#define NAME_LEN	(EXT_NAME_MAX - 1)

/* Load a file of these bytes and this mode; errno as auth_keys_load left it. */
static int
load_mode(struct auth_keys *k, const char *bytes, size_t len, mode_t mode)
{
	char path[] = "/tmp/test_auth_file.XXXXXX";
	int fd = mkstemp(path), rc, error;

	assert_true(fd != -1);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	errno = 0;
	rc = auth_keys_load(k, path);
	error = errno;
	unlink(path);
	errno = error;
	return rc;
}

static int
load(struct auth_keys *k, const char *text)
{
	return load_mode(k, text, strlen(text), 0600);
}

static void
assert_entry(const struct auth_keys *k, size_t i, const char *name,
    const char *key)
{
	assert_true(i < k->n);
	assert_string_equal(k->entry[i].name, name);
	assert_string_equal(k->entry[i].key, key);
}

static void
assert_malformed(const char *text, size_t len)
{
	struct auth_keys k;

	assert_int_equal(load_mode(&k, text, len, 0600), -1);
	assert_int_equal(errno, EINVAL);
	assert_null(k.entry);
	assert_int_equal(k.n, 0);
}

static void
test_entries_in_order(void **state)
{
	struct auth_keys k;

	(void)state;
	assert_int_equal(load(&k, "# of the lab\n"
	    "alice secret-1\n"
	    "\n"
	    " \t\n"
	    "\tbob \t s#cr=t\t \n"
	    "  # carol x\n"
	    "dave d"), 0);
	assert_int_equal(k.n, 3);
	assert_entry(&k, 0, "alice", "secret-1");
	assert_entry(&k, 1, "bob", "s#cr=t");
	assert_entry(&k, 2, "dave", "d");
	auth_keys_free(&k);
}

static void
test_crlf(void **state)
{
	struct auth_keys k;

	(void)state;
	assert_int_equal(load(&k, "# x\r\n\r\na b\r\n \r\nc d\r\n"), 0);
	assert_int_equal(k.n, 2);
	assert_entry(&k, 0, "a", "b");
	assert_entry(&k, 1, "c", "d");
	auth_keys_free(&k);
}

static void
test_malformed_lines(void **state)
{
	static const char *const texts[] = {
		"", "\n", "# only a comment\n",		/* no entry */
		"name\n", "name", "name \n",
		"name key more\n", "name key # comment\n",
		"good key\nbad\n", "bad\ngood key\n",
		"na\001me key\n", "name ke\177y\n", "name k\303\251y\n",
		"name key\rmore\n", "name\rkey\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(texts); i++)
		assert_malformed(texts[i], strlen(texts[i]));
}

/* What follows a NUL byte may not be lost without a word. */
static void
test_nul_bytes(void **state)
{
	static const char after[] = "name key\0more\n";
	static const char inside[] = "name k\0ey\n";
	static const char before[] = "\0name key\n";
	static const char last[] = "name key\n\0";
	static const char comment[] = "# a\0b c\nname key\n";
	struct auth_keys k;

	(void)state;
	assert_malformed(after, sizeof(after) - 1);
	assert_malformed(inside, sizeof(inside) - 1);
	assert_malformed(before, sizeof(before) - 1);
	assert_malformed(last, sizeof(last) - 1);
	assert_int_equal(load_mode(&k, comment, sizeof(comment) - 1, 0600), 0);
	assert_int_equal(k.n, 1);
	assert_entry(&k, 0, "name", "key");
	auth_keys_free(&k);
}

static void
test_longest_words(void **state)
{
	char name[NAME_LEN + 2], key[AUTH_KEY_MAX + 2], line[512];
	struct auth_keys k;

	(void)state;
	memset(name, 'n', sizeof(name));
	memset(key, 'k', sizeof(key));
	snprintf(line, sizeof(line), "%.*s %.*s\n", NAME_LEN, name,
	    AUTH_KEY_MAX, key);
	assert_int_equal(load(&k, line), 0);
	assert_int_equal(strlen(k.entry[0].name), NAME_LEN);
	assert_int_equal(strlen(k.entry[0].key), AUTH_KEY_MAX);
	auth_keys_free(&k);
	snprintf(line, sizeof(line), "%.*s key\n", NAME_LEN + 1, name);
	assert_malformed(line, strlen(line));
	snprintf(line, sizeof(line), "name %.*s\n", AUTH_KEY_MAX + 1, key);
	assert_malformed(line, strlen(line));
}

/* The end of a long line is never an entry, wherever the line is cut. */
static void
test_long_lines_stay_one(void **state)
{
	char line[1200];
	struct auth_keys k;
	size_t n;

	(void)state;
	for (n = 400; n < sizeof(line) - 32; n++) {
		memset(line, ' ', n);
		memcpy(line, "name key", 8);
		memcpy(line + n, "eve evil\n", 10);
		assert_malformed(line, strlen(line));
		memset(line, ' ', n);
		line[n - 1] = '\n';
		line[0] = '#';
		memcpy(line + 1, "name key", 8);
		assert_int_equal(load(&k, line), 0);
		assert_int_equal(k.n, 1);
		assert_entry(&k, 0, "eve", "evil");
		auth_keys_free(&k);
	}
}

static void
test_others_may_not_look(void **state)
{
	static const char text[] = "name key\n";
	static const mode_t bad[] = { 0604, 0602, 0601, 0644, 0667 };
	static const mode_t good[] = { 0600, 0640, 0660, 0400 };
	struct auth_keys k;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		assert_int_equal(load_mode(&k, text, sizeof(text) - 1,
		    bad[i]), -1);
		assert_int_equal(errno, EPERM);
		assert_null(k.entry);
	}
	for (i = 0; i < NELEM(good); i++) {
		assert_int_equal(load_mode(&k, text, sizeof(text) - 1,
		    good[i]), 0);
		auth_keys_free(&k);
	}
}

static void
test_unreadable(void **state)
{
	char path[] = "/tmp/test_auth_file.XXXXXX";
	struct auth_keys k;

	(void)state;
	assert_int_equal(auth_keys_load(&k, "/nonexistent/keys"), -1);
	assert_int_equal(errno, ENOENT);
	/* A directory opens, but does not read. */
	assert_non_null(mkdtemp(path));
	assert_int_equal(auth_keys_load(&k, path), -1);
	assert_int_equal(errno, EISDIR);
	assert_null(k.entry);
	rmdir(path);
}

static void
test_find(void **state)
{
	struct auth_keys k;

	(void)state;
	assert_int_equal(load(&k, "first 1\nsecond 2\nfirst 3\n"), 0);
	assert_string_equal(auth_keys_find(&k, NULL)->key, "1");
	assert_string_equal(auth_keys_find(&k, "first")->key, "1");
	assert_string_equal(auth_keys_find(&k, "second")->key, "2");
	assert_null(auth_keys_find(&k, "secon"));
	assert_null(auth_keys_find(&k, "second2"));
	assert_null(auth_keys_find(&k, ""));
	auth_keys_free(&k);
	assert_null(k.entry);
	assert_int_equal(k.n, 0);
	assert_null(auth_keys_find(&k, NULL));
	auth_keys_free(&k);
}

static void
test_messages(void **state)
{
	(void)state;
	assert_string_equal(auth_keys_strerror(EINVAL),
	    "a line is not \"name key\", or there is none");
	assert_string_equal(auth_keys_strerror(EPERM),
	    "must not be accessible to others");
	assert_string_equal(auth_keys_strerror(ENOENT), strerror(ENOENT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_in_order),
		cmocka_unit_test(test_crlf),
		cmocka_unit_test(test_malformed_lines),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_longest_words),
		cmocka_unit_test(test_long_lines_stay_one),
		cmocka_unit_test(test_others_may_not_look),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
