/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/http.h"

#define LINE_MAX_LEN	1024		/* of a chunk's size, of all trailers */
#define ROOM		1024

enum state {
	IN_LENGTH, TO_CLOSE, IN_SIZE, IN_EXTENSION, IN_CHUNK, AFTER_CHUNK,
	IN_TRAILER, DONE, BROKEN
};

/* One that never has a body (RFC 9112 6.3). */
static bool
is_bare(int status)
{
	return (status >= 100 && status < 200) || status == 204 ||
	    status == 304;
}

static enum http_status
become(struct http_body *b, enum state state)
{
	b->state = (int)state;
	if (state == BROKEN)
		return HTTP_BAD;
	return state == DONE ? HTTP_OK : HTTP_MORE;
}

/* Room for n more bytes and a NUL. */
static bool
make_room(struct http_body *b, size_t n)
{
	size_t room = b->room > 0 ? b->room : ROOM;
	char *data;

	if (n > b->max - b->len)
		return false;
	while (room < b->len + n + 1)
		room *= 2;
	if (room == b->room)
		return true;
	if ((data = realloc(b->data, room)) == NULL)
		return false;
	b->data = data;
	b->room = room;
	return true;
}

enum http_status
http_body_init(struct http_body *b, const struct http_head *h, int status,
    size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
	if (!make_room(b, 0))
		return become(b, BROKEN);
	b->data[0] = '\0';
	if (is_bare(status))
		return become(b, DONE);
	if (h->chunked)
		return become(b, IN_SIZE);
	if (h->length == -1)
		return become(b, status == 0 ? DONE : TO_CLOSE);
	b->left = (uint64_t)h->length;
	if (b->left > max)
		return become(b, BROKEN);
	return become(b, b->left == 0 ? DONE : IN_LENGTH);
}

void
http_body_free(struct http_body *b)
{
	free(b->data);
	b->data = NULL;
}

static bool
append(struct http_body *b, const char *p, size_t n)
{
	if (!make_room(b, n))
		return false;
	memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
	return true;
}

/* Payload up to the end of the length or chunk; returns how much. */
static size_t
take(struct http_body *b, const char *p, size_t n)
{
	enum state next = b->state == IN_CHUNK ? AFTER_CHUNK : DONE;

	if (b->state != TO_CLOSE && n > b->left)
		n = (size_t)b->left;
	if (!append(b, p, n)) {
		b->state = BROKEN;
		return n;
	}
	b->left -= n;
	if (b->state != TO_CLOSE && b->left == 0)
		b->state = (int)next;
	return n;
}

/* The end of the line with a chunk's size. */
static void
begin_chunk(struct http_body *b)
{
	if (!b->content) {
		b->state = BROKEN;
		return;
	}
	b->state = b->left > 0 ? IN_CHUNK : IN_TRAILER;
	b->line = 0;
	b->content = false;
}

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits) % 16;
}

static void
take_size(struct http_body *b, char c)
{
	int digit = hex(c);

	if (c == '\n') {
		begin_chunk(b);
	} else if (digit == -1) {
		/* Whatever it is, it counts for nothing. */
		b->state = b->content && strchr("; \t\r", c) != NULL ?
		    IN_EXTENSION : BROKEN;
	} else {
		b->content = true;
		b->left = b->left * 16 + (uint64_t)digit;
		if (b->left > b->max)
			b->state = BROKEN;
	}
}

/* The end of the line behind a chunk. */
static void
take_end(struct http_body *b, char c)
{
	if (c == '\n' && b->line <= 2) {
		b->state = IN_SIZE;
		b->line = 0;
	} else if (c != '\r') {
		b->state = BROKEN;
	}
}

/* Trailers end with an empty line. */
static void
take_trailer(struct http_body *b, char c)
{
	if (c == '\n' && !b->content)
		b->state = DONE;
	else if (c != '\r')
		b->content = c != '\n';
}

static void
take_line(struct http_body *b, char c)
{
	if (++b->line > LINE_MAX_LEN)
		b->state = BROKEN;
	else if (b->state == IN_SIZE)
		take_size(b, c);
	else if (b->state == AFTER_CHUNK)
		take_end(b, c);
	else if (b->state == IN_TRAILER)
		take_trailer(b, c);
	else if (c == '\n')
		begin_chunk(b);
}

enum http_status
http_body_put(struct http_body *b, const char *p, size_t n)
{
	size_t step;

	for (; n > 0 && b->state != DONE && b->state != BROKEN;
	    p += step, n -= step) {
		step = 1;
		if (b->state == IN_LENGTH || b->state == IN_CHUNK ||
		    b->state == TO_CLOSE)
			step = take(b, p, n);
		else
			take_line(b, *p);
	}
	return become(b, (enum state)b->state);
}

enum http_status
http_body_end(struct http_body *b)
{
	if (b->state == TO_CLOSE)
		return become(b, DONE);
	return become(b, b->state == DONE ? DONE : BROKEN);
}
