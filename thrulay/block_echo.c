/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/sock.h"
#include "thrulay/block_echo.h"
#include "thrulay/block_notes.h"

#define READ_BYTES	65536		/* taken in one read */
#define ROUND_BYTES	(1u << 20)	/* taken before the loop has its turn */
/* From this size on the kernel throws payload away, at two system calls more
 * for a block; below, copying it and scanning many blocks at once is faster.
 * Measured with tests/bench. */
#define DISCARD_BLOCK	32768

struct block_echo {
	struct loop		*loop;
	struct loop_fd		 watch;
	int			 fd;
	struct block_echo_events ev;
	void			*arg;
	struct blocks_rx	 rx;
	int64_t			 active_ns;
	bool			 discard;	/* payload, in the kernel */

	/* header bytes to go back: from echo_pos to echo_len */
	uint8_t			*echo;
	size_t			 echo_size, echo_pos, echo_len;

	/* the kept bytes of the present block, for its note */
	bool			 notes;
	uint8_t			 kept[BLOCK_NOTES_BYTES];
};

struct block_echo *
block_echo_new(struct loop *l, int fd, size_t block, bool notes,
    const struct block_echo_events *ev, void *arg)
{
	struct block_echo *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->loop = l;
	e->fd = fd;
	e->ev = *ev;
	e->arg = arg;
	e->notes = notes;
	e->discard = block >= DISCARD_BLOCK;
	e->active_ns = loop_now(l);
	blocks_rx_init(&e->rx, block, notes ? BLOCK_NOTES_BYTES :
	    WIRE_HEADER_LEN);
	/* Of one read, which may begin within a header and end within one. */
	e->echo_size = (READ_BYTES / block + 2) * WIRE_HEADER_LEN;
	if ((e->echo = malloc(e->echo_size)) == NULL) {
		free(e);
		return NULL;
	}
	return e;
}

static void
stop(struct block_echo *e)
{
	loop_fd_del(e->loop, &e->watch);
}

void
block_echo_free(struct block_echo *e)
{
	if (e == NULL)
		return;
	stop(e);
	free(e->echo);
	free(e);
}

const struct blocks_rx *
block_echo_state(const struct block_echo *e)
{
	return &e->rx;
}

int64_t
block_echo_active(const struct block_echo *e)
{
	return e->active_ns;
}

/* The last thing that is done with e: the owner may free it meanwhile. */
static void
finish(struct block_echo *e, const char *during, int error)
{
	stop(e);
	if (error == ECONNRESET || error == EPIPE)
		error = 0;
	e->ev.ended(e->arg, during, error);
}

/* Write what waits. False when that failed. */
static bool
flush(struct block_echo *e)
{
	ssize_t n;

	while (e->echo_pos < e->echo_len) {
		n = send(e->fd, e->echo + e->echo_pos,
		    e->echo_len - e->echo_pos, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -1)
			return errno == EAGAIN || errno == EINTR;
		e->active_ns = loop_now(e->loop);
		e->echo_pos += (size_t)n;
	}
	e->echo_pos = e->echo_len = 0;
	return true;
}

/* These n bytes arrived; what is header goes into echo. */
static void
scan(struct block_echo *e, const uint8_t *buf, size_t n)
{
	size_t headers;

	blocks_rx_scan(&e->rx, buf, n, e->echo + e->echo_len,
	    e->echo_size - e->echo_len, &headers);
	e->echo_len += headers;
}

/* The kept bytes of a block are whole. */
static int
take_note(struct block_echo *e)
{
	struct ext_note note;

	if (ext_note_get(e->kept, e->rx.keep, e->rx.block, &note) != WIRE_OK) {
		errno = EBADMSG;
		return -1;
	}
	e->ev.note(e->arg, &note);
	return 0;
}

/* The same as scan where blocks carry notes. 0 or -1 with errno. */
static int
scan_notes(struct block_echo *e, const uint8_t *buf, size_t n)
{
	size_t pos, keep = e->rx.keep, part;

	for (; n > 0; buf += part, n -= part) {
		pos = e->rx.pos;
		part = (pos < keep ? keep : e->rx.block) - pos;
		if (part > n)
			part = n;
		if (pos < keep)
			memcpy(e->kept + pos, buf, part);
		scan(e, buf, part);
		if (pos < keep && pos + part == keep && take_note(e) == -1)
			return -1;
	}
	return 0;
}

/* Returns as recv(2); *more says that there may be more to be had at once. */
static ssize_t
read_bytes(struct block_echo *e, size_t len, bool *more)
{
	uint8_t buf[READ_BYTES];
	ssize_t n;

	n = recv(e->fd, buf, len, MSG_DONTWAIT);
	*more = n == (ssize_t)len;
	if (n <= 0)
		return n;
	if (!e->notes)
		scan(e, buf, (size_t)n);
	else if (scan_notes(e, buf, (size_t)n) == -1)
		return -1;
	return n;
}

/* The same, unseen. */
static ssize_t
discard(struct block_echo *e, size_t len, bool *more)
{
	ssize_t n = sock_discard(e->fd, len);

	if (n > 0)
		blocks_rx_discarded(&e->rx, (size_t)n);
	*more = n == (ssize_t)len;
	return n;
}

static ssize_t
take(struct block_echo *e, bool *more)
{
	size_t len = blocks_rx_discardable(&e->rx);

	if (!e->discard)
		return read_bytes(e, READ_BYTES, more);
	if (len == 0)
		return read_bytes(e, e->rx.keep - e->rx.pos, more);
	return discard(e, len, more);
}

/*
 * Read while echoes can be written, at most ROUND_BYTES. Returns the part
 * that failed or ended, with errno or 0, or NULL.
 */
static const char *
serve(struct block_echo *e)
{
	uint64_t limit = e->rx.bytes + ROUND_BYTES;
	bool more = true;
	ssize_t n;

	if (!flush(e))
		return "send";
	while (more && e->echo_len == 0 && e->rx.bytes < limit) {
		n = take(e, &more);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0) {
			errno = n == 0 ? 0 : errno;
			return "read";
		}
		e->active_ns = loop_now(e->loop);
		if (!flush(e))
			return "send";
	}
	return NULL;
}

static void
on_socket(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct block_echo *e = f->arg;
	uint64_t before = e->rx.bytes;
	const char *ended;
	int error;

	(void)events;
	ended = serve(e);
	error = errno;
	if (e->rx.bytes > before && e->ev.received != NULL)
		e->ev.received(e->arg, (size_t)(e->rx.bytes - before));
	if (ended != NULL)
		finish(e, ended, error);
	/* An echo that waits must go before anything else is read. */
	else if (loop_fd_set(l, f, e->echo_len > 0 ? LOOP_WRITE :
	    LOOP_READ) == -1)
		finish(e, "read", errno);
}

int
block_echo_start(struct block_echo *e)
{
	(void)sock_set_nodelay(e->fd, true);
	return loop_fd_add(e->loop, &e->watch, e->fd, LOOP_READ, on_socket, e);
}
