/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Latency of the path while it is idle and while the streams load it. It has
 * a thread of its own: what waits behind megabytes in our own loop is not the
 * path's.
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "msak/client_private.h"

/* Long enough for a hundred packets; a result may be asked for at any time. */
#define IDLE_NS		(2 * CLOCK_NS_PER_S)
/* The server sends for 5 s, so no longer. */
#define LOADED_NS	(5 * CLOCK_NS_PER_S)
#define IDLE_ECHO	'i'		/* what the client tells the thread */
#define LOADED_ECHO	'l'
#define FETCH		'f'
#define LEAVE		'q'
#define READY		'r'		/* what the thread tells */
#define DONE		'd'

struct client_load {
	pthread_t		 thread;
	int			 pair[2];	/* client, thread */
	bool			 ready, done;	/* the client's */
	struct loop_fd		 watch;
	/* The thread's, until it has been joined. */
	struct loop		*loop;
	struct loop_fd		 command;
	struct dialer		 dialer;
	struct client_latency	 session;
	char			 ask[URL_MAX], result[URL_MAX];
	uint16_t		 port;
};

/* In the thread. */

static void
say(int fd, char what)
{
	while (send(fd, &what, 1, MSG_NOSIGNAL) == -1 && errno == EINTR)
		continue;
}

static void
on_moved(struct client_latency *s)
{
	struct client_load *l = s->arg;

	if (s->state == CLIENT_LATENCY_READY)
		say(l->pair[1], READY);
	else if (s->state == CLIENT_LATENCY_ECHOED)
		client_latency_fetch(s);
	else if (s->state == CLIENT_LATENCY_DONE)
		loop_stop(l->loop);
}

static void
obey(struct client_load *l, char what)
{
	struct client_latency *s = &l->session;

	if (what == FETCH && s->state == CLIENT_LATENCY_ECHOING) {
		client_latency_fetch(s);
	} else if (s->state == CLIENT_LATENCY_READY &&
	    (what == IDLE_ECHO || what == LOADED_ECHO)) {
		s->cut = true;
		client_latency_echo(s, what == IDLE_ECHO ? IDLE_NS :
		    LOADED_NS);
	} else if (what == LEAVE)
		loop_stop(l->loop);
}

static void
on_command(struct loop *loop, struct loop_fd *f, unsigned int events)
{
	struct client_load *l = f->arg;
	ssize_t n;
	char what;

	(void)loop;
	(void)events;
	n = recv(l->pair[1], &what, 1, 0);
	if (n == 1)
		obey(l, what);
	else if (n == 0)
		loop_stop(l->loop);
}

static void *
run(void *arg)
{
	struct client_load *l = arg;

	client_latency_start(&l->session, &l->dialer, l->ask, l->result,
	    l->port, on_moved, NULL, l);
	(void)loop_run(l->loop);
	say(l->pair[1], DONE);
	return NULL;
}

/* In the client. */

static void
on_word(struct loop *loop, struct loop_fd *f, unsigned int events)
{
	struct client_load *l = f->arg;
	char what;

	(void)events;
	if (recv(l->pair[0], &what, 1, 0) != 1 || what == DONE) {
		l->done = true;
		loop_fd_del(loop, f);
	} else
		l->ready = true;
}

static bool
is_ready(void *arg)
{
	struct client_load *l = arg;

	return l->ready || l->done;
}

static bool
is_done(void *arg)
{
	struct client_load *l = arg;

	return l->done;
}

/* The same server's path for latency1, with what it knows the client by. */
static bool
make_url(struct client *c, const char *path, char *text, size_t len)
{
	const char *const keys[] = { "mid", "access_token" };
	struct query_pair set[2];
	struct query *q;
	struct url u = c->url;
	size_t i, n = 0;
	bool ok;

	q = query_parse(u.query, strlen(u.query));
	if (q == NULL)
		return false;
	for (i = 0; i < 2; i++)
		if (*query_value(q, keys[i]) != '\0')
			set[n++] = query_pair(keys[i],
			    query_value(q, keys[i]));
	snprintf(u.scheme, sizeof(u.scheme), "%s",
	    strcmp(c->url.scheme, "wss") == 0 ? "https" : "http");
	snprintf(u.path, sizeof(u.path), "%s", path);
	u.query[0] = '\0';
	ok = url_set(&u, set, n) == 0;
	if (ok)
		(void)url_format(&u, text, len);
	free(q);
	return ok;
}

static void
discard(struct client_load *l)
{
	client_latency_free(&l->session);
	dialer_free(&l->dialer);
	loop_free(l->loop);
	if (l->pair[0] != -1) {
		close(l->pair[0]);
		close(l->pair[1]);
	}
	free(l);
}

/* A thread takes no signals, they are the client's. */
static int
begin_thread(struct client_load *l)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&l->thread, NULL, run, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r == 0 ? 0 : -1;
}

static struct client_load *
start(struct client *c)
{
	struct client_load *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->pair[0] = l->pair[1] = -1;
	l->port = (uint16_t)c->o->latency_port;
	l->loop = loop_new();
	if (l->loop == NULL ||
	    dialer_init(&l->dialer, l->loop, &c->o->net,
	    !c->o->no_verify) == -1 ||
	    !make_url(c, "/latency/v1/authorize", l->ask, sizeof(l->ask)) ||
	    !make_url(c, "/latency/v1/result", l->result,
	    sizeof(l->result)) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, l->pair) == -1 ||
	    loop_fd_add(l->loop, &l->command, l->pair[1], LOOP_READ,
	    on_command, l) == -1 ||
	    loop_fd_add(c->base->loop, &l->watch, l->pair[0], LOOP_READ,
	    on_word, l) == -1 || begin_thread(l) == -1) {
		loop_fd_del(c->base->loop, &l->watch);
		discard(l);
		return NULL;
	}
	return l;
}

/* Why there are no round trips; NULL: there are, or there was no time. */
static const char *
why_nothing(const struct client_latency *s)
{
	if (s->error[0] != '\0')
		return s->error;
	return s->has && s->rtt.sent == 0 && s->end[0] != '\0' ? s->end : NULL;
}

/* Its end; what it found goes into rtt. True: it found something. */
static bool
finish(struct client *c, struct client_load *l, struct result_rtt *rtt)
{
	char text[CLIENT_FETCH_ERROR + 16];
	const char *why;
	bool has;

	if (!client_base_wait(c->base, is_done, l, 1, CLOCK_NEVER))
		say(l->pair[0], LEAVE);
	pthread_join(l->thread, NULL);
	loop_fd_del(c->base->loop, &l->watch);
	has = l->session.has;
	*rtt = l->session.rtt;
	why = why_nothing(&l->session);
	if (why != NULL) {
		snprintf(text, sizeof(text), "latency: %s", why);
		report_client_error(c->report, c->d, 0, text);
	}
	discard(l);
	return has;
}

void
client_load_idle(struct client *c)
{
	struct client_load *l;

	if (!c->o->latency || c->idle_done)
		return;
	c->idle_done = true;
	l = start(c);
	if (l == NULL)
		return;
	say(l->pair[0], client_base_wait(c->base, is_ready, l, 0,
	    CLOCK_NEVER) ? IDLE_ECHO : LEAVE);
	if (!client_base_wait(c->base, is_done, l, 0, CLOCK_NEVER))
		say(l->pair[0], FETCH);
	c->result.has_idle = finish(c, l, &c->result.idle);
}

/* Leave is asked for before the path is loaded. */
void
client_load_prepare(struct client *c)
{
	if (!c->o->latency || c->base->interrupts > 0)
		return;
	c->load = start(c);
	if (c->load != NULL)
		(void)client_base_wait(c->base, is_ready, c->load, 0,
		    CLOCK_NEVER);
}

void
client_load_begin(struct client *c)
{
	if (c->load != NULL)
		say(c->load->pair[0], LOADED_ECHO);
}

void
client_load_end(struct client *c)
{
	if (c->load != NULL)
		say(c->load->pair[0], FETCH);
}

void
client_load_collect(struct client *c)
{
	struct result_way *w = &c->result.ways[c->d];

	if (c->load == NULL)
		return;
	if (c->end_ns == 0)
		say(c->load->pair[0], LEAVE);
	w->has_loaded = finish(c, c->load, &w->loaded);
	c->load = NULL;
}
