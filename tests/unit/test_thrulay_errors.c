/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "thrulay/thrulay.h"

/* Part of the text, and the code that has it. */
static const struct {
	const char	*text;
	int		 code;
} fatals[] = {
	{ "stop (connection rejected", THRULAY_E_REJECTED },
	{ "not a thrulay server responded", THRULAY_E_NOT_THRULAY },
	{ "could not read server banner", THRULAY_E_BANNER },
	{ "server closed connection after proposal", THRULAY_E_CLOSED },
	{ "malformed session response from server", THRULAY_E_MALFORMED },
	{ "server gave ridiculously small window", THRULAY_E_WINDOW_SMALL },
	{ "server gave block size less than MIN_BLOCK",
	    THRULAY_E_BLOCK_SMALL },
	{ "server gave block size too large", THRULAY_E_BLOCK_LARGE },
	{ "different server window", THRULAY_E_WINDOW_DIFFERS },
	{ "different server block size", THRULAY_E_BLOCK_DIFFERS },
	{ "server rejected our UDP proposal", THRULAY_E_UDP_REJECTED },
	{ "sending UDP packet failed", THRULAY_E_SEND_UDP },
};

/* Every fatal line that the 0.9 client was seen to print is one of ours. */
static void
test_recorded_fatals(void **state)
{
	struct jv *file = jv_load("thrulay/client_vs_scripted_server.json");
	const struct jv *cases = jv_get(file, "cases");
	const char *text;
	size_t i, k, len, seen = 0;

	(void)state;
	for (i = 0; i < jv_len(cases); i++) {
		text = strstr(jv_str(jv_get(jv_at(cases, i), "stderr"), NULL),
		    "fatal: ");
		if (text == NULL)
			continue;
		text += strlen("fatal: ");
		len = strcspn(text, "\n");
		for (k = 0; k < NELEM(fatals); k++)
			if (strlen(fatals[k].text) == len &&
			    memcmp(text, fatals[k].text, len) == 0)
				break;
		assert_in_range(k, 0, NELEM(fatals) - 1);
		assert_string_equal(thrulay_client_strerror(-fatals[k].code),
		    fatals[k].text);
		seen++;
	}
	assert_in_range(seen, NELEM(fatals), jv_len(cases));
	jv_free(file);
}

static void
test_every_code_has_its_text(void **state)
{
	const char *unknown = thrulay_client_strerror(-35), *text;
	int code, other;

	(void)state;
	assert_string_equal(unknown, "unknown error");
	for (code = 1; code <= THRULAY_E_INTERRUPTED; code++) {
		text = thrulay_client_strerror(-code);
		if (code == 35 || (code > 36 && code < 100)) {
			assert_string_equal(text, unknown);
			continue;
		}
		for (other = 0; other < code; other++)
			if (strcmp(text, thrulay_client_strerror(-other)) == 0
			    && other != 35 && !(other > 36 && other < 100))
				fail_msg("%d and %d: %s", code, other, text);
		if (code >= 100)
			assert_string_equal(thrulay_server_strerror(-code),
			    text);
	}
	assert_string_equal(thrulay_server_strerror(-28),
	    "unable to start server (bind failed)");
	assert_string_equal(thrulay_server_strerror(-31),
	    "getaddrinfo(): failed in ACL add operation");
}

static void
test_no_such_code(void **state)
{
	static const int codes[] = { 1, 22, INT_MAX, INT_MIN, -32 - 1000,
		-(THRULAY_E_INTERRUPTED + 1), -99 };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(codes); i++) {
		assert_string_equal(thrulay_client_strerror(codes[i]),
		    "unknown error");
		assert_string_equal(thrulay_server_strerror(codes[i]),
		    "unknown error");
	}
	assert_string_equal(thrulay_server_strerror(-32), "unknown error");
	assert_string_equal(thrulay_client_strerror(0), "no error");
}

/* Spec 5.1; the first two were recorded. */
static void
test_topology(void **state)
{
	(void)state;
	assert_string_equal(thrulay_topology(65535), "Hyperchannel");
	assert_string_equal(thrulay_topology(1500), "Ethernet (or PPP)");
	assert_string_equal(thrulay_topology(9000), "Ethernet, jumbo-frames");
	assert_string_equal(thrulay_topology(576), "X.25 & ISDN");
	assert_string_equal(thrulay_topology(1499), "unknown");
	assert_string_equal(thrulay_topology(-1), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_fatals),
		cmocka_unit_test(test_every_code_has_its_text),
		cmocka_unit_test(test_no_such_code),
		cmocka_unit_test(test_topology),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
