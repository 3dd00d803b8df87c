/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "common/wire.h"
#include "thrulay/wire.h"

#define PROTOCOL	"thrulay/2"
#define MAX_PACKET	65536	/* of a UDP response */

/* A number as the peer wrote it. */
struct number {
	uint64_t	value;		/* magnitude, saturated */
	bool		negative;
	bool		marked;		/* a leading zero and nothing before */
};

const char *
wire_fault_text(enum wire_fault f)
{
	static const char *const texts[] = {
		[WIRE_FAULT_NONE] = "no fault",
		[WIRE_FAULT_INDICATOR] = "malformed protocol indicator",
		[WIRE_FAULT_SLASH] = "protocol indicator not followed by '/'",
		[WIRE_FAULT_VERSION] = "malformed protocol version",
		[WIRE_FAULT_COLON] = "protocol version not followed by ':'",
		[WIRE_FAULT_TYPE] = "unknown test proposal type",
		[WIRE_FAULT_MALFORMED] =
		    "malformed session proposal from client",
		[WIRE_FAULT_WINDOW] =
		    "window size in client proposal is negative",
		[WIRE_FAULT_BLOCK] =
		    "block size in client proposal is negative",
		[WIRE_FAULT_UDP] = "malformed parameters in UDP proposal",
	};

	return texts[f];
}

/*
 * Encoders.
 */

static size_t
written(const struct wire_wr *w)
{
	return wire_wr_ok(w) ? w->len : 0;
}

/* The zero is the mark of the extension channel (spec 9.8). */
static void
put_number(struct wire_wr *w, bool extended, uint64_t value, char after)
{
	if (extended)
		wire_wr_u8(w, '0');
	wire_wr_dec(w, value);
	wire_wr_u8(w, (uint8_t)after);
}

size_t
wire_greeting_put(void *buf, size_t size)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, size);
	wire_wr_str(&w, PROTOCOL "+");
	return written(&w);
}

size_t
wire_rejection_put(const char *reason, void *buf, size_t size)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, size);
	wire_wr_str(&w, PROTOCOL "-");
	wire_wr_str(&w, reason);
	return written(&w);
}

static void
put_pair(struct wire_wr *w, bool extended, int64_t window, int64_t block)
{
	if (window < 0 || block < 0)
		w->bad = true;
	put_number(w, extended, (uint64_t)window, ':');
	put_number(w, extended, (uint64_t)block, '+');
}

size_t
wire_proposal_put(const struct wire_proposal *p, void *buf, size_t size)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, size);
	wire_wr_str(&w, PROTOCOL ":");
	wire_wr_str(&w, p->udp ? "u:" : "t:");
	if (p->udp) {
		put_number(&w, p->extended, p->port, ':');
		put_number(&w, p->extended, p->size, ':');
		put_number(&w, p->extended, p->rate, ':');
		put_number(&w, p->extended, p->packets, '+');
	} else {
		put_pair(&w, p->extended, p->window, p->block);
	}
	return written(&w);
}

size_t
wire_tcp_response_put(const struct wire_tcp_response *r, void *buf, size_t size)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, size);
	put_pair(&w, r->extended, r->window, r->block);
	return written(&w);
}

size_t
wire_udp_response_put(const struct wire_udp_response *r, void *buf, size_t size)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, size);
	put_number(&w, r->extended, r->port, ':');
	put_number(&w, r->extended, r->size, ':');
	put_number(&w, r->extended, r->rate, ':');
	put_number(&w, r->extended, r->packets, ':');
	wire_wr_bytes(&w, r->nonce, WIRE_NONCE_LEN);
	wire_wr_u8(&w, '+');
	return written(&w);
}

size_t
wire_udp_refusal_put(void *buf, size_t size)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, size);
	wire_wr_str(&w, "u:-");
	return written(&w);
}

size_t
wire_end_put(uint64_t sent, void *buf, size_t size)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, size);
	wire_wr_u8(&w, '+');
	put_number(&w, false, sent, ':');
	return written(&w);
}

/*
 * Parsers. The helpers say WIRE_MORE when the bytes ran out and nothing was
 * wrong so far; what they consumed then does not matter.
 */

static enum wire_status
literal(struct wire_rd *r, const char *s)
{
	for (; *s != '\0'; s++) {
		if (r->left == 0)
			return WIRE_MORE;
		if (!wire_rd_take(r, *s))
			return WIRE_BAD;
	}
	return WIRE_OK;
}

/* The next byte as a digit, more than 9 when it is none. */
static unsigned int
digit(const struct wire_rd *r)
{
	return r->left > 0 ? (unsigned int)*r->p - '0' : UINT_MAX;
}

static void
skip_space(struct wire_rd *r)
{
	while (r->left > 0 &&
	    (*r->p == ' ' || (*r->p >= '\t' && *r->p <= '\r')))
		wire_rd_skip(r, 1);
}

/* White space, a sign, digits: what scanf(3) takes. */
static enum wire_status
number(struct wire_rd *r, struct number *n)
{
	const uint8_t *start = r->p, *digits;
	unsigned int d;

	*n = (struct number){ 0 };
	skip_space(r);
	n->negative = wire_rd_take(r, '-');
	if (!n->negative)
		wire_rd_take(r, '+');
	if (digit(r) > 9)
		return r->left == 0 ? WIRE_MORE : WIRE_BAD;
	digits = r->p;
	for (; (d = digit(r)) <= 9; wire_rd_skip(r, 1)) {
		if (n->value > (UINT64_MAX - d) / 10)
			n->value = UINT64_MAX;
		else
			n->value = n->value * 10 + d;
	}
	n->negative = n->negative && n->value > 0;
	n->marked = digits == start && *start == '0' && r->p - start > 1;
	return WIRE_OK;
}

/* Numbers with colons between them. */
static enum wire_status
numbers(struct wire_rd *r, struct number *n, size_t count)
{
	enum wire_status s = WIRE_OK;
	size_t i;

	for (i = 0; i < count && s == WIRE_OK; i++) {
		if (i > 0)
			s = literal(r, ":");
		if (s == WIRE_OK)
			s = number(r, &n[i]);
	}
	return s;
}

static bool
any_negative(const struct number *n, size_t count)
{
	while (count-- > 0)
		if (n[count].negative)
			return true;
	return false;
}

static bool
all_marked(const struct number *n, size_t count)
{
	while (count-- > 0)
		if (!n[count].marked)
			return false;
	return true;
}

static int64_t
to_signed(uint64_t v)
{
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

/* No message is longer, so a longer one never gets complete. */
static void
begin(struct wire_rd *r, const void *buf, size_t len, bool *final)
{
	if (len >= WIRE_CONTROL_MAX) {
		len = WIRE_CONTROL_MAX;
		*final = true;
	}
	wire_rd_init(r, buf, len);
}

enum wire_status
wire_greeting_get(const void *buf, size_t len)
{
	const char *text = buf;

	/* The 0.9 client, too, judges ten bytes and not fewer. */
	if (len < WIRE_GREETING_LEN)
		return WIRE_MORE;
	if (memcmp(text, PROTOCOL, WIRE_GREETING_LEN - 1) != 0)
		return WIRE_BAD;
	return text[WIRE_GREETING_LEN - 1] == '+' ? WIRE_OK : WIRE_REJECTED;
}

/* Up to the colon before the first number; *fault is what a failure means. */
static enum wire_status
proposal_prefix(struct wire_rd *r, bool *udp, enum wire_fault *fault)
{
	static const struct {
		const char	*text;
		enum wire_fault	 fault;
	} steps[] = {
		{ "thrulay", WIRE_FAULT_INDICATOR },
		{ "/", WIRE_FAULT_SLASH },
		{ "2", WIRE_FAULT_VERSION },
		{ ":", WIRE_FAULT_COLON },
	};
	enum wire_status s;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		*fault = steps[i].fault;
		s = literal(r, steps[i].text);
		if (s != WIRE_OK)
			return s;
	}
	*fault = WIRE_FAULT_TYPE;
	if (r->left == 0)
		return WIRE_MORE;
	*udp = wire_rd_take(r, 'u');
	if (!*udp && !wire_rd_take(r, 't'))
		return WIRE_BAD;
	*fault = *udp ? WIRE_FAULT_UDP : WIRE_FAULT_MALFORMED;
	return literal(r, ":");
}

static enum wire_status
proposal_values(const struct number *n, struct wire_proposal *out,
    enum wire_fault *fault)
{
	if (out->udp) {
		out->port = n[0].value;
		out->size = n[1].value;
		out->rate = n[2].value;
		out->packets = n[3].value;
		out->extended = all_marked(n, 4);
		return any_negative(n, 4) ? WIRE_BAD : WIRE_OK;
	}
	out->window = to_signed(n[0].value);
	out->block = to_signed(n[1].value);
	out->extended = all_marked(n, 2);
	if (!any_negative(n, 2))
		return WIRE_OK;
	*fault = n[0].negative ? WIRE_FAULT_WINDOW : WIRE_FAULT_BLOCK;
	return WIRE_BAD;
}

enum wire_status
wire_proposal_get(const void *buf, size_t len, bool final,
    struct wire_proposal *out, enum wire_fault *fault, bool *enough)
{
	struct wire_rd r;
	struct number n[4];
	enum wire_status s;

	*out = (struct wire_proposal){ 0 };
	*enough = false;
	begin(&r, buf, len, &final);
	s = proposal_prefix(&r, &out->udp, fault);
	if (s == WIRE_OK)
		s = numbers(&r, n, out->udp ? 4 : 2);
	if (s == WIRE_OK)
		s = proposal_values(n, out, fault);
	if (s == WIRE_OK && r.left == 0 && !final) {
		*enough = true;		/* but digits may follow */
		s = WIRE_MORE;
	}
	if (s == WIRE_MORE && final)
		s = WIRE_BAD;
	if (s != WIRE_BAD)
		*fault = WIRE_FAULT_NONE;
	return s;
}

/*
 * The end of a message whose last number was read. Where something else than
 * the terminator follows, the 0.9 programs throw away all that they read.
 */
static enum wire_status
terminator(struct wire_rd *r, char c, const void *buf, size_t len, bool final,
    size_t *used)
{
	if (r->left == 0 && !final)
		return WIRE_MORE;
	*used = len;
	if (wire_rd_take(r, c))
		*used = (size_t)(r->p - (const uint8_t *)buf);
	return WIRE_OK;
}

enum wire_status
wire_tcp_response_get(const void *buf, size_t len, bool final,
    struct wire_tcp_response *out, size_t *used)
{
	struct wire_rd r;
	struct number n[2];
	enum wire_status s;

	*out = (struct wire_tcp_response){ 0 };
	begin(&r, buf, len, &final);
	s = numbers(&r, n, 2);
	if (s == WIRE_OK && any_negative(n, 2))
		s = WIRE_BAD;
	if (s == WIRE_OK)
		s = terminator(&r, '+', buf, len, final, used);
	if (s == WIRE_OK) {
		out->window = to_signed(n[0].value);
		out->block = to_signed(n[1].value);
		out->extended = all_marked(n, 2);
	}
	return s == WIRE_MORE && final ? WIRE_BAD : s;
}

/* What no client could act on. */
static bool
udp_response_valid(const struct wire_udp_response *r)
{
	return r->port > 0 && r->port <= UINT16_MAX && r->size <= MAX_PACKET &&
	    r->rate > 0;
}

static enum wire_status
udp_response(struct wire_rd *r, struct wire_udp_response *out)
{
	struct number n[4];
	enum wire_status s;

	s = numbers(r, n, 4);
	if (s == WIRE_OK)
		s = literal(r, ":");
	if (s != WIRE_OK)
		return s;
	out->port = n[0].value;
	out->size = n[1].value;
	out->rate = n[2].value;
	out->packets = n[3].value;
	out->extended = all_marked(n, 4);
	if (any_negative(n, 4) || !udp_response_valid(out))
		return WIRE_BAD;
	if (r->left < WIRE_NONCE_LEN)
		return WIRE_MORE;
	wire_rd_copy(r, out->nonce, WIRE_NONCE_LEN);
	s = literal(r, "+");
	return s == WIRE_OK && r->left > 0 ? WIRE_BAD : s;
}

enum wire_status
wire_udp_response_get(const void *buf, size_t len, bool final,
    struct wire_udp_response *out, size_t *used)
{
	struct wire_rd r;
	enum wire_status s;

	*out = (struct wire_udp_response){ 0 };
	begin(&r, buf, len, &final);
	if (r.left > 0 && *r.p == 'u') {
		s = literal(&r, "u:-");
		if (s == WIRE_OK)
			s = r.left == 0 ? WIRE_REJECTED : WIRE_BAD;
	} else {
		s = udp_response(&r, out);
	}
	if (s == WIRE_OK || s == WIRE_REJECTED)
		*used = len;
	return s == WIRE_MORE && final ? WIRE_BAD : s;
}

enum wire_status
wire_end_get(const void *buf, size_t len, bool final, uint64_t *sent,
    size_t *used)
{
	struct wire_rd r;
	struct number n;
	enum wire_status s;

	begin(&r, buf, len, &final);
	if (wire_rd_take(&r, '-')) {
		*used = 1;
		return WIRE_REJECTED;
	}
	s = literal(&r, "+");
	if (s == WIRE_OK)
		s = number(&r, &n);
	if (s == WIRE_OK && n.negative)
		s = WIRE_BAD;
	if (s == WIRE_OK)
		s = terminator(&r, ':', buf, len, final, used);
	if (s == WIRE_OK)
		*sent = n.value;
	return s == WIRE_MORE && final ? WIRE_BAD : s;
}
