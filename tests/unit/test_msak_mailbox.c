/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "msak/mailbox.h"
#include "tests/unit/unit.h"

/* More than a pipe holds, so that wakes are lost. */
#define JOBS	100000

struct count {
	struct job	 job;
	unsigned int	 i;
};

struct box {
	struct mailbox	 mailbox;
	struct loop	*loop;
	unsigned int	 next;		/* that has to run */
	struct count	 counts[JOBS];
};

static void
run(struct job *j, void *arg)
{
	struct count *c = (struct count *)(void *)((char *)j -
	    offsetof(struct count, job));
	struct box *b = arg;

	assert_int_equal(c->i, b->next);
	if (++b->next == JOBS)
		loop_stop(b->loop);
}

static void
post(struct box *b, unsigned int i)
{
	b->counts[i].i = i;
	b->counts[i].job.run = run;
	mailbox_post(&b->mailbox, &b->counts[i].job);
}

static void *
post_all(void *arg)
{
	unsigned int i;

	for (i = 0; i < JOBS; i++)
		post(arg, i);
	return NULL;
}

static struct box *
new_box(void)
{
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->loop = loop_new();
	assert_non_null(b->loop);
	assert_int_equal(mailbox_open(&b->mailbox, b->loop, b), 0);
	return b;
}

static void
free_box(struct box *b)
{
	mailbox_close(&b->mailbox);
	loop_free(b->loop);
	free(b);
}

static void
test_in_order_from_a_thread(void **state)
{
	struct box *b = new_box();
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, post_all, b), 0);
	assert_int_equal(loop_run(b->loop), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(b->next, JOBS);
	free_box(b);
}

/* Nothing is read meanwhile. */
static void
test_full_pipe(void **state)
{
	struct box *b = new_box();

	(void)state;
	(void)post_all(b);
	assert_int_equal(b->next, 0);
	assert_int_equal(loop_run(b->loop), 0);
	assert_int_equal(b->next, JOBS);
	free_box(b);
}

static void
test_rest_at_close(void **state)
{
	struct box *b = new_box();
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++)
		post(b, i);
	mailbox_close(&b->mailbox);
	assert_int_equal(b->next, 3);
	loop_free(b->loop);
	free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order_from_a_thread),
		cmocka_unit_test(test_full_pipe),
		cmocka_unit_test(test_rest_at_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
