/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/block_pair.h"
#include "tests/unit/unit.h"

#include "common/addr.h"
#include "common/clock.h"
#include "common/sock.h"

#define PATIENCE_NS	(20 * CLOCK_NS_PER_S)
#define IDLE_NS		(10 * CLOCK_NS_PER_MS)
#define IDLE_ROUNDS	4

void
tcp_pair_open(struct tcp_pair *p, int buffer)
{
	struct sock_connect_opts opts = { .dscp = -1, .sndbuf = buffer,
	    .rcvbuf = buffer };
	struct addr at, peer;
	int listener;

	assert_int_equal(addr_numeric("127.0.0.1", 0, &at), 0);
	listener = sock_listen(&at, 1);
	assert_int_not_equal(listener, -1);
	if (buffer > 0) {
		sock_set_sndbuf(listener, buffer);
		sock_set_rcvbuf(listener, buffer);
	}
	assert_int_equal(sock_local(listener, &at), 0);
	p->near = sock_connect(&at, &opts, clock_mono() + PATIENCE_NS);
	assert_int_not_equal(p->near, -1);
	/* The end of what is sent is not to wait for the rest to be
	 * acknowledged. */
	assert_int_equal(sock_set_nodelay(p->near, true), 0);
	p->far = sock_accept(listener, &peer);
	assert_int_not_equal(p->far, -1);
	close(listener);
}

void
tcp_pair_close(struct tcp_pair *p)
{
	close(p->near);
	if (p->far != -1)
		close(p->far);
}

void
outcome_init(struct outcome *o, struct loop *l)
{
	memset(o, 0, sizeof(*o));
	o->loop = l;
	o->min_ns = INT64_MAX;
}

static void
on_received(void *arg, size_t bytes)
{
	struct outcome *o = arg;

	assert_true(bytes > 0);
	o->received += bytes;
}

static void
on_note(void *arg, const struct ext_note *note)
{
	struct outcome *o = arg;

	assert_non_null(note);
	o->notes++;
}

static void
on_echoed(void *arg, size_t n, const int64_t *rtt_ns, size_t m)
{
	struct outcome *o = arg;
	size_t i;

	assert_true(n > 0);
	assert_true(m <= n);
	o->received += n;
	o->good += m;
	for (i = 0; i < m; i++) {
		if (rtt_ns[i] < o->min_ns)
			o->min_ns = rtt_ns[i];
		if (rtt_ns[i] > o->max_ns)
			o->max_ns = rtt_ns[i];
	}
}

static void
on_ended(void *arg, const char *during, int error)
{
	struct outcome *o = arg;

	o->ended++;
	o->during = during;
	o->error = error;
}

void
on_probed(void *arg, const int64_t *rtt_ns, size_t n)
{
	struct outcome *o = arg;
	size_t i;

	o->probed++;
	o->samples = n;
	for (i = 0; i < n; i++)
		if (rtt_ns[i] < o->min_ns)
			o->min_ns = rtt_ns[i];
}

const struct block_echo_events echo_events = {
	.received = on_received,
	.note = on_note,
	.ended = on_ended,
};

const struct block_send_events send_events = {
	.echoed = on_echoed,
	.ended = on_ended,
};

bool
has_ended(const void *outcome)
{
	return ((const struct outcome *)outcome)->ended > 0;
}

void
run_until(struct loop *l, bool (*done)(const void *), const void *arg)
{
	int64_t end = clock_mono() + PATIENCE_NS;

	while (!done(arg)) {
		assert_true(clock_mono() < end);
		assert_int_equal(loop_once(l, clock_mono() + CLOCK_NS_PER_MS),
		    0);
	}
}

/*
 * A round that took so long need not have been idle: this process may have
 * been stopped in the middle of it. Several in a row were.
 */
void
run_until_idle(struct loop *l)
{
	int64_t until, end = clock_mono() + PATIENCE_NS;
	int idle = 0;

	while (idle < IDLE_ROUNDS) {
		assert_true(clock_mono() < end);
		until = clock_mono() + IDLE_NS;
		assert_int_equal(loop_once(l, until), 0);
		idle = clock_mono() < until ? 0 : idle + 1;
	}
}

void
write_all(int fd, const void *buf, size_t len)
{
	assert_int_equal(send(fd, buf, len, MSG_NOSIGNAL), len);
}

size_t
read_some(int fd, void *buf, size_t len)
{
	ssize_t n = recv(fd, buf, len, MSG_DONTWAIT);

	if (n == -1)
		assert_int_equal(errno, EAGAIN);
	return n > 0 ? (size_t)n : 0;
}
