/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads that sessions live in. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "udpst/server_private.h"

#define PUBLISH_NS	INT64_C(500000000)

/* In the worker. */

static void
publish(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct worker *w = t->arg;
	struct monitor_counters sum = w->ended;
	struct session *x;
	size_t i;

	TAILQ_FOREACH(x, &w->sessions, entry) {
		session_add_counts(x, &sum);
		monitor_forget(&x->flow.counts);
	}
	monitor_forget(&w->ended);
	pthread_mutex_lock(&w->lock);
	/* Maxima stay until the main thread has taken them. */
	for (i = 0; i < MONITOR_EVENTS; i++)
		if (sum.sizes[i].max < w->published.sizes[i].max)
			sum.sizes[i].max = w->published.sizes[i].max;
	w->published = sum;
	pthread_mutex_unlock(&w->lock);
	/* An idle worker sleeps. */
	if (!TAILQ_EMPTY(&w->sessions))
		(void)loop_timer_set(l, t, now_ns + PUBLISH_NS);
}

static void
stop_when_empty(struct worker *w)
{
	if (w->stopping && w->has_thread && TAILQ_EMPTY(&w->sessions))
		loop_stop(w->loop);
}

void
server_worker_return(struct session *x)
{
	struct worker *w = x->worker;

	TAILQ_REMOVE(&w->sessions, x, entry);
	session_add_counts(x, &w->ended);
	if (TAILQ_EMPTY(&w->sessions))
		(void)loop_timer_set(w->loop, &w->publish, 0);
	if (!w->has_thread) {
		server_session_ended(w->server, x);
		return;
	}
	/* With the last session back, the main thread reads them and ends. */
	if (w->stopping)
		publish(w->loop, &w->publish, loop_now(w->loop));
	while (write(w->server->back[1], &x, sizeof(x)) == -1 &&
	    errno == EINTR)
		;
	stop_when_empty(w);
}

static void
worker_add(struct worker *w, struct session *x)
{
	TAILQ_INSERT_TAIL(&w->sessions, x, entry);
	if (session_start(x) == -1) {
		server_worker_return(x);
		return;
	}
	if (w->publish.index == -1)
		(void)loop_timer_set(w->loop, &w->publish,
		    loop_now(w->loop) + PUBLISH_NS);
}

static void
worker_stop(struct worker *w)
{
	struct session *x, *next;

	w->stopping = true;
	for (x = TAILQ_FIRST(&w->sessions); x != NULL; x = next) {
		next = TAILQ_NEXT(x, entry);
		session_stop(x);
	}
	stop_when_empty(w);
}

/* A pointer is a session, NULL the wish to end. */
static void
on_submitted(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct worker *w = f->arg;
	struct session *x;

	(void)l;
	(void)events;
	while (read(w->in[0], &x, sizeof(x)) == (ssize_t)sizeof(x)) {
		if (x == NULL)
			worker_stop(w);
		else
			worker_add(w, x);
	}
}

static void *
run(void *arg)
{
	struct worker *w = arg;

	clock_sharpen();
	(void)loop_run(w->loop);
	return NULL;
}

/* In the main thread. */

static int
start_thread(struct worker *w)
{
	if (pipe2(w->in, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	if (loop_fd_add(w->loop, &w->watch, w->in[0], LOOP_READ, on_submitted,
	    w) == -1)
		return -1;
	/* Signals stay the main thread's: its loop has blocked them. */
	errno = pthread_create(&w->thread, NULL, run, w);
	if (errno != 0)
		return -1;
	w->has_thread = true;
	return 0;
}

static int
start_worker(struct server *s, struct worker *w, bool thread)
{
	w->server = s;
	w->in[0] = w->in[1] = -1;
	TAILQ_INIT(&w->sessions);
	pthread_mutex_init(&w->lock, NULL);
	w->loop = thread ? loop_new() : s->loop;
	if (w->loop == NULL)
		return -1;
	loop_timer_init(&w->publish, publish, w);
	w->io = flow_io_new(w->loop, s->o->gro,
	    (uint64_t)clock_wall() + (uint64_t)(w - s->workers));
	if (w->io == NULL)
		return -1;
	return thread ? start_thread(w) : 0;
}

static void
on_returned(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct server *s = f->arg;
	struct session *x;

	(void)l;
	(void)events;
	while (read(s->back[0], &x, sizeof(x)) == (ssize_t)sizeof(x))
		server_session_ended(s, x);
}

int
server_workers_start(struct server *s)
{
	unsigned int i, n = s->o->threads > 1 ? s->o->threads : 1;

	s->workers = calloc(n, sizeof(*s->workers));
	if (s->workers == NULL)
		return -1;
	if (n > 1 && (pipe2(s->back, O_CLOEXEC | O_NONBLOCK) == -1 ||
	    loop_fd_add(s->loop, &s->back_watch, s->back[0], LOOP_READ,
	    on_returned, s) == -1))
		return -1;
	for (i = 0; i < n; i++) {
		s->nworkers++;
		if (start_worker(s, &s->workers[i], n > 1) == -1)
			return -1;
	}
	return 0;
}

static int
tell(struct worker *w, struct session *x)
{
	ssize_t n;

	do
		n = write(w->in[1], &x, sizeof(x));
	while (n == -1 && errno == EINTR);
	return n == (ssize_t)sizeof(x) ? 0 : -1;
}

void
server_workers_stop(struct server *s)
{
	unsigned int i;

	for (i = 0; i < s->nworkers; i++) {
		if (!s->workers[i].has_thread)
			worker_stop(&s->workers[i]);
		else if (tell(&s->workers[i], NULL) == -1)
			loop_stop(s->workers[i].loop);
	}
}

static void
free_worker(struct worker *w)
{
	if (w->has_thread)
		pthread_join(w->thread, NULL);
	flow_io_free(w->io);
	if (w->loop != w->server->loop)
		loop_free(w->loop);
	if (w->in[0] != -1) {
		close(w->in[0]);
		close(w->in[1]);
	}
	pthread_mutex_destroy(&w->lock);
}

void
server_workers_join(struct server *s)
{
	unsigned int i;

	for (i = 0; i < s->nworkers; i++)
		free_worker(&s->workers[i]);
	if (s->nworkers > 1 && s->back[1] != -1) {
		on_returned(s->loop, &s->back_watch, LOOP_READ);
		close(s->back[0]);
		close(s->back[1]);
	}
	free(s->workers);
	s->workers = NULL;
	s->nworkers = 0;
}

int
server_workers_submit(struct server *s, struct session *x)
{
	struct worker *w = &s->workers[0];
	unsigned int i;

	for (i = 1; i < s->nworkers; i++)
		if (s->workers[i].load < w->load)
			w = &s->workers[i];
	x->worker = w;
	if (w->has_thread && tell(w, x) == -1)
		return -1;
	w->load++;
	if (!w->has_thread)
		worker_add(w, x);
	return 0;
}

void
server_workers_counts(struct server *s, struct monitor_counters *sum)
{
	struct worker *w;
	unsigned int i;

	for (i = 0; i < s->nworkers; i++) {
		w = &s->workers[i];
		if (!w->has_thread)
			publish(w->loop, &w->publish, loop_now(w->loop));
		pthread_mutex_lock(&w->lock);
		monitor_add(sum, &w->published);
		monitor_forget(&w->published);
		pthread_mutex_unlock(&w->lock);
	}
}
