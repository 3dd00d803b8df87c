/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"
#include "thrulay/dgram_recv.h"
#include "thrulay/dgram_send.h"

#define PACKETS	500
#define RATE	(50000 * UINT64_C(1000))	/* 50,000 a second */
#define PAYLOAD	80

static const uint8_t nonce[WIRE_NONCE_LEN] = { 'n', 0, 'n', ':', 'c', '+',
    0xff, '!' };

/* Two UDP sockets over loopback, one at each end. */
struct fixture {
	struct loop		*loop;
	int			 in, out;	/* receiver's, sender's */
	struct addr		 to, from;
	struct dgram_recv_config rc;
	struct dgram_recv	*recv;
	struct dgram_send_config sc;
	struct dgram_send	*send;
	int			 done, done_error;
	int			 hellos, firsts;
	uint16_t		 hello_port;
};

static int
udp_at(const char *host, struct addr *bound)
{
	int fd;

	assert_int_equal(addr_numeric(host, 0, bound), 0);
	fd = sock_udp(bound);
	assert_int_not_equal(fd, -1);
	assert_int_equal(sock_local(fd, bound), 0);
	return fd;
}

static void
on_hello(void *arg, const struct addr *from)
{
	struct fixture *f = arg;

	f->hellos++;
	f->hello_port = addr_port(from);
}

static void
on_first(void *arg)
{
	((struct fixture *)arg)->firsts++;
}

static void
on_done(void *arg, int error)
{
	struct fixture *f = arg;

	f->done++;
	f->done_error = error;
}

static void
open_both(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->loop = loop_new();
	assert_non_null(f->loop);
	f->in = udp_at("127.0.0.1", &f->to);
	f->out = udp_at("127.0.0.1", &f->from);
	f->rc.fd = f->in;
	f->rc.peer = f->from;
	f->rc.packets = PACKETS;
	f->rc.exact = 1000;
	f->rc.hello = on_hello;
	f->rc.first = on_first;
	f->rc.arg = f;
	memcpy(f->rc.nonce, nonce, sizeof(nonce));
	f->sc.fd = f->out;
	f->sc.to = f->to;
	f->sc.payload = PAYLOAD;
	f->sc.rate = RATE;
	f->sc.packets = PACKETS;
	f->sc.seed = 1;
	memcpy(f->sc.nonce, nonce, sizeof(nonce));
}

static void
start_recv(struct fixture *f)
{
	f->recv = dgram_recv_new(f->loop, &f->rc);
	assert_non_null(f->recv);
	assert_int_equal(dgram_recv_start(f->recv), 0);
}

static void
start_send(struct fixture *f)
{
	f->send = dgram_send_new(f->loop, &f->sc, on_done, f);
	assert_non_null(f->send);
	assert_int_equal(dgram_send_start(f->send), 0);
}

static void
run_to_done(struct fixture *f)
{
	int64_t end = clock_mono() + 20 * CLOCK_NS_PER_S;

	while (f->done == 0) {
		assert_true(clock_mono() < end);
		assert_int_equal(loop_once(f->loop, end), 0);
	}
}

static void
close_both(struct fixture *f)
{
	dgram_send_free(f->send);
	dgram_recv_free(f->recv);
	loop_free(f->loop);
	close(f->in);
	close(f->out);
}

/* A packet by hand. */
static void
put(const struct fixture *f, int fd, uint64_t sequence, const uint8_t *with,
    size_t len)
{
	uint8_t buf[PAYLOAD] = { 0 };

	memcpy(buf, with, WIRE_NONCE_LEN);
	wire_packet_stamp(buf, sequence, clock_wall());
	assert_int_equal(sendto(fd, buf, len, 0, &f->to.sa, f->to.len), len);
}

static void
test_one_end_to_the_other(void **state)
{
	struct thrulay_udp_result r;
	struct fixture f;

	(void)state;
	open_both(&f);
	start_recv(&f);
	start_send(&f);
	run_to_done(&f);
	assert_int_equal(f.done_error, 0);
	dgram_recv_stop(f.recv);
	assert_int_equal(dgram_recv_unique(f.recv), PACKETS);
	assert_int_equal(f.firsts, 1);
	assert_true(dgram_recv_memory(f.recv) > 0);
	dgram_recv_result(f.recv, PACKETS, &r);
	assert_true(r.complete);
	assert_int_equal(r.total, PACKETS);
	assert_int_equal(r.unique, PACKETS);
	assert_int_equal(r.lost, 0);
	assert_int_equal(r.duplicates, 0);
	assert_int_equal(r.reordered, 0);
	assert_int_equal(r.bad_source + r.bad_nonce + r.too_short, 0);
	assert_true(r.socket_drops <= 0);
	assert_null(r.host_limit);
	assert_true(r.buffer > 0);
	/* Some kernels cut stamps of arrival to the microsecond. */
	assert_true(r.delay.min > -CLOCK_NS_PER_US);
	assert_true(r.delay.max < 20 * CLOCK_NS_PER_S);
	close_both(&f);
}

/* What is not the session's is counted and nothing more. */
static void
test_foreign_packets_are_only_counted(void **state)
{
	static const uint8_t other[WIRE_NONCE_LEN] = "another";
	struct thrulay_udp_result r;
	struct addr foreign;
	struct fixture f;
	int fd, i;

	(void)state;
	open_both(&f);
	fd = udp_at("127.0.0.2", &foreign);
	start_recv(&f);
	for (i = 0; i < 7; i++) {
		put(&f, f.out, (uint64_t)i, nonce, PAYLOAD);
		put(&f, fd, (uint64_t)i + 10, nonce, PAYLOAD);
		put(&f, f.out, (uint64_t)i + 20, other, PAYLOAD);
		put(&f, f.out, (uint64_t)i + 30, nonce,
		    (size_t)i * WIRE_PACKET_LEN / 7);
	}
	put(&f, f.out, 3, nonce, WIRE_PACKET_LEN);
	put(&f, f.out, PACKETS, nonce, PAYLOAD);
	put(&f, f.out, EXT_HELLO_SEQUENCE, nonce, PAYLOAD);
	put(&f, fd, EXT_HELLO_SEQUENCE, nonce, PAYLOAD);
	put(&f, f.out, EXT_HELLO_SEQUENCE, other, PAYLOAD);
	dgram_recv_stop(f.recv);
	dgram_recv_result(f.recv, 7, &r);
	assert_int_equal(r.unique, 7);
	assert_int_equal(r.duplicates, 1);
	assert_int_equal(r.bad_sequence, 1);
	assert_int_equal(r.bad_source, 8);
	assert_int_equal(r.bad_nonce, 8);
	assert_int_equal(r.too_short, 7);
	assert_int_equal(r.lost, 0);
	assert_int_equal(f.hellos, 1);
	assert_int_equal(f.hello_port, addr_port(&f.from));
	assert_int_equal(f.firsts, 1);
	close(fd);
	close_both(&f);
}

/* With no peer set, as in a multicast test, the nonce alone decides; without
 * a handler a hello is a bad sequence. */
static void
test_any_source_when_no_peer_is_set(void **state)
{
	struct thrulay_udp_result r;
	struct addr foreign;
	struct fixture f;
	int fd;

	(void)state;
	open_both(&f);
	f.rc.peer.len = 0;
	f.rc.hello = NULL;
	fd = udp_at("127.0.0.2", &foreign);
	start_recv(&f);
	put(&f, fd, 0, nonce, PAYLOAD);
	put(&f, fd, EXT_HELLO_SEQUENCE, nonce, PAYLOAD);
	dgram_recv_stop(f.recv);
	dgram_recv_result(f.recv, 1, &r);
	assert_int_equal(r.unique, 1);
	assert_int_equal(r.bad_source, 0);
	assert_int_equal(r.bad_sequence, 1);
	close(fd);
	close_both(&f);
}

/* More than the socket holds: the rest is dropped at the socket, told apart
 * from loss on the path. */
static void
test_overflow_is_the_hosts_fault(void **state)
{
	struct thrulay_udp_result r;
	struct fixture f;
	uint64_t i;

	(void)state;
	open_both(&f);
	sock_set_rcvbuf(f.in, 8192);
	start_recv(&f);
	for (i = 0; i < PACKETS; i++)
		put(&f, f.out, i, nonce, PAYLOAD);
	dgram_recv_stop(f.recv);
	dgram_recv_result(f.recv, PACKETS, &r);
	assert_true(r.unique > 0);
	assert_true(r.unique < PACKETS);
	assert_int_equal(r.lost, PACKETS - r.unique);
	if (r.socket_drops != -1) {
		assert_int_equal(r.socket_drops, PACKETS - r.unique);
		assert_non_null(r.host_limit);
	}
	close_both(&f);
}

/* A sender that goes on for ever does not hold up the end. */
static void
test_stop_is_bounded(void **state)
{
	struct fixture f;
	int64_t begin;
	pid_t pid;
	int i;

	(void)state;
	open_both(&f);
	start_recv(&f);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		for (;;)
			put(&f, f.out, 0, nonce, WIRE_PACKET_LEN);
	for (i = 0; i < 100; i++)
		assert_int_equal(loop_once(f.loop, CLOCK_NEVER), 0);
	begin = clock_mono();
	dgram_recv_stop(f.recv);
	assert_true(clock_mono() - begin < 5 * CLOCK_NS_PER_S);
	assert_int_equal(dgram_recv_unique(f.recv), 1);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close_both(&f);
}

static void
test_feedback_is_what_came_since(void **state)
{
	struct ext_feedback fb;
	struct fixture f;
	uint64_t i;

	(void)state;
	open_both(&f);
	start_recv(&f);
	for (i = 0; i < 5; i++) {
		put(&f, f.out, 2 * i, nonce, PAYLOAD);
		put(&f, f.out, 2 * i, nonce, PAYLOAD);
		loop_once(f.loop, clock_mono() + CLOCK_NS_PER_S);
		dgram_recv_feedback(f.recv, &fb);
		assert_int_equal(fb.received, 2);
		assert_int_equal(fb.unique, 1);
		assert_int_equal(fb.duplicates, 1);
		assert_int_equal(fb.lost, i > 0 ? 1 : 0);
	}
	close_both(&f);
}

/* Bytes of the packets as they are on the wire. */
static void
check_bytes(size_t payload)
{
	uint8_t buf[2 * PAYLOAD], head[WIRE_PACKET_LEN];
	struct fixture f;
	size_t i;
	int n;

	open_both(&f);
	f.sc.payload = payload;
	f.sc.packets = 3;
	start_send(&f);
	run_to_done(&f);
	for (n = 0; n < 3; n++) {
		memset(head, 0, sizeof(head));
		assert_int_equal(recv(f.in, buf, sizeof(buf), 0), payload);
		memcpy(head, nonce, sizeof(nonce));
		wire_packet_stamp(head, (uint64_t)n, 0);
		assert_memory_equal(buf, head, payload < 16 ? payload : 16);
		for (i = WIRE_PACKET_LEN; i < payload; i++)
			assert_int_equal(buf[i], 0x32);
	}
	assert_int_equal(recv(f.in, buf, sizeof(buf), MSG_DONTWAIT), -1);
	close_both(&f);
}

static void
test_packets_are_as_long_as_asked(void **state)
{
	static const size_t sizes[] = { 0, 1, 8, 20, 23, 24, 25, PAYLOAD };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(sizes); i++)
		check_bytes(sizes[i]);
}

static void
test_too_long_for_a_datagram(void **state)
{
	struct fixture f;

	(void)state;
	open_both(&f);
	f.sc.payload = 65508;
	start_send(&f);
	run_to_done(&f);
	assert_int_equal(f.done_error, EMSGSIZE);
	assert_int_equal(dgram_send_count(f.send), 0);
	close_both(&f);
}

/* A connected socket hears that nobody listens. */
static void
test_nobody_listens(void **state)
{
	struct fixture f;

	(void)state;
	open_both(&f);
	assert_int_equal(connect(f.out, &f.to.sa, f.to.len), 0);
	close(f.in);
	f.in = dup(f.out);
	start_send(&f);
	run_to_done(&f);
	assert_int_equal(f.done_error, 0);
	assert_int_equal(dgram_send_count(f.send), PACKETS);
	close_both(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_end_to_the_other),
		cmocka_unit_test(test_foreign_packets_are_only_counted),
		cmocka_unit_test(test_any_source_when_no_peer_is_set),
		cmocka_unit_test(test_overflow_is_the_hosts_fault),
		cmocka_unit_test(test_stop_is_bounded),
		cmocka_unit_test(test_feedback_is_what_came_since),
		cmocka_unit_test(test_packets_are_as_long_as_asked),
		cmocka_unit_test(test_too_long_for_a_datagram),
		cmocka_unit_test(test_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
