/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of the server: log, background, sockets, privileges, signals. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "common/sock.h"
#include "udpst/report.h"
#include "udpst/server.h"
#include "udpst/server_private.h"
#include "udpst/signals.h"

/* Whom a server that root started becomes when nobody says so. */
#define DEFAULT_USER	"nobody"
#define SAMPLE_NS	INT64_C(500000000)
#define CONTROL_BATCH	64
#define CONTROL_BUFFER	4194304		/* to survive a flood of requests */
#define FILES		1024

void
server_stop(struct server *s)
{
	s->stopping = true;
	server_workers_stop(s);
	if (s->nsessions == 0)
		loop_stop(s->loop);
}

/* The first signal ends every test; the second one does not wait for that. */
static void
on_signal(struct loop *l, int signo, void *arg)
{
	struct server *s = arg;

	(void)signo;
	if (s->signals++ > 0)
		loop_stop(l);
	else
		server_stop(s);
}

/* Who moves log files away says so to a background server. */
static void
on_hangup(struct loop *l, int signo, void *arg)
{
	struct server *s = arg;

	(void)l;
	(void)signo;
	pthread_mutex_lock(&s->say_lock);
	logfile_reopen(s->log);
	pthread_mutex_unlock(&s->say_lock);
}

static int
catch_signals(struct server *s)
{
	(void)signal(SIGPIPE, SIG_IGN);
	if (signals_catch(s->loop, on_signal, s) == -1)
		return -1;
	return s->o->daemon ? loop_signal(s->loop, SIGHUP, on_hangup, s) : 0;
}

/* Statistics. */

static void
on_sample(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;

	monitor_sample(s->monitor, s->nsessions, s->used[0], s->used[1]);
	(void)loop_timer_set(l, t, now_ns + SAMPLE_NS);
}

static void
say_unwritten(struct server *s, const char *what)
{
	server_say(s, 0, "OPEN ERROR: <%s> %s", what, strerror(errno));
}

static void
on_tick(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;
	struct monitor_counters c = s->counters;
	const char *what;

	server_workers_counts(s, &c);
	if (monitor_tick(s->monitor, &c, now_ns, clock_wall(), &what) == -1)
		say_unwritten(s, what);
	(void)loop_timer_set(l, t, monitor_due(s->monitor));
}

static int
start_monitor(struct server *s)
{
	const struct options *o = s->o;

	loop_timer_init(&s->sample, on_sample, s);
	loop_timer_init(&s->tick, on_tick, s);
	if (o->stats_file == NULL && o->prometheus == NULL)
		return 0;
	if (o->stats_file != NULL &&
	    monitor_test_open(o->stats_file, clock_wall()) == -1)
		return -1;
	s->monitor = monitor_new(o, &s->controls[0].bound, o->gso,
	    clock_mono(), clock_wall(), (uint64_t)clock_wall());
	if (s->monitor == NULL)
		return -1;
	(void)loop_timer_set(s->loop, &s->sample, 0);
	return loop_timer_set(s->loop, &s->tick, monitor_due(s->monitor));
}

/*
 * Why the server cannot start: where its lines go, and, before it is in the
 * background, also where it was started from.
 */
static void	say_fatal(struct server *s, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

static void
say_fatal(struct server *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	server_say(s, 0, "%s", text);
	if (s->o->daemon) {
		printf("%s\n", text);
		(void)fflush(stdout);
	}
}

/* Control sockets. */

/* The address of the operand. 0, or -1 when the reason was told. */
static int
resolve_own(struct server *s, uint16_t port, struct addr *a)
{
	char error[ENDPOINT_ERROR];

	if (endpoint_resolve(s->o->servers[0].host, port, s->o->family, a,
	    error, sizeof(error)) == 0)
		return 0;
	say_fatal(s, "%s", error);
	return -1;
}

/* Any address: both families on one socket where there is IPv6. */
static int
open_any(const struct options *o, uint16_t port, struct addr *a)
{
	int fd = -1;

	if (o->family != AF_INET) {
		(void)addr_numeric("::", port, a);
		fd = o->family == AF_INET6 ? sock_udp_only(a) : sock_udp(a);
	}
	if (fd != -1 || o->family == AF_INET6 ||
	    (o->family == AF_UNSPEC && errno == EADDRINUSE))
		return fd;
	(void)addr_numeric("0.0.0.0", port, a);
	return sock_udp(a);
}

static void
introduce(struct server *s, const struct control *c)
{
	char a[ENDPOINT_LEN];
	int sndbuf = 0, rcvbuf = 0;

	(void)sock_get_buffers(c->fd, &sndbuf, &rcvbuf);
	(void)endpoint_text(&c->bound, a);
	server_verbose(s, 1, "Connection created (SNDBUF/RCVBUF: %d/%d) and "
	    "assigned %s", sndbuf, rcvbuf, a);
	server_verbose(s, 1, "Awaiting setup requests on %s", a);
}

/* Its device, buffers and place in the loop. 0 or -1 after a reason. */
static int
settle_control(struct server *s, struct control *c)
{
	const struct options *o = s->o;

	if (o->bind_dev != NULL && sock_set_device(c->fd, o->bind_dev) == -1) {
		say_fatal(s, "BIND ERROR: %s (%s)", strerror(errno),
		    o->bind_dev);
		return -1;
	}
	if (o->buffer > 0)
		sock_set_sndbuf(c->fd, o->buffer);
	sock_set_rcvbuf(c->fd, CONTROL_BUFFER);
	if (loop_fd_add(s->loop, &c->watch, c->fd, LOOP_READ,
	    server_take_setups, c) == 0)
		return 0;
	say_fatal(s, "EPOLL ERROR: %s", strerror(errno));
	return -1;
}

/* The operand's address, or any. -1 with errno. */
static int
open_own(const struct options *o, bool any, uint16_t port, struct addr *a)
{
	if (any)
		return open_any(o, port, a);
	return o->family == AF_INET6 ? sock_udp_only(a) : sock_udp(a);
}

/* 0, or -1 when the reason was told; optional: not having it is no error. */
static int
open_control(struct server *s, uint16_t port, bool optional)
{
	struct control *c = &s->controls[s->ncontrols];
	const struct options *o = s->o;
	bool any = o->nservers == 0 || o->servers[0].host[0] == '\0';
	char host[ADDR_STRLEN] = "<any>";

	if (!any && resolve_own(s, port, &c->bound) == -1)
		return -1;
	if (!any)
		(void)addr_host(&c->bound, host, sizeof(host));
	c->server = s;
	c->fd = open_own(o, any, port, &c->bound);
	if (c->fd == -1 && optional) {
		server_say(s, 0, "WARNING: %s (%s:%u)", strerror(errno),
		    host, port);
		return 0;
	}
	if (c->fd == -1) {
		say_fatal(s, "BIND ERROR: %s (%s:%u)", strerror(errno), host,
		    port);
		return -1;
	}
	s->ncontrols++;
	if (settle_control(s, c) == -1)
		return -1;
	introduce(s, c);
	return 0;
}

/* Without -p, and a port in the operand, both generations' (spec 3.1). */
static int
open_controls(struct server *s)
{
	const struct options *o = s->o;

	if (open_control(s, o->port, false) == -1)
		return -1;
	if (o->port_given)
		return 0;
	return open_control(s, o->port == OPTIONS_PORT ? OPTIONS_PORT_8 :
	    OPTIONS_PORT, true);
}

/* Privileges. */

static bool
writes_files(const struct options *o)
{
	return o->stats_file != NULL || o->prometheus != NULL ||
	    o->export_file != NULL || o->log_file != NULL;
}

/*
 * A server that root started becomes another user; only where it has files to
 * write and nobody named one it stays what it is.
 */
static int
drop(struct server *s)
{
	const char *user = s->o->user, *what;

	if (user == NULL && geteuid() == 0 && !writes_files(s->o))
		user = DEFAULT_USER;
	if (user == NULL || daemon_drop(user, &what) == 0)
		return 0;
	say_fatal(s, "ERROR: %s: %s", what, strerror(errno));
	return -1;
}

/* Start and end. */

static struct logfile *
open_log(const struct options *o)
{
	if (o->log_file != NULL)
		return logfile_open(o->log_file,
		    (uint64_t)o->log_kbytes * 1000);
	if (o->syslog)
		return logfile_syslog("udpst");
	return o->daemon ? logfile_nowhere() : logfile_stream(stdout);
}

static void
banner(struct server *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	if (s->o->quiet || (f = open_memstream(&text, &len)) == NULL)
		return;
	report_banner_to(s->o, f);
	if (fclose(f) == 0)
		logfile_raw(s->log, text);
	free(text);
}

static struct server *
new_server(const struct options *o)
{
	struct server *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->o = o;
	s->back[0] = s->back[1] = -1;
	s->status = UDPST_UNSPECIFIED;
	pthread_mutex_init(&s->say_lock, NULL);
	srate_build(&s->table, o->jumbo, o->traditional);
	s->loop = loop_new();
	s->rx = udpio_rx_new(CONTROL_BATCH, WIRE_CONTROL_MAX);
	return s;
}

static void
free_server(struct server *s)
{
	size_t i;

	server_workers_join(s);
	for (i = 0; i < SERVER_SESSIONS_MAX; i++)
		if (s->slots[i] != NULL)
			session_free(s->slots[i]);
	for (i = 0; i < s->ncontrols; i++)
		close(s->controls[i].fd);
	monitor_free(s->monitor);
	udpio_rx_free(s->rx);
	loop_free(s->loop);
	logfile_close(s->log);
	pthread_mutex_destroy(&s->say_lock);
	free(s);
}

/* Everything that can fail, up to the point where the server serves. */
static int
start(struct server *s, int *pidfile_fd)
{
	const struct options *o = s->o;
	const char *what = "memory";

	(void)daemon_files(FILES);
	clock_sharpen();
	if (s->loop == NULL || s->rx == NULL)
		goto fail;
	if (open_controls(s) == -1)
		return -1;
	what = o->pidfile;
	if (o->pidfile != NULL &&
	    daemon_pidfile(o->pidfile, pidfile_fd, &what) == -1)
		goto fail;
	if (drop(s) == -1)
		return -1;
	what = "signals";
	if (catch_signals(s) == -1)
		goto fail;
	what = "threads";
	if (server_workers_start(s) == -1)
		goto fail;
	what = o->stats_file != NULL ? o->stats_file : "statistics";
	if (start_monitor(s) == -1)
		goto fail;
	return 0;
fail:
	say_fatal(s, "ERROR: %s: %s", what, strerror(errno));
	return -1;
}

static void
finish(struct server *s, int pidfile_fd)
{
	struct monitor_counters c = s->counters;
	const char *what;

	if (s->monitor != NULL) {
		server_workers_counts(s, &c);
		if (monitor_write_now(s->monitor, &c, clock_mono(),
		    clock_wall(), &what) == -1)
			say_unwritten(s, what);
	}
	if (pidfile_fd != -1)
		(void)daemon_pidfile_remove(s->o->pidfile, pidfile_fd);
}

static int
serve(struct server *s, struct daemon *d)
{
	int pidfile_fd = -1;

	banner(s);
	if (clock_resolution() > CLOCK_NS_PER_MS)
		server_say(s, 0, "WARNING: Clock resolution is %.1f ms",
		    (double)clock_resolution() / 1e6);
	if (start(s, &pidfile_fd) == -1) {
		if (s->o->daemon)
			daemon_fail(d, UDPST_INIT);
		return UDPST_INIT;
	}
	if (s->o->daemon)
		daemon_ready(d);
	daemon_notify("READY=1");
	if (loop_run(s->loop) == -1)
		server_say(s, 0, "ERROR: wait: %s", strerror(errno));
	daemon_notify("STOPPING=1");
	finish(s, pidfile_fd);
	return s->status;
}

/*
 * A name that holds after the working directory has become "/". NULL when
 * there is none, or no memory. The caller's to free.
 */
static char *
absolute(const char *path)
{
	char cwd[PATH_MAX], *out = NULL;

	if (path == NULL)
		return NULL;
	if (path[0] == '/' || getcwd(cwd, sizeof(cwd)) == NULL)
		return strdup(path);
	return asprintf(&out, "%s/%s", cwd, path) == -1 ? NULL : out;
}

static int
run(const struct options *o, struct logfile *log)
{
	struct server *s;
	struct daemon d;
	const char *what;
	int status;

	if (o->daemon && daemon_background(&d, &what) == -1) {
		printf("ERROR: %s: %s\n", what, strerror(errno));
		return UDPST_INIT;
	}
	s = new_server(o);
	if (s == NULL)
		return UDPST_INIT;
	s->log = log;
	status = serve(s, &d);
	free_server(s);
	return status;
}

int
server_run(const struct options *given)
{
	struct options o = *given;
	char *names[] = { absolute(o.stats_file), absolute(o.export_file),
	    absolute(o.prometheus), absolute(o.pidfile),
	    absolute(o.log_file) };
	struct logfile *log;
	int status = UDPST_INIT;
	size_t i;

	o.stats_file = names[0];
	o.export_file = names[1];
	o.prometheus = names[2];
	o.pidfile = names[3];
	o.log_file = names[4];
	log = open_log(&o);
	if (log == NULL)
		printf("OPEN ERROR: <%s> %s\n", given->log_file != NULL ?
		    given->log_file : "log", strerror(errno));
	else
		status = run(&o, log);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		free(names[i]);
	return status;
}
