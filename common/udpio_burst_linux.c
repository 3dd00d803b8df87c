/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/udpio.h"
#include "common/udpio_gso.h"

/*
 * Datagrams lie side by side on a sheet, as many as go in one call. Headers
 * are copied onto it for the call and what they cover comes back afterwards,
 * so that the sheet is all body again whatever the size of the next ones. To
 * gather header and body by an iovec each costs a third of the speed with
 * datagrams of 1222 bytes. Four full messages still stay in the cache.
 */
#define SHEET_LEN	(4 * (size_t)GSO_BYTES)

struct udpio_burst {
	size_t			 header_len;
	uint8_t			*headers;	/* max x header_len */
	uint8_t			*covered;	/* the same, of the sheet */
	uint8_t			*sheet;
	struct mmsghdr		*messages;	/* max */
	struct iovec		*iovs;
	union udpio_gso_control	 control;
};

/* Datagrams side by side; the last may have a size of its own. */
struct run {
	size_t	first, n;
	size_t	size, last;
};

void
udpio_burst_free(struct udpio_burst *b)
{
	if (b == NULL)
		return;
	free(b->headers);
	free(b->covered);
	free(b->sheet);
	free(b->messages);
	free(b->iovs);
	free(b);
}

static void
fill(uint8_t *sheet, const uint8_t *body, size_t len)
{
	size_t at, part;

	for (at = 0; body != NULL && at < SHEET_LEN; at += part) {
		part = SHEET_LEN - at < len ? SHEET_LEN - at : len;
		memcpy(sheet + at, body, part);
	}
}

struct udpio_burst *
udpio_burst_new(size_t max, size_t header_len, const uint8_t *body,
    size_t body_len)
{
	struct udpio_burst *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->header_len = header_len;
	b->headers = calloc(max, header_len);
	b->covered = calloc(max, header_len);
	b->sheet = calloc(1, SHEET_LEN);
	b->messages = calloc(max, sizeof(*b->messages));
	b->iovs = calloc(max, sizeof(*b->iovs));
	if (b->headers == NULL || b->covered == NULL || b->sheet == NULL ||
	    b->messages == NULL || b->iovs == NULL) {
		udpio_burst_free(b);
		errno = ENOMEM;
		return NULL;
	}
	fill(b->sheet, body, body_len);
	return b;
}

uint8_t *
udpio_burst_header(struct udpio_burst *b, size_t i)
{
	return b->headers + i * b->header_len;
}

/* What of these datagrams, first to last, fits on a sheet. */
static struct run
sheetful(const struct run *all)
{
	struct run r = *all;

	if ((r.n - 1) * r.size + r.last <= SHEET_LEN)
		return r;
	r.n = SHEET_LEN / r.size < r.n - 1 ? SHEET_LEN / r.size : r.n - 1;
	r.last = r.size;
	return r;
}

static void
cover(struct udpio_burst *b, const struct run *r)
{
	uint8_t *at = b->sheet, *saved = b->covered;
	const uint8_t *header = udpio_burst_header(b, r->first);
	size_t i;

	for (i = 0; i < r->n; i++) {
		memcpy(saved, at, b->header_len);
		memcpy(at, header, b->header_len);
		at += r->size;
		saved += b->header_len;
		header += b->header_len;
	}
}

static void
uncover(struct udpio_burst *b, const struct run *r)
{
	uint8_t *at = b->sheet, *saved = b->covered;
	size_t i;

	for (i = 0; i < r->n; i++) {
		memcpy(at, saved, b->header_len);
		at += r->size;
		saved += b->header_len;
	}
}

/* The datagrams that can share messages: all but a last one that is longer. */
static size_t
alike(const struct run *r)
{
	return r->last > r->size ? r->n - 1 : r->n;
}

/* Messages of at most per datagrams; returns how many of these. */
static unsigned int
build(struct udpio_burst *b, const struct run *r, size_t per)
{
	unsigned int messages = 0;
	struct msghdr *h;
	size_t i, count, end;

	for (i = 0; i < r->n; i += count, messages++) {
		end = i < alike(r) ? alike(r) : r->n;
		count = end - i < per ? end - i : per;
		b->iovs[messages].iov_base = b->sheet + i * r->size;
		b->iovs[messages].iov_len = i + count < r->n ?
		    count * r->size : (count - 1) * r->size + r->last;
		h = &b->messages[messages].msg_hdr;
		h->msg_iov = &b->iovs[messages];
		h->msg_iovlen = 1;
		h->msg_control = count > 1 ? &b->control : NULL;
		h->msg_controllen = count > 1 ? sizeof(b->control) : 0;
	}
	return messages;
}

/* The number of datagrams taken, 0, or -1 with errno. */
static int
transmit(struct udpio_burst *b, int fd, const struct run *r, size_t per)
{
	unsigned int messages = build(b, r, per);
	const uint8_t *next;
	int done;

	do
		done = sendmmsg(fd, b->messages, messages, MSG_DONTWAIT);
	while (done == -1 && errno == EINTR);
	if (done == -1)
		return errno == EAGAIN ? 0 : -1;
	if ((unsigned int)done == messages)
		return (int)r->n;
	next = b->iovs[done].iov_base;
	return (int)((size_t)(next - b->sheet) / r->size);
}

static int
send_sheet(struct udpio_burst *b, int fd, struct udpio_gso *g,
    const struct run *r)
{
	bool gso = alike(r) > 1 && udpio_gso_try(g, fd, r->size);
	int taken, error;

	taken = transmit(b, fd, r, gso ? udpio_gso_segments(r->size) : 1);
	if (gso && taken > 0)
		g->used = true;
	if (!gso || taken != -1 || !udpio_gso_to_blame(errno))
		return taken;
	/* GSO is to blame only when the same datagrams go without it. */
	error = errno;
	taken = transmit(b, fd, r, 1);
	if (taken > 0)
		udpio_gso_refused(g, r->size, error);
	return taken;
}

int
udpio_burst_send(struct udpio_burst *b, int fd, struct udpio_gso *g,
    size_t first, size_t n, size_t size, size_t last_size)
{
	struct run left = { first, n, size, last_size ? last_size : size };
	struct run r;
	int taken;

	if (left.size < b->header_len || left.last < b->header_len) {
		errno = EINVAL;
		return -1;
	}
	if (left.size > GSO_BYTES || left.last > GSO_BYTES) {
		errno = EMSGSIZE;
		return -1;
	}
	udpio_gso_control(&b->control, size);
	while (left.n > 0) {
		r = sheetful(&left);
		cover(b, &r);
		taken = send_sheet(b, fd, g, &r);
		uncover(b, &r);
		if (taken == -1 && left.n == n)
			return -1;
		if (taken > 0) {
			left.first += (size_t)taken;
			left.n -= (size_t)taken;
		}
		if (taken == -1 || (size_t)taken < r.n)
			break;
	}
	return (int)(n - left.n);
}
