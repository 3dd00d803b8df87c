/* SPDX-License-Identifier: BSD-2-Clause */
/* A throughput test in its worker, and its record by the clerk. */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"
#include "msak/server_private.h"

/* Measurements of a peer that are kept; honest ones take at most ten a second
 * for as long as streams last. */
#define SAMPLES_MAX	4096
#define SAMPLES_MIN	16
/* What a stream holds behind its struct, about: a frame under way, a text. */
#define STREAM_BYTES	16384

static const char *const subtests[METRICS_DIRECTIONS] = {
	[METRICS_DOWNLOAD] = "download",
	[METRICS_UPLOAD] = "upload"
};

/* In the main thread. */

static int64_t
end_of(const struct server_options *o, int64_t duration_ms)
{
	int64_t max_ms = o->max_duration_ns / CLOCK_NS_PER_MS;

	if (duration_ms < 0)
		duration_ms = 0;
	if (duration_ms > max_ms)
		duration_ms = max_ms;
	return clock_mono() + duration_ms * CLOCK_NS_PER_MS;
}

static void
configure(struct session *x, const struct conn *c, const struct upgrade *u)
{
	struct server *s = x->server;

	x->conf = (struct stream_conf){
		.server = true,
		.sender = x->direction == METRICS_DOWNLOAD,
		.end_ns = end_of(s->o, u->duration_ms),
		.limit_ns = s->o->max_duration_ns,
		.bytes = u->bytes,
		.connected_ns = c->accepted_ns,
		.uuid_prefix = s->o->uuid_prefix,
		.seed = rng_u64(&s->rng)
	};
}

/* Server and client as the record has them. */
static void
name_ends(struct session *x, const struct conn *c)
{
	struct addr local;

	if (sock_local(c->t.fd, &local) == 0)
		(void)addr_format(&local, x->local, sizeof(x->local));
	(void)snprintf(x->remote, sizeof(x->remote), "%s", c->source);
}

struct session *
session_new(struct conn *c, const struct upgrade *u, struct query *q,
    enum metrics_direction direction)
{
	int64_t size = (int64_t)sizeof(struct session) + STREAM_BYTES;
	size_t rest = c->in_len - c->head_len;
	struct session *x;

	if (!server_take(c->server, size))
		return NULL;
	x = calloc(1, sizeof(*x));
	if (x != NULL) {
		x->mid = strdup(u->mid);
		x->rest = malloc(rest + 1);
	}
	if (x == NULL || x->mid == NULL || x->rest == NULL) {
		server_give(c->server, size);
		if (x != NULL) {
			free(x->mid);
			free(x->rest);
		}
		free(x);
		return NULL;
	}
	x->memory = size;
	memcpy(x->rest, c->in + c->head_len, rest);
	x->rest_len = rest;
	transport_clear(&x->t, -1);
	x->server = c->server;
	x->direction = direction;
	x->peer = c->peer;
	x->query = q;
	name_ends(x, c);
	configure(x, c, u);
	return x;
}

void
session_free(struct session *x)
{
	transport_close(&x->t);
	server_give(x->server, x->memory);
	free(x->ours.m);
	free(x->theirs.m);
	free(x->rest);
	free(x->mid);
	free(x->query);
	free(x);
}

/* Nothing is left to be done with it. */
static void
finish(struct session *x)
{
	struct server *s = x->server;

	s->nsessions--;
	session_free(x);
	server_check_stopped(s);
}

static struct session *
session_of(struct job *j)
{
	return (struct session *)(void *)((char *)j -
	    offsetof(struct session, job));
}

static void
take_written(struct job *j, void *arg)
{
	struct server *s = arg;

	s->unwritten--;
	finish(session_of(j));
}

static void	write_record(struct job *j, void *arg);

/* Its connection is closed. Records that the disk has no time for are lost
 * rather than kept without end. */
static void
take_ended(struct job *j, void *arg)
{
	struct session *x = session_of(j);
	struct server *s = arg;

	x->worker->load--;
	s->streams[x->direction]--;
	server_left(s, &x->peer);
	if (x->stream.uuid[0] == '\0') {	/* it never began */
		finish(x);
		return;
	}
	if (s->unwritten >= (size_t)s->o->max_sessions) {
		s->counts.writes[x->direction][METRICS_WRITE_ERROR]++;
		SERVER_LOG(s, LOG_LEVEL_ERROR, "failed to write throughput1 "
		    "result uuid=%s error=\"too many wait\"",
		    x->stream.uuid);
		finish(x);
		return;
	}
	s->unwritten++;
	x->job.run = write_record;
	server_workers_write(s, j);
}

static void
return_ended(struct session *x)
{
	TAILQ_REMOVE(&x->worker->sessions, x, entry);
	x->job.run = take_ended;
	mailbox_post(&x->server->back, &x->job);
}

/* In the worker. */

/* What does not fit is not kept; the test goes on. */
static void
keep(struct session *x, struct samples *to, const struct measurement *m)
{
	size_t room = to->room == 0 ? SAMPLES_MIN : 2 * to->room;
	int64_t more = (int64_t)((room - to->room) * sizeof(*m));
	struct measurement *grown;

	if (to->n == to->room) {
		if (room > SAMPLES_MAX || !server_take(x->server, more))
			return;
		x->memory += more;
		grown = realloc(to->m, room * sizeof(*m));
		if (grown == NULL)
			return;
		to->m = grown;
		to->room = room;
	}
	to->m[to->n++] = *m;
}

static void
count_bytes(struct session *x)
{
	int64_t now = x->direction == METRICS_DOWNLOAD ? x->stream.app_sent :
	    x->stream.app_received;

	pthread_mutex_lock(&x->worker->lock);
	x->worker->counts.bytes[x->direction] += (uint64_t)(now - x->counted);
	pthread_mutex_unlock(&x->worker->lock);
	x->counted = now;
}

static void
measured(struct stream *stream, bool ours, const struct measurement *m,
    const struct measurement_first *first)
{
	struct session *x = stream->arg;

	keep(x, ours ? &x->ours : &x->theirs, m);
	if (first != NULL && ours == stream->conf.sender)
		(void)snprintf(x->cc, sizeof(x->cc), "%s", first->cc);
	if (ours)
		count_bytes(x);
}

static enum metrics_end
metric_of(enum stream_end end)
{
	switch (end) {
	case STREAM_TIMEOUT:
		return METRICS_OK_TIMEOUT;
	case STREAM_LIMIT:
	case STREAM_PEER_CLOSE:
		return METRICS_OK;
	case STREAM_PEER_CODE:
		return METRICS_CLOSE_ERROR;
	case STREAM_RUNNING:
	case STREAM_ERROR:
	case STREAM_CUT:
		break;
	}
	return METRICS_ERROR;
}

static void
log_end(struct session *x, enum metrics_end end)
{
	const struct stream *stream = &x->stream;
	struct server_text t;

	if (end == METRICS_CLOSE_ERROR)
		SERVER_LOG(x->server, LOG_LEVEL_INFO, "Connection closed "
		    "unexpectedly context=%s close-error=%s", stream->uuid,
		    server_value(&t, stream->error, strlen(stream->error)));
	else if (end == METRICS_ERROR)
		SERVER_LOG(x->server, LOG_LEVEL_INFO, "Connection closed with "
		    "error context=%s error=%s", stream->uuid,
		    server_value(&t, stream->error, strlen(stream->error)));
	else
		SERVER_LOG(x->server, LOG_LEVEL_INFO, "Connection closed "
		    "normally context=%s", stream->uuid);
}

static void
ended(struct stream *stream)
{
	struct session *x = stream->arg;
	enum metrics_end end = metric_of(stream->end);
	struct worker *w = x->worker;

	count_bytes(x);
	pthread_mutex_lock(&w->lock);
	w->counts.tests[x->direction][end]++;
	pthread_mutex_unlock(&w->lock);
	log_end(x, end);
	return_ended(x);
}

static const struct stream_ops ops = { measured, ended };

/* x may be gone afterwards. */
void
session_begin(struct session *x)
{
	struct worker *w = x->worker;

	TAILQ_INSERT_TAIL(&w->sessions, x, entry);
	x->start_wall_ns = clock_wall();
	x->stream.arg = x;
	if (stream_start(&x->stream, w->thread.io, &x->t, x->rest, x->rest_len,
	    &x->conf, &ops) == 0)
		return;
	SERVER_LOG(x->server, LOG_LEVEL_ERROR, "failed to start a stream "
	    "source=%s error=%d", x->remote, errno);
	return_ended(x);
}

/* In the clerk. */

static struct archive_pair
pair_of(const struct query_pair *p)
{
	struct archive_pair out = { p->key, p->value, p->keylen,
		p->valuelen };

	return out;
}

/* Options that were given, then metadata. 0, or -1 when out of memory. */
static int
collect_pairs(const struct session *x, struct archive_throughput *r,
    struct archive_pair **pairs)
{
	const struct query *q = x->query;
	const struct query_pair *p;
	size_t i, n = 0;

	*pairs = calloc(UPGRADE_OPTIONS + q->count, sizeof(**pairs));
	if (*pairs == NULL)
		return -1;
	r->options = *pairs;
	for (i = 0; i < UPGRADE_OPTIONS; i++)
		if ((p = upgrade_option(q, i)) != NULL)
			(*pairs)[n++] = pair_of(p);
	r->noptions = n;
	r->metadata = *pairs + n;
	for (i = 0; i < q->count; i++)
		if (upgrade_is_metadata(q, i))
			(*pairs)[n++] = pair_of(&q->pair[i]);
	r->nmetadata = n - r->noptions;
	return 0;
}

static int
save(const struct session *x)
{
	const struct stream *stream = &x->stream;
	struct archive_place place = { x->server->o->datadir, "throughput1",
		subtests[x->direction], stream->uuid, clock_wall() };
	struct archive_throughput r = {
		.commit = SERVER_COMMIT,
		.version = PACKAGE_VERSION,
		.upload = x->direction == METRICS_UPLOAD,
		.mid = x->mid,
		.uuid = stream->uuid,
		.server = x->local,
		.client = x->remote,
		.cc = x->cc,
		.start_wall_ns = x->start_wall_ns,
		.end_wall_ns = x->start_wall_ns + stream->end_ns -
		    stream->start_ns,
		.ours = x->ours.m, .theirs = x->theirs.m,
		.nours = x->ours.n, .ntheirs = x->theirs.n
	};
	struct archive_pair *pairs;
	int rc;

	if (collect_pairs(x, &r, &pairs) == -1)
		return -1;
	rc = archive_save_throughput(&place, &r);
	free(pairs);
	return rc;
}

static void
save_and_count(struct session *x, struct worker *clerk)
{
	char why[128];
	int error, rc;

	rc = save(x);
	error = errno;
	if (rc == -1)
		SERVER_LOG(x->server, LOG_LEVEL_ERROR, "failed to write "
		    "throughput1 result uuid=%s error=\"%s\"",
		    x->stream.uuid, server_error(error, why, sizeof(why)));
	pthread_mutex_lock(&clerk->lock);
	clerk->counts.writes[x->direction][rc == 0 ? METRICS_WRITTEN :
	    METRICS_WRITE_ERROR]++;
	pthread_mutex_unlock(&clerk->lock);
}

static void
write_record(struct job *j, void *arg)
{
	struct session *x = session_of(j);

	if (!x->server->too_late)
		save_and_count(x, arg);
	x->job.run = take_written;
	mailbox_post(&x->server->back, &x->job);
}
