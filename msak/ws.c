/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "common/wire.h"
#include "msak/ws.h"

#define FIN		0x80
#define RSV		0x70
#define RSV1		0x40
#define OPCODE		0x0f
#define CONTROL		0x08		/* bit of the opcode */
#define MASK		0x80
#define LEN7		0x7f
#define LEN_16		126		/* the length follows in 16 bits */
#define LEN_64		127
#define TEXT_ROOM	2048		/* enough for most measurements */
#define TEXT_KEEP	8192		/* no more is kept for the next one */

enum state { IN_HEADER, IN_PAYLOAD, AT_END, DEAD };

void
ws_init(struct ws_parser *p, bool server)
{
	memset(p, 0, sizeof(*p));
	p->server = server;
	p->need = 2;
}

void
ws_free(struct ws_parser *p)
{
	free(p->text);
	p->text = NULL;
	p->room = 0;
}

static bool
is_control(const struct ws_frame *f)
{
	return (f->opcode & CONTROL) != 0;
}

/* Its payload is thrown away. */
static bool
is_waste(const struct ws_parser *p)
{
	return !is_control(&p->frame) &&
	    (p->message == WS_BINARY || p->too_long);
}

static enum ws_event
bad(struct ws_parser *p, unsigned int code, const char *reason)
{
	p->state = DEAD;
	p->code = code;
	snprintf(p->reason, sizeof(p->reason), "%s", reason);
	return WS_BAD;
}

/*
 * The header.
 */

/* One more fault of the list in reason, as the original joins them. */
static void
add_fault(struct ws_parser *p, const char *fault)
{
	size_t n = strlen(p->reason);

	snprintf(p->reason + n, sizeof(p->reason) - n, "%s%s",
	    n > 0 ? ", " : "", fault);
}

static void
check_opcode(struct ws_parser *p, const struct ws_frame *f)
{
	char text[sizeof("bad opcode 15")];

	switch (f->opcode) {
	case WS_CLOSE:
	case WS_PING:
	case WS_PONG:
		if (f->len > WS_CONTROL_MAX)
			add_fault(p, "len > 125 for control");
		if (!f->fin)
			add_fault(p, "FIN not set on control");
		return;
	case WS_TEXT:
	case WS_BINARY:
		if (p->message != WS_CONTINUATION)
			add_fault(p, "data before FIN");
		return;
	case WS_CONTINUATION:
		if (p->message == WS_CONTINUATION)
			add_fault(p, "continuation after FIN");
		return;
	}
	snprintf(text, sizeof(text), "bad opcode %u", f->opcode & OPCODE);
	add_fault(p, text);
}

/* The first two bytes decide everything but the length and the key. */
static enum ws_event
judge(struct ws_parser *p)
{
	char rsv[] = "RSV1 set";
	struct ws_frame *f = &p->frame;
	int i;

	p->reason[0] = '\0';
	for (i = 0; i < 3; i++, rsv[3]++)
		if ((p->head[0] & (RSV1 >> i)) != 0)
			add_fault(p, rsv);
	f->fin = (p->head[0] & FIN) != 0;
	f->opcode = (enum ws_opcode)(p->head[0] & OPCODE);
	f->masked = (p->head[1] & MASK) != 0;
	f->len = p->head[1] & LEN7;
	check_opcode(p, f);
	if (f->masked != p->server)
		add_fault(p, "bad MASK");
	if (p->reason[0] != '\0') {
		p->state = DEAD;
		p->code = WS_PROTOCOL;
		return WS_BAD;
	}
	p->need += (f->len == LEN_16 ? 2 : f->len == LEN_64 ? 8 : 0) +
	    (f->masked ? WS_KEY_LEN : 0);
	return WS_MORE;
}

/* A text begins: an unusually big buffer of the one before goes. */
static void
begin_text(struct ws_parser *p)
{
	p->text_len = 0;
	p->too_long = false;
	if (p->room > TEXT_KEEP)
		ws_free(p);
}

static enum ws_event
begin_payload(struct ws_parser *p)
{
	struct ws_frame *f = &p->frame;
	struct wire_rd r;

	wire_rd_init(&r, p->head + 2, p->need - 2);
	if (f->len == LEN_16)
		f->len = wire_rd_be16(&r);
	else if (f->len == LEN_64)
		f->len = wire_rd_be64(&r);
	if (f->masked)
		wire_rd_copy(&r, f->key, WS_KEY_LEN);
	if (f->len > INT64_MAX)
		return bad(p, WS_NORMAL, "");
	p->have = 0;
	p->need = 2;
	p->left = f->len;
	p->state = f->len > 0 ? IN_PAYLOAD : AT_END;
	p->control_len = is_control(f) ? 0 : p->control_len;
	if (f->opcode == WS_TEXT || f->opcode == WS_BINARY)
		p->message = f->opcode;
	if (f->opcode == WS_TEXT)
		begin_text(p);
	return WS_FRAME;
}

static enum ws_event
read_header(struct ws_parser *p, const uint8_t *buf, size_t len, size_t *used)
{
	size_t n = p->need - p->have;

	n = len < n ? len : n;
	memcpy(p->head + p->have, buf, n);
	p->have += n;
	*used += n;
	if (p->have == 2 && p->need == 2 && judge(p) == WS_BAD)
		return WS_BAD;
	return p->have == p->need ? begin_payload(p) : WS_MORE;
}

/*
 * The payload.
 */

/* Room for n more bytes of text and a NUL. */
static bool
make_room(struct ws_parser *p, size_t n)
{
	size_t room = p->room > 0 ? p->room : TEXT_ROOM;
	char *text;

	if (n > WS_TEXT_MAX - p->text_len)
		return false;
	while (room < p->text_len + n + 1)
		room *= 2;
	if (room == p->room)
		return true;
	if ((text = realloc(p->text, room)) == NULL)
		return false;
	p->text = text;
	p->room = room;
	return true;
}

static enum ws_event
take_text(struct ws_parser *p, const uint8_t *buf, size_t n)
{
	char *to;

	p->payload += n;
	if (!make_room(p, n)) {
		p->too_long = true;
		return WS_GOT_LONG_TEXT;
	}
	to = p->text + p->text_len;
	memcpy(to, buf, n);
	if (p->frame.masked)
		ws_mask(to, n, p->frame.key, p->frame.len - p->left);
	p->text_len += n;
	return WS_MORE;
}

static void
take_control(struct ws_parser *p, const uint8_t *buf, size_t n)
{
	uint8_t *to = p->control + p->control_len;

	memcpy(to, buf, n);
	if (p->frame.masked)
		ws_mask(to, n, p->frame.key, p->control_len);
	p->control_len += n;
}

static enum ws_event
read_payload(struct ws_parser *p, const uint8_t *buf, size_t len, size_t *used)
{
	size_t n = p->left < len ? (size_t)p->left : len;
	enum ws_event e = WS_MORE;

	*used += n;
	if (is_waste(p)) {
		ws_dropped(p, n);
		return WS_MORE;
	}
	if (is_control(&p->frame))
		take_control(p, buf, n);
	else
		e = take_text(p, buf, n);
	p->left -= n;
	if (p->left == 0)
		p->state = AT_END;
	return e;
}

uint64_t
ws_skip(const struct ws_parser *p)
{
	return p->state == IN_PAYLOAD && is_waste(p) ? p->left : 0;
}

void
ws_dropped(struct ws_parser *p, uint64_t n)
{
	p->payload += n;
	p->left -= n;
	if (p->left == 0)
		p->state = AT_END;
}

/*
 * The end of a frame.
 */

/* Codes that may come from a peer, as the original has them. */
static bool
is_code(unsigned int code)
{
	return (code >= 1000 && code <= 1003) ||
	    (code >= 1007 && code <= 1013) || (code >= 3000 && code <= 4999);
}

static bool
is_utf8(const uint8_t *s, size_t n)
{
	size_t used;
	bool valid = true;

	for (; n > 0 && valid; s += used, n -= used)
		used = utf8_next(s, n, &valid);
	return valid;
}

static enum ws_event
end_close(struct ws_parser *p)
{
	char text[sizeof("bad close code 65535")];
	size_t n;

	p->state = DEAD;
	p->code = WS_NO_CODE;
	p->reason[0] = '\0';
	if (p->control_len < 2)
		return WS_GOT_CLOSE;
	p->code = (unsigned int)p->control[0] << 8 | p->control[1];
	snprintf(text, sizeof(text), "bad close code %u", p->code & 0xffff);
	if (!is_code(p->code))
		return bad(p, WS_PROTOCOL, text);
	n = p->control_len - 2;
	if (!is_utf8(p->control + 2, n))
		return bad(p, WS_PROTOCOL,
		    "invalid utf8 payload in close frame");
	memcpy(p->reason, p->control + 2, n);
	p->reason[n] = '\0';
	return WS_GOT_CLOSE;
}

static enum ws_event
end_message(struct ws_parser *p)
{
	enum ws_opcode message = p->message;

	if (!p->frame.fin)
		return WS_MORE;
	p->message = WS_CONTINUATION;
	if (message == WS_BINARY)
		return WS_GOT_BINARY;
	if (p->too_long) {
		p->too_long = false;
		return WS_MORE;
	}
	if (!make_room(p, 0))
		return WS_GOT_LONG_TEXT;
	p->text[p->text_len] = '\0';
	return WS_GOT_TEXT;
}

static enum ws_event
end_frame(struct ws_parser *p)
{
	p->state = IN_HEADER;
	switch (p->frame.opcode) {
	case WS_CLOSE:
		return end_close(p);
	case WS_PING:
		return WS_GOT_PING;
	case WS_PONG:
		return WS_GOT_PONG;
	case WS_CONTINUATION:
	case WS_TEXT:
	case WS_BINARY:
		break;
	}
	return end_message(p);
}

enum ws_event
ws_read(struct ws_parser *p, const void *buf, size_t len, size_t *used)
{
	const uint8_t *bytes = buf;
	enum ws_event e = WS_MORE;

	*used = 0;
	while (e == WS_MORE && (p->state == AT_END || *used < len)) {
		if (p->state == IN_HEADER)
			e = read_header(p, bytes + *used, len - *used, used);
		else if (p->state == IN_PAYLOAD)
			e = read_payload(p, bytes + *used, len - *used, used);
		else if (p->state == AT_END)
			e = end_frame(p);
		else
			*used = len;
	}
	return e;
}
