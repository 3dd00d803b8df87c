/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/signalfd.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/linkem/engine.h"

#define BATCH		16
/* Sleep until so long before the next due time, then spin. */
#define MARGIN_NS	(80 * CLOCK_NS_PER_US)
/* Longest sleep, and how often a busy link looks for a signal. */
#define SLEEP_MAX_NS	(10 * CLOCK_NS_PER_MS)
#define DRAIN_NS	CLOCK_NS_PER_S
/* Cross traffic is run in advance so far behind the clock, that a packet
 * read late still meets what was there when it came. */
#define CROSS_LAG_NS	(100 * CLOCK_NS_PER_MS)
#define HEADER_MAX	14

static int
pool_init(struct pool *p, size_t n, size_t block)
{
	size_t i;

	*p = (struct pool){ .n = n, .block = block };
	p->bytes = malloc(n * block);
	p->spare = calloc(n, sizeof(*p->spare));
	if (p->bytes == NULL || p->spare == NULL)
		return -1;
	/* Touched, so that no page is missing later. */
	memset(p->bytes, 0, n * block);
	for (i = 0; i < n; i++)
		p->spare[p->n_spare++] = (uint32_t)i;
	return 0;
}

static uint8_t *
pool_at(const struct pool *p, uint32_t i)
{
	return p->bytes + i * p->block;
}

int
engine_init(struct engine *e, size_t packets, size_t mtu, size_t max_records)
{
	size_t block = mtu + HEADER_MAX;

	*e = (struct engine){ .signal_fd = -1 };
	e->port[0].fd = e->port[0].dev_fd = -1;
	e->port[1].fd = e->port[1].dev_fd = -1;
	e->frame = calloc(1, block);
	if (e->frame == NULL || pool_init(&e->pool, packets, block) == -1 ||
	    due_init(&e->due, packets) == -1 ||
	    records_init(&e->log, max_records) == -1)
		return -1;
	return 0;
}

void
engine_free(struct engine *e)
{
	port_close(&e->port[0]);
	port_close(&e->port[1]);
	records_free(&e->log);
	due_free(&e->due);
	free(e->pool.bytes);
	free(e->pool.spare);
	free(e->frame);
	if (e->signal_fd != -1)
		close(e->signal_fd);
}

int64_t
engine_now(const struct engine *e)
{
	return clock_wall() - e->start_wall_ns;
}

/* Hand over what is due; an overdue packet goes at once and the due times
 * of the others stand. Returns the time. */
static int64_t
engine_emit(struct engine *e, int64_t now_ns)
{
	const struct due_item *item;
	struct record *r;
	int i, err;

	for (i = 0; i < BATCH; i++) {
		item = due_first(&e->due);
		if (item == NULL || item->due_ns > now_ns)
			break;
		r = &e->log.items[item->record];
		/* The kernel stamps it within the write, rather early. */
		r->real_ns = now_ns;
		err = e->port[1 - item->dir].ops->write(
		    &e->port[1 - item->dir],
		    pool_at(&e->pool, item->buf), item->len);
		now_ns = engine_now(e);
		r->fate = err == 0 ? RECORD_SENT : RECORD_FAILED;
		if (err == 0)
			r->out_index = e->out[item->dir]++;
		e->pool.spare[e->pool.n_spare++] = item->buf;
		due_pop(&e->due);
	}
	return now_ns;
}

/* Put a copy of the frame aside until it is due. */
static void
engine_queue(struct engine *e, struct record *r, size_t len)
{
	struct due_item item = { .due_ns = r->planned_ns, .dir = r->dir,
		.record = (uint32_t)(r - e->log.items), .len = (uint32_t)len };

	if (e->pool.n_spare == 0) {
		r->fate = RECORD_OVERRUN;
		return;
	}
	item.buf = e->pool.spare[--e->pool.n_spare];
	memcpy(pool_at(&e->pool, item.buf), e->frame, len);
	due_push(&e->due, &item);
}

static enum record_fate
fate_of(enum sched_verdict verdict)
{
	static const enum record_fate fates[] = {
		[SCHED_PASS] = RECORD_PENDING,
		[SCHED_QUEUE_DROP] = RECORD_QUEUE,
		[SCHED_LOSS] = RECORD_LOSS,
		[SCHED_BURST] = RECORD_BURST,
	};

	return fates[verdict];
}

static void
engine_packet(struct engine *e, int dir, size_t len, int64_t arrival_ns)
{
	size_t header = e->port[dir].ops->header;
	struct record *r, base = { .arrival_ns = arrival_ns,
		.dir = (uint8_t)dir, .index = e->packets[dir]++ };
	struct sched_fate fate;
	int i;

	base.size = (uint32_t)(len - header);
	record_classify(&base, e->frame + header, base.size);
	fate = sched_packet(&e->sched[dir], arrival_ns, base.size);
	if (outages_take(&e->sched[dir].conf.outages, base.sport) &&
	    fate.verdict == SCHED_PASS)
		fate = (struct sched_fate){ .verdict = SCHED_LOSS };
	base.planned_ns = fate.due_ns;
	base.fate = (uint8_t)fate_of(fate.verdict);
	for (i = 0; i == 0 || i < fate.copies; i++) {
		if ((r = records_add(&e->log)) == NULL)
			continue;
		base.copy = i > 0;
		*r = base;
		if (fate.verdict == SCHED_PASS)
			engine_queue(e, r, len);
	}
}

/* Read a batch, with a look at what is due before each. Whether any came. */
static bool
engine_read(struct engine *e, int dir, int64_t *now_ns)
{
	struct port *p = &e->port[dir];
	int64_t wall_ns;
	ssize_t len;
	int i;

	for (i = 0; i < BATCH; i++) {
		*now_ns = engine_emit(e, *now_ns);
		len = p->ops->read(p, e->frame, e->pool.block, &wall_ns);
		if (len == 0)
			break;
		*now_ns = engine_now(e);
		if (len == -1) {
			e->read_errors[dir]++;
			break;
		}
		if ((size_t)len > e->pool.block) {
			e->cut[dir]++;
			len = (ssize_t)e->pool.block;
		}
		if ((size_t)len > p->ops->header)
			engine_packet(e, dir, (size_t)len,
			    wall_ns - e->start_wall_ns);
	}
	return i > 0;
}

/* Sleep while nothing is near; the rest of the wait is spinning. */
static void
engine_wait(struct engine *e, int64_t now_ns, bool draining)
{
	const struct due_item *next = due_first(&e->due);
	int64_t sleep_ns = SLEEP_MAX_NS;
	struct timespec ts = { 0 };
	struct pollfd fds[3] = {
		{ .fd = e->port[0].fd, .events = POLLIN },
		{ .fd = e->port[1].fd, .events = POLLIN },
		{ .fd = e->signal_fd, .events = POLLIN },
	};

	if (next != NULL && next->due_ns - now_ns - MARGIN_NS < sleep_ns)
		sleep_ns = next->due_ns - now_ns - MARGIN_NS;
	if (sleep_ns <= 0)
		return;
	ts.tv_nsec = (long)sleep_ns;
	if (draining)
		ppoll(NULL, 0, &ts, NULL);
	else
		ppoll(fds, 3, &ts, NULL);
	e->slept_ns += engine_now(e) - now_ns;
}

static bool
engine_signalled(const struct engine *e)
{
	struct signalfd_siginfo si;

	return read(e->signal_fd, &si, sizeof(si)) > 0;
}

static void
engine_forward(struct engine *e)
{
	int64_t now_ns = engine_now(e), look_ns = 0;
	bool got;

	while (now_ns < e->end_ns) {
		got = engine_read(e, 0, &now_ns);
		got |= engine_read(e, 1, &now_ns);
		if (!got)
			engine_wait(e, now_ns, false);
		now_ns = engine_now(e);
		rt_spend(&e->rt, now_ns, e->slept_ns);
		e->slept_ns = 0;
		if (now_ns < look_ns)
			continue;
		look_ns = now_ns + SLEEP_MAX_NS;
		sched_advance(&e->sched[0], now_ns - CROSS_LAG_NS);
		sched_advance(&e->sched[1], now_ns - CROSS_LAG_NS);
		if (engine_signalled(e))
			return;
	}
}

/* What already came may still leave. */
static void
engine_drain(struct engine *e)
{
	int64_t now_ns = engine_now(e), end_ns = now_ns + DRAIN_NS;

	while (due_first(&e->due) != NULL && now_ns < end_ns) {
		now_ns = engine_emit(e, now_ns);
		engine_wait(e, now_ns, true);
		now_ns = engine_now(e);
		rt_spend(&e->rt, now_ns, e->slept_ns);
		e->slept_ns = 0;
	}
}

void
engine_run(struct engine *e, int64_t duration_ns)
{
	e->end_ns = duration_ns > 0 ? duration_ns : CLOCK_NEVER;
	e->rt.last_ns = engine_now(e);
	engine_forward(e);
	e->end_ns = engine_now(e);
	engine_drain(e);
}
