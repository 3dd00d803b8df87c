/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"
#include "common/udpio.h"

/* The kernel's part is played by the test. */
static int	fake_send(struct udpio_tx *, int, const struct addr *, size_t);
#define udpio_send	fake_send
#include "thrulay/dgram_send.c"
#undef udpio_send

#define PACKETS		2000
#define RATE		(100000 * UINT64_C(1000))	/* 100,000 a second */

/* What the kernel is to do and what it was given. */
struct fixture {
	struct loop		*loop;
	struct dgram_send_config conf;
	struct dgram_send	*send;
	struct sched		 pace;		/* the schedule, once more */
	uint64_t		 got;		/* packets, in order */
	int			 calls;
	int64_t			 last_ns;	/* of the last call */
	int64_t			 gap_ns;	/* smallest between calls */
	/* what a call returns, -1 with errno below; sent: all of them */
	int			(*answer)(struct fixture *, size_t sent);
	int			 error;
	int			 done;		/* how often, and with what */
	int			 done_error;
};

static struct fixture *kernel;

static void
check_packet(struct fixture *f, const uint8_t *buf, int64_t now)
{
	struct wire_packet p;
	int64_t stamp;

	assert_true(wire_packet_get(buf, f->conf.payload, &p));
	assert_memory_equal(p.nonce, f->conf.nonce, WIRE_NONCE_LEN);
	assert_int_equal(p.sequence, f->got);
	stamp = wire_ntp_to_unix(p.ntp_seconds, p.ntp_fraction, clock_wall());
	assert_true(stamp <= clock_wall());
	assert_true(sched_due(&f->pace) <= now);
	sched_advance(&f->pace);
	f->got++;
}

static int
fake_send(struct udpio_tx *tx, int fd, const struct addr *to, size_t n)
{
	struct fixture *f = kernel;
	int64_t now = clock_mono();
	int i, taken;

	assert_int_equal(fd, f->conf.fd);
	assert_int_equal(addr_port(to), addr_port(&f->conf.to));
	assert_true(n > 0);
	if (f->calls == 0)
		pace_init(&f->pace, f->conf.spacing, f->conf.rate,
		    f->conf.seed, f->send->start_ns);
	else if (now - f->last_ns < f->gap_ns)
		f->gap_ns = now - f->last_ns;
	f->calls++;
	f->last_ns = now;
	errno = 0;
	taken = f->answer(f, n);
	for (i = 0; i < taken; i++)
		check_packet(f, udpio_tx_buf(tx, (size_t)i), now);
	if (taken == -1)
		errno = f->error;
	return taken;
}

static void
on_done(void *arg, int error)
{
	struct fixture *f = arg;

	f->done++;
	f->done_error = error;
}

static void
open_send(struct fixture *f, int (*answer)(struct fixture *, size_t))
{
	memset(f, 0, sizeof(*f));
	kernel = f;
	f->answer = answer;
	f->gap_ns = INT64_MAX;
	f->loop = loop_new();
	assert_non_null(f->loop);
	assert_int_equal(addr_numeric("127.0.0.1", 9, &f->conf.to), 0);
	f->conf.fd = sock_udp(&f->conf.to);
	if (f->conf.fd == -1) {
		addr_set_port(&f->conf.to, 0);
		f->conf.fd = sock_udp(&f->conf.to);
	}
	assert_int_not_equal(f->conf.fd, -1);
	f->conf.payload = 100;
	f->conf.rate = RATE;
	f->conf.packets = PACKETS;
	f->conf.seed = (uint64_t)random();
	memcpy(f->conf.nonce, "n\0n:c+e!", WIRE_NONCE_LEN);
}

static void
start_send(struct fixture *f)
{
	f->send = dgram_send_new(f->loop, &f->conf, on_done, f);
	assert_non_null(f->send);
	assert_int_equal(dgram_send_start(f->send), 0);
}

static void
close_send(struct fixture *f)
{
	dgram_send_free(f->send);
	loop_free(f->loop);
	close(f->conf.fd);
}

static int
takes_all(struct fixture *f, size_t n)
{
	(void)f;
	return (int)n;
}

/* Anything that does not end a test. */
static int
moody(struct fixture *f, size_t n)
{
	static const int errors[] = { ENOBUFS, ECONNREFUSED, EAGAIN, EINTR };

	switch (random() % 4) {
	case 0:
		f->error = errors[random() % (long)NELEM(errors)];
		return -1;
	case 1:
		return 0;
	case 2:
		return (int)((unsigned long)random() % n);
	default:
		return (int)n;
	}
}

/* All packets, each once, in order, none before its time. */
static void
check_all_sent(int (*answer)(struct fixture *, size_t),
    enum thrulay_spacing spacing)
{
	struct thrulay_pacing pacing;
	struct fixture f;

	open_send(&f, answer);
	f.conf.spacing = spacing;
	start_send(&f);
	assert_int_equal(loop_run(f.loop), 0);
	assert_int_equal(f.done, 1);
	assert_int_equal(f.done_error, 0);
	assert_int_equal(f.got, PACKETS);
	assert_int_equal(dgram_send_count(f.send), PACKETS);
	dgram_send_pacing(f.send, &pacing);
	assert_int_equal(pacing.packets, PACKETS);
	assert_true(pacing.wanted_pps > 0);
	assert_true(pacing.late_max_ns >= pacing.late_p50_ns);
	assert_true(pacing.late_p50_ns >= 0);
	assert_true(pacing.runtime_ns > 0);
	close_send(&f);
}

static void
test_schedule_is_kept(void **state)
{
	(void)state;
	unit_seed();
	check_all_sent(takes_all, THRULAY_POISSON);
	check_all_sent(takes_all, THRULAY_CONSTANT);
}

static void
test_passing_trouble_loses_nothing(void **state)
{
	(void)state;
	unit_seed();
	check_all_sent(moody, THRULAY_POISSON);
	check_all_sent(moody, THRULAY_CONSTANT);
}

static int
fails_after_ten(struct fixture *f, size_t n)
{
	if (f->calls > 10)
		return -1;
	return n > 0 ? 1 : 0;
}

static void
test_failure_ends_the_test(void **state)
{
	static const int errors[] = { EMSGSIZE, EPERM, ENETUNREACH };
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(errors); i++) {
		open_send(&f, fails_after_ten);
		f.error = errors[i];
		start_send(&f);
		assert_int_equal(loop_run(f.loop), 0);
		assert_int_equal(f.done, 1);
		assert_int_equal(f.done_error, errors[i]);
		assert_int_equal(dgram_send_count(f.send), 10);
		assert_int_equal(f.calls, 11);
		close_send(&f);
	}
}

static int
full_for_ten(struct fixture *f, size_t n)
{
	if (f->calls > 10)
		return (int)n;
	return f->error == ENOBUFS ? -1 : 0;
}

static void
on_other(struct loop *l, struct loop_fd *w, unsigned int events)
{
	(void)l;
	(void)w;
	(void)events;
}

/* A full device is not asked again and again; a full socket is waited for
 * even when somebody else watches it already. */
static void
test_full_is_waited_out(void **state)
{
	struct loop_fd other = { .index = 0 };
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		open_send(&f, full_for_ten);
		f.conf.packets = 1;
		f.error = i == 0 ? ENOBUFS : 0;
		assert_int_equal(loop_fd_add(f.loop, &other, f.conf.fd,
		    LOOP_READ, on_other, NULL), 0);
		start_send(&f);
		while (f.done == 0)
			assert_int_equal(loop_once(f.loop, CLOCK_NEVER), 0);
		assert_int_equal(f.got, 1);
		assert_int_equal(f.calls, 11);
		if (f.error == ENOBUFS)
			assert_true(f.gap_ns >= PAUSE_NS);
		loop_fd_del(f.loop, &other);
		close_send(&f);
	}
}

static void
test_stop_is_silent(void **state)
{
	struct fixture f;
	uint64_t sent;

	(void)state;
	open_send(&f, takes_all);
	f.conf.busy = true;
	start_send(&f);
	while (f.got < 100)
		assert_int_equal(loop_once(f.loop, CLOCK_NEVER), 0);
	dgram_send_stop(f.send);
	sent = dgram_send_count(f.send);
	assert_int_equal(loop_run(f.loop), 0);
	assert_int_equal(f.done, 0);
	assert_int_equal(dgram_send_count(f.send), sent);
	close_send(&f);
}

static void
test_nothing_to_send_is_done_at_once(void **state)
{
	struct fixture f;

	(void)state;
	open_send(&f, takes_all);
	f.conf.packets = 0;
	start_send(&f);
	assert_int_equal(loop_run(f.loop), 0);
	assert_int_equal(f.done, 1);
	assert_int_equal(f.done_error, 0);
	assert_int_equal(f.calls, 0);
	close_send(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schedule_is_kept),
		cmocka_unit_test(test_passing_trouble_loses_nothing),
		cmocka_unit_test(test_failure_ends_the_test),
		cmocka_unit_test(test_full_is_waited_out),
		cmocka_unit_test(test_stop_is_silent),
		cmocka_unit_test(test_nothing_to_send_is_done_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
