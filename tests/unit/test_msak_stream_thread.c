/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads for streams: what is posted is done there, and the two ends of a
 * stream may live in two of them. */
#include "config.h"

#include <unistd.h>

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "common/clock.h"
#include "msak/stream_thread.h"
#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#define JOBS	1000
#define PAIRS	4
#define BYTES	3000000

enum { SERVER, CLIENT, SIDES };

struct end {
	struct job	 job;
	struct stream_thread *thread;
	struct transport t;
	struct stream_conf conf;
	struct stream	 stream;
	bool		 failed;
	_Atomic bool	 ended;
};

struct count {
	struct job	 job;
	pthread_t	 ran_in;
};

static void
test_number(void **state)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	(void)state;
	assert_int_equal(stream_threads_number(3), 3);
	assert_int_equal(stream_threads_number(1024), 1024);
	assert_int_equal(stream_threads_number(INT64_MAX), 1024);
	assert_int_equal(stream_threads_number(0), cores < 1 ? 1 : cores);
}

static void
count(struct job *j, void *arg)
{
	struct count *c = (struct count *)(void *)j;
	int *n = arg;

	c->ran_in = pthread_self();
	++*n;
}

/* The end waits for what was posted before. */
static void
test_everything_is_done(void **state)
{
	static struct count counts[JOBS];
	struct stream_thread t = { .loop = NULL };
	pthread_t it;
	int i, n = 0;

	(void)state;
	assert_int_equal(stream_thread_start(&t, false, &n), 0);
	assert_null(t.io);
	it = t.thread;
	for (i = 0; i < JOBS; i++) {
		counts[i].job.run = count;
		mailbox_post(&t.in, &counts[i].job);
	}
	stream_thread_end(&t);
	assert_int_equal(n, JOBS);
	for (i = 0; i < JOBS; i++)
		assert_true(pthread_equal(counts[i].ran_in, it));
}

static void
test_never_started(void **state)
{
	struct stream_thread t = { .loop = NULL };

	(void)state;
	stream_thread_end(&t);
	stream_thread_end(&t);
}

static void
on_ended(struct stream *s)
{
	struct end *e = s->arg;

	e->ended = true;
}

static const struct stream_ops ops = { .ended = on_ended };

/* In the thread. */
static void
begin(struct job *j, void *arg)
{
	struct end *e = (struct end *)(void *)j;

	(void)arg;
	e->stream.arg = e;
	if (stream_start(&e->stream, e->thread->io, &e->t, NULL, 0, &e->conf,
	    &ops) == -1) {
		e->failed = true;
		e->ended = true;
	}
}

static void
start(struct end *e, struct stream_thread *t, int fd, int side)
{
	const int64_t now_ns = clock_mono();

	e->thread = t;
	transport_clear(&e->t, fd);
	e->conf = (struct stream_conf){
		.server = side == SERVER,
		.sender = side == CLIENT,
		.bytes = BYTES,
		.end_ns = now_ns + 20 * CLOCK_NS_PER_S,
		.connected_ns = now_ns,
		.uuid_prefix = "test",
		.seed = (uint64_t)random()
	};
	e->job.run = begin;
	mailbox_post(&t->in, &e->job);
}

static void
wait_for(const struct end *e)
{
	const int64_t stop_ns = clock_mono() + 25 * CLOCK_NS_PER_S;
	int64_t seen = 0, now;

	/* What another thread receives can be looked at. */
	while (!e->ended && clock_mono() < stop_ns) {
		now = e->stream.app_received;
		assert_true(now >= seen);
		seen = now;
		usleep(1000);
	}
	assert_true(e->ended);
	assert_false(e->failed);
}

/* Uploads of so many bytes: exact, whoever runs where. */
static void
test_streams_across_threads(void **state)
{
	static struct end ends[PAIRS][SIDES];
	struct stream_thread threads[3];
	int fds[2], i, side;

	(void)state;
	memset(threads, 0, sizeof(threads));
	for (i = 0; i < 3; i++)
		assert_int_equal(stream_thread_start(&threads[i], true, NULL),
		    0);
	for (i = 0; i < PAIRS; i++) {
		net_tcp_pair("127.0.0.1", fds);
		for (side = 0; side < SIDES; side++)
			start(&ends[i][side], &threads[(i + side) % 3],
			    fds[side], side);
	}
	for (i = 0; i < PAIRS; i++)
		for (side = 0; side < SIDES; side++)
			wait_for(&ends[i][side]);
	for (i = 0; i < 3; i++)
		stream_thread_end(&threads[i]);
	for (i = 0; i < PAIRS; i++) {
		assert_int_equal(ends[i][SERVER].stream.end, STREAM_LIMIT);
		assert_true(ends[i][SERVER].stream.clean);
		assert_true(ends[i][CLIENT].stream.clean);
		assert_int_equal(ends[i][SERVER].stream.app_received,
		    ends[i][CLIENT].stream.app_sent);
		assert_true(ends[i][CLIENT].stream.app_sent >= BYTES);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_everything_is_done),
		cmocka_unit_test(test_never_started),
		cmocka_unit_test(test_streams_across_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
