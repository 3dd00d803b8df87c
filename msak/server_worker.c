/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads that streams live in, and the one that writes records: a disk
 * that is slow or stuck must hold up no stream. */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>

#include "msak/server_private.h"

/* In the worker. A stream that is told to end may be gone afterwards, but no
 * other one. */

static void
finish_all(struct job *j, void *arg)
{
	struct worker *w = arg;
	struct session *x, *next;

	(void)j;
	for (x = TAILQ_FIRST(&w->sessions); x != NULL; x = next) {
		next = TAILQ_NEXT(x, entry);
		stream_finish(&x->stream);
	}
}

static void
cut_all(struct job *j, void *arg)
{
	struct worker *w = arg;
	struct session *x, *next;

	(void)j;
	for (x = TAILQ_FIRST(&w->sessions); x != NULL; x = next) {
		next = TAILQ_NEXT(x, entry);
		stream_cut(&x->stream);
	}
}

static void
begin(struct job *j, void *arg)
{
	struct session *x = (struct session *)(void *)((char *)j -
	    offsetof(struct session, job));

	(void)arg;
	session_begin(x);
}

/* In the main thread. */

static int
start_worker(struct server *s, struct worker *w, bool streams)
{
	w->server = s;
	TAILQ_INIT(&w->sessions);
	pthread_mutex_init(&w->lock, NULL);
	w->finish.run = finish_all;
	w->cut.run = cut_all;
	/* The main thread's loop has blocked the signals. */
	return stream_thread_start(&w->thread, streams, w);
}

int
server_workers_start(struct server *s)
{
	size_t i, n = stream_threads_number(s->o->threads);

	s->workers = calloc(n, sizeof(*s->workers));
	if (s->workers == NULL || mailbox_open(&s->back, s->loop, s) == -1 ||
	    start_worker(s, &s->clerk, false) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		s->nworkers++;
		if (start_worker(s, &s->workers[i], true) == -1)
			return -1;
	}
	return 0;
}

static struct worker *
least(struct server *s)
{
	struct worker *w = &s->workers[0];
	size_t i;

	for (i = 1; i < s->nworkers; i++)
		if (s->workers[i].load < w->load)
			w = &s->workers[i];
	return w;
}

void
server_workers_submit(struct server *s, struct session *x)
{
	x->worker = least(s);
	x->worker->load++;
	x->job.run = begin;
	s->nsessions++;
	s->streams[x->direction]++;
	mailbox_post(&x->worker->thread.in, &x->job);
}

void
server_workers_write(struct server *s, struct job *j)
{
	mailbox_post(&s->clerk.thread.in, j);
}

void
server_workers_finish(struct server *s)
{
	size_t i;

	for (i = 0; i < s->nworkers; i++)
		mailbox_post(&s->workers[i].thread.in, &s->workers[i].finish);
}

void
server_workers_cut(struct server *s)
{
	size_t i;

	for (i = 0; i < s->nworkers; i++)
		mailbox_post(&s->workers[i].thread.in, &s->workers[i].cut);
}

/* It has done everything that was posted before. */
static void
end_worker(struct worker *w)
{
	if (w->server == NULL)
		return;
	stream_thread_end(&w->thread);
	pthread_mutex_destroy(&w->lock);
}

void
server_workers_join(struct server *s)
{
	size_t i;

	if (s->workers == NULL)
		return;
	for (i = 0; i < s->nworkers; i++)
		end_worker(&s->workers[i]);
	end_worker(&s->clerk);
	mailbox_close(&s->back);
	free(s->workers);
	s->workers = NULL;
	s->nworkers = 0;
}

static void
add_counts(struct worker *w, struct metrics_counters *sum)
{
	pthread_mutex_lock(&w->lock);
	metrics_add(sum, &w->counts);
	pthread_mutex_unlock(&w->lock);
}

void
server_workers_counts(struct server *s, struct metrics_counters *sum)
{
	size_t i;

	for (i = 0; i < s->nworkers; i++)
		add_counts(&s->workers[i], sum);
	add_counts(&s->clerk, sum);
}
