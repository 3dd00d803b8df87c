/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ends of throughput1 streams over loopback, in one loop. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "msak/stream.h"
#include "tests/unit/net.h"
#include "tests/unit/unit.h"

enum { SERVER, CLIENT };

/* Of the streams that run starts. */
static int64_t limit_ns;

struct end {
	struct stream	stream;
	bool		ended;
	unsigned int	own, peer, firsts;
	struct measurement last_peer;
};

struct pair {
	struct loop	*loop;
	struct stream_io *io;
	struct end	 ends[2];
	int64_t		 held_ns;	/* longest that the host held us up */
};

static void
on_measured(struct stream *s, bool ours, const struct measurement *m,
    const struct measurement_first *first)
{
	struct end *e = s->arg;

	if (ours)
		e->own++;
	else {
		e->peer++;
		e->last_peer = *m;
	}
	if (first != NULL) {
		e->firsts++;
		assert_string_not_equal(first->uuid, "");
		assert_string_not_equal(first->cc, "");
	}
}

static void
on_ended(struct stream *s)
{
	struct end *e = s->arg;

	assert_false(e->ended);
	e->ended = true;
}

static const struct stream_ops ops = {
	.measured = on_measured,
	.ended = on_ended
};

static void
begin(struct pair *p, int which, int fd, const struct stream_conf *given)
{
	struct stream_conf conf = *given;
	struct transport t;

	conf.server = which == SERVER;
	conf.connected_ns = clock_mono();
	conf.uuid_prefix = "test";
	conf.seed = (uint64_t)random();
	transport_clear(&t, fd);
	p->ends[which].stream.arg = &p->ends[which];
	assert_int_equal(stream_start(&p->ends[which].stream, p->io, &t, NULL,
	    0, &conf, &ops), 0);
}

/* Two ends of a connection, in a loop that is to be run. */
static void
connect_pair(struct pair *p, int fds[2])
{
	memset(p, 0, sizeof(*p));
	p->loop = loop_new();
	assert_non_null(p->loop);
	p->io = stream_io_new(p->loop);
	assert_non_null(p->io);
	net_tcp_pair("127.0.0.1", fds);
}

static void
let_end(struct pair *p)
{
	int64_t now_ns = clock_mono(), last_ns;
	const int64_t stop_ns = now_ns + 10 * CLOCK_NS_PER_S;

	/* Data flow all the time: a turn of the loop is short. */
	while ((!p->ends[0].ended || !p->ends[1].ended) && now_ns < stop_ns) {
		assert_int_equal(loop_once(p->loop, stop_ns), 0);
		last_ns = now_ns;
		now_ns = clock_mono();
		if (now_ns - last_ns > p->held_ns)
			p->held_ns = now_ns - last_ns;
	}
	assert_true(p->ends[SERVER].ended);
	assert_true(p->ends[CLIENT].ended);
}

/* seconds: of server and client. */
static void
run(struct pair *p, bool upload, int64_t bytes, double server_s,
    double client_s)
{
	struct stream_conf conf = { .bytes = bytes, .limit_ns = limit_ns };
	int64_t now_ns = clock_mono();
	int fds[2];

	connect_pair(p, fds);
	conf.sender = !upload;
	conf.end_ns = now_ns + (int64_t)(server_s * 1e9);
	begin(p, SERVER, fds[SERVER], &conf);
	conf.sender = upload;
	conf.bytes = upload ? bytes : 0;
	conf.end_ns = now_ns + (int64_t)(client_s * 1e9);
	begin(p, CLIENT, fds[CLIENT], &conf);
	let_end(p);
}

static void
done(struct pair *p)
{
	stream_io_free(p->io);
	loop_free(p->loop);
}

/* What one end counted is what the other did, and both say goodbye. */
static void
check(const struct pair *p, bool upload)
{
	const struct stream *tx = &p->ends[upload ? CLIENT : SERVER].stream;
	const struct stream *rx = &p->ends[upload ? SERVER : CLIENT].stream;

	assert_true(rx->app_received <= tx->app_sent);
	assert_int_equal(p->ends[SERVER].firsts, p->ends[CLIENT].firsts);
	assert_true(p->ends[SERVER].stream.clean);
	assert_true(p->ends[CLIENT].stream.clean);
	assert_string_equal(p->ends[CLIENT].stream.error, "");
	assert_string_equal(p->ends[SERVER].stream.error, "");
}

static void
timed(bool upload)
{
	struct pair p;
	const struct end *e = p.ends;

	run(&p, upload, 0, 0.5, 5);
	check(&p, upload);
	assert_int_equal(e[SERVER].stream.end, STREAM_TIMEOUT);
	assert_int_equal(e[CLIENT].stream.end, STREAM_PEER_CLOSE);
	/* Ticks every 100 to 400 ms, and one at the end. */
	assert_in_range(e[SERVER].own,
	    p.held_ns < 50 * CLOCK_NS_PER_MS ? 2 : 1, 6);
	assert_true(e[CLIENT].peer == e[SERVER].own);
	assert_true(e[upload ? CLIENT : SERVER].stream.app_sent > 1000000);
	/* The last one tells all that went before. */
	if (upload)
		assert_true(e[CLIENT].last_peer.app_received > 1000000);
	else
		assert_true(e[CLIENT].last_peer.app_sent <=
		    e[CLIENT].stream.app_received);
	done(&p);
}

static void
test_timed_download(void **state)
{
	(void)state;
	timed(false);
}

static void
test_timed_upload(void **state)
{
	(void)state;
	timed(true);
}

/* The client's time is over first. */
static void
test_client_ends(void **state)
{
	struct pair p;

	(void)state;
	run(&p, false, 0, 5, 0.3);
	check(&p, false);
	assert_int_equal(p.ends[CLIENT].stream.end, STREAM_TIMEOUT);
	assert_int_equal(p.ends[SERVER].stream.end, STREAM_PEER_CLOSE);
	assert_true(p.ends[SERVER].peer > 0);
	done(&p);
}

/* No text before the end of so short a test, so payload is exact. */
static void
limited(bool upload, int64_t bytes)
{
	struct pair p;
	const struct end *e = p.ends;

	run(&p, upload, bytes, 5, 5);
	check(&p, upload);
	assert_int_equal(e[SERVER].stream.end, STREAM_LIMIT);
	if (upload) {
		assert_true(e[SERVER].stream.app_received >= bytes);
		assert_true(e[CLIENT].last_peer.app_received >= bytes);
		assert_int_equal(e[CLIENT].stream.app_sent, bytes);
	} else
		assert_int_equal(e[CLIENT].last_peer.app_sent, bytes);
	done(&p);
}

/* Longer than either end allows: a final measurement and close all the same.*/
static void
test_longest(void **state)
{
	struct pair p;

	(void)state;
	limit_ns = CLOCK_NS_PER_S / 2;
	run(&p, false, 0, 60, 60);
	limit_ns = 0;
	check(&p, false);
	assert_in_range(p.ends[SERVER].stream.end_ns -
	    p.ends[SERVER].stream.start_ns, CLOCK_NS_PER_S / 2,
	    CLOCK_NS_PER_S + p.held_ns);
	assert_int_equal(p.ends[SERVER].stream.end, STREAM_TIMEOUT);
	done(&p);
}

static void
test_limits(void **state)
{
	(void)state;
	limited(false, 1);
	limited(false, 20000);
	limited(false, 150000);
	limited(true, 1);
	limited(true, 150000);
}

/* A server that does not know of the limit, or looks late: nothing is sent
 * behind it but, when the time is over, the last measurement. */
static void
test_silence_behind_the_limit(void **state)
{
	struct stream_conf conf = { .sender = false };
	int64_t now_ns = clock_mono();
	struct pair p;
	int fds[2];

	(void)state;
	connect_pair(&p, fds);
	conf.end_ns = now_ns + 5 * CLOCK_NS_PER_S;
	begin(&p, SERVER, fds[SERVER], &conf);
	conf.sender = true;
	conf.bytes = 20000;
	conf.end_ns = now_ns + CLOCK_NS_PER_S;
	begin(&p, CLIENT, fds[CLIENT], &conf);
	let_end(&p);
	check(&p, true);
	assert_int_equal(p.ends[CLIENT].own, 1);
	assert_int_equal(p.ends[SERVER].peer, 1);
	assert_int_equal(p.ends[SERVER].last_peer.app_sent, 20000);
	assert_true(p.ends[CLIENT].peer > 1);
	done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timed_download),
		cmocka_unit_test(test_timed_upload),
		cmocka_unit_test(test_client_ends),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_silence_behind_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
