/* SPDX-License-Identifier: BSD-2-Clause */
/* The thrulayd program: a command line around libthrulay's server. */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/daemon.h"
#include "thrulay/options.h"
#include "thrulay/thrulay.h"

/* Whom a server that root started becomes when nobody says so. */
#define DEFAULT_USER	"nobody"

static struct thrulay_server *
make_server(const struct server_options *o)
{
	struct thrulay_server *s;
	const char **a, *why;
	int rc;

	rc = thrulay_server_init(&s, &o->server);
	if (rc != 0)
		errx(1, "%s", thrulay_server_strerror(rc));
	for (a = o->allow; *a != NULL; a++)
		if (thrulay_acl_allow_add(s, *a, &why) != 0)
			errx(1, "%s: %s", *a, why);
	return s;
}

static void
listen_or_exit(struct thrulay_server *s, const thrulay_server_opt_t *o)
{
	if (thrulay_server_listen(s) == 0)
		return;
	warn("%s port %d", o->bind_address != NULL ? o->bind_address : "any",
	    o->port);
	fputs("warning: unable to start server\n"
	    "Server listen failed: fatal: unable to start server "
	    "(bind failed)\n", stderr);
	exit(1);
}

static void
signals(struct thrulay_server *s)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, SIG_IGN);
	if (thrulay_server_stop_on(s, SIGTERM) != 0 ||
	    thrulay_server_stop_on(s, SIGINT) != 0 ||
	    thrulay_server_note(s, SIGHUP) != 0)
		err(1, "signals");
}

static void
drop(const struct server_options *o)
{
	const char *user = o->user, *what;

	if (user == NULL && geteuid() == 0)
		user = DEFAULT_USER;
	if (user != NULL && daemon_drop(user, &what) == -1)
		err(1, "%s", what);
}

/* Everything up to the point from which nothing can fail any more. */
static struct thrulay_server *
start(const struct server_options *o, int *pidfile_fd)
{
	struct thrulay_server *s;
	const char *what;

	s = make_server(o);
	listen_or_exit(s, &o->server);
	if (o->pidfile != NULL &&
	    daemon_pidfile(o->pidfile, pidfile_fd, &what) == -1) {
		if (errno == EWOULDBLOCK)
			errx(1, "%s: another server holds it", what);
		err(1, "%s", what);
	}
	drop(o);
	signals(s);
	return s;
}

int
main(int argc, char **argv)
{
	struct server_options o;
	struct thrulay_server *s;
	struct daemon d;
	const char *what;
	int pidfile_fd = -1, rc, status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(1, "/dev/null");
	if (server_options_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	if (!o.foreground && daemon_background(&d, &what) == -1)
		err(1, "%s", what);
	s = start(&o, &pidfile_fd);
	if (!o.foreground)
		daemon_ready(&d);
	daemon_notify("READY=1");
	rc = thrulay_server_start(s, 0);
	daemon_notify("STOPPING=1");
	thrulay_server_exit(s);
	if (pidfile_fd != -1)
		(void)daemon_pidfile_remove(o.pidfile, pidfile_fd);
	server_options_free(&o);
	return rc == 0 ? 0 : 1;
}
