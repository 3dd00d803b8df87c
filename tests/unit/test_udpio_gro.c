/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "tests/unit/bursts.h"
#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"

#define BATCH	4

/* A receiver that asked for GRO, and what came to it so far. */
struct reader {
	struct udpio_rx	*rx;
	int		 fd;
	bool		 gro;
	size_t		 datagrams, messages;
	int		 tos;		/* wanted */
	size_t		 sizes[BURSTS_MAX * 4];
};

static void
reader_open(struct reader *r, int fd)
{
	memset(r, 0, sizeof(*r));
	r->fd = fd;
	r->tos = -1;
	r->gro = udpio_rx_gro(fd);
	if (!UNIT_LINUX)
		assert_false(r->gro);
	r->rx = udpio_rx_new(BATCH, UDPIO_GRO_SNAP);
	assert_non_null(r->rx);
}

/* All datagrams of one message: the next numbers, of the sizes sent. */
static void
read_message(struct reader *r, const struct udpio_msg *m)
{
	size_t at = 0, len, n = 0;

	assert_int_equal(m->len, m->wire_len);
	assert_int_equal(m->tos, r->tos);
	for (; at < m->len; at += len, n++) {
		len = m->len - at < m->segment ? m->len - at : m->segment;
		assert_int_equal(len, r->sizes[r->datagrams]);
		bursts_check(m->data + at, len, r->datagrams);
		r->datagrams++;
	}
	assert_int_equal(n, udpio_msg_count(m));
	if (n == 1)
		assert_int_equal(m->segment, m->wire_len);
	r->messages++;
}

/* Until all datagrams up to number n have come, and no more. */
static void
read_until(struct reader *r, size_t n)
{
	int got, i;

	while (r->datagrams < n) {
		net_wait_readable(r->fd);
		got = udpio_recv(r->rx, r->fd);
		assert_in_range(got, 1, BATCH);
		for (i = 0; i < got; i++)
			read_message(r, udpio_msg(r->rx, i));
	}
	assert_int_equal(r->datagrams, n);
	assert_int_equal(udpio_recv(r->rx, r->fd), 0);
}

/* One burst of any sizes, numbered from number on; returns how many. */
static size_t
send_any(struct bursts *p, struct udpio_gso *g, size_t *sizes, size_t number)
{
	size_t size = bursts_size(random() % 2 == 0 ? 300 : 8972);
	size_t last = bursts_size(8972), n, i;

	n = bursts_fit(p, 1 + (size_t)random() % BURSTS_MAX,
	    4 * (last > size ? last : size));
	bursts_fill(p, 0, n, number);
	assert_int_equal(udpio_burst_send(p->burst, p->out, g, 0, n, size,
	    last), n);
	for (i = 0; i < n; i++)
		sizes[number + i] = i + 1 < n ? size : last;
	return n;
}

/* Up to four bursts of different sizes wait before the first is read. */
static void
random_bursts(const char *host, bool gso)
{
	struct udpio_gso g;
	struct reader r;
	struct bursts p;
	size_t sent;
	int round, i;

	unit_seed();
	bursts_open(&p, host);
	reader_open(&r, p.in);
	udpio_gso_init(&g, gso);
	for (round = 0; round < 60; round++) {
		r.datagrams = r.messages = sent = 0;
		for (i = 0; i <= round % 4; i++)
			sent += send_any(&p, &g, r.sizes, sent);
		read_until(&r, sent);
		if (!gso || !r.gro)
			assert_int_equal(r.messages, sent);
	}
	bursts_close(&p);
	udpio_rx_free(r.rx);
}

static void
test_random_bursts(void **state)
{
	(void)state;
	random_bursts("127.0.0.1", true);
	random_bursts("127.0.0.1", false);
}

static void
test_random_bursts_v6(void **state)
{
	(void)state;
	if (!net_has_v6())
		skip();
	random_bursts("::1", true);
}

/* Send n of size 1000 and read them all. */
static void
exchange(struct bursts *p, struct udpio_gso *g, struct reader *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		r->sizes[i] = 1000;
	r->datagrams = r->messages = 0;
	bursts_fill(p, 0, n, 0);
	assert_int_equal(udpio_burst_send(p->burst, p->out, g, 0, n, 1000, 0),
	    n);
	read_until(r, n);
}

static void
test_what_left_together_arrives_together(void **state)
{
	struct udpio_gso g;
	struct reader r;
	struct bursts p;

	(void)state;
	bursts_open(&p, "127.0.0.1");
	reader_open(&r, p.in);
	udpio_gso_init(&g, true);
	exchange(&p, &g, &r, 100);
	assert_int_equal(r.messages, udpio_gso_used(&g) && r.gro ? 2 : 100);
	bursts_close(&p);
	udpio_rx_free(r.rx);
}

static void
test_every_message_has_stamp_and_class(void **state)
{
	const struct udpio_msg *m;
	struct udpio_gso g;
	struct reader r;
	struct bursts p;
	int64_t before;
	int i;

	(void)state;
	bursts_open(&p, "127.0.0.1");
	reader_open(&r, p.in);
	udpio_gso_init(&g, true);
	udpio_rx_setup(p.in);
	udpio_rx_tos(p.in);
	usleep(10000);	/* Linux turns stamping on a little later */
	before = clock_wall();
	for (i = 0; i < 3; i++) {
		assert_int_equal(sock_set_dscp(p.out, 10 * i), 0);
		r.tos = 10 * i << 2;
		exchange(&p, &g, &r, 60);
		m = udpio_msg(r.rx, 0);
		assert_true(m->kernel_stamp);
		assert_in_range(m->wall_ns, before - CLOCK_NS_PER_US,
		    clock_wall());
	}
	bursts_close(&p);
	udpio_rx_free(r.rx);
}

static void
test_an_empty_datagram_is_one(void **state)
{
	struct reader r;
	struct bursts p;

	(void)state;
	bursts_open(&p, "127.0.0.1");
	reader_open(&r, p.in);
	assert_int_equal(send(p.out, "", 0, 0), 0);
	net_wait_readable(p.in);
	assert_int_equal(udpio_recv(r.rx, p.in), 1);
	assert_int_equal(udpio_msg(r.rx, 0)->wire_len, 0);
	assert_int_equal(udpio_msg(r.rx, 0)->segment, 0);
	assert_int_equal(udpio_msg_count(udpio_msg(r.rx, 0)), 1);
	bursts_close(&p);
	udpio_rx_free(r.rx);
}

/* Send n datagrams, take off what there is; returns how many came. */
static int64_t
overfill(struct bursts *p, struct udpio_rx *rx, size_t n)
{
	struct udpio_gso g = { 0 };
	int64_t sum = 0;
	int got;

	assert_int_equal(udpio_burst_send(p->burst, p->out, &g, 0, n, 100, 0),
	    n);
	while ((got = udpio_recv(rx, p->in)) > 0)
		sum += got;
	assert_int_equal(got, 0);
	return sum;
}

/* The drops that a datagram tells that comes after them. */
static int64_t
drops_told(struct bursts *p, struct udpio_rx *rx)
{
	assert_int_equal(send(p->out, "?", 1, 0), 1);
	net_wait_readable(p->in);
	assert_int_equal(udpio_recv(rx, p->in), 1);
	return udpio_msg(rx, 0)->drops;
}

/* One batch serves two sockets: each datagram tells of its own. */
static void
test_drops_are_those_of_the_socket(void **state)
{
	struct udpio_rx *rx = udpio_rx_new(BATCH, 32);
	struct bursts p[2];
	int64_t lost[2];
	int i, round;

	(void)state;
	for (i = 0; i < 2; i++) {
		bursts_open(&p[i], "127.0.0.1");
		udpio_rx_setup(p[i].in);
		sock_set_rcvbuf(p[i].in, 4096 << i);
		lost[i] = 0;
		assert_int_equal(drops_told(&p[i], rx), -1);
	}
	for (round = 0; round < 3; round++)
		for (i = 0; i < 2; i++) {
			lost[i] += 250 - overfill(&p[i], rx, 250);
			assert_true(lost[i] > 0);
			assert_int_equal(drops_told(&p[i], rx),
			    UNIT_LINUX ? lost[i] : -1);
		}
	if (UNIT_LINUX)
		assert_int_not_equal(lost[0], lost[1]);
	for (i = 0; i < 2; i++)
		bursts_close(&p[i]);
	udpio_rx_free(rx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_bursts),
		cmocka_unit_test(test_random_bursts_v6),
		cmocka_unit_test(test_what_left_together_arrives_together),
		cmocka_unit_test(test_every_message_has_stamp_and_class),
		cmocka_unit_test(test_an_empty_datagram_is_one),
		cmocka_unit_test(test_drops_are_those_of_the_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
