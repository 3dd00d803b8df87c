/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/block_pair.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"

#define STREAM	400000		/* bytes, more than one read takes */

/* An echoer at the far end of a connection; the test is the near end. */
struct fixture {
	struct loop		*loop;
	struct tcp_pair		 pair;
	struct outcome		 out;
	struct block_echo	*echo;
};

static void
open_echo(struct fixture *f, size_t block, bool notes, int buffer)
{
	f->loop = loop_new();
	assert_non_null(f->loop);
	tcp_pair_open(&f->pair, buffer);
	outcome_init(&f->out, f->loop);
	f->echo = block_echo_new(f->loop, f->pair.far, block, notes,
	    &echo_events, &f->out);
	assert_non_null(f->echo);
	assert_int_equal(block_echo_start(f->echo), 0);
}

static void
close_echo(struct fixture *f)
{
	block_echo_free(f->echo);
	tcp_pair_close(&f->pair);
	loop_free(f->loop);
}

/* Header bytes among the first n of a stream. */
static size_t
header_bytes(size_t n, size_t block)
{
	size_t rest = n % block;

	return n / block * WIRE_HEADER_LEN +
	    (rest < WIRE_HEADER_LEN ? rest : WIRE_HEADER_LEN);
}

/* Take echoes into buf until want are there. */
static void
await_echoes(struct fixture *f, uint8_t *buf, size_t *have, size_t want)
{
	int64_t end = clock_mono() + 20 * CLOCK_NS_PER_S;

	while (*have < want) {
		assert_true(clock_mono() < end);
		loop_once(f->loop, clock_mono() + CLOCK_NS_PER_MS);
		*have += read_some(f->pair.near, buf + *have, STREAM - *have);
	}
	assert_int_equal(*have, want);
}

static size_t
random_piece(size_t left)
{
	size_t n = 1 + (size_t)random() % (random() % 4 == 0 ? 90000 : 40);

	return n < left ? n : left;
}

/*
 * However the stream is cut, after each piece exactly the header bytes so far
 * have come back, in order.
 */
static void
check_pieces(size_t block)
{
	uint8_t *stream = malloc(STREAM), *echoes = malloc(STREAM);
	size_t piece, i, sent = 0, have = 0;
	struct fixture f;

	assert_non_null(stream);
	assert_non_null(echoes);
	for (i = 0; i < STREAM; i++)
		stream[i] = (uint8_t)random();
	open_echo(&f, block, false, 1000000);
	while (sent < STREAM) {
		piece = random_piece(STREAM - sent);
		write_all(f.pair.near, stream + sent, piece);
		sent += piece;
		await_echoes(&f, echoes, &have, header_bytes(sent, block));
	}
	for (i = 0; i < have; i++)
		assert_int_equal(echoes[i], stream[i / WIRE_HEADER_LEN *
		    block + i % WIRE_HEADER_LEN]);
	run_until_idle(f.loop);
	assert_int_equal(f.out.received, STREAM);
	assert_int_equal(block_echo_state(f.echo)->bytes, STREAM);
	assert_int_equal(block_echo_state(f.echo)->blocks, STREAM / block);
	assert_int_equal(f.out.ended, 0);
	close_echo(&f);
	free(stream);
	free(echoes);
}

static void
test_headers_come_back_as_they_arrive(void **state)
{
	static const size_t blocks[] = { 16, 17, 31, 64, 1000, 8192, 32767,
	    32768, 65536, 100001 };
	size_t i;

	(void)state;
	unit_seed();
	for (i = 0; i < NELEM(blocks); i++)
		check_pieces(blocks[i]);
}

/* Write until the other side takes no more. */
static size_t
stuff(struct fixture *f, const uint8_t *buf, size_t len)
{
	size_t total = 0;
	ssize_t n;

	for (;;) {
		n = send(f->pair.near, buf, len, MSG_NOSIGNAL);
		if (n > 0) {
			total += (size_t)n;
			continue;
		}
		assert_int_equal(errno, EAGAIN);
		run_until_idle(f->loop);
		n = send(f->pair.near, buf, 1, MSG_NOSIGNAL);
		if (n == -1)
			return total;
		total++;
	}
}

/*
 * A peer that never reads: the echoer stops reading and sleeps, and goes on
 * without a gap once its echoes are taken.
 */
static void
test_unread_echoes_stop_the_reading(void **state)
{
	static uint8_t zeros[65536], sink[65536];
	size_t sent, n, back = 0;
	struct fixture f;

	(void)state;
	open_echo(&f, 16, false, 20000);
	sent = stuff(&f, zeros, sizeof(zeros));
	assert_true(block_echo_state(f.echo)->bytes < sent);
	assert_int_equal(f.out.ended, 0);
	while (back < sent) {
		n = read_some(f.pair.near, sink, sizeof(sink));
		back += n;
		if (n == 0)
			run_until_idle(f.loop);
	}
	assert_int_equal(back, sent);
	assert_int_equal(f.out.received, sent);
	close_echo(&f);
}

static void
test_close_is_an_end_without_error(void **state)
{
	static const size_t blocks[] = { 16, 8192, 65536 };
	struct fixture f;
	size_t i, reset;

	(void)state;
	for (i = 0; i < NELEM(blocks) * 2; i++) {
		reset = i % 2;
		open_echo(&f, blocks[i / 2], false, 0);
		write_all(f.pair.near, "in the middle of a header", 10);
		run_until_idle(f.loop);
		if (reset)
			assert_int_equal(sock_set_abort(f.pair.near), 0);
		close(f.pair.near);
		run_until(f.loop, has_ended, &f.out);
		run_until_idle(f.loop);
		assert_int_equal(f.out.ended, 1);
		assert_int_equal(f.out.error, 0);
		assert_int_equal(f.out.received, 10);
		f.pair.near = dup(f.pair.far);
		close_echo(&f);
	}
}

/* The peer vanishes while the echoer waits for it to read. */
static void
test_reset_is_noticed_while_stuck(void **state)
{
	static uint8_t zeros[65536];
	struct fixture f;

	(void)state;
	open_echo(&f, 16, false, 20000);
	stuff(&f, zeros, sizeof(zeros));
	assert_int_equal(sock_set_abort(f.pair.near), 0);
	close(f.pair.near);
	run_until(f.loop, has_ended, &f.out);
	assert_int_equal(f.out.ended, 1);
	assert_int_equal(f.out.error, 0);
	f.pair.near = dup(f.pair.far);
	close_echo(&f);
}

static void
test_activity_is_when_bytes_moved(void **state)
{
	struct fixture f;
	int64_t before, first;

	(void)state;
	open_echo(&f, 65536, false, 0);
	run_until_idle(f.loop);
	before = clock_mono();
	assert_true(block_echo_active(f.echo) <= before);
	write_all(f.pair.near, "x", 1);
	run_until_idle(f.loop);
	first = block_echo_active(f.echo);
	assert_true(first >= before);
	run_until_idle(f.loop);
	assert_int_equal(block_echo_active(f.echo), first);
	close_echo(&f);
}

static void
test_malformed_note_ends_the_stream(void **state)
{
	uint8_t block[EXT_REVERSE_MIN_BLOCK];
	struct fixture f;

	(void)state;
	memset(block, 0xff, sizeof(block));
	open_echo(&f, sizeof(block), true, 0);
	write_all(f.pair.near, block, sizeof(block));
	run_until(f.loop, has_ended, &f.out);
	assert_string_equal(f.out.during, "read");
	assert_int_equal(f.out.error, EBADMSG);
	assert_int_equal(f.out.notes, 0);
	close_echo(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers_come_back_as_they_arrive),
		cmocka_unit_test(test_unread_echoes_stop_the_reading),
		cmocka_unit_test(test_close_is_an_end_without_error),
		cmocka_unit_test(test_reset_is_noticed_while_stuck),
		cmocka_unit_test(test_activity_is_when_bytes_moved),
		cmocka_unit_test(test_malformed_note_ends_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
