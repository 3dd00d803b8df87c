/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/block_pair.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"

#define ROOM	(4u << 20)	/* of what the peer keeps */

/* A sender at the near end of a connection; the test is the far end. */
struct fixture {
	struct loop		*loop;
	struct tcp_pair		 pair;
	struct outcome		 out;
	struct block_send	*send;
	uint8_t			*got;		/* by the peer */
	size_t			 len;
};

static void
open_send(struct fixture *f, size_t block, int buffer)
{
	memset(f, 0, sizeof(*f));
	f->loop = loop_new();
	assert_non_null(f->loop);
	tcp_pair_open(&f->pair, buffer);
	outcome_init(&f->out, f->loop);
	f->send = block_send_new(f->loop, f->pair.near, block, false,
	    &send_events, &f->out);
	assert_non_null(f->send);
	f->got = malloc(ROOM);
	assert_non_null(f->got);
}

static void
close_send(struct fixture *f)
{
	block_send_free(f->send);
	tcp_pair_close(&f->pair);
	loop_free(f->loop);
	free(f->got);
}

/* Rounds until the peer has at least want bytes. */
static void
receive(struct fixture *f, size_t want)
{
	int64_t end = clock_mono() + 20 * CLOCK_NS_PER_S;

	assert_true(want <= ROOM);
	while (f->len < want) {
		assert_true(clock_mono() < end);
		loop_once(f->loop, clock_mono() + CLOCK_NS_PER_MS);
		f->len += read_some(f->pair.far, f->got + f->len,
		    ROOM - f->len);
	}
}

/* Header number i of what the peer has; returns its time. */
static int64_t
check_header(const struct fixture *f, size_t block, size_t i)
{
	uint64_t sequence;
	int64_t when;

	wire_header_get(f->got + i * block, &sequence, &when);
	assert_int_equal(sequence, i);
	return when;
}

static void
echo(struct fixture *f, size_t block, size_t i)
{
	write_all(f->pair.far, f->got + i * block, WIRE_HEADER_LEN);
}

static void
check_stream(size_t block)
{
	int64_t begin, when, last;
	struct fixture f;
	size_t i, n;

	open_send(&f, block, 300000);
	last = begin = clock_mono();
	assert_int_equal(block_send_start(f.send), 0);
	receive(&f, 700000);
	block_send_stop(f.send);
	n = (f.len - WIRE_HEADER_LEN) / block + 1;
	for (i = 0; i < n; i++) {
		when = check_header(&f, block, i);
		assert_true(when >= last);
		last = when;
		if (i < 1000)
			echo(&f, block, i);
	}
	assert_true(last <= clock_mono());
	run_until_idle(f.loop);
	assert_int_equal(f.out.received, n < 1000 ? n : 1000);
	assert_int_equal(f.out.good, f.out.received);
	assert_true(f.out.min_ns > 0);
	assert_true(f.out.max_ns <= clock_mono() - begin);
	assert_int_equal(block_send_state(f.send)->bad, 0);
	close_send(&f);
}

static void
test_blocks_are_numbered_and_stamped(void **state)
{
	static const size_t blocks[] = { 16, 17, 64, 1000, 8192, 65536,
	    100001 };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(blocks); i++)
		check_stream(blocks[i]);
}

/* A block that found no room is stamped when it finds some: the time before
 * is not in its RTT. */
static void
test_refused_block_is_stamped_anew(void **state)
{
	const size_t block = 1000;
	struct fixture f;
	int64_t resumed;
	size_t next;

	(void)state;
	open_send(&f, block, 30000);
	assert_int_equal(block_send_start(f.send), 0);
	run_until_idle(f.loop);
	next = (size_t)block_send_state(f.send)->started;
	assert_true(next > 0);
	resumed = clock_mono();
	receive(&f, (next + 1) * block);
	assert_true(check_header(&f, block, next - 1) < resumed);
	assert_true(check_header(&f, block, next) >= resumed);
	close_send(&f);
}

static void
test_rtt_is_from_first_byte_to_last_of_the_echo(void **state)
{
	const int64_t hold = 30 * CLOCK_NS_PER_MS;
	int64_t before, after, until;
	struct fixture f;

	(void)state;
	open_send(&f, 65536, 0);
	before = clock_mono();
	assert_int_equal(block_send_start(f.send), 0);
	receive(&f, WIRE_HEADER_LEN);
	block_send_stop(f.send);
	write_all(f.pair.far, f.got, WIRE_HEADER_LEN - 1);
	after = clock_mono();
	for (until = after + hold; clock_mono() < until;)
		loop_once(f.loop, until);
	assert_int_equal(f.out.received, 0);
	write_all(f.pair.far, f.got + WIRE_HEADER_LEN - 1, 1);
	run_until_idle(f.loop);
	assert_int_equal(f.out.good, 1);
	assert_true(f.out.min_ns >= hold);
	assert_true(f.out.min_ns <= clock_mono() - before);
	close_send(&f);
}

static void
test_foreign_echo_gives_no_rtt(void **state)
{
	uint8_t foreign[WIRE_HEADER_LEN];
	struct fixture f;

	(void)state;
	open_send(&f, 65536, 0);
	assert_int_equal(block_send_start(f.send), 0);
	receive(&f, 65536);
	block_send_stop(f.send);
	wire_header_put(foreign, 7, clock_mono());
	write_all(f.pair.far, foreign, sizeof(foreign));
	run_until_idle(f.loop);
	assert_int_equal(f.out.received, 1);
	assert_int_equal(f.out.good, 0);
	assert_int_equal(block_send_state(f.send)->bad, 1);
	close_send(&f);
}

static void
test_stop_sends_no_more_and_reads_on(void **state)
{
	struct fixture f;
	struct block_echo *e;
	struct outcome far;
	uint64_t bytes;

	(void)state;
	open_send(&f, 8192, 0);
	outcome_init(&far, f.loop);
	e = block_echo_new(f.loop, f.pair.far, 8192, false, &echo_events,
	    &far);
	assert_int_equal(block_echo_start(e), 0);
	assert_int_equal(block_send_start(f.send), 0);
	while (f.out.received < 2000)
		loop_once(f.loop, clock_mono() + CLOCK_NS_PER_MS);
	block_send_stop(f.send);
	bytes = block_send_state(f.send)->bytes;
	run_until_idle(f.loop);
	assert_int_equal(block_send_state(f.send)->bytes, bytes);
	assert_int_equal(far.received, bytes);
	assert_int_equal(f.out.received, (bytes - WIRE_HEADER_LEN) / 8192 + 1);
	assert_int_equal(f.out.good, f.out.received);
	block_echo_free(e);
	close_send(&f);
}

/* How the peer goes, and when: the sender tells once and sleeps. */
static void
check_end(bool reset, bool started)
{
	struct fixture f;

	open_send(&f, 65536, 0);
	if (started)
		assert_int_equal(block_send_start(f.send), 0);
	else
		assert_int_equal(block_send_probe(f.send, 3,
		    60 * CLOCK_NS_PER_S, on_probed), 0);
	receive(&f, WIRE_HEADER_LEN);
	if (reset)
		assert_int_equal(sock_set_abort(f.pair.far), 0);
	else
		while (read_some(f.pair.far, f.got, ROOM) > 0)
			;
	close(f.pair.far);
	f.pair.far = -1;
	run_until(f.loop, has_ended, &f.out);
	run_until_idle(f.loop);
	assert_int_equal(f.out.ended, 1);
	assert_int_equal(f.out.probed, 0);
	if (!started && !reset)
		assert_int_equal(f.out.error, 0);
	if (reset)
		assert_true(f.out.error == ECONNRESET ||
		    f.out.error == EPIPE);
	close_send(&f);
}

static void
test_end_of_the_connection_is_told_once(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		check_end((i & 1) != 0, (i & 2) != 0);
}

/* Only our half is closed by the peer: a polite server. */
static void
test_polite_end_is_seen_while_sending(void **state)
{
	struct fixture f;

	(void)state;
	open_send(&f, 65536, 0);
	assert_int_equal(block_send_start(f.send), 0);
	receive(&f, WIRE_HEADER_LEN);
	assert_int_equal(shutdown(f.pair.far, SHUT_WR), 0);
	run_until(f.loop, has_ended, &f.out);
	assert_string_equal(f.out.during, "read");
	assert_int_equal(f.out.error, 0);
	close_send(&f);
}

/* Header alone, nothing before its echo, then the rest, then the next. */
static void
test_probe_takes_turns(void **state)
{
	const size_t block = 20000;
	struct fixture f;
	size_t i;

	(void)state;
	open_send(&f, block, 0);
	assert_int_equal(block_send_probe(f.send, 3, 60 * CLOCK_NS_PER_S,
	    on_probed), 0);
	for (i = 0; i < 3; i++) {
		receive(&f, i * block + WIRE_HEADER_LEN);
		run_until_idle(f.loop);
		f.len += read_some(f.pair.far, f.got + f.len, ROOM - f.len);
		assert_int_equal(f.len, i * block + WIRE_HEADER_LEN);
		check_header(&f, block, i);
		echo(&f, block, i);
		if (i < 2)
			receive(&f, (i + 1) * block);
	}
	run_until_idle(f.loop);
	assert_int_equal(f.out.probed, 1);
	assert_int_equal(f.out.samples, 3);
	assert_int_equal(f.out.received, 0);
	assert_true(f.out.min_ns > 0);
	close_send(&f);
}

/* A peer that does not echo costs the time-out and nothing else: the test
 * goes on in the middle of the block. */
static void
test_probe_gives_up_in_time(void **state)
{
	const size_t block = 20000;
	int64_t begin = clock_mono(), timeout = 50 * CLOCK_NS_PER_MS;
	struct fixture f;
	size_t i;

	(void)state;
	open_send(&f, block, 0);
	assert_int_equal(block_send_probe(f.send, 3, timeout, on_probed), 0);
	while (f.out.probed == 0)
		loop_once(f.loop, begin + 100 * timeout);
	assert_true(clock_mono() - begin >= timeout);
	assert_int_equal(f.out.samples, 0);
	assert_int_equal(block_send_start(f.send), 0);
	receive(&f, 4 * block);
	for (i = 0; i < 4; i++)
		check_header(&f, block, i);
	close_send(&f);
}

static void
test_probe_rejects_nonsense(void **state)
{
	struct fixture f;

	(void)state;
	open_send(&f, 65536, 0);
	assert_int_equal(block_send_probe(f.send, 0, 1, on_probed), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(block_send_probe(f.send, BLOCK_SEND_PROBES + 1, 1,
	    on_probed), -1);
	assert_int_equal(errno, EINVAL);
	close_send(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_are_numbered_and_stamped),
		cmocka_unit_test(test_refused_block_is_stamped_anew),
		cmocka_unit_test(
		    test_rtt_is_from_first_byte_to_last_of_the_echo),
		cmocka_unit_test(test_foreign_echo_gives_no_rtt),
		cmocka_unit_test(test_stop_sends_no_more_and_reads_on),
		cmocka_unit_test(test_end_of_the_connection_is_told_once),
		cmocka_unit_test(test_polite_end_is_seen_while_sending),
		cmocka_unit_test(test_probe_takes_turns),
		cmocka_unit_test(test_probe_gives_up_in_time),
		cmocka_unit_test(test_probe_rejects_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
