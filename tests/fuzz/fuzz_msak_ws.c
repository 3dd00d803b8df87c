/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/ws.h"

/*
 * Input: a byte with the role (bit 0) and how the rest is cut (the other bits),
 * then what a peer sends. Read in one go and read in pieces, with the payload
 * of binary messages dropped unseen, it gives the same events.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	struct ws_parser parser;
	uint64_t	hash;		/* FNV-1a of the events */
};

static void
mix(struct sum *s, const void *p, size_t n)
{
	const uint8_t *bytes = p;
	size_t i;

	for (i = 0; i < n; i++)
		s->hash = (s->hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static void
event(struct sum *s, enum ws_event e)
{
	const struct ws_parser *p = &s->parser;

	if (e == WS_MORE)
		return;
	mix(s, &e, sizeof(e));
	if (e == WS_FRAME)
		mix(s, &p->frame.len, sizeof(p->frame.len));
	if (e == WS_GOT_TEXT) {
		if (p->text_len > WS_TEXT_MAX || p->text[p->text_len] != '\0')
			abort();
		mix(s, p->text, p->text_len);
	}
	if (e == WS_GOT_PING || e == WS_GOT_PONG)
		mix(s, p->control, p->control_len);
	if (e == WS_GOT_CLOSE || e == WS_BAD)
		mix(s, p->reason, strlen(p->reason));
}

static void
read_piece(struct sum *s, const uint8_t *p, size_t n, bool drop)
{
	enum ws_event e;
	uint64_t skip;
	size_t used;

	do {
		skip = drop ? ws_skip(&s->parser) : 0;
		skip = skip < n ? skip : n;
		if (skip > 0)
			ws_dropped(&s->parser, skip);
		p += skip;
		n -= (size_t)skip;
		e = ws_read(&s->parser, p, n, &used);
		if (used > n || (e == WS_MORE && used != n))
			abort();
		event(s, e);
		p += used;
		n -= used;
	} while (e != WS_MORE);
}

/* The peer would send a close frame for it. */
static void
check_close(const struct ws_parser *p)
{
	uint8_t out[WS_CLOSE_MAX];
	size_t n;

	n = ws_put_close(out, p->code, p->reason, NULL);
	if (n < 2 || n > WS_CLOSE_MAX || out[1] != n - 2)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum whole = { .hash = 1 }, parts = { .hash = 1 };
	size_t at, n, step;

	if (size == 0)
		return 0;
	step = 1 + (data[0] >> 1);
	ws_init(&whole.parser, (data[0] & 1) != 0);
	ws_init(&parts.parser, (data[0] & 1) != 0);
	read_piece(&whole, data + 1, size - 1, false);
	for (at = 1; at < size; at += n) {
		n = size - at < step ? size - at : step;
		read_piece(&parts, data + at, n, true);
	}
	if (whole.hash != parts.hash ||
	    whole.parser.payload != parts.parser.payload ||
	    ws_skip(&whole.parser) != ws_skip(&parts.parser))
		abort();
	if (whole.parser.code != 0)
		check_close(&whole.parser);
	ws_free(&whole.parser);
	ws_free(&parts.parser);
	return 0;
}
