/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The recorded requests, in order, as a server made of our parts answers them:
 * byte for byte, but for the time and for what a session's result says.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/route.h"
#include "msak/upgrade.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define NOW	1795313627	/* Sun, 22 Nov 2026 02:13:47 GMT */

enum { DOWNLOAD, UPLOAD, AUTHORIZE, RESULT };

static const struct route routes[] = {
	{ "/throughput/v1/download", DOWNLOAD },
	{ "/throughput/v1/upload", UPLOAD },
	{ "/latency/v1/authorize", AUTHORIZE },
	{ "/latency/v1/result", RESULT },
};

struct server {
	char		*mid;		/* of the only session, or NULL */
	const char	*summary;
	char		*kickoff;
};

/* The latency service is not under test: it knows one session. */
static void
authorize(struct server *s, const char *mid, struct http_answer *a)
{
	size_t size;
	FILE *out;

	free(s->mid);
	s->mid = strdup(mid);
	free(s->kickoff);
	out = open_memstream(&s->kickoff, &size);
	assert_non_null(out);
	fprintf(out, "{\"Type\":\"c2s\",\"ID\":\"");
	for (; *mid != '\0'; mid++)
		fprintf(out, *mid == '"' ? "\\\"" : *mid == '<' ? "\\u003c" :
		    "%c", *mid);
	fprintf(out, "\",\"Seq\":0}");
	fclose(out);
	http_answer_set(a, 200);
	a->type = "text/plain; charset=utf-8";
	a->body = s->kickoff;
	a->len = size;
}

static void
result(struct server *s, const char *mid, struct http_answer *a)
{
	http_answer_set(a, 404);
	if (s->mid == NULL || strcmp(s->mid, mid) != 0)
		return;
	free(s->mid);
	s->mid = NULL;
	http_answer_set(a, 200);
	a->type = "text/plain; charset=utf-8";
	a->body = s->summary;
	a->len = strlen(s->summary);
}

static bool
respond(struct server *s, const struct http_request *r, const struct query *q,
    struct http_answer *a, struct upgrade *u)
{
	struct upgrade_access access = { false, false, NULL };
	int id = route_find(r, routes, NELEM(routes), a);
	const char *mid = upgrade_mid(q, &access);

	if (id == DOWNLOAD || id == UPLOAD)
		return upgrade_check(r, q, &access, u, a);
	if (id != -1 && mid == NULL)
		http_answer_set(a, id == AUTHORIZE ? 401 : 400);
	else if (id == AUTHORIZE)
		authorize(s, mid, a);
	else if (id == RESULT)
		result(s, mid, a);
	return false;
}

/* All that is answered to these bytes. */
static void
serve(struct server *s, const char *request, size_t len, FILE *out)
{
	struct http_request r;
	struct http_answer a;
	struct upgrade u;
	struct query *q;

	if (http_request_get(request, len, &r) != HTTP_OK) {
		http_put_refusal(out, r.status, r.why);
		return;
	}
	q = query_parse(r.query.p, r.query.len);
	assert_non_null(q);
	if (respond(s, &r, q, &a, &u))
		http_put_switch(out, u.accept, UPGRADE_PROTOCOL);
	else
		http_put_answer(out, &r, &a, NOW);
	http_answer_free(&a);
	free(q);
}

/* Vectors are read as a byte a character. */
static void
put_utf8(FILE *out, unsigned char c)
{
	if (c >= 0x80)
		putc(0xc0 | c >> 6, out);
	putc(c >= 0x80 ? 0x80 | (c & 0x3f) : c, out);
}

/* What was recorded, at our time. */
static char *
recorded(const struct jv *c)
{
	const struct jv *headers = jv_get(c, "headers"), *body;
	const char *line, *text = "";
	size_t i, size, len = 0;
	char *want;
	FILE *out;

	out = open_memstream(&want, &size);
	assert_non_null(out);
	fprintf(out, "%s\r\n", jv_str(jv_get(c, "status_line"), NULL));
	for (i = 0; i < jv_len(headers); i++) {
		line = jv_str(jv_at(headers, i), NULL);
		if (strncmp(line, "Date: ", 6) == 0)
			line = "Date: Sun, 22 Nov 2026 02:13:47 GMT";
		fprintf(out, "%s\r\n", line);
	}
	fputs("\r\n", out);
	if ((body = jv_find(c, "body")) != NULL)
		text = jv_str(body, &len);
	for (i = 0; i < len; i++)
		put_utf8(out, (unsigned char)text[i]);
	fclose(out);
	return want;
}

static void
check(struct server *s, const struct jv *c)
{
	const char *name = jv_str(jv_get(c, "name"), NULL), *request;
	char *want = recorded(c), *got;
	size_t len, size;
	FILE *out;

	request = jv_str(jv_get(c, "request"), &len);
	if (strcmp(name, "latency result just-authorized") == 0)
		s->summary = jv_str(jv_get(c, "body"), NULL);
	out = open_memstream(&got, &size);
	assert_non_null(out);
	serve(s, request, len, out);
	fclose(out);
	if (strcmp(got, want) != 0)
		fail_msg("%s: got\n%s\nnot\n%s", name, got, want);
	free(got);
	free(want);
}

static void
test_cases(void **state)
{
	struct jv *file = jv_load("msak/http_cases.json");
	const struct jv *cases = jv_get(file, "cases");
	struct server s = { NULL, "", NULL };
	size_t i;

	(void)state;
	assert_int_equal(jv_len(cases), 39);
	for (i = 0; i < jv_len(cases); i++)
		check(&s, jv_at(cases, i));
	free(s.mid);
	free(s.kickoff);
	jv_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
