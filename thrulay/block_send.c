/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/sock.h"
#include "common/stats.h"
#include "thrulay/block_notes.h"
#include "thrulay/block_send.h"

#define RING_BYTES	65536		/* aim of one send */
#define ROUND_BYTES	(1u << 20)	/* sent before the loop has its turn */
#define ECHOES		256		/* taken in one read */
#define ROUND_READS	4
#define QUIET_NS	CLOCK_NS_PER_MS	/* between looks at the send queue */

enum send_state {
	SEND_IDLE,		/* before, and after the end */
	SEND_QUIET,		/* probe: until all is acknowledged */
	SEND_HEADER,		/* probe: until the echo is there */
	SEND_REST,		/* probe: the rest of that block */
	SEND_PROBED,		/* an echo that comes late is ignored */
	SEND_RUNNING,
	SEND_STOPPED
};

/*
 * The ring holds whole blocks as they go out, so that one send takes many
 * small ones. off is the next byte; blocks of which no byte was accepted get
 * their header right before each send.
 */
struct block_send {
	struct loop		*loop;
	struct loop_fd		 watch;
	bool			 watched;
	int			 fd;
	enum send_state		 state;
	struct block_send_events ev;
	void			*arg;
	struct blocks_tx	 tx;
	struct block_notes	*notes;		/* NULL: none */
	uint8_t			*ring;
	size_t			 slots, off;
	/* of one read, which may complete what an earlier one began */
	int64_t			 rtt_ns[ECHOES + 1];

	/* probe */
	struct loop_timer	 deadline, quiet;
	int			 probes_left;
	size_t			 part_left;	/* of header or rest */
	size_t			 probed;
	int64_t			 probe_ns[BLOCK_SEND_PROBES];
	void			(*probe_done)(void *, const int64_t *, size_t);
};

static void	on_socket(struct loop *, struct loop_fd *, unsigned int);
static void	on_deadline(struct loop *, struct loop_timer *, int64_t);
static void	on_quiet(struct loop *, struct loop_timer *, int64_t);

/* Not compressible, nothing of ours in it. */
static void
fill_random(uint8_t *buf, size_t len)
{
	struct rng rng;
	uint64_t word = 0;
	size_t i;

	rng_seed(&rng, len);
	for (i = 0; i < len; i++) {
		if (i % sizeof(word) == 0)
			word = rng_u64(&rng);
		buf[i] = (uint8_t)(word >> 8 * (i % sizeof(word)));
	}
}

struct block_send *
block_send_new(struct loop *l, int fd, size_t block, bool notes,
    const struct block_send_events *ev, void *arg)
{
	struct block_send *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->loop = l;
	s->fd = fd;
	s->ev = *ev;
	s->arg = arg;
	blocks_tx_init(&s->tx, block);
	loop_timer_init(&s->deadline, on_deadline, s);
	loop_timer_init(&s->quiet, on_quiet, s);
	s->slots = block < RING_BYTES ? RING_BYTES / block : 1;
	s->ring = malloc(s->slots * block);
	if (notes)
		s->notes = block_notes_new(fd, block, s->slots);
	if (s->ring == NULL || (notes && s->notes == NULL)) {
		block_send_free(s);
		errno = ENOMEM;
		return NULL;
	}
	fill_random(s->ring, s->slots * block);
	return s;
}

static void
go_idle(struct block_send *s)
{
	loop_timer_clear(s->loop, &s->deadline);
	loop_timer_clear(s->loop, &s->quiet);
	loop_fd_del(s->loop, &s->watch);
	s->watched = false;
	s->state = SEND_IDLE;
}

void
block_send_free(struct block_send *s)
{
	if (s == NULL)
		return;
	go_idle(s);
	block_notes_free(s->notes);
	free(s->ring);
	free(s);
}

const struct blocks_tx *
block_send_state(const struct block_send *s)
{
	return &s->tx;
}

/* The last thing that is done with s: the owner may free it meanwhile. */
static void
finish(struct block_send *s, const char *during, int error)
{
	go_idle(s);
	s->ev.ended(s->arg, during, error);
}

static int
watch_for(struct block_send *s, unsigned int want)
{
	if (s->watched)
		return loop_fd_set(s->loop, &s->watch, want);
	if (loop_fd_add(s->loop, &s->watch, s->fd, want, on_socket, s) == -1)
		return -1;
	s->watched = true;
	return 0;
}

/*
 * Headers for the blocks of which no byte was accepted and that begin within
 * the next len bytes.
 */
static void
prepare(struct block_send *s, size_t len)
{
	size_t block = s->tx.block, slot = (s->off + block - 1) / block;
	uint64_t sequence = s->tx.started;
	int64_t now = clock_mono();

	if (s->notes != NULL)
		block_notes_begin(s->notes, now);
	for (; slot * block < s->off + len; slot++) {
		wire_header_put(s->ring + slot * block, sequence++, now);
		if (s->notes != NULL)
			block_notes_put(s->notes, slot, s->ring + slot * block);
	}
}

static void
accepted(struct block_send *s, size_t n)
{
	uint64_t before = s->tx.started;
	size_t block = s->tx.block, slot = (s->off + block - 1) / block;

	blocks_tx_sent(&s->tx, n);
	if (s->notes != NULL)
		block_notes_sent(s->notes, slot,
		    (size_t)(s->tx.started - before));
	s->off = (s->off + n) % (s->slots * block);
}

/*
 * Send at most max bytes in one call. Returns how many were accepted, 0 when
 * the socket is full, -1 with errno. *full says that there is no more room.
 */
static ssize_t
send_some(struct block_send *s, size_t max, bool *full)
{
	size_t len = s->slots * s->tx.block - s->off;
	ssize_t n;

	if (len > max)
		len = max;
	prepare(s, len);
	n = send(s->fd, s->ring + s->off, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		n = 0;
	if (n > 0)
		accepted(s, (size_t)n);
	*full = n < (ssize_t)len;
	return n;
}

/*
 * The probe goes round: until the send queue is empty, header, echo, rest of
 * the block.
 */

/* Send what is left of the present part, header or rest. */
static void
probe_send(struct block_send *s)
{
	bool full = false;
	ssize_t n = 0;

	while (s->part_left > 0 && !full && n != -1) {
		n = send_some(s, s->part_left, &full);
		s->part_left -= n > 0 ? (size_t)n : 0;
	}
	if (n != -1 && s->part_left > 0)
		return;
	if (n != -1 && s->state == SEND_REST) {
		s->state = SEND_QUIET;
		n = loop_timer_set(s->loop, &s->quiet,
		    clock_mono() + QUIET_NS);
	}
	if (n == -1 || watch_for(s, LOOP_READ) == -1)
		finish(s, "send", errno);
}

static void
on_quiet(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct block_send *s = t->arg;
	int error;

	if (sock_outq(s->fd) > 0)
		error = loop_timer_set(l, t, now_ns + QUIET_NS);
	else {
		s->state = SEND_HEADER;
		s->part_left = WIRE_HEADER_LEN;
		error = watch_for(s, LOOP_READ | LOOP_WRITE);
	}
	if (error == -1)
		finish(s, "send", errno);
}

/* The echo of a probe arrived, n is 1 if it was good. */
static void
probe_echo(struct block_send *s, size_t n)
{
	if (s->state != SEND_HEADER)
		return;
	if (n > 0)
		s->probe_ns[s->probed++] = s->rtt_ns[0];
	if (--s->probes_left == 0) {
		s->state = SEND_PROBED;
		/* From the loop, not from here. It is set, so this cannot
		 * fail. */
		(void)loop_timer_set(s->loop, &s->deadline, loop_now(s->loop));
	} else {
		s->state = SEND_REST;
		s->part_left = s->tx.block - WIRE_HEADER_LEN;
		(void)watch_for(s, LOOP_READ | LOOP_WRITE);
	}
}

static void
on_deadline(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct block_send *s = t->arg;

	(void)now_ns;
	loop_timer_clear(l, &s->quiet);
	s->state = SEND_PROBED;
	(void)watch_for(s, LOOP_READ);
	s->probe_done(s->arg, s->probe_ns, s->probed);
}

int
block_send_probe(struct block_send *s, int count, int64_t timeout_ns,
    void (*done)(void *, const int64_t *, size_t))
{
	int64_t now = clock_mono();

	if (s->state != SEND_IDLE || count < 1 || count > BLOCK_SEND_PROBES) {
		errno = EINVAL;
		return -1;
	}
	s->probes_left = count;
	s->probed = 0;
	s->probe_done = done;
	if (watch_for(s, LOOP_READ) == -1 ||
	    loop_timer_set(s->loop, &s->deadline, now + timeout_ns) == -1 ||
	    loop_timer_set(s->loop, &s->quiet, now) == -1) {
		go_idle(s);
		return -1;
	}
	s->state = SEND_QUIET;
	return 0;
}

/* Echoes, and the test itself. */

static void
take(struct block_send *s, const uint8_t *buf, size_t len, int64_t now_ns)
{
	uint64_t before = s->tx.echoed;
	size_t echoes, n;

	blocks_tx_echo(&s->tx, buf, len, now_ns, s->rtt_ns, ECHOES + 1, &n);
	echoes = (size_t)(s->tx.echoed - before);
	if (echoes == 0)
		return;
	if (s->state != SEND_RUNNING && s->state != SEND_STOPPED) {
		probe_echo(s, n);
		return;
	}
	if (s->notes != NULL)
		block_notes_add(s->notes, s->rtt_ns, n);
	s->ev.echoed(s->arg, echoes, s->rtt_ns, n);
}

/* False when the connection ended, and perhaps s with it. */
static bool
read_echoes(struct block_send *s)
{
	uint8_t buf[ECHOES * WIRE_HEADER_LEN];
	ssize_t n = sizeof(buf);
	int i;

	for (i = 0; i < ROUND_READS && n == sizeof(buf); i++) {
		n = recv(s->fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n > 0)
			take(s, buf, (size_t)n, clock_mono());
		else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			finish(s, "read", n == 0 ? 0 : errno);
			return false;
		}
	}
	return true;
}

/* Echoes are looked for after each send: their time is when they are read. */
static void
send_round(struct block_send *s)
{
	size_t left = ROUND_BYTES;
	bool full = false;
	ssize_t n;

	while (s->state == SEND_RUNNING && left > 0 && !full) {
		if ((n = send_some(s, left, &full)) == -1) {
			finish(s, "send", errno);
			return;
		}
		left -= (size_t)n;
		if (!read_echoes(s))
			return;
	}
}

static void
on_socket(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct block_send *s = f->arg;

	(void)l;
	if ((events & LOOP_READ) != 0 && !read_echoes(s))
		return;
	if ((events & LOOP_WRITE) == 0)
		return;
	if (s->state == SEND_RUNNING)
		send_round(s);
	else if (s->state == SEND_HEADER || s->state == SEND_REST)
		probe_send(s);
}

int
block_send_start(struct block_send *s)
{
	if (watch_for(s, LOOP_READ | LOOP_WRITE) == -1)
		return -1;
	s->state = SEND_RUNNING;
	return 0;
}

void
block_send_stop(struct block_send *s)
{
	if (s->state != SEND_RUNNING)
		return;
	s->state = SEND_STOPPED;
	(void)watch_for(s, LOOP_READ);
}
