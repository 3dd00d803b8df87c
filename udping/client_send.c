/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "udping/client.h"
#include "udping/raw_stamp.h"

/* In one go at most: then signals and news have their turn. */
#define PACKETS	64
#define BATCHES	8
/* Without pauses, after an error: one that stays must not eat the core. */
#define ERROR_PAUSE_NS	CLOCK_NS_PER_MS
/* One packet in this time has its send error measured. */
#define ASK_NS		(50 * CLOCK_NS_PER_MS)
#define LATE_EXACT	10000

static void
prepare_stamps(struct client *c)
{
	size_t i;

	if (c->late == NULL)
		return;
	if (c->frames)
		raw_stamp_setup(raw_fd(c->raw));
	for (i = 0; !c->frames && i < c->ports->n; i++)
		raw_stamp_setup(c->fds[i]);
}

int
client_send_init(struct client *c)
{
	size_t n = c->ports->n;

	c->probes = calloc(n, sizeof(*c->probes));
	c->built = calloc(n, sizeof(*c->built));
	if (c->o->summary)
		c->late = quant_new(LATE_EXACT);
	if (c->probes == NULL || c->built == NULL ||
	    (c->o->summary && c->late == NULL)) {
		client_fail(c, "%s", strerror(errno));
		return 1;
	}
	prepare_stamps(c);
	return 0;
}

void
client_send_free(struct client *c)
{
	free(c->probes);
	free(c->built);
	quant_free(c->late);
}

static size_t
head_len(const struct client *c)
{
	return c->frames ? c->frame.len : 0;
}

static uint8_t *
slot(struct client *c, size_t i)
{
	return c->frames ? raw_buf(c->raw, i) : c->plain;
}

static uint16_t
put_control(const struct sender_port *port, const struct sender_packet *p,
    uint8_t *payload)
{
	struct wire_probe w = { .layout = WIRE_FIRST, .control = true,
		.seq = p->seq, .size = WIRE_FIRST_LEN };

	memcpy(w.guid, port->guid, sizeof(w.guid));
	wire_put(&w, payload, WIRE_FIRST_LEN);
	return frame_fold(frame_sum(payload, WIRE_FIRST_LEN));
}

static const struct probe *
probe_of(struct client *c, size_t port)
{
	const struct sender_port *s = &c->sender.ports[port];

	if (c->built[port] != s->guids) {
		probe_init(&c->probes[port], c->o->generation == 1,
		    s->start_s, s->guid);
		c->built[port] = s->guids;
	}
	return &c->probes[port];
}

/* All of a packet but its time. Bytes behind what is written here are zeros
 * since ever. Returns its length. */
static size_t
build(struct client *c, size_t i, const struct sender_packet *p)
{
	const struct sender_port *port = &c->sender.ports[p->port];
	uint8_t *out = slot(c, i), *payload = out + head_len(c);
	uint16_t sum;

	if (p->control)
		sum = put_control(port, p, payload);
	else
		sum = probe_put(probe_of(c, p->port), payload, p->seq,
		    p->size);
	if (c->frames)
		frame_put(&c->frame, out, c->hops[c->turn[p->hop]].mac,
		    port->number, p->size, sum);
	return head_len(c) + p->size;
}

/* The last thing before a packet goes. Returns the time in it. */
static int64_t
stamp(struct client *c, size_t i, const struct sender_packet *p)
{
	uint8_t *out = slot(c, i);
	int64_t now_ns = clock_wall();
	uint16_t sum;

	if (p->control)
		return now_ns;
	sum = probe_stamp(&c->probes[p->port], out + head_len(c), now_ns);
	if (c->frames)
		frame_adjust(&c->frame, out, sum);
	return now_ns;
}

static void
account(struct client *c, const struct sender_packet *p)
{
	if (p->control) {
		c->controls++;
		return;
	}
	c->sent++;
	c->hops[c->turn[p->hop]].sent++;
}

/* In the original's words, but once a second while it stays the same. */
static void
tell_failure(struct client *c, int error)
{
	int64_t now_ns = clock_mono();
	char to[ADDR_STRLEN];

	if (error == c->told_error && now_ns - c->told_ns < CLOCK_NS_PER_S)
		return;
	c->told_error = error;
	c->told_ns = now_ns;
	log_msg(&c->log, LOG_LEVEL_ERROR, "sendto failed: %s (%s out of %s)",
	    strerror(error), addr_format(&c->remote, to, sizeof(to)),
	    c->iface.name);
}

/* ENXIO: a packet socket has lost its interface for good, also when one of
 * the same name comes back. */
static void
failed(struct client *c)
{
	int error = errno;

	c->errors++;
	sender_pass(&c->sender);
	c->gone = c->frames && error == ENXIO;
	if (!c->gone)
		tell_failure(c, error);
}

/* A stamp that was asked for, if it has come. */
static void
take_stamp(struct client *c)
{
	int64_t wall_ns;

	if (c->asked_ns == 0 || !raw_stamp_get(c->asked_fd, &wall_ns))
		return;
	quant_add(c->late, wall_ns - c->asked_ns);
	c->asked_ns = 0;
}

/*
 * A connected socket also returns what became of an earlier datagram: a host
 * where nobody listens. That says nothing about this one.
 */
static ssize_t
put_out(int fd, const void *buf, size_t len, bool ask)
{
	ssize_t n;
	int tries = 2;

	do {
		n = ask ? raw_stamp_send(fd, buf, len) : send(fd, buf, len, 0);
	} while (n == -1 && (errno == EINTR ||
	    (errno == ECONNREFUSED && --tries > 0)));
	return n;
}

/* One packet, stamped. False when it could not be sent. */
static bool
emit(struct client *c, const struct sender_packet *p, int64_t mono_ns)
{
	int fd = c->frames ? raw_fd(c->raw) : c->fds[p->port];
	bool ask = c->late != NULL && mono_ns >= c->next_ask_ns && !p->control;
	size_t len = build(c, 0, p);
	int64_t sent_ns = stamp(c, 0, p);

	if (put_out(fd, slot(c, 0), len, ask) == -1) {
		sender_undo(&c->sender, p);
		failed(c);
		return false;
	}
	if (ask) {
		c->asked_ns = sent_ns;
		c->asked_fd = fd;
		c->next_ask_ns = mono_ns + ASK_NS;
	}
	account(c, p);
	return true;
}

static void
note_time(struct client *c, int64_t mono_ns)
{
	if (c->first_ns == 0)
		c->first_ns = mono_ns;
	else if (c->o->mean_ms > 0)
		stats_add(&c->gaps, (double)(mono_ns - c->last_ns));
	c->last_ns = mono_ns;
}

/* A probe, and before it the control packet of its port if it is time. */
static bool
send_one(struct client *c)
{
	int64_t mono_ns = clock_mono();
	struct sender_packet p;

	take_stamp(c);
	do {
		sender_next(&c->sender, clock_wall(), &p);
		if (!emit(c, &p, mono_ns))
			return false;
	} while (p.control);
	note_time(c, mono_ns);
	return true;
}

/* How many more may go. */
static size_t
left(const struct client *c, size_t most)
{
	uint64_t n = (uint64_t)c->o->count;

	if (n == 0 || n - c->sent > most)
		return most;
	return (size_t)(n - c->sent);
}

/* Frames as many as the kernel takes in one call. */
static bool
send_batch(struct client *c)
{
	struct sender_packet p[CLIENT_BATCH];
	size_t i, len[CLIENT_BATCH], n = left(c, CLIENT_BATCH), done;
	int64_t wall_ns = clock_wall();
	int sent;

	for (i = 0; i < n; i++) {
		sender_next(&c->sender, wall_ns, &p[i]);
		len[i] = build(c, i, &p[i]);
		stamp(c, i, &p[i]);
	}
	sent = raw_send(c->raw, len, n);
	done = sent > 0 ? (size_t)sent : 0;
	for (i = n; i-- > done; )
		sender_undo(&c->sender, &p[i]);
	for (i = 0; i < done; i++)
		account(c, &p[i]);
	if (sent == -1)
		failed(c);
	else
		note_time(c, clock_mono());
	return sent != -1;
}

/* Without pauses. Ordinary sockets have a port each, so no batches. */
static int64_t
send_flood(struct client *c, int64_t now_ns)
{
	bool ok = true;
	int i;

	for (i = 0; i < BATCHES * CLIENT_BATCH && ok && left(c, 1) > 0;
	    i += c->frames ? CLIENT_BATCH : 1)
		ok = c->frames ? send_batch(c) : send_one(c);
	return ok ? now_ns : clock_mono() + ERROR_PAUSE_NS;
}

int64_t
client_send_due(struct client *c, int64_t now_ns)
{
	int i;

	if (c->o->mean_ms == 0)
		return send_flood(c, now_ns);
	for (i = 0; i < PACKETS && sender_due(&c->sender) <= now_ns &&
	    left(c, 1) > 0; i++) {
		c->host.late_max_ns = now_ns - sender_due(&c->sender) >
		    c->host.late_max_ns ? now_ns - sender_due(&c->sender) :
		    c->host.late_max_ns;
		send_one(c);
		sender_advance(&c->sender, now_ns);
	}
	return sender_due(&c->sender);
}

void
client_send_last(struct client *c)
{
	struct sender_packet p;
	size_t i;

	for (i = 0; i < c->ports->n && !c->gone; i++)
		if (sender_last(&c->sender, i, &p))
			emit(c, &p, 0);
}
