/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/b64url.h"
#include "tests/unit/token_sign.h"
#include "tests/unit/unit.h"

static int
decode(const char *in, void *out, size_t size, size_t *len)
{
	return b64url_decode(in, strlen(in), out, size, len);
}

/* RFC 4648 section 10 without its padding, and both odd characters. */
static void
test_known(void **state)
{
	static const struct {
		const char	*text, *bytes;
	} known[] = {
		{ "", "" }, { "Zg", "f" }, { "Zm8", "fo" }, { "Zm9v", "foo" },
		{ "Zm9vYg", "foob" }, { "Zm9vYmE", "fooba" },
		{ "Zm9vYmFy", "foobar" }, { "--__", "\xfb\xef\xff" }
	};
	char out[16];
	size_t i, len;

	(void)state;
	for (i = 0; i < NELEM(known); i++) {
		assert_int_equal(decode(known[i].text, out, sizeof(out),
		    &len), 0);
		assert_int_equal(len, strlen(known[i].bytes));
		assert_memory_equal(out, known[i].bytes, len);
	}
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "Z", "Zm9vY", "Zg==", "Zm8=",
		"Zh", "Zm9", "Zm+v", "Zm/v", "Zm9 ", "Zm9\n", " Zm9",
		"Zm\x80v" };
	char out[16];
	size_t i, len;

	(void)state;
	for (i = 0; i < NELEM(bad); i++)
		if (decode(bad[i], out, sizeof(out), &len) != -1)
			fail_msg("%s was taken", bad[i]);
	assert_int_equal(b64url_decode("Zm\0v", 4, out, sizeof(out), &len),
	    -1);
}

static void
test_room(void **state)
{
	char out[6];
	size_t len;

	(void)state;
	assert_int_equal(decode("Zm9vYmFy", out, 6, &len), 0);
	assert_int_equal(decode("Zm9vYmFy", out, 5, &len), -1);
	assert_int_equal(decode("Zg", out, 0, &len), -1);
}

/* What any bytes are written as reads back, and no other character does. */
static void
test_any(void **state)
{
	uint8_t in[64], out[64];
	char *text;
	size_t n, i, chars, len;
	int turn;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 2000; turn++) {
		n = (size_t)random() % sizeof(in);
		for (i = 0; i < n; i++)
			in[i] = (uint8_t)random();
		text = sign_base64(in, n);
		assert_int_equal(decode(text, out, sizeof(out), &len), 0);
		assert_int_equal(len, n);
		assert_memory_equal(in, out, n);
		if (n > 0) {
			chars = strlen(text);
			text[(size_t)random() % chars] ^=
			    (char)(1 + random() % 255);
			if (b64url_decode(text, chars, out, sizeof(out),
			    &len) == 0)
				assert_memory_not_equal(in, out, n);
		}
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
