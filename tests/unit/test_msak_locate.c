/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "msak/jsonin.h"
#include "msak/locate.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define DOWNLOAD	"/throughput/v1/download"
#define UPLOAD		"/throughput/v1/upload"
#define TARGET(name, url) \
	"{\"machine\":\"" name "\",\"urls\":{\"ws://" DOWNLOAD "\":" url "}}"

static enum locate_verdict
read_text(struct locate *l, int status, const char *body,
    char error[LOCATE_ERROR])
{
	error[0] = '\0';
	return locate_read(l, status, body, strlen(body), error,
	    LOCATE_ERROR);
}

static void
bad(int status, const char *body, enum locate_verdict v, const char *message)
{
	char error[LOCATE_ERROR];
	struct locate l;

	assert_int_equal(read_text(&l, status, body, error), v);
	assert_string_equal(error, message);
	assert_int_equal(locate_targets(&l), 0);
	assert_null(locate_url(&l, 0, "ws", DOWNLOAD));
	locate_free(&l);
}

/* A member of the recorded answers, as text. */
static char *
sample(const char *key)
{
	char *text = vectors_text("msak/locate_nearest_sample.json"), *out;
	json_t *o;

	o = jsonin_object(text, strlen(text), 0, NULL);
	assert_non_null(o);
	out = json_dumps(json_object_get(o, key), 0);
	assert_non_null(out);
	json_decref(o);
	free(text);
	return out;
}

static void
test_sample(void **state)
{
	static const struct {
		const char	*scheme, *path, *url;
	} want[] = {
		{ "ws", DOWNLOAD, "ws://127.0.0.1:8180" DOWNLOAD
		    "?access_token=TT&locate_version=v2" },
		{ "ws", UPLOAD, "ws://127.0.0.1:8180" UPLOAD
		    "?access_token=TT&locate_version=v2" },
		{ "wss", DOWNLOAD, "wss://127.0.0.1:8143" DOWNLOAD
		    "?access_token=TT" },
		{ "http", "/latency/v1/authorize", "http://127.0.0.1:8180"
		    "/latency/v1/authorize?access_token=TT" },
		{ "http", "/latency/v1/result", "http://127.0.0.1:8180"
		    "/latency/v1/result?access_token=TT" },
		{ "https", "/latency/v1/result", NULL }
	};
	char error[LOCATE_ERROR], *text = sample("ok");
	struct locate l;
	const char *url;
	size_t i;

	(void)state;
	assert_int_equal(read_text(&l, 200, text, error), LOCATE_GOOD);
	assert_int_equal(locate_targets(&l), 1);
	for (i = 0; i < NELEM(want); i++) {
		url = locate_url(&l, 0, want[i].scheme, want[i].path);
		if (want[i].url == NULL)
			assert_null(url);
		else
			assert_string_equal(url, want[i].url);
		assert_null(locate_url(&l, 1, want[i].scheme, want[i].path));
	}
	locate_free(&l);
	free(text);
}

static void
test_messages(void **state)
{
	struct jv *file = jv_load("msak/locate_nearest_sample.json");
	const struct jv *m = jv_get(file, "expected_messages");
	char *text = sample("error");
	const char *none = jv_str(jv_get(m, "no_results_key"), NULL);

	(void)state;
	bad(429, text, LOCATE_REFUSED, jv_str(jv_get(m, "error"), NULL));
	bad(200, text, LOCATE_NOTHING, none);
	bad(200, "{}", LOCATE_NOTHING, none);
	bad(500, "{\"results\":null}", LOCATE_NOTHING, none);
	bad(500, "{\"results\":{}}", LOCATE_NOTHING, none);
	bad(500, "{\"error\":null}", LOCATE_NOTHING, none);
	bad(204, "", LOCATE_BAD, jv_str(jv_get(m, "http_204_empty"), NULL));
	bad(502, "<html>", LOCATE_BAD,
	    jv_str(jv_get(m, "not_json_starting_with_<"), NULL));
	free(text);
	jv_free(file);
}

static void
test_no_targets(void **state)
{
	char error[LOCATE_ERROR];
	struct locate_walk w = { 0 };
	struct locate l;

	(void)state;
	assert_int_equal(read_text(&l, 200, "{\"results\":[]}", error),
	    LOCATE_GOOD);
	assert_int_equal(locate_targets(&l), 0);
	assert_null(locate_next(&l, &w, "ws", DOWNLOAD, NULL));
	locate_free(&l);
}

static void
test_no_json(void **state)
{
	static const struct {
		const char	*body, *message;
	} all[] = {
		{ " \r\n\t", "unexpected end of JSON input" },
		{ "{\"results\":[", "unexpected end of JSON input" },
		{ " \n<", "invalid character '<' looking for beginning of "
		    "value" },
		{ "'x'", "invalid character '\\'' looking for beginning of "
		    "value" },
		{ "\\", "invalid character '\\\\' looking for beginning of "
		    "value" },
		{ "\x01", "invalid character '\\x01' looking for beginning of "
		    "value" },
		{ "\x7f", "invalid character '\\x7f' looking for beginning of "
		    "value" },
		{ "\xef\xbb\xbf{}", "invalid character '\xc3\xaf' looking for "
		    "beginning of value" },
		{ "\x80", "invalid character '\\u0080' looking for beginning "
		    "of value" },
		{ "Not Found", "invalid character 'N' looking for beginning "
		    "of value" },
		{ "[]", "invalid JSON: not an object" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(all); i++)
		bad(200, all[i].body, LOCATE_BAD, all[i].message);
}

/* Errors whose members are missing or of another kind. */
static void
test_error_forms(void **state)
{
	(void)state;
	bad(500, "{\"error\":{}}", LOCATE_REFUSED, ": ");
	bad(500, "{\"error\":{\"title\":\"t\",\"detail\":7}}", LOCATE_REFUSED,
	    "t: ");
	bad(400, "{\"error\":{\"title\":null,\"detail\":\"d\"},"
	    "\"results\":[]}", LOCATE_REFUSED, ": d");
	bad(500, "{\"error\":\"text\"}", LOCATE_NOTHING,
	    "no available M-Lab servers");
}

/* In order, without those that have no such URL; each walk by itself. */
static void
test_walk(void **state)
{
	static const char body[] = "{\"results\":[" TARGET("a", "\"ws://a/\"")
	    "," TARGET("b", "7") ",null,{\"urls\":7}," TARGET("c", "\"\"") ","
	    TARGET("d", "\"ws://d/ HTTP/1.1\\r\\nX: y\"") ","
	    TARGET("e", "\"ws://e/\\u007f\"") "," TARGET("f", "\"ws://f/\"")
	    "]}";
	char error[LOCATE_ERROR];
	struct locate_walk w = { 0 }, other = { 0 };
	struct locate l;
	size_t i = 99;

	(void)state;
	assert_int_equal(read_text(&l, 200, body, error), LOCATE_GOOD);
	assert_int_equal(locate_targets(&l), 8);
	assert_string_equal(locate_next(&l, &w, "ws", DOWNLOAD, &i),
	    "ws://a/");
	assert_int_equal(i, 0);
	assert_string_equal(locate_next(&l, &w, "ws", DOWNLOAD, &i),
	    "ws://f/");
	assert_int_equal(i, 7);
	assert_null(locate_next(&l, &w, "ws", DOWNLOAD, &i));
	assert_null(locate_next(&l, &w, "ws", DOWNLOAD, &i));
	assert_int_equal(i, 7);
	assert_null(locate_next(&l, &other, "ws", UPLOAD, NULL));
	other.next = 0;
	assert_string_equal(locate_next(&l, &other, "ws", DOWNLOAD, NULL),
	    "ws://a/");
	locate_free(&l);
}

/* Only so many are worth a try. */
static void
test_tries(void **state)
{
	static char body[64 * (LOCATE_TRIES + 2)];
	char error[LOCATE_ERROR];
	struct locate_walk w = { 0 };
	struct locate l;
	int i;

	(void)state;
	strlcpy(body, "{\"results\":[{}", sizeof(body));
	for (i = 0; i <= LOCATE_TRIES; i++)
		strlcat(body, "," TARGET("a", "\"ws://a/\""), sizeof(body));
	assert_true(strlcat(body, "]}", sizeof(body)) < sizeof(body));
	assert_int_equal(read_text(&l, 200, body, error), LOCATE_GOOD);
	for (i = 0; i < LOCATE_TRIES; i++)
		assert_non_null(locate_next(&l, &w, "ws", DOWNLOAD, NULL));
	assert_null(locate_next(&l, &w, "ws", DOWNLOAD, NULL));
	locate_free(&l);
}

static void
test_long_url(void **state)
{
	static char url[LOCATE_URL_MAX + 1], body[2 * LOCATE_URL_MAX];
	char error[LOCATE_ERROR];
	struct locate l;
	int n;

	(void)state;
	for (n = LOCATE_URL_MAX - 1; n <= LOCATE_URL_MAX; n++) {
		memset(url, 'a', (size_t)n);
		snprintf(body, sizeof(body), "{\"results\":["
		    TARGET("a", "\"%s\"") "]}", url);
		assert_int_equal(read_text(&l, 200, body, error),
		    LOCATE_GOOD);
		assert_int_equal(locate_url(&l, 0, "ws", DOWNLOAD) != NULL,
		    n < LOCATE_URL_MAX);
		locate_free(&l);
	}
}

static void
test_bounds(void **state)
{
	char *body = malloc(LOCATE_BODY_MAX + 1), error[LOCATE_ERROR];
	struct locate l;

	(void)state;
	assert_non_null(body);
	memset(body, ' ', LOCATE_BODY_MAX + 1);
	memcpy(body, "{\"results\":[]}", 14);
	assert_int_equal(locate_read(&l, 200, body, LOCATE_BODY_MAX, error,
	    sizeof(error)), LOCATE_GOOD);
	locate_free(&l);
	assert_int_equal(locate_read(&l, 200, body, LOCATE_BODY_MAX + 1,
	    error, sizeof(error)), LOCATE_BAD);
	assert_string_equal(error, "answer is too long");
	memset(body, '[', LOCATE_BODY_MAX);
	assert_int_equal(locate_read(&l, 200, body, LOCATE_BODY_MAX, error,
	    sizeof(error)), LOCATE_BAD);
	assert_string_equal(error, "invalid JSON: too deep");
	free(body);
}

static void
test_request(void **state)
{
	static const struct {
		const char	*base, *want;
	} all[] = {
		{ "https://locate.measurementlab.net/v2/nearest/",
		    "https://locate.measurementlab.net/v2/nearest/"
		    "msak/throughput1" },
		{ "http://h/v2", "http://h/v2/msak/throughput1" },
		{ "http://h", "http://h/msak/throughput1" },
		{ "http://h/a//", "http://h/a/msak/throughput1" },
		{ "http://h/a?key=K",
		    "http://h/a/msak/throughput1?key=K" },
		{ "http://h/a/?key=K/?#f",
		    "http://h/a/msak/throughput1?key=K/?" },
		{ "http://h/a#f?q", "http://h/a/msak/throughput1" }
	};
	char out[64];
	size_t i, n;

	(void)state;
	for (i = 0; i < NELEM(all); i++) {
		assert_int_equal(locate_request(all[i].base,
		    LOCATE_THROUGHPUT, out, sizeof(out)), 0);
		assert_string_equal(out, all[i].want);
	}
	n = strlen("http://h/msak/latency1");
	assert_int_equal(locate_request("http://h", LOCATE_LATENCY, out,
	    n + 1), 0);
	assert_int_equal(locate_request("http://h", LOCATE_LATENCY, out,
	    n), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_no_targets),
		cmocka_unit_test(test_no_json),
		cmocka_unit_test(test_error_forms),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_tries),
		cmocka_unit_test(test_long_url),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
