/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "msak/stream_thread.h"

#define THREADS_MAX	1024

size_t
stream_threads_number(int64_t asked)
{
	int64_t n = asked > 0 ? asked : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (size_t)n;
}

static void
quit(struct job *j, void *arg)
{
	struct stream_thread *t = (struct stream_thread *)(void *)((char *)j -
	    offsetof(struct stream_thread, quit));

	(void)arg;
	loop_stop(t->loop);
}

static void *
run(void *arg)
{
	struct stream_thread *t = arg;

	clock_sharpen();
	(void)loop_run(t->loop);
	return NULL;
}

int
stream_thread_start(struct stream_thread *t, bool streams, void *arg)
{
	t->quit.run = quit;
	t->loop = loop_new();
	if (t->loop == NULL || mailbox_open(&t->in, t->loop, arg) == -1)
		return -1;
	if (streams && (t->io = stream_io_new(t->loop)) == NULL)
		return -1;
	errno = pthread_create(&t->thread, NULL, run, t);
	if (errno != 0)
		return -1;
	t->has_thread = true;
	return 0;
}

void
stream_thread_end(struct stream_thread *t)
{
	if (t->has_thread) {
		mailbox_post(&t->in, &t->quit);
		pthread_join(t->thread, NULL);
	}
	if (t->loop != NULL)
		mailbox_close(&t->in);
	stream_io_free(t->io);
	loop_free(t->loop);
	memset(t, 0, sizeof(*t));
}
