/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"
#include "common/udpio.h"

#define SNAP	100

/* A server on all addresses of this host, and a client of it. */
struct ends {
	int		 server, client;
	struct udpio_rx	*rx;
	struct addr	 client_addr;
};

static void
ends_open(struct ends *e, const char *wildcard, const char *server)
{
	struct addr any = net_addr(wildcard, 0), bound, to;
	struct addr from = net_addr(strchr(server, ':') == NULL ?
	    "127.0.0.1" : "::1", 0);

	e->server = sock_udp(&any);
	e->client = sock_udp(&from);
	e->rx = udpio_rx_new(1, SNAP);
	assert_int_not_equal(e->server, -1);
	assert_int_not_equal(e->client, -1);
	assert_non_null(e->rx);
	assert_int_equal(sock_local(e->server, &bound), 0);
	assert_int_equal(sock_local(e->client, &e->client_addr), 0);
	to = net_addr(server, addr_port(&bound));
	assert_int_equal(connect(e->client, &to.sa, to.len), 0);
}

static void
ends_close(struct ends *e)
{
	close(e->server);
	close(e->client);
	udpio_rx_free(e->rx);
}

static const struct udpio_msg *
ask(struct ends *e)
{
	net_write(e->client, "ask", 3);
	net_wait_readable(e->server);
	assert_int_equal(udpio_recv(e->rx, e->server), 1);
	return udpio_msg(e->rx, 0);
}

/* The connected client takes nothing that comes from another address. */
static void
check_answer(const char *wildcard, const char *server)
{
	const struct udpio_msg *m;
	struct addr want = net_addr(server, 0);
	struct ends e;
	char buf[8];

	ends_open(&e, wildcard, server);
	assert_int_equal(ask(&e)->to.len, 0);
	udpio_rx_local(e.server);
	udpio_rx_setup(e.server);
	udpio_rx_tos(e.server);
	m = ask(&e);
	if (!UNIT_LINUX) {
		assert_int_equal(m->to.len, 0);
		assert_int_equal(udpio_send_from(e.server, "answer", 6,
		    &m->from, &m->to), 6);
		ends_close(&e);
		return;
	}
	assert_true(addr_same_host(&m->to, &want));
	assert_int_equal(udpio_send_from(e.server, "answer", 6, &m->from,
	    &m->to), 6);
	net_wait_readable(e.client);
	assert_int_equal(recv(e.client, buf, sizeof(buf), 0), 6);
	assert_memory_equal(buf, "answer", 6);
	ends_close(&e);
}

static void
test_answers_from_the_address_asked(void **state)
{
	(void)state;
	check_answer("0.0.0.0", "127.0.0.1");
	check_answer("0.0.0.0", "127.0.0.2");
	if (!net_has_v6())
		return;
	check_answer("::", "::1");
	check_answer("::", "127.0.0.1");
	check_answer("::", "127.0.0.2");
}

static void
test_not_an_address_of_this_host(void **state)
{
	struct addr foreign = net_addr("192.0.2.1", 0);
	struct ends e;
	ssize_t n;

	(void)state;
	ends_open(&e, "0.0.0.0", "127.0.0.1");
	n = udpio_send_from(e.server, "a", 1, &e.client_addr, &foreign);
	assert_int_equal(n, UNIT_LINUX ? -1 : 1);
	ends_close(&e);
}

static void
send_one(struct ends *e)
{
	static const struct addr unset;

	assert_int_equal(udpio_send_from(e->server, "ping", 4,
	    &e->client_addr, &unset), 4);
}

/* A stamp of this number, taken since; loopback stamps at once. */
static void
expect_stamp(struct ends *e, uint32_t number, int64_t since_ns)
{
	int64_t wall_ns = 0;
	uint32_t got = UINT32_MAX;

	assert_true(udpio_stamp_next(e->server, &got, &wall_ns));
	assert_int_equal(got, number);
	assert_in_range(wall_ns, since_ns, clock_wall());
}

static void
expect_none(struct ends *e)
{
	int64_t wall_ns;
	uint32_t number;

	assert_false(udpio_stamp_next(e->server, &number, &wall_ns));
}

static void
test_stamps_of_sending(void **state)
{
	const struct udpio_msg *m;
	struct ends e;
	int64_t since_ns;
	uint32_t i;

	(void)state;
	ends_open(&e, "0.0.0.0", "127.0.0.1");
	send_one(&e);
	expect_none(&e);
	assert_int_equal(udpio_stamp_start(e.server), UNIT_LINUX);
	if (!UNIT_LINUX) {
		send_one(&e);
		expect_none(&e);
		ends_close(&e);
		return;
	}
	for (i = 0; i < 3; i++) {
		since_ns = clock_wall();
		send_one(&e);
		expect_stamp(&e, i, since_ns);
		expect_none(&e);
	}
	/* They come in order, and none from before when it starts again. */
	since_ns = clock_wall();
	send_one(&e);
	send_one(&e);
	expect_stamp(&e, 3, since_ns);
	assert_true(udpio_stamp_start(e.server));
	expect_none(&e);
	send_one(&e);
	expect_stamp(&e, 0, since_ns);
	/* With them on the stamps of what arrives are the same. */
	udpio_rx_setup(e.server);
	udpio_rx_local(e.server);
	usleep(10000);
	since_ns = clock_wall();
	m = ask(&e);
	assert_in_range(m->wall_ns, since_ns, clock_wall());
	assert_true(m->kernel_stamp);
	assert_int_equal(m->to.len, sizeof(struct sockaddr_in));
	ends_close(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_from_the_address_asked),
		cmocka_unit_test(test_not_an_address_of_this_host),
		cmocka_unit_test(test_stamps_of_sending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
