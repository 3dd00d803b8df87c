/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections of udpst on sockets over the loopback interface. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "tests/unit/loop_pair.h"
#include "tests/unit/net.h"
#include "tests/unit/unit.h"
#include "udpst/flow.h"
#include "udpst/srate.h"

#define ROW		100
#define BUFFER		4000000
#define PATIENCE_NS	(20 * CLOCK_NS_PER_S)
#define CLIENT		0
#define SERVER		1
#define RAW_MAX		2000

/* A flow at either end, or a bare socket at one. */
struct run {
	struct loop		*loop;
	struct flow_io		*io;
	struct flow		 flow[2];
	int			 fds[2];
	unsigned int		 ended, invalid, control, failed, subints;
	uint64_t		 loss;
	struct result_subint	 sum;		/* of the client's */
};

static struct srate_table table;

static void
on_news(struct flow *f, const struct conn_news *n)
{
	struct run *r = f->arg;

	if (n->kind != CONN_NEWS_SUBINT || f->conn.conf.is_server)
		return;
	r->subints++;
	r->sum.datagrams += n->subint.datagrams;
	r->sum.bytes += n->subint.bytes;
	r->sum.delta_us += n->subint.delta_us;
	r->loss += n->subint.loss;
}

static void
on_invalid(struct flow *f, bool status, const uint8_t *buf, size_t len)
{
	struct run *r = f->arg;

	(void)buf;
	(void)len;
	assert_int_equal(status, f->conn.sends_load);
	r->invalid++;
}

static void
on_control(struct flow *f, const uint8_t *buf, size_t len)
{
	struct run *r = f->arg;

	(void)buf;
	assert_true(len > 0);
	r->control++;
}

/* Nobody listens any more when the last PDU of a test comes: no failure. */
static void
on_failed(struct flow *f, bool sending, int error)
{
	struct run *r = f->arg;

	(void)sending;
	r->failed += error != ECONNREFUSED;
}

static void
on_ended(struct flow *f)
{
	struct run *r = f->arg;

	r->ended++;
}

static const struct flow_ops ops = {
	.news = on_news, .invalid = on_invalid, .control = on_control,
	.failed = on_failed, .ended = on_ended
};

/* Two connected sockets. */
static void
udp_pair(const char *host, int fds[2])
{
	struct addr any = net_addr(host, 0), at[2];
	int i;

	for (i = 0; i < 2; i++) {
		fds[i] = sock_udp(&any);
		assert_true(fds[i] >= 0);
		assert_int_equal(sock_set_nonblock(fds[i], true), 0);
		assert_int_equal(sock_local(fds[i], &at[i]), 0);
		sock_set_rcvbuf(fds[i], BUFFER);
		sock_set_sndbuf(fds[i], BUFFER);
	}
	for (i = 0; i < 2; i++)
		assert_int_equal(connect(fds[i],
		    &at[!i].sa, at[!i].len), 0);
}

static void
run_open(struct run *r, const char *host, bool gro)
{
	memset(r, 0, sizeof(*r));
	r->loop = loop_open();
	r->io = flow_io_new(r->loop, gro, 1);
	assert_non_null(r->io);
	udp_pair(host, r->fds);
}

static void
run_close(struct run *r)
{
	int i;

	for (i = 0; i < 2; i++) {
		flow_free(&r->flow[i]);
		close(r->fds[i]);
	}
	flow_io_free(r->io);
	loop_free(r->loop);
}

static void
conf_make(struct flow_conf *conf, bool upstream, bool ipv6)
{
	memset(conf, 0, sizeof(*conf));
	conf->conn.upstream = upstream;
	conf->conn.ipv6 = ipv6;
	conf->conn.version = WIRE_V_CURRENT;
	conf->conn.fixed_rate = true;
	conf->conn.test_s = 1;
	conf->conn.period_ms = 250;
	conf->conn.trial_ms = 50;
	conf->conn.table = &table;
	conf->conn.first_row = table.rows[ROW];
	conf->conn.adjust.low_ms = 30;
	conf->conn.adjust.upper_ms = 90;
	conf->conn.adjust.fixed_index = ROW;
	conf->conn.adjust.limit_index = -1;
}

static void
start(struct run *r, int side, const struct flow_conf *base)
{
	struct flow_conf conf = *base;

	conf.conn.is_server = side == SERVER;
	r->flow[side].arg = r;
	assert_int_equal(flow_start(&r->flow[side], r->io, r->fds[side],
	    &conf, &ops), 0);
}

/* Until enough has happened; how long that takes is this machine's affair. */
static void
turn(struct run *r, bool (*enough)(const struct run *))
{
	int64_t deadline_ns = clock_mono() + PATIENCE_NS;

	while (!enough(r) && clock_mono() < deadline_ns)
		assert_int_equal(loop_once(r->loop, deadline_ns), 0);
	assert_true(enough(r));
}

static bool
both_ended(const struct run *r)
{
	return r->ended == 2;
}

static bool
much_sent(const struct run *r)
{
	return r->flow[CLIENT].conn.seq > 50;
}

static bool
all_odd_taken(const struct run *r)
{
	return r->control + r->invalid == 15;
}

/* Load flows one way and status the other. */
static bool
in_full_swing(const struct run *r)
{
	return r->flow[SERVER].counts.status_received +
	    r->flow[CLIENT].counts.status_received > 2;
}

/*
 * All that was sent came, but for what the socket dropped and says so, and for
 * the last PDUs, which only say stop.
 */
static void
check_delivered(const struct run *r, bool upstream)
{
	const struct flow *tx = &r->flow[upstream ? CLIENT : SERVER];
	const struct flow *rx = &r->flow[upstream ? SERVER : CLIENT];
	uint64_t dropped = rx->socket_drops > 0 ?
	    (uint64_t)rx->socket_drops : 0;

	assert_int_equal(r->invalid, 0);
	assert_int_equal(r->failed, 0);
	assert_int_equal(tx->conn.sent_datagrams, tx->conn.seq);
	assert_int_equal(rx->conn.rx.total_datagrams + dropped,
	    rx->conn.rx.highest);
	if (upstream)
		assert_int_equal(tx->conn.seq, rx->conn.rx.highest + 1);
	else
		assert_in_range(tx->conn.seq - rx->conn.rx.highest, 1, 50);
	assert_true(r->loss <= dropped);
	assert_int_equal(tx->counts.load_sent, tx->conn.sent_datagrams);
	assert_true(rx->counts.load_received >= rx->conn.rx.total_datagrams);
	assert_true(tx->counts.status_received > 1);
	assert_in_range(rx->counts.status_sent, tx->counts.status_received,
	    tx->counts.status_received + 1);
}

static void
check_rate(const struct run *r, bool ipv6, uint64_t missed)
{
	uint64_t bytes = r->sum.bytes + r->sum.datagrams *
	    (SRATE_OVERHEAD_L3 + (ipv6 ? SRATE_IPV6_MORE : 0));
	double mbps = (double)bytes * 8 / (double)r->sum.delta_us;

	assert_true(r->subints >= 1);
	assert_true(mbps < 1.1 * ROW);
	/* A busy machine may be slow; then the sender knows. */
	if (missed == 0 && r->loss == 0)
		assert_true(mbps > 0.9 * ROW);
	else
		assert_true(mbps > 0);
}

static void
whole(const char *host, bool upstream, bool gso, bool gro, bool random_payload)
{
	bool ipv6 = strchr(host, ':') != NULL;
	struct flow_conf conf;
	struct run r;
	int i;

	run_open(&r, host, gro);
	conf_make(&conf, upstream, ipv6);
	conf.gso = gso;
	conf.gro = gro;
	conf.random_payload = random_payload;
	conf.conn.ours = gso;
	start(&r, SERVER, &conf);
	start(&r, CLIENT, &conf);
	turn(&r, both_ended);
	for (i = 0; i < 2; i++)
		assert_int_equal(r.flow[i].conn.ended, CONN_GRACEFUL);
	if (!gso)
		assert_false(flow_gso(&r.flow[upstream ? CLIENT : SERVER]));
	check_delivered(&r, upstream);
	check_rate(&r, ipv6,
	    r.flow[upstream ? CLIENT : SERVER].conn.pace.missed);
	run_close(&r);
}

static void
test_ipv4(void **state)
{
	(void)state;
	whole("127.0.0.1", false, true, true, true);
	whole("127.0.0.1", true, false, false, false);
}

static void
test_ipv6(void **state)
{
	(void)state;
	if (!net_has_v6())
		skip();
	whole("::1", false, false, false, true);
	whole("::1", true, true, true, false);
}

/* Whether all bytes behind the header are zero. */
static bool
is_blank(const uint8_t *buf, size_t len)
{
	size_t i;

	for (i = CONN_HEADER_LEN; i < len; i++)
		if (buf[i] != 0)
			return false;
	return true;
}

/* What the client's load looks like on a bare socket. */
static void
look(bool gso, bool random_payload)
{
	uint8_t buf[RAW_MAX];
	struct flow_conf conf;
	struct wire_load p;
	struct run r;
	uint32_t seq = 0;
	ssize_t n;

	run_open(&r, "127.0.0.1", false);
	conf_make(&conf, true, false);
	conf.gso = gso;
	conf.random_payload = random_payload;
	conf.conn.checksum = true;
	start(&r, CLIENT, &conf);
	turn(&r, much_sent);
	while ((n = recv(r.fds[SERVER], buf, sizeof(buf), 0)) > 0) {
		assert_true(wire_load_get(buf, (size_t)n, WIRE_V_CURRENT, &p));
		assert_int_equal(p.payload, n);
		assert_int_equal(p.seq, ++seq);
		assert_int_equal(is_blank(buf, (size_t)n), !random_payload);
	}
	/* The buffer may be small: the kernel's maximum. */
	assert_true(seq > 50);
	run_close(&r);
}

static void
test_bytes(void **state)
{
	(void)state;
	look(false, false);
	look(false, true);
	look(true, false);
	look(true, true);
}

/* Garbage, and setup PDUs that come late, at either kind of flow. */
static void
odd(bool upstream)
{
	static const uint8_t junk[] = "\xbe\xef no load PDU, too short";
	uint8_t buf[WIRE_CONTROL_MAX] = { 0 };
	struct flow_conf conf;
	struct run r;
	size_t len;
	int i;

	run_open(&r, "127.0.0.1", false);
	conf_make(&conf, upstream, false);
	start(&r, CLIENT, &conf);
	len = wire_null_put(&(struct wire_null){ .version = WIRE_V_CURRENT,
	    .request = 1 }, buf);
	for (i = 0; i < 5; i++) {
		assert_int_equal(send(r.fds[SERVER], junk, sizeof(junk), 0),
		    (ssize_t)sizeof(junk));
		assert_int_equal(send(r.fds[SERVER], buf, len, 0),
		    (ssize_t)len);
		assert_int_equal(send(r.fds[SERVER], "", 0, 0), 0);
	}
	turn(&r, all_odd_taken);
	assert_int_equal(r.control, 5);
	assert_int_equal(r.invalid, 10);
	assert_int_equal(r.flow[CLIENT].conn.ended, CONN_RUNNING);
	run_close(&r);
}

static void
test_odd(void **state)
{
	(void)state;
	odd(false);
	odd(true);
}

/* An end that wants to stop does it now, and so does the other. */
static void
stop(int side, bool upstream)
{
	struct flow_conf conf;
	struct run r;
	int i;

	run_open(&r, "127.0.0.1", true);
	conf_make(&conf, upstream, false);
	conf.gso = conf.gro = true;
	conf.conn.test_s = 60;
	start(&r, SERVER, &conf);
	start(&r, CLIENT, &conf);
	turn(&r, in_full_swing);
	assert_int_equal(r.ended, 0);
	flow_stop(&r.flow[side]);
	turn(&r, both_ended);
	/* Neither by the watchdog nor by the 60 s. */
	for (i = 0; i < 2; i++)
		assert_int_equal(r.flow[i].conn.ended, CONN_GRACEFUL);
	run_close(&r);
}

static void
test_stop(void **state)
{
	(void)state;
	stop(CLIENT, false);
	stop(CLIENT, true);
	stop(SERVER, false);
	stop(SERVER, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_stop)
	};

	srate_build(&table, true, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
