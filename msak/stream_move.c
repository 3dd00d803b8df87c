/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a throughput1 stream, in and out. */
#include "config.h"

#include <sys/uio.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "msak/stream.h"
#include "msak/stream_private.h"

/* What one turn may move before the loop serves others. A frame counts for
 * some bytes, too: a flood of empty ones takes its time as well. */
#define TURN_BYTES	2097152
#define TURN_FRAME	1024
/*
 * Who sends so fast that it comes to this much in a turn would have to wake us
 * for every segment, at a higher price than for sending it; we come back in a
 * while unasked.
 */
#define REST_BYTES	65536
#define REST_NS		INT64_C(50000)
/* A frame with so much left is thrown away in the kernel, unseen. */
#define DROP_MIN	65536
/* After such a frame the next read is for its header. */
#define PEEK_LEN	4096
/* Frames below this in the mean: so few bytes are many of them. */
#define SMALL_FRAME	64

/* Out. */

static const uint8_t *
fresh_key(const struct stream *s, uint8_t key[WS_KEY_LEN])
{
	if (s->conf.server)
		return NULL;
	ws_fresh_key(key);
	return key;
}

static void
queue_bulk(struct stream *s)
{
	uint8_t key[WS_KEY_LEN];

	s->bulk_size = s->scale.size;
	s->bulk_left = (uint64_t)s->bulk_size;
	s->head_len = ws_put_header(s->head, true, WS_BINARY, s->bulk_left,
	    fresh_key(s, key));
	s->head_done = 0;
}

static void
queue_close(struct stream *s)
{
	uint8_t key[WS_KEY_LEN];

	s->close_queued = true;
	s->head_len = ws_put_close(s->head, s->close_code, s->close_reason,
	    fresh_key(s, key));
	s->head_done = 0;
}

static void
queue_pong(struct stream *s)
{
	uint8_t key[WS_KEY_LEN];

	s->have_pong = false;
	s->head_len = ws_put_frame(s->head, STREAM_HEAD_LEN, WS_PONG, s->pong,
	    s->pong_len, fresh_key(s, key));
	s->head_done = 0;
}

/* The limit is reached: the server says so and ends, a client waits for it. */
static void
limit_reached(struct stream *s)
{
	if (!s->conf.server) {
		s->silent = true;
		return;
	}
	s->tick_due = true;
	stream_want_close(s, STREAM_LIMIT, WS_NORMAL, STREAM_REASON);
}

/* A whole frame is out: a message of bulk data, or anything else. */
static void
frame_sent(struct stream *s)
{
	if (s->bulk_size > 0) {
		s->bulk_size = 0;
		scale_next(&s->scale, s->app_sent);
		stream_scaled(s);
	} else
		scale_fit(&s->scale, s->app_sent);
	if (s->scale.limit > 0 && s->app_sent >= s->scale.limit &&
	    !s->want_close)
		limit_reached(s);
}

/* Behind the last byte of a limit nothing follows but the end. */
static bool
text_due(const struct stream *s)
{
	return s->tick_due && (!s->silent || s->want_close);
}

/* What comes next at the end of a frame; false: nothing for now. */
static bool
queue_next(struct stream *s)
{
	if (s->close_queued)
		return false;
	if (s->have_pong && !s->peer_closed)
		queue_pong(s);
	else if (text_due(s) && !s->peer_closed && s->end != STREAM_ERROR) {
		s->tick_due = false;
		return stream_queue_measurement(s);
	} else if (s->want_close)
		queue_close(s);
	else if (s->conf.sender && !s->silent && s->scale.size > 0)
		queue_bulk(s);
	else
		return false;
	return true;
}

static bool
idle(const struct stream *s)
{
	return s->head_done == s->head_len && s->bulk_left == 0;
}

/* Everything there is to say has been said? */
static bool
wants_write(const struct stream *s)
{
	if (!idle(s))
		return true;
	if (s->close_queued)
		return false;
	return s->want_close || s->have_pong || text_due(s) ||
	    (s->conf.sender && !s->silent && s->scale.size > 0);
}

static void
advance_out(struct stream *s, size_t n)
{
	size_t head = s->head_len - s->head_done;

	if (head > n)
		head = n;
	s->head_done += head;
	n -= head;
	s->bulk_left -= n;
	s->app_sent += (int64_t)n;
	if (idle(s))
		frame_sent(s);
}

/* The rest of the message, behind head bytes of its own. Returns how many. */
static int
put_bulk(const struct stream *s, size_t head, struct iovec *iov)
{
	const struct stream_io *io = s->io;
	/* Under TLS in whole records. In the clear put says why. */
	size_t at = (s->t.ssl != NULL ? (uint64_t)s->bulk_size -
	    s->bulk_left : io->noise_at + head) % STREAM_NOISE_LEN;
	uint64_t left = s->bulk_left;
	int n = 0;

	for (; left > 0; left -= iov[n++].iov_len, at = 0) {
		iov[n].iov_base = io->noise + at;
		iov[n].iov_len = STREAM_NOISE_LEN - at;
		if (iov[n].iov_len > left)
			iov[n].iov_len = (size_t)left;
	}
	return n;
}

static ssize_t
put(struct stream *s)
{
	size_t head = s->head_len - s->head_done;
	struct iovec iov[1 + STREAM_PIECES];
	ssize_t done;
	int n = 0;

	if (head > 0) {
		iov[n].iov_base = s->head + s->head_done;
		iov[n++].iov_len = head;
	}
	n += put_bulk(s, head, iov + n);
	done = transport_write(&s->t, iov, n);
	/* Any noise does. Where it goes on, it lies in the pages that the
	 * kernel fills as it does here, which is best for copies. */
	if (done > 0)
		s->io->noise_at += (size_t)done;
	return done;
}

static void
broken(struct stream *s)
{
	if (s->t.error[0] == '\0')
		s->error_number = errno;
	if (s->error[0] == '\0')
		(void)snprintf(s->error, sizeof(s->error), "%s",
		    s->t.error[0] != '\0' ? s->t.error : strerror(errno));
	stream_over(s, STREAM_ERROR);
}

/* False: s is gone. */
static bool
write_out(struct stream *s)
{
	size_t moved = 0;
	ssize_t n;

	while (moved < TURN_BYTES) {
		if (idle(s) && !queue_next(s))
			break;
		n = put(s);
		if (n == -1 && errno == EAGAIN)
			break;
		if (n <= 0) {
			broken(s);
			return false;
		}
		moved += (size_t)n;
		advance_out(s, (size_t)n);
	}
	if (idle(s) && s->close_queued && !s->close_sent) {
		s->close_sent = true;
		stream_linger(s, s->conf.server ? 1 : 0, clock_mono());
	}
	return true;
}

/* In. */

/* The peer's close: answered in kind, and then it is over. */
static void
take_close(struct stream *s)
{
	struct measurement m;

	s->peer_closed = true;
	s->clean = true;
	if (!s->want_close && !s->conf.server) {
		/* A short test may have had no tick of ours (Q27). */
		stream_measure(s, &m);
		s->last_own = m;
		s->have_own = true;
		if (s->ops->measured != NULL)
			s->ops->measured(s, true, &m, NULL);
	}
	if (s->ws.code != WS_NORMAL && !s->want_close)
		(void)snprintf(s->error, sizeof(s->error), "websocket: close "
		    "%u%s%s", s->ws.code, s->ws.reason[0] != '\0' ? ": " : "",
		    s->ws.reason);
	stream_want_close(s, s->ws.code == WS_NORMAL ? STREAM_PEER_CLOSE :
	    STREAM_PEER_CODE, s->ws.code, "");
}

static void
take_event(struct stream *s, enum ws_event event)
{
	switch (event) {
	case WS_GOT_TEXT:
		stream_take_text(s);
		break;
	case WS_GOT_LONG_TEXT:
		(void)snprintf(s->error, sizeof(s->error),
		    "a text message that is too long");
		stream_want_close(s, STREAM_ERROR, WS_TOO_BIG, "");
		break;
	case WS_GOT_PING:
		memcpy(s->pong, s->ws.control, s->ws.control_len);
		s->pong_len = s->ws.control_len;
		s->have_pong = true;
		break;
	case WS_GOT_CLOSE:
		take_close(s);
		break;
	case WS_BAD:
		s->peer_closed = true;
		(void)snprintf(s->error, sizeof(s->error), "websocket: %s",
		    s->ws.reason);
		stream_want_close(s, STREAM_ERROR, s->ws.code,
		    s->ws.code == WS_NORMAL ? STREAM_REASON : s->ws.reason);
		break;
	case WS_MORE:
	case WS_FRAME:
	case WS_GOT_BINARY:
	case WS_GOT_PONG:
		break;
	}
}

/* An upload has its limit in payload: exactly, whatever the kernel counts. */
static void
check_limit(struct stream *s)
{
	if (s->conf.server && !s->conf.sender && s->conf.bytes > 0 &&
	    s->app_received >= s->conf.bytes && !s->want_close) {
		s->tick_due = true;
		stream_want_close(s, STREAM_LIMIT, WS_NORMAL, STREAM_REASON);
	}
}

/* Returns how many frames began. */
static size_t
feed(struct stream *s, const uint8_t *buf, size_t len)
{
	enum ws_event event;
	size_t used, frames = 0;

	do {
		event = ws_read(&s->ws, buf, len, &used);
		buf += used;
		len -= used;
		s->app_received = (int64_t)s->ws.payload;
		frames += event == WS_FRAME;
		take_event(s, event);
	} while (event != WS_MORE && event != WS_BAD &&
	    event != WS_GOT_CLOSE);
	check_limit(s);
	return frames;
}

/* One read; -1 with errno, 0 at the end, else what was moved; *frames began in
 * it. */
static ssize_t
get(struct stream *s, size_t *frames)
{
	struct stream_io *io = s->io;
	uint64_t skip = ws_skip(&s->ws);
	size_t len = io->scratch_len;
	ssize_t n;

	*frames = 0;
	if (skip >= DROP_MIN && s->t.ssl == NULL) {
		n = transport_drop(&s->t, skip, io->scratch, len);
		if (n > 0) {
			ws_dropped(&s->ws, (uint64_t)n);
			s->big_frames = true;
			(void)feed(s, io->scratch, 0);
		}
		return n;
	}
	/* Behind a big frame there is a header and another one; a turn of small
	 * ones would take too long. */
	if ((s->big_frames && s->t.ssl == NULL) || s->small_frames)
		len = PEEK_LEN;
	s->big_frames = s->small_frames = false;
	n = transport_read(&s->t, io->scratch, len);
	if (n > 0) {
		*frames = feed(s, io->scratch, (size_t)n);
		s->small_frames = *frames > (size_t)n / SMALL_FRAME;
	}
	return n;
}

/* For a server the end of TCP is as good as a close frame (spec 3.3). */
static void
take_end(struct stream *s)
{
	if (!s->conf.server && !s->want_close) {
		(void)snprintf(s->error, sizeof(s->error), "unexpected EOF");
		stream_over(s, STREAM_ERROR);
		return;
	}
	stream_over(s, STREAM_PEER_CLOSE);
}

/* False: s is gone. */
static bool
read_in(struct stream *s)
{
	size_t frames, moved = 0, cost = 0;
	bool drained = false;
	ssize_t n;

	while (cost < TURN_BYTES && !s->peer_closed) {
		n = get(s, &frames);
		drained = n == -1 && errno == EAGAIN;
		if (drained)
			break;
		if (n == 0) {
			take_end(s);
			return false;
		}
		if (n < 0) {
			broken(s);
			return false;
		}
		moved += (size_t)n;
		cost += (size_t)n + frames * TURN_FRAME;
	}
	s->rest_ns = drained && moved >= REST_BYTES && !s->want_close ?
	    clock_mono() + REST_NS : 0;
	return true;
}

/* Turns. */

/* Both have said goodbye, or one cannot be understood: TCP's turn. */
static bool
is_done(const struct stream *s)
{
	return s->close_sent && s->peer_closed;
}

void
stream_turn(struct stream *s, unsigned int events)
{
	unsigned int want;
	bool read;

	if (((events & LOOP_READ) != 0 || transport_pending(&s->t)) &&
	    !read_in(s))
		return;
	/* Its time may have come while the peer kept us reading. */
	if (!write_out(s))
		return;
	if (is_done(s)) {
		transport_shutdown(&s->t);
		stream_over(s, s->end);
		return;
	}
	read = !s->peer_closed && s->rest_ns == 0;
	want = transport_want(&s->t, read, wants_write(s));
	(void)loop_fd_set(s->io->loop, &s->watch, want);
	stream_arm(s);
}

void
stream_begin(struct stream *s, const void *rest, size_t len)
{
	if (len > 0)
		(void)feed(s, rest, len);
	(void)loop_fd_set(s->io->loop, &s->watch, transport_want(&s->t, true,
	    wants_write(s)));
	stream_arm(s);
	/* Not in the caller's turn: ended() may free what it has at hand. */
	if (transport_pending(&s->t) || len > 0)
		(void)loop_timer_set(s->io->loop, &s->timer, 0);
}
