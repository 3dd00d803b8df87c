/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"
#include "common/udpio.h"
#include "thrulay/dgram_recv.h"

#define BATCH		64	/* datagrams in one call */
#define ROUND_DATAGRAMS	512	/* before the loop has its turn */
#define DRAIN_DATAGRAMS	65536	/* more than a socket buffer holds */

struct dgram_recv {
	struct loop		*loop;
	struct dgram_recv_config c;
	struct loop_fd		 watch;
	struct udpio_rx		*rx;
	struct arrival		*arrival;
	int			 buffer;	/* SO_RCVBUF */
	int64_t			 drops_before;	/* of the socket, earlier */
	int64_t			 drops;		/* -1: unknown */
	uint64_t		 unique;
	uint64_t		 bad_nonce, bad_source, too_short;
	bool			 no_memory;
	bool			 clock_stamps;	/* some were not the kernel's */
};

struct dgram_recv *
dgram_recv_new(struct loop *l, const struct dgram_recv_config *c)
{
	struct dgram_recv *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->loop = l;
	r->c = *c;
	r->drops = -1;
	r->rx = udpio_rx_new(BATCH, WIRE_PACKET_LEN);
	r->arrival = arrival_new(c->packets, c->exact);
	if (r->rx == NULL || r->arrival == NULL) {
		dgram_recv_free(r);
		return NULL;
	}
	return r;
}

void
dgram_recv_free(struct dgram_recv *r)
{
	if (r == NULL)
		return;
	loop_fd_del(r->loop, &r->watch);
	udpio_rx_free(r->rx);
	arrival_free(r->arrival);
	free(r);
}

static void
count_packet(struct dgram_recv *r, const struct wire_packet *p,
    const struct udpio_msg *m)
{
	int64_t sent = wire_ntp_to_unix(p->ntp_seconds, p->ntp_fraction,
	    m->wall_ns);

	if (!m->kernel_stamp)
		r->clock_stamps = true;
	switch (arrival_add(r->arrival, p->sequence, sent, m->wall_ns)) {
	case ARRIVAL_UNIQUE:
		if (r->unique++ == 0 && r->c.first != NULL)
			r->c.first(r->c.arg);
		break;
	case ARRIVAL_NO_MEMORY:
		r->no_memory = true;
		break;
	case ARRIVAL_DUPLICATE:
	case ARRIVAL_BAD_SEQUENCE:
		break;
	}
}

static void
take(struct dgram_recv *r, const struct udpio_msg *m)
{
	struct wire_packet p;

	if (r->c.peer.len > 0 && !addr_same_host(&m->from, &r->c.peer))
		r->bad_source++;
	else if (!wire_packet_get(m->data, m->len, &p))
		r->too_short++;
	else if (!wire_nonce_equal(p.nonce, r->c.nonce))
		r->bad_nonce++;
	else if (p.sequence == EXT_HELLO_SEQUENCE && r->c.hello != NULL)
		r->c.hello(r->c.arg, &m->from);
	else
		count_packet(r, &p, m);
}

/* One batch. Returns how many, 0 when there was none. */
static int
take_batch(struct dgram_recv *r)
{
	int i, n = udpio_recv(r->rx, r->c.fd);

	/* An error that waited there is told once and hides nothing. */
	if (n == -1)
		n = udpio_recv(r->rx, r->c.fd);
	for (i = 0; i < n; i++)
		take(r, udpio_msg(r->rx, i));
	return n > 0 ? n : 0;
}

static void
on_socket(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct dgram_recv *r = f->arg;
	int n, taken = 0;

	(void)l;
	(void)events;
	while (taken < ROUND_DATAGRAMS && (n = take_batch(r)) > 0)
		taken += n;
}

int
dgram_recv_start(struct dgram_recv *r)
{
	int sndbuf;

	udpio_rx_setup(r->c.fd);
	r->drops_before = sock_drops(r->c.fd);
	(void)sock_get_buffers(r->c.fd, &sndbuf, &r->buffer);
	return loop_fd_add(r->loop, &r->watch, r->c.fd, LOOP_READ, on_socket,
	    r);
}

/* What arrives while this goes on is too late: a sender that never stops must
 * not keep us here. */
static void
drain(struct dgram_recv *r)
{
	const struct udpio_msg *last;
	int64_t end = clock_wall();
	int n, taken;

	for (taken = 0; taken < DRAIN_DATAGRAMS; taken += n) {
		if ((n = take_batch(r)) == 0)
			break;
		last = udpio_msg(r->rx, n - 1);
		if (last->kernel_stamp && last->wall_ns > end)
			break;
	}
}

/* By the socket's own count where it can be asked, else as the last datagram
 * said. */
static int64_t
count_drops(const struct dgram_recv *r)
{
	int64_t now = sock_drops(r->c.fd);

	if (now >= 0 && r->drops_before >= 0)
		return now - r->drops_before;
	return udpio_rx_drops(r->rx);
}

void
dgram_recv_stop(struct dgram_recv *r)
{
	drain(r);
	r->drops = count_drops(r);
	loop_fd_del(r->loop, &r->watch);
}

size_t
dgram_recv_memory(const struct dgram_recv *r)
{
	return sizeof(*r) + arrival_memory(r->arrival);
}

uint64_t
dgram_recv_next(const struct dgram_recv *r)
{
	return arrival_next(r->arrival);
}

uint64_t
dgram_recv_unique(const struct dgram_recv *r)
{
	return r->unique;
}

void
dgram_recv_feedback(struct dgram_recv *r, struct ext_feedback *out)
{
	arrival_feedback(r->arrival, out);
}

static const char *
limit(const struct dgram_recv *r)
{
	if (r->no_memory)
		return "the receiver ran out of memory";
	if (r->drops > 0)
		return "the receiver's socket buffer overflowed";
	return NULL;
}

void
dgram_recv_result(struct dgram_recv *r, uint64_t sent,
    struct thrulay_udp_result *out)
{
	memset(out, 0, sizeof(*out));
	arrival_result(r->arrival, sent, out);
	out->complete = true;
	out->buffer = r->buffer;
	out->bad_nonce = r->bad_nonce;
	out->bad_source = r->bad_source;
	out->too_short = r->too_short;
	out->socket_drops = r->drops;
	out->kernel_stamps = r->unique > 0 && !r->clock_stamps;
	out->host_limit = limit(r);
}
