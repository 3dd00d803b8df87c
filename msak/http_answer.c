/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "msak/escape.h"
#include "msak/http.h"

#define PLAIN		"Content-Type: text/plain; charset=utf-8\r\n"
#define NOSNIFF		"X-Content-Type-Options: nosniff\r\n"
#define HTML		"Content-Type: text/html; charset=utf-8\r\n"
#define DATE_LEN	sizeof("Sun, 22 Nov 2026 02:13:47 GMT")

static const char *
phrase(int status)
{
	static const struct {
		int		 status;
		const char	*text;
	} phrases[] = {
		{ 200, "OK" },
		{ 301, "Moved Permanently" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 413, "Request Entity Too Large" },
		{ 417, "Expectation Failed" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].status == status)
			return phrases[i].text;
	return "";
}

void
http_answer_set(struct http_answer *a, int status)
{
	memset(a, 0, sizeof(*a));
	a->status = status;
}

void
http_answer_text(struct http_answer *a, int status, const char *text)
{
	http_answer_set(a, status);
	a->fields = PLAIN NOSNIFF;
	a->body = text;
	a->len = strlen(text);
}

void
http_answer_free(struct http_answer *a)
{
	free(a->own);
	http_answer_set(a, 0);
}

/* Path and query as a URL, for free(3). */
static char *
location(const struct http_request *r, const char *path, size_t len)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if ((out = open_memstream(&text, &size)) == NULL)
		return NULL;
	escape_put(out, path, len, "$&+,/:;=@", false);
	if (r->query.len > 0)
		putc('?', out);
	escape_put(out, r->query.p, r->query.len,
	    " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}", false);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static void
put_html(FILE *out, const char *text)
{
	static const char from[] = "&<>\"'";
	static const char *const to[] = { "&amp;", "&lt;", "&gt;", "&#34;",
		"&#39;" };
	const char *at;

	for (; *text != '\0'; text++)
		if ((at = strchr(from, *text)) != NULL)
			fputs(to[at - from], out);
		else
			putc(*text, out);
}

/* Fields and body behind each other, in memory of their own. */
static int
write_moved(struct http_answer *a, const struct http_request *r,
    const char *to)
{
	bool is_get = http_is(r->method, "GET");
	size_t size;
	FILE *out;
	long body;

	if ((out = open_memstream(&a->own, &size)) == NULL)
		return -1;
	if (is_get || http_is(r->method, "HEAD"))
		fputs(HTML, out);
	fprintf(out, "Location: %s\r\n", to);
	putc('\0', out);
	body = ftell(out);
	if (is_get) {
		fputs("<a href=\"", out);
		put_html(out, to);
		fprintf(out, "\">%s</a>.\n\n", phrase(a->status));
	}
	if (fclose(out) == EOF || body == -1)
		return -1;
	a->fields = a->own;
	a->body = a->own + body;
	a->len = size - (size_t)body;
	return 0;
}

int
http_answer_moved(struct http_answer *a, const struct http_request *r,
    const char *path, size_t len)
{
	char *to = location(r, path, len);
	int got = -1;

	http_answer_set(a, 301);
	if (to != NULL)
		got = write_moved(a, r, to);
	free(to);
	if (got == -1)
		http_answer_free(a);
	return got;
}

static void
put_date(FILE *out, int64_t now)
{
	char text[DATE_LEN] = "";
	time_t s = (time_t)now;
	struct tm tm;

	if (gmtime_r(&s, &tm) != NULL)
		strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	fprintf(out, "Date: %s\r\n", text);
}

/* The order of the original: the handler's fields sorted, then these. */
void
http_put_answer(FILE *out, const struct http_request *r,
    const struct http_answer *a, int64_t now)
{
	bool is_head = http_is(r->method, "HEAD");

	fprintf(out, "HTTP/1.%d %d %s\r\n", r->minor >= 1 ? 1 : 0, a->status,
	    phrase(a->status));
	if (a->fields != NULL)
		fputs(a->fields, out);
	put_date(out, now);
	if (!is_head || a->len > 0)
		fprintf(out, "Content-Length: %zu\r\n", a->len);
	if (a->type != NULL)
		fprintf(out, "Content-Type: %s\r\n", a->type);
	fputs(r->minor >= 1 ? "Connection: close\r\n\r\n" : "\r\n", out);
	if (!is_head && a->len > 0)
		fwrite(a->body, 1, a->len, out);
}

void
http_put_refusal(FILE *out, int status, const char *why)
{
	const char *colon = why != NULL ? ": " : "";

	why = why != NULL ? why : "";
	fprintf(out, "HTTP/1.1 %d %s%s%s\r\n" PLAIN "Connection: close\r\n\r\n",
	    status, phrase(status), colon, why);
	if (status == 501)
		fputs("Unsupported transfer encoding", out);
	else
		fprintf(out, "%d %s%s%s", status, phrase(status), colon, why);
}

void
http_put_switch(FILE *out, const char *accept, const char *protocol)
{
	fprintf(out, "HTTP/1.1 101 Switching Protocols\r\n"
	    "Upgrade: websocket\r\n"
	    "Connection: Upgrade\r\n"
	    "Sec-WebSocket-Accept: %s\r\n"
	    "Sec-WebSocket-Protocol: %s\r\n\r\n", accept, protocol);
}
