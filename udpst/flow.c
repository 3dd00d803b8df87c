/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"
#include "common/stats.h"
#include "udpst/flow.h"

#define SMALL_BATCH	256	/* datagrams of which the head is kept */
#define SMALL_SNAP	WIRE_CONTROL_MAX
#define GRO_BATCH	8	/* coalesced datagrams, 64 kB each */
#define BURST_MAX	(SRATE_BURST_MAX + 1)	/* and an add-on */
#define BODY_LEN	65536	/* of random payload */
/* What one turn may send or receive before the loop serves others. */
#define TURN_BYTES	4000000
#define TURN_BATCHES	16

struct flow_io {
	struct loop		*loop;
	struct udpio_rx		*small, *gro;
	struct udpio_burst	*zeros, *random;
	struct rng		rng;
};

void
flow_io_free(struct flow_io *io)
{
	if (io == NULL)
		return;
	udpio_rx_free(io->small);
	udpio_rx_free(io->gro);
	udpio_burst_free(io->zeros);
	udpio_burst_free(io->random);
	free(io);
}

static struct udpio_burst *
random_burst(struct rng *r)
{
	struct udpio_burst *b;
	uint8_t *body = malloc(BODY_LEN);
	uint64_t v;
	size_t i;

	if (body == NULL)
		return NULL;
	for (i = 0; i + sizeof(v) <= BODY_LEN; i += sizeof(v)) {
		v = rng_u64(r);
		memcpy(body + i, &v, sizeof(v));
	}
	b = udpio_burst_new(BURST_MAX, CONN_HEADER_LEN, body, BODY_LEN);
	free(body);
	return b;
}

struct flow_io *
flow_io_new(struct loop *l, bool gro, uint64_t seed)
{
	struct flow_io *io = calloc(1, sizeof(*io));

	if (io == NULL)
		return NULL;
	io->loop = l;
	rng_seed(&io->rng, seed);
	io->small = udpio_rx_new(SMALL_BATCH, SMALL_SNAP);
	if (gro)
		io->gro = udpio_rx_new(GRO_BATCH, UDPIO_GRO_SNAP);
	io->zeros = udpio_burst_new(BURST_MAX, CONN_HEADER_LEN, NULL, 1);
	io->random = random_burst(&io->rng);
	if (io->small == NULL || (gro && io->gro == NULL) ||
	    io->zeros == NULL || io->random == NULL) {
		flow_io_free(io);
		errno = ENOMEM;
		return NULL;
	}
	return io;
}

/* Sending. */

static void
failed(struct flow *f, bool sending, int error)
{
	if (f->ops->failed != NULL)
		f->ops->failed(f, sending, error);
}

/* What the kernel took, at the IP layer. */
static void
count_burst(struct flow *f, const struct conn_out *out, unsigned int taken)
{
	uint64_t bytes = (uint64_t)taken * (out->size + f->overhead);

	if (taken == out->count && out->last != 0)
		bytes = bytes - out->size + out->last;
	f->counts.load_sent += taken;
	f->counts.load_sent_bytes += bytes;
	monitor_size(&f->counts, MONITOR_TX_BURST, out->count);
	if (taken < out->count)
		monitor_size(&f->counts, MONITOR_TX_OVERRUN,
		    out->count - taken);
}

static void
send_burst(struct flow *f, struct conn_out *out)
{
	struct udpio_burst *b = f->random_payload ? f->io->random :
	    f->io->zeros;
	unsigned int i;
	int taken;

	for (i = 0; i < out->count; i++)
		conn_fill(&f->conn, out, i, udpio_burst_header(b, i));
	taken = udpio_burst_send(b, f->fd, &f->gso, 0, out->count, out->size,
	    out->last);
	if (taken == -1)
		failed(f, true, errno);
	if (taken < 0)
		taken = 0;
	count_burst(f, out, (unsigned int)taken);
	conn_sent(&f->conn, out, (unsigned int)taken);
}

static void
send_pdu(struct flow *f, const struct conn_out *out)
{
	if (send(f->fd, out->pdu, out->len, MSG_DONTWAIT) == -1)
		failed(f, true, errno);
	else if (wire_id(out->pdu, out->len) == WIRE_STATUS)
		f->counts.status_sent++;
}

/* What this process has used since the flow began. */
static void
know_cpu(struct flow *f)
{
	host_end(&f->host);
	f->conn.host.cpu_ppm = (uint32_t)(host_cpu_share(&f->host) * 1e6);
}

/* News may free nothing: the end is told last, by advance. */
static void
drain(struct flow *f)
{
	struct conn_news n;

	while (conn_next_news(&f->conn, &n)) {
		if (n.kind == CONN_NEWS_SUBINT)
			know_cpu(f);
		if (n.kind != CONN_NEWS_END)
			f->ops->news(f, &n);
	}
}

static void
know_host(struct flow *f)
{
	struct conn_host *h = &f->conn.host;

	h->flags = (uint8_t)((flow_gso(f) ? WIRE_FIG_GSO : 0) |
	    (f->gro ? WIRE_FIG_GRO : 0) |
	    (f->kernel_stamps ? WIRE_FIG_STAMPS : 0));
	h->socket_drops = f->conn.sends_load ? -1 : f->socket_drops;
}

static void
send_due(struct flow *f)
{
	struct conn_out out;
	enum conn_step step;
	size_t bytes = 0;

	while (bytes < TURN_BYTES) {
		step = conn_poll(&f->conn, clock_mono(), clock_wall(), &out);
		if (step == CONN_WAIT)
			break;
		if (step == CONN_SEND_BURST) {
			send_burst(f, &out);
			bytes += out.count * out.size;
		} else
			send_pdu(f, &out);
		if (f->conn.news_count > 0)
			drain(f);
	}
	drain(f);
}

/* Do what is due, then wait for the next. Nothing touches f after this. */
static void
advance(struct flow *f)
{
	uint64_t missed = f->conn.pace.missed;

	know_host(f);
	send_due(f);
	if (f->conn.pace.missed > missed)
		monitor_size(&f->counts, MONITOR_TIMER,
		    f->conn.pace.missed - missed);
	if (f->conn.ended != CONN_RUNNING) {
		flow_free(f);
		f->ops->ended(f);
		return;
	}
	/* Out of memory for a timer: the next datagram moves things on. */
	(void)loop_timer_set(f->io->loop, &f->timer, conn_due(&f->conn));
}

/* Receiving. */

/* Why it is not what this side expects. */
static enum monitor_fault
fault(const struct flow *f, const uint8_t *data, size_t len)
{
	bool status = f->conn.sends_load;
	size_t want = status ? wire_len(WIRE_STATUS, f->conn.conf.version) :
	    WIRE_LOAD_LEN;

	if (len < want)
		return MONITOR_SIZE;
	if (wire_id(data, len) != (status ? WIRE_STATUS : WIRE_LOAD))
		return MONITOR_FORMAT;
	return wire_checksum_ok(data, want) ? MONITOR_FORMAT :
	    MONITOR_CHECKSUM;
}

static void
take_load(struct flow *f, const struct udpio_msg *m, const uint8_t *data,
    size_t have, size_t len, int64_t now_ns)
{
	struct rxstat_event e;
	struct wire_load p;

	if (!conn_load(&f->conn, data, have, len, m->wall_ns, now_ns, m->tos,
	    &p, &e)) {
		f->counts.load_invalid[fault(f, data, have)]++;
		f->ops->invalid(f, false, data, have);
		return;
	}
	f->counts.load_received++;
	/* A header that claims more than came is believed no further. */
	if (p.payload > len)
		f->counts.load_invalid[MONITOR_FORMAT]++;
	f->counts.load_received_bytes += f->overhead +
	    (p.payload > len ? len : p.payload);
	if (e.status_lost != WIRE_REORDERED)
		f->counts.status_lost_remote += e.status_lost;
	/* What comes after a stop is no part of the test. */
	if (f->export != NULL && p.action == WIRE_TEST && !f->conn.confirm)
		export_row(f->export, &p, m->wall_ns, m->tos, &e,
		    f->export_mbps, f->export_mbps_alternate);
}

static void
take_status(struct flow *f, const struct udpio_msg *m, int64_t now_ns)
{
	if (conn_status(&f->conn, m->data, m->wire_len, m->wall_ns,
	    now_ns)) {
		f->counts.status_received++;
		return;
	}
	f->counts.status_invalid[fault(f, m->data, m->len)]++;
	f->ops->invalid(f, true, m->data, m->len);
}

/* Setup, null and activation PDUs that come late or twice. */
static bool
is_control(unsigned int id)
{
	return id == WIRE_NULL || id == WIRE_ACTIVATION || id == WIRE_SETUP;
}

static void
take_datagram(struct flow *f, const struct udpio_msg *m, const uint8_t *data,
    size_t have, size_t len, int64_t now_ns)
{
	unsigned int id = wire_id(data, have);

	if (id != WIRE_LOAD && id != WIRE_STATUS) {
		if (id == WIRE_FIGURES && conn_figures(&f->conn, data, have))
			return;
		if (is_control(id)) {
			if (f->ops->control != NULL)
				f->ops->control(f, data, have);
			return;
		}
	}
	if (f->conn.sends_load)
		take_status(f, m, now_ns);
	else
		take_load(f, m, data, have, len, now_ns);
}

static void
count_drops(struct flow *f, int64_t raw)
{
	uint32_t now = (uint32_t)raw;

	if (raw < 0)
		return;
	if (f->socket_drops < 0)
		f->socket_drops = 0;
	f->socket_drops += (uint32_t)(now - f->drops_seen);
	f->drops_seen = now;
}

static void
take_message(struct flow *f, const struct udpio_msg *m, int64_t now_ns)
{
	size_t at, n;

	f->kernel_stamps = m->kernel_stamp;
	count_drops(f, m->drops);
	if (m->segment == 0 || m->segment >= m->len) {
		take_datagram(f, m, m->data, m->len, m->wire_len, now_ns);
		return;
	}
	for (at = 0; at < m->len; at += n) {
		n = m->len - at < m->segment ? m->len - at : m->segment;
		take_datagram(f, m, m->data + at, n, n, now_ns);
	}
}

static void
receive(struct flow *f)
{
	struct udpio_rx *rx = f->gro ? f->io->gro : f->io->small;
	const int full = f->gro ? GRO_BATCH : SMALL_BATCH;
	int64_t now_ns;
	int batch, i, n = full;

	/* A batch that is not full has left nothing to ask for. */
	for (batch = 0; n == full && batch < TURN_BATCHES; batch++) {
		n = udpio_recv(rx, f->fd);
		if (n == -1)
			failed(f, false, errno);
		if (n <= 0)
			break;
		now_ns = clock_mono();
		monitor_size(&f->counts, MONITOR_RX_BURST, (uint64_t)n);
		for (i = 0; i < n; i++) {
			take_message(f, udpio_msg(rx, i), now_ns);
			if (f->conn.news_count > 0)
				drain(f);
		}
	}
}

static void
on_readable(struct loop *l, struct loop_fd *w, unsigned int events)
{
	struct flow *f = w->arg;

	(void)l;
	(void)events;
	monitor_size(&f->counts, MONITOR_FD_READY, 1);
	receive(f);
	advance(f);
}

/*
 * What came before a status was made belongs to it. A late host that first
 * closed an interval and then read what had piled up would have too little in
 * this interval and too much in the next.
 */
static void
on_timer(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct flow *f = t->arg;

	(void)l;
	(void)now_ns;
	if (!f->conn.sends_load)
		receive(f);
	advance(f);
}

/* Life. */

int
flow_start(struct flow *f, struct flow_io *io, int fd,
    const struct flow_conf *conf, const struct flow_ops *ops)
{
	f->io = io;
	f->fd = fd;
	f->ops = ops;
	f->random_payload = conf->random_payload;
	f->overhead = SRATE_OVERHEAD_L3 + (conf->conn.ipv6 ?
	    SRATE_IPV6_MORE : 0);
	f->socket_drops = -1;
	host_begin(&f->host);
	udpio_gso_init(&f->gso, conf->gso);
	sock_allow_fragments(fd);
	udpio_rx_setup(fd);
	if (conf->ecn)
		udpio_rx_tos(fd);
	loop_timer_init(&f->timer, on_timer, f);
	conn_init(&f->conn, &conf->conn, clock_mono(), clock_wall());
	f->gro = conf->gro && !f->conn.sends_load && io->gro != NULL &&
	    udpio_rx_gro(fd);
	if (loop_fd_add(io->loop, &f->watch, fd, LOOP_READ, on_readable,
	    f) == -1)
		return -1;
	return loop_timer_set(io->loop, &f->timer, conn_due(&f->conn));
}

void
flow_free(struct flow *f)
{
	if (f->io == NULL)
		return;
	loop_fd_del(f->io->loop, &f->watch);
	loop_timer_clear(f->io->loop, &f->timer);
}

void
flow_stop(struct flow *f)
{
	conn_stop(&f->conn, clock_mono());
	(void)loop_timer_set(f->io->loop, &f->timer, 0);
}

bool
flow_gso(const struct flow *f)
{
	return udpio_gso_used(&f->gso);
}
