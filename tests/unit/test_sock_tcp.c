/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"

#define BULK	100000	/* bytes */

static void
fill(uint8_t *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)(i * 7 + i / 256);
}

static void
discard_exactly(int fd, size_t len)
{
	ssize_t n;

	while (len > 0) {
		net_wait_readable(fd);
		n = sock_discard(fd, len);
		assert_in_range(n, 1, len);
		len -= (size_t)n;
	}
}

/* Alternately read and discard: what is read is what was sent there. */
static void
test_discard_takes_exactly_what_it_says(void **state)
{
	static uint8_t sent[BULK], got[BULK];
	size_t at = 0, len;
	int fds[2];

	(void)state;
	unit_seed();
	fill(sent, sizeof(sent));
	net_tcp_pair("127.0.0.1", fds);
	net_write(fds[0], sent, sizeof(sent));
	shutdown(fds[0], SHUT_WR);
	while (at < sizeof(sent)) {
		len = 1 + (size_t)random() % 4000;
		if (len > sizeof(sent) - at)
			len = sizeof(sent) - at;
		if (random() % 2 == 0)
			discard_exactly(fds[1], len);
		else {
			net_read(fds[1], got, len);
			assert_memory_equal(got, sent + at, len);
		}
		at += len;
	}
	net_wait_readable(fds[1]);
	assert_int_equal(sock_discard(fds[1], 1), 0);
	close(fds[0]);
	close(fds[1]);
}

static void
test_discard_of_nothing(void **state)
{
	int fds[2];

	(void)state;
	net_tcp_pair("127.0.0.1", fds);
	assert_int_equal(sock_discard(fds[1], 100), -1);
	assert_int_equal(errno, EAGAIN);
	net_write(fds[0], "abc", 3);
	net_wait_readable(fds[1]);
	assert_int_equal(sock_discard(fds[1], 1000000), 3);
	close(fds[0]);
	close(fds[1]);
}

static bool
all_unknown(const struct sock_tcp_info *ti)
{
	return ti->rtt_ns < 0 && ti->rttvar_ns < 0 && ti->min_rtt_ns < 0 &&
	    ti->retransmits < 0 && ti->lost < 0 && ti->cwnd_bytes < 0 &&
	    ti->ssthresh_bytes < 0 && ti->delivery_rate_bps < 0 &&
	    ti->bytes_acked < 0 && ti->bytes_received < 0 &&
	    ti->busy_ns < 0 && ti->rwnd_limited_ns < 0 &&
	    ti->sndbuf_limited_ns < 0 && ti->mss < 0 && ti->pmtu < 0;
}

static void
test_tcp_info_of_a_transfer(void **state)
{
	static uint8_t buf[BULK];
	struct sock_tcp_info snd, rcv;
	int fds[2];

	(void)state;
	net_tcp_pair("127.0.0.1", fds);
	net_write(fds[0], buf, sizeof(buf));
	net_read(fds[1], buf, sizeof(buf));
	net_write(fds[1], "k", 1);
	net_read(fds[0], buf, 1);
	if (!UNIT_LINUX) {
		assert_int_equal(sock_tcp_info(fds[0], &snd), -1);
		assert_true(all_unknown(&snd));
		close(fds[0]);
		close(fds[1]);
		return;
	}
	assert_int_equal(sock_tcp_info(fds[0], &snd), 0);
	assert_int_equal(sock_tcp_info(fds[1], &rcv), 0);
	/* The SYN counts as an acknowledged byte. */
	assert_in_range(snd.bytes_acked, BULK, BULK + 1);
	assert_int_equal(rcv.bytes_received, BULK);
	assert_int_equal(snd.bytes_received, 1);
	assert_int_equal(snd.mss, sock_mss(fds[0]));
	assert_int_equal(snd.pmtu, sock_path_mtu(fds[0]));
	assert_int_equal(snd.cwnd_bytes % snd.mss, 0);
	assert_true(snd.cwnd_bytes > 0);
	assert_in_range(snd.min_rtt_ns, 0, CLOCK_NS_PER_S);
	assert_true(snd.rtt_ns >= snd.min_rtt_ns / 2);
	assert_true(snd.busy_ns >= snd.sndbuf_limited_ns);
	assert_true(snd.retransmits >= 0 && snd.lost >= 0);
	close(fds[0]);
	close(fds[1]);
}

static void
test_tcp_info_of_no_tcp(void **state)
{
	struct addr a = net_addr("127.0.0.1", 0);
	struct sock_tcp_info ti;
	int fd = sock_udp(&a);

	(void)state;
	memset(&ti, 0, sizeof(ti));
	assert_int_equal(sock_tcp_info(fd, &ti), -1);
	assert_true(all_unknown(&ti));
	close(fd);
}

static void
test_outq_counts_what_is_not_acknowledged(void **state)
{
	static uint8_t buf[BULK];
	int fds[2], queued;
	size_t sent = 0;
	ssize_t n;

	(void)state;
	net_tcp_pair("127.0.0.1", fds);
	assert_int_equal(sock_outq(fds[0]), 0);
	while ((n = write(fds[0], buf, sizeof(buf))) > 0)
		sent += (size_t)n;
	assert_int_equal(errno, EAGAIN);
	queued = sock_outq(fds[0]);
	assert_in_range(queued, 1, sent);
	discard_exactly(fds[1], sent);
	while (sock_outq(fds[0]) > 0)
		usleep(1000);
	assert_int_equal(sock_outq(fds[0]), 0);
	close(fds[0]);
	close(fds[1]);
}

static void
test_drops_are_counted_exactly(void **state)
{
	struct addr to = net_addr("127.0.0.1", 0), from = to;
	int fd = sock_udp(&to), sender = sock_udp(&from), i, got = 0;
	char buf[1000] = { 0 };
	int64_t drops;

	(void)state;
	assert_int_equal(sock_local(fd, &to), 0);
	sock_set_rcvbuf(fd, 4096);
	for (i = 0; i < 500; i++)
		assert_int_equal(sendto(sender, buf, sizeof(buf), 0, &to.sa,
		    to.len), sizeof(buf));
	while (recv(fd, buf, sizeof(buf), 0) > 0)
		got++;
	assert_in_range(got, 1, 499);
	drops = sock_drops(fd);
	close(fd);
	close(sender);
	assert_int_equal(sock_drops(fd), -1);
	assert_int_equal(drops, UNIT_LINUX ? 500 - got : -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_discard_takes_exactly_what_it_says),
		cmocka_unit_test(test_discard_of_nothing),
		cmocka_unit_test(test_tcp_info_of_a_transfer),
		cmocka_unit_test(test_tcp_info_of_no_tcp),
		cmocka_unit_test(test_outq_counts_what_is_not_acknowledged),
		cmocka_unit_test(test_drops_are_counted_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
