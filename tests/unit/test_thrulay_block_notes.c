/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/block_pair.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "thrulay/block_notes.h"

#define UNIT_NS		100	/* of an RTT in a note */
#define SERIES		3000	/* RTTs, fewer than may wait */
#define SLOTS		8
#define LONGEST		20000	/* block */

/* A series of RTTs and how many of them were told, in order. */
struct told {
	int64_t	rtt_ns[1 << 20];
	size_t	n, told;
};

static struct told *
told_new(void)
{
	struct told *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	return t;
}

static void
check_note(struct told *t, const struct ext_note *note)
{
	int64_t off;
	uint16_t i;

	for (i = 0; i < note->count; i++) {
		assert_true(t->told < t->n);
		off = ext_note_rtt(note, i) - t->rtt_ns[t->told++];
		assert_true(off <= UNIT_NS / 2 && off >= -UNIT_NS / 2);
	}
}

static void
check_block(struct told *t, const uint8_t *block, size_t size)
{
	struct ext_note note;

	assert_int_equal(ext_note_get(block, size, size, &note), WIRE_OK);
	check_note(t, &note);
}

/* One turn: a few RTTs come, a few blocks are prepared, fewer are sent. */
static void
turn(struct block_notes *n, struct told *t, size_t size, size_t feed)
{
	static uint8_t block[SLOTS][LONGEST];
	size_t i, prepared, sent, first;

	for (i = 0; i < feed; i++)
		t->rtt_ns[t->n + i] = random();
	block_notes_add(n, t->rtt_ns + t->n, feed);
	t->n += feed;
	first = (size_t)random() % SLOTS;
	prepared = (size_t)random() % (SLOTS - first + 1);
	sent = (size_t)random() % (prepared + 1);
	block_notes_begin(n, clock_mono());
	for (i = 0; i < prepared; i++)
		block_notes_put(n, first + i, block[first + i]);
	block_notes_sent(n, first, sent);
	for (i = 0; i < sent; i++)
		check_block(t, block[first + i], size);
}

/* Each RTT is told once, in its place, whatever is sent of what was
 * prepared. */
static void
test_every_rtt_is_told_once(void **state)
{
	static const size_t sizes[] = { EXT_REVERSE_MIN_BLOCK, 100, LONGEST };
	struct block_notes *n;
	struct told *t;
	size_t i;

	(void)state;
	unit_seed();
	for (i = 0; i < NELEM(sizes); i++) {
		t = told_new();
		n = block_notes_new(-1, sizes[i], SLOTS);
		assert_non_null(n);
		while (t->n < SERIES)
			turn(n, t, sizes[i], (size_t)random() % 12);
		while (t->told < t->n)
			turn(n, t, sizes[i], 0);
		block_notes_free(n);
		free(t);
	}
}

static void
test_note_is_never_longer_than_promised(void **state)
{
	static uint8_t block[LONGEST];
	struct told *t = told_new();
	struct block_notes *n;
	struct ext_note note;

	(void)state;
	n = block_notes_new(-1, sizeof(block), 1);
	assert_non_null(n);
	block_notes_add(n, t->rtt_ns, 2 * BLOCK_NOTES_RTTS);
	block_notes_begin(n, clock_mono());
	block_notes_put(n, 0, block);
	assert_int_equal(ext_note_get(block, BLOCK_NOTES_BYTES,
	    sizeof(block), &note), WIRE_OK);
	assert_int_equal(note.count, BLOCK_NOTES_RTTS);
	block_notes_free(n);
	free(t);
}

/* Both ends over a connection. */

struct ends {
	struct told	*told;
	size_t		 echoed, notes;
	int64_t		 rtt_ns;	/* the kernel's, as noted last */
};

static void
on_echoed(void *arg, size_t n, const int64_t *rtt_ns, size_t m)
{
	struct ends *e = arg;
	size_t i;

	e->echoed += n;
	for (i = 0; i < m && e->told->n < NELEM(e->told->rtt_ns); i++)
		e->told->rtt_ns[e->told->n++] = rtt_ns[i];
}

static void
on_note(void *arg, const struct ext_note *note)
{
	struct ends *e = arg;

	e->notes++;
	e->rtt_ns = note->kernel.rtt_ns;
	check_note(e->told, note);
}

static void
on_ended(void *arg, const char *during, int error)
{
	(void)arg;
	(void)during;
	fail_msg("ended: %d", error);
}

static void
check_ends(size_t block, size_t echoes)
{
	static const struct block_send_events on_send = { on_echoed,
	    on_ended };
	static const struct block_echo_events on_echo = { NULL, on_note,
	    on_ended };
	struct ends e = { .told = told_new() };
	struct loop *l = loop_new();
	struct block_send *s;
	struct block_echo *r;
	struct tcp_pair p;

	assert_non_null(l);
	tcp_pair_open(&p, 100000);
	s = block_send_new(l, p.near, block, true, &on_send, &e);
	r = block_echo_new(l, p.far, block, true, &on_echo, &e);
	assert_int_equal(block_echo_start(r), 0);
	assert_int_equal(block_send_start(s), 0);
	while (e.echoed < echoes)
		assert_int_equal(loop_once(l, CLOCK_NEVER), 0);
	block_send_stop(s);
	run_until_idle(l);
	assert_true(e.notes >= echoes);
	assert_in_range(e.notes, block_echo_state(r)->blocks,
	    block_echo_state(r)->blocks + 1);
	assert_int_equal(block_send_state(s)->bad, 0);
	assert_true(e.told->told > 0);
	assert_true(e.rtt_ns != 0);
	block_send_free(s);
	block_echo_free(r);
	tcp_pair_close(&p);
	loop_free(l);
	free(e.told);
}

static void
test_notes_reach_the_other_end(void **state)
{
	static const size_t blocks[] = { EXT_REVERSE_MIN_BLOCK, 1000, 8192,
	    65536 };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(blocks); i++)
		check_ends(blocks[i], 1500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rtt_is_told_once),
		cmocka_unit_test(test_note_is_never_longer_than_promised),
		cmocka_unit_test(test_notes_reach_the_other_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
