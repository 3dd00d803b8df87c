/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of the server: start in the original's order, signals, end. */
#include "config.h"

#include <errno.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "msak/server.h"
#include "msak/server_private.h"

/* Descriptors for everything but connections: listeners, those to the metrics
 * and refused ones, records; and for each worker. */
#define SPARE_FILES	256
#define WORKER_FILES	4
/* For records when the tests have been cut: a disk may be slow, or stuck. */
#define WRITE_NS	(8 * CLOCK_NS_PER_S)

/* End. */

void
server_check_stopped(struct server *s)
{
	if (s->stopping && s->nsessions == 0 && s->latency_unwritten == 0)
		loop_stop(s->loop);
}

static void
cut(struct server *s)
{
	if (s->cutting)
		return;
	s->cutting = true;
	server_workers_cut(s);
	(void)loop_timer_set(s->loop, &s->stop_timer, clock_mono() + WRITE_NS);
}

static void
give_up_records(struct server *s)
{
	SERVER_LOG(s, LOG_LEVEL_ERROR, "Stopped before all records were "
	    "written missing=%zu",
	    s->unwritten + (size_t)s->latency_unwritten);
	s->too_late = true;
	loop_stop(s->loop);
}

static void
on_stop_timeout(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;

	(void)l;
	(void)now_ns;
	if (s->cutting)
		give_up_records(s);
	else
		cut(s);
}

static void
stop(struct server *s)
{
	struct conn *c;
	size_t i;

	s->stopping = true;
	daemon_notify("STOPPING=1");
	for (i = 0; i < SERVER_LISTENERS; i++)
		server_accept_close(&s->listeners[i]);
	while ((c = TAILQ_FIRST(&s->conns)) != NULL)
		conn_free(c);
	server_latency_close(s);
	server_workers_finish(s);
	(void)loop_timer_set(s->loop, &s->stop_timer, clock_mono() +
	    s->o->stop_timeout_ns);
	server_check_stopped(s);
}

/* The first one ends every test in time, the second one now. */
static void
on_stop(struct loop *l, int signo, void *arg)
{
	struct server *s = arg;

	(void)l;
	SERVER_LOG(s, LOG_LEVEL_INFO, "Stopping signal=%d", signo);
	if (s->signals++ == 0)
		stop(s);
	else
		cut(s);
}

/* Start. */

static void
on_reload(struct loop *l, int signo, void *arg)
{
	(void)l;
	(void)signo;
	server_reload(arg);
}

static int
catch_signals(struct server *s)
{
	(void)signal(SIGPIPE, SIG_IGN);
	if (loop_signal(s->loop, SIGTERM, on_stop, s) == 0 &&
	    loop_signal(s->loop, SIGINT, on_stop, s) == 0 &&
	    loop_signal(s->loop, SIGHUP, on_reload, s) == 0)
		return 0;
	return server_fatal(s, "signals: %s", strerror(errno));
}

static int
open_listener(struct server *s, size_t which, const char *address,
    const char *failure)
{
	struct listener *l = &s->listeners[which];
	char why[512];
	int fd = server_given(s, which);

	if (fd == -1)
		fd = server_listen(s->o, address, why, sizeof(why));

	l->metrics = which == SERVER_METRICS;
	l->tls = which == SERVER_WSS;
	if (fd == -1)
		return server_fatal(s, "%s (error: %s)", failure, why);
	if (server_accept_on(s, l, fd) == -1)
		return server_fatal(s, "%s (error: %s)", failure,
		    strerror(errno));
	return 0;
}

static int
open_access(struct server *s)
{
	const struct server_options *o = s->o;
	char error[JWK_ERROR], message[ACCESS_MESSAGE];
	bool bad;

	bad = server_keys_load(o, &s->keys, error, sizeof(error)) == -1;
	if (access_init(&s->access, &s->keys, bad ? error : NULL,
	    o->token_machine, o->token_verify, message,
	    sizeof(message)) == -1)
		return server_fatal(s, "%s", message);
	if (message[0] != '\0')
		server_say(s, "%s", message);
	return 0;
}

static void
on_tx(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;

	txlimit_tick(&s->tx, clock_mono());
	(void)loop_timer_set(l, t, now_ns + TXLIMIT_PERIOD_NS);
}

static void
open_tx(struct server *s)
{
	char message[TXLIMIT_MESSAGE];

	txlimit_open(&s->tx, s->o->tx_device, s->o->tx_max_bps, message,
	    sizeof(message));
	if (message[0] != '\0')
		server_say(s, "%s", message);
	if (s->tx.watching)
		(void)loop_timer_set(s->loop, &s->tx_timer, clock_mono());
}

static int
open_ws(struct server *s)
{
	struct server_text t;

	SERVER_LOG(s, LOG_LEVEL_INFO, "About to listen for ws tests "
	    "endpoint=%s", server_value(&t, s->o->ws_addr,
	    strlen(s->o->ws_addr)));
	return open_listener(s, SERVER_WS, s->o->ws_addr,
	    "failed to create listener");
}

/* Only with both files. */
static int
open_wss(struct server *s)
{
	struct server_text t;
	char why[512];

	if (s->o->cert[0] == '\0' || s->o->key[0] == '\0')
		return 0;
	SERVER_LOG(s, LOG_LEVEL_INFO, "About to listen for wss tests "
	    "endpoint=%s", server_value(&t, s->o->wss_addr,
	    strlen(s->o->wss_addr)));
	if (open_listener(s, SERVER_WSS, s->o->wss_addr,
	    "failed to create listener") == -1)
		return -1;
	s->tls = server_tls_new(s->o, why, sizeof(why));
	if (s->tls == NULL)
		return server_fatal(s,
		    "Could not start cleartext server (error: %s)", why);
	return 0;
}

static int
open_udp(struct server *s)
{
	const char *what;
	char why[512];

	s->udp = server_given(s, SERVER_LISTENERS);
	if (s->udp == -1)
		s->udp = server_bind_udp(s->o, s->o->latency_addr, &what,
		    why, sizeof(why));
	if (s->udp == -1)
		return server_fatal(s, "%s (error: %s)", what, why);
	if (server_latency_open(s) == -1)
		return server_fatal(s, "latency: %s", strerror(errno));
	return 0;
}

static int
open_all(struct server *s)
{
	char why[256];

	if (open_listener(s, SERVER_METRICS, s->o->prometheus,
	    "Could not start metric server") == -1 || open_access(s) == -1)
		return -1;
	open_tx(s);
	if (open_ws(s) == -1 || open_wss(s) == -1 || open_udp(s) == -1)
		return -1;
	if (activate_close(&s->given) != 0)
		server_say(s, "WARNING: more sockets were handed over than "
		    "there is use for");
	if (server_page_load(s, &s->page, &s->page_len, why,
	    sizeof(why)) == -1)
		return server_fatal(s, "%s", why);
	return 0;
}

/* As many connections as are wished for and there are descriptors for. */
static void
limit_conns(struct server *s)
{
	unsigned long spare = SPARE_FILES +
	    WORKER_FILES * stream_threads_number(s->o->threads);
	unsigned long wanted = (unsigned long)s->o->max_sessions + spare;
	unsigned long files = daemon_files(wanted);

	s->max_conns = (size_t)s->o->max_sessions;
	if (files >= wanted)
		return;
	s->max_conns = files > 2 * spare ? files - spare : files / 2;
	server_say(s, "WARNING: at most %zu connections: of %lu descriptors "
	    "for -max-sessions there may be %lu", s->max_conns, wanted, files);
}

static int
start(struct server *s, int *pidfile_fd)
{
	const char *what, *pidfile = s->o->pidfile;

	limit_conns(s);
	clock_sharpen();
	if (open_all(s) == -1)
		return -1;
	if (pidfile[0] != '\0' &&
	    daemon_pidfile(pidfile, pidfile_fd, &what) == -1)
		return server_fatal(s, "%s: %s", what, strerror(errno));
	if (server_become_user(s) == -1 || catch_signals(s) == -1)
		return -1;
	if (server_workers_start(s) == -1)
		return server_fatal(s, "threads: %s", strerror(errno));
	SERVER_LOG(s, LOG_LEVEL_INFO, "Accepting UDP packets...");
	return 0;
}

static struct server *
new_server(const struct server_options *o)
{
	struct server *s = calloc(1, sizeof(*s));
	uint64_t seed[2];
	size_t i;

	if (s == NULL)
		return NULL;
	s->o = o;
	s->udp = -1;
	s->cc.fd = -1;
	activate_init(&s->given);
	for (i = 0; i < SERVER_LISTENERS; i++)
		s->listeners[i].fd = -1;
	TAILQ_INIT(&s->conns);
	s->started_wall_ns = clock_wall();
	loop_timer_init(&s->stop_timer, on_stop_timeout, s);
	loop_timer_init(&s->tx_timer, on_tx, s);
	s->tx.dev.fd = -1;
	s->loop = loop_new();
	if (s->loop == NULL ||
	    RAND_bytes((unsigned char *)seed, sizeof(seed)) != 1) {
		loop_free(s->loop);
		free(s);
		return NULL;
	}
	rng_seed(&s->rng, seed[0]);
	s->peers.seed = s->askers.seed = seed[1];
	server_log_open(s);
	return s;
}

static void
free_server(struct server *s)
{
	struct conn *c;
	size_t i;

	for (i = 0; i < SERVER_LISTENERS; i++)
		server_accept_close(&s->listeners[i]);
	while ((c = TAILQ_FIRST(&s->conns)) != NULL)
		conn_free(c);
	server_workers_join(s);
	server_cc_stop(&s->cc);
	if (s->udp != -1)
		close(s->udp);
	latency_free(s->latency);
	udpio_rx_free(s->rx);
	txlimit_close(&s->tx);
	SSL_CTX_free(s->tls);
	jwk_free(&s->keys);
	free(s->page);
	peers_clear(&s->peers);
	peers_clear(&s->askers);
	loop_free(s->loop);
	pthread_mutex_destroy(&s->log_lock);
	free(s);
}

int
server_run(const struct server_options *o)
{
	struct server *s = new_server(o);
	int pidfile_fd = -1, status = 1;
	bool too_late;

	tzset();
	if (s == NULL) {
		fputs("out of memory\n", stderr);
		return 1;
	}
	if (start(s, &pidfile_fd) == 0) {
		daemon_notify("READY=1");
		if (loop_run(s->loop) == 0)
			status = 0;
		else
			(void)server_fatal(s, "wait: %s", strerror(errno));
	}
	too_late = s->too_late;
	if (!too_late)
		free_server(s);
	if (pidfile_fd != -1)
		(void)daemon_pidfile_remove(o->pidfile, pidfile_fd);
	/* The clerk may be stuck in the disk, and still needs all that is its
	 * server's: it ends with the process. */
	if (too_late)
		_exit(status);
	return status;
}
