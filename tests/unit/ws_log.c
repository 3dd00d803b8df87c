/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "tests/unit/ws_log.h"

void
ws_log_open(struct ws_log *l, bool server)
{
	ws_init(&l->parser, server);
	l->text = NULL;
	l->out = open_memstream(&l->text, &l->size);
	assert_non_null(l->out);
}

static void
put_control(struct ws_log *l, const char *name)
{
	size_t i;

	fprintf(l->out, "%s ", name);
	for (i = 0; i < l->parser.control_len; i++)
		fprintf(l->out, "%02x", l->parser.control[i]);
	putc('\n', l->out);
}

static void
put_event(struct ws_log *l, enum ws_event e)
{
	const struct ws_parser *p = &l->parser;

	switch (e) {
	case WS_MORE:
		break;
	case WS_FRAME:
		fprintf(l->out, "frame %x %d %d %" PRIu64 "\n",
		    p->frame.opcode, p->frame.fin, p->frame.masked,
		    p->frame.len);
		break;
	case WS_GOT_TEXT:
		assert_int_equal(p->text[p->text_len], '\0');
		fprintf(l->out, "text %zu ", p->text_len);
		fwrite(p->text, 1, p->text_len, l->out);
		putc('\n', l->out);
		break;
	case WS_GOT_LONG_TEXT:
		fputs("long text\n", l->out);
		break;
	case WS_GOT_BINARY:
		fputs("binary\n", l->out);
		break;
	case WS_GOT_PING:
		put_control(l, "ping");
		break;
	case WS_GOT_PONG:
		put_control(l, "pong");
		break;
	case WS_GOT_CLOSE:
		fprintf(l->out, "close %u %s\n", p->code, p->reason);
		break;
	case WS_BAD:
		fprintf(l->out, "bad %u %s\n", p->code, p->reason);
		break;
	}
}

void
ws_log_read(struct ws_log *l, const void *buf, size_t len, bool drop)
{
	const uint8_t *p = buf;
	enum ws_event e;
	uint64_t skip;
	size_t used, n;

	do {
		skip = drop ? ws_skip(&l->parser) : 0;
		skip = skip < len ? skip : len;
		if (skip > 0)
			ws_dropped(&l->parser, skip);
		p += skip;
		len -= (size_t)skip;
		/* A header and no more, so that something is left to drop. */
		n = drop && len > 2 ? 2 : len;
		e = ws_read(&l->parser, p, n, &used);
		assert_true(used == n || (e != WS_MORE && used < n));
		put_event(l, e);
		p += used;
		len -= used;
	} while (e != WS_MORE || len > 0);
}

void
ws_log_close(struct ws_log *l)
{
	ws_free(&l->parser);
	fclose(l->out);
}
