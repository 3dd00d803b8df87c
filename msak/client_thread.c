/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads that msak-client's streams live in, and the way to them. */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "msak/client_private.h"

/* So much news of a peer may wait for the main thread; a flood is cut. Our own
 * comes by the ticker. */
#define UNREAD_MAX	1024

/* The stream that a job of this name is part of. */
#define OF_JOB(j, name)							\
	((struct client_stream *)(void *)((char *)(j) -			\
	    offsetof(struct client_stream, name)))

/* In the main thread. */

static void
read_news(struct job *j, void *arg)
{
	struct client_news *n = (struct client_news *)(void *)j;
	struct client *c = arg;

	c->unread--;
	client_stream_measured(n);
	free(n);
}

static void
take_sample(struct job *j, void *arg)
{
	(void)arg;
	client_stream_sampled(OF_JOB(j, sample));
}

static void
take_over(struct job *j, void *arg)
{
	(void)arg;
	client_stream_ended(OF_JOB(j, over));
}

/* In the stream's thread. */

static void
tell_over(struct client_stream *cs)
{
	cs->over.run = take_over;
	mailbox_post(&cs->c->back, &cs->over);
}

static void
measured(struct stream *s, bool ours, const struct measurement *m,
    const struct measurement_first *first)
{
	struct client_stream *cs = s->arg;
	struct client *c = cs->c;
	struct client_news *n;
	int i;

	if ((!ours && c->unread >= UNREAD_MAX) ||
	    (n = calloc(1, sizeof(*n))) == NULL)
		return;
	n->job.run = read_news;
	n->cs = cs;
	n->ours = ours;
	n->m = *m;
	if (first != NULL)
		(void)snprintf(n->cc, sizeof(n->cc), "%.15s", first->cc);
	n->when_ns = clock_mono();
	for (i = 0; i < OPTIONS_STREAMS_MAX; i++)
		n->received[i] = c->streams[i].s.app_received;
	c->unread++;
	mailbox_post(&c->back, &n->job);
}

static void
ended(struct stream *s)
{
	tell_over(s->arg);
}

static const struct stream_ops ops = { measured, ended };

static void
begin(struct job *j, void *arg)
{
	struct client_stream *cs = OF_JOB(j, begin);

	(void)arg;
	cs->s.arg = cs;
	if (stream_start(&cs->s, cs->thread->io, &cs->t, cs->dial.rest,
	    cs->dial.rest_len, &cs->conf, &ops) == 0)
		return;
	transport_close(&cs->t);
	cs->failed = true;
	tell_over(cs);
}

static void
finish(struct job *j, void *arg)
{
	struct client_stream *cs = OF_JOB(j, finish);

	(void)arg;
	if (!cs->failed)
		stream_finish(&cs->s);
}

static void
cut(struct job *j, void *arg)
{
	struct client_stream *cs = OF_JOB(j, cut);

	(void)arg;
	if (!cs->failed)
		stream_cut(&cs->s);
}

static void
sample(struct job *j, void *arg)
{
	struct client_stream *cs = OF_JOB(j, sample);

	(void)arg;
	cs->sampled_ns = 0;
	if (!cs->failed && !cs->s.over) {
		stream_measure(&cs->s, &cs->sampled);
		cs->sampled_ns = clock_mono();
	}
	j->run = take_sample;
	mailbox_post(&cs->c->back, j);
}

/* In the main thread. */

static void
post(struct client_stream *cs, struct job *j, void (*run)(struct job *,
    void *))
{
	j->run = run;
	mailbox_post(&cs->thread->in, j);
}

void
client_thread_begin(struct client_stream *cs)
{
	cs->thread = &cs->c->threads[(size_t)cs->index % cs->c->nthreads];
	post(cs, &cs->begin, begin);
}

void
client_thread_finish(struct client_stream *cs)
{
	post(cs, &cs->finish, finish);
}

void
client_thread_cut(struct client_stream *cs)
{
	post(cs, &cs->cut, cut);
}

void
client_thread_sample(struct client_stream *cs)
{
	post(cs, &cs->sample, sample);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

int
client_threads_start(struct client *c)
{
	size_t n = least(stream_threads_number(c->o->threads),
	    (size_t)c->o->streams);

	/* More threads than cores get no more of them. */
	c->result.host.threads = (unsigned int)least(n,
	    stream_threads_number(0));
	if (mailbox_open(&c->back, c->base->loop, c) == -1)
		return -1;
	for (c->nthreads = 0; c->nthreads < n; c->nthreads++)
		if (stream_thread_start(&c->threads[c->nthreads], true,
		    c) == -1) {
			stream_thread_end(&c->threads[c->nthreads]);
			return -1;
		}
	return 0;
}

void
client_threads_end(struct client *c)
{
	size_t i;

	for (i = 0; i < c->nthreads; i++)
		stream_thread_end(&c->threads[i]);
	mailbox_close(&c->back);
}
