/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_WS_H
#define MSAK_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * WebSocket frames (RFC 6455 section 5; spec 3.3), both ends. The payload of
 * binary messages means nothing to a measurement and is never copied: the
 * parser says how much of it comes next, for the caller to throw away where
 * that is cheapest.
 */
#define WS_HEADER_MAX	14		/* bytes of a frame's header */
#define WS_CONTROL_MAX	125		/* payload of a control frame */
#define WS_REASON_MAX	(WS_CONTROL_MAX - 2)
#define WS_TEXT_MAX	65536		/* longest text that is collected */
#define WS_KEY_LEN	4		/* of a masking key */

#define WS_NORMAL	1000		/* close codes */
#define WS_PROTOCOL	1002
#define WS_NO_CODE	1005		/* never on the wire: there was none */
#define WS_TOO_BIG	1009

enum ws_opcode {
	WS_CONTINUATION = 0x0,
	WS_TEXT = 0x1,
	WS_BINARY = 0x2,
	WS_CLOSE = 0x8,
	WS_PING = 0x9,
	WS_PONG = 0xa
};

enum ws_event {
	WS_MORE,		/* no event; see ws_skip */
	WS_FRAME,		/* a header; frame holds it */
	WS_GOT_TEXT,		/* a message: text, text_len, until the next
				 * call */
	WS_GOT_LONG_TEXT,	/* one over WS_TEXT_MAX, or over the memory
				 * there is; its rest is skipped */
	WS_GOT_BINARY,		/* the end of a message */
	WS_GOT_PING,		/* control, control_len: for the pong */
	WS_GOT_PONG,
	WS_GOT_CLOSE,		/* code, reason; nothing is read any more */
	WS_BAD			/* broken: code and reason are for the close
				 * frame (WS_NORMAL: the usual one); nothing
				 * is read any more */
};

struct ws_frame {
	bool		fin, masked;
	enum ws_opcode	opcode;
	uint64_t	len;		/* payload */
	uint8_t		key[WS_KEY_LEN]; /* zeros when not masked */
};

struct ws_parser {
	/* What an event is about. */
	struct ws_frame	frame;		/* the latest one */
	char		*text;		/* with a NUL */
	size_t		 text_len;
	uint8_t		 control[WS_CONTROL_MAX];
	size_t		 control_len;
	unsigned int	 code;
	char		 reason[WS_REASON_MAX + 1];
	uint64_t	 payload;	/* bytes of binary and text so far */

	/* Its own. */
	bool		 server;	/* we are: frames have to be masked */
	int		 state;
	uint8_t		 head[WS_HEADER_MAX];
	size_t		 have, need;	/* of head */
	uint64_t	 left;		/* payload of frame still to come */
	enum ws_opcode	 message;	/* the open one; continuation: none */
	bool		 too_long;	/* the open text is */
	size_t		 room;		/* of text */
};

void	ws_init(struct ws_parser *p, bool server);
void	ws_free(struct ws_parser *p);

/*
 * Takes bytes up to the next event and says how many in *used; to be called
 * again with the rest until it returns WS_MORE, which it does when all are
 * used. buf may end anywhere.
 */
enum ws_event ws_read(struct ws_parser *p, const void *buf, size_t len,
	    size_t *used);

/*
 * How many of the bytes that come next are payload that nobody needs. As many
 * or fewer of them may be dropped unseen; ws_dropped then says how many. When
 * that was the last of a message, the next ws_read, even of no bytes, returns
 * the event.
 */
uint64_t ws_skip(const struct ws_parser *p);
void	ws_dropped(struct ws_parser *p, uint64_t n);

/* XOR with a key; the first byte is the at-th of a frame's payload. */
void	ws_mask(void *payload, size_t n, const uint8_t key[WS_KEY_LEN],
	    uint64_t at);

/*
 * Writing. key NULL is a server's frame, unmasked. A client takes a fresh key
 * for each, which nobody can foresee (RFC 6455 section 10.3). Bulk data needs
 * no masking even so: whatever stands behind a masked header is the masked
 * form of some payload, so one buffer of noise does for every frame and key.
 */
void	ws_fresh_key(uint8_t key[WS_KEY_LEN]);
/* The header alone; returns its length. */
size_t	ws_put_header(uint8_t out[WS_HEADER_MAX], bool fin,
	    enum ws_opcode opcode, uint64_t len, const uint8_t *key);
/* A whole frame with FIN: text, ping, pong. Returns its length, or 0 when
 * out is too small, or the payload too long for a control frame. */
size_t	ws_put_frame(void *out, size_t size, enum ws_opcode opcode,
	    const void *payload, size_t len, const uint8_t *key);
/* A close frame; WS_NO_CODE makes an empty one. The reason is cut at a whole
 * character of UTF-8. Never longer than this. */
#define WS_CLOSE_MAX	(6 + WS_CONTROL_MAX)
size_t	ws_put_close(uint8_t out[WS_CLOSE_MAX], unsigned int code,
	    const char *reason, const uint8_t *key);

/*
 * The handshake's key and its proof (RFC 6455 section 4.2.2), in base64.
 */
#define WS_NONCE_STRLEN		25	/* 16 bytes, and NUL */
#define WS_ACCEPT_STRLEN	29	/* SHA-1, and NUL */
void	ws_nonce(char out[WS_NONCE_STRLEN]);
/* 0, or -1 when OpenSSL failed. */
int	ws_accept(const char *nonce, size_t len, char out[WS_ACCEPT_STRLEN]);

#endif
