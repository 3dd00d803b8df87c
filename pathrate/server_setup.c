/* SPDX-License-Identifier: BSD-2-Clause */
/* Options, sockets and the process. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/daemon.h"
#include "common/sock.h"
#include "common/text.h"
#include "pathrate/server_private.h"

/* Whom a server that root started becomes when nobody says so. */
#define DEFAULT_USER	"nobody"
#define BACKLOG		128
/* Descriptors that are not sessions', which have two each. */
#define SPARE_FILES	64
#define LOG_MODE	0666
#define FEATURES	(WIRE_EXT_NONCE | WIRE_EXT_DEPARTURE | \
			    WIRE_EXT_DATA_PORT | WIRE_EXT_QUEUED | \
			    WIRE_EXT_CLOCK)

static int
take_prefixes(struct server *s)
{
	const char *const *a = s->o->allow, *why;
	size_t n = 0;

	while (a[n] != NULL)
		n++;
	s->allow = calloc(n + 1, sizeof(*s->allow));
	if (s->allow == NULL)
		return -1;
	for (; s->nallow < n; s->nallow++)
		(void)addr_prefix_parse(a[s->nallow], &s->allow[s->nallow],
		    &why);
	return 0;
}

/* What is in it stays until there is a server to write it. */
static int
open_log(struct server *s)
{
	int fd = open(s->o->log, O_WRONLY | O_CREAT | O_CLOEXEC, LOG_MODE);

	if (fd == -1)
		return -1;
	s->text.r.log = fdopen(fd, "w");
	if (s->text.r.log == NULL)
		close(fd);
	return s->text.r.log == NULL ? -1 : 0;
}

int
server_prepare(struct server *s)
{
	const struct snd_options *o = s->o;

	s->config = (struct snd_config){
		.max_payload = (size_t)o->max_payload,
		.max_len = (size_t)o->max_train,
		.max_spacing_ns = o->max_spacing_ns,
		.idle_ns = o->idle_ns, .limit_ns = o->max_duration_ns,
		.features = FEATURES };
	s->text.r = (struct report){ .out = stdout,
	    .normal = o->levels.normal, .verbose = o->levels.verbose };
	TAILQ_INIT(&s->sessions);
	server_turn_init(s);
	if (take_prefixes(s) == -1 || server_train_init(s) == -1)
		return server_fail(s, "pathrate_snd");
	if (o->log != NULL && open_log(s) == -1)
		return server_fail(s, o->log);
	return 0;
}

/* Of a service manager's sockets, the first that listens. */
static int
given_socket(struct server *s)
{
	static const char *const names[] = { "control", NULL };
	socklen_t len = sizeof(int);
	int fd, on = 0;

	while ((fd = activate_take(&s->given, names[0], SOCK_STREAM,
	    names)) != -1) {
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 &&
		    on != 0)
			return fd;
		close(fd);
	}
	return -1;
}

static int
open_listener(const struct snd_options *o)
{
	const char *where = o->bind;
	struct addr local;

	if (where == NULL && !o->ipv4 && !o->ipv6)
		return sock_listen_any(o->port, BACKLOG, NULL);
	if (where == NULL)
		where = o->ipv6 ? "::" : "0.0.0.0";
	if (addr_numeric(where, o->port, &local) == -1) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	if ((o->ipv4 && addr_family(&local) != AF_INET) ||
	    (o->ipv6 && addr_family(&local) != AF_INET6)) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return o->ipv6 ? sock_listen_only(&local, BACKLOG) :
	    sock_listen(&local, BACKLOG);
}

int
server_listen(struct server *s)
{
	s->fd = given_socket(s);
	if (s->fd == -1)
		s->fd = open_listener(s->o);
	if (s->fd == -1)
		return server_fail(s, "bind(sock_tcp):");
	(void)activate_close(&s->given);
	(void)daemon_files((unsigned long)s->o->max_sessions * 2 +
	    SPARE_FILES);
	if (s->text.r.log == NULL)
		return 0;
	/* a terminal or a pipe has nothing to cut */
	if (ftruncate(fileno(s->text.r.log), 0) == -1 && errno != EINVAL)
		return server_fail(s, s->o->log);
	fputs("\n\n", s->text.r.log);
	return 0;
}

int
server_become_user(struct server *s)
{
	const char *user = s->o->user, *what;

	if (user == NULL && geteuid() == 0)
		user = DEFAULT_USER;
	if (user == NULL || daemon_drop(user, &what) == 0)
		return 0;
	return server_fail(s, what);
}

static int
close_text(struct server *s, FILE *f, const char *name, bool told)
{
	if (text_close(f) == 0 && !told)
		return 0;
	return told ? PATHRATE_FAILURE : server_fail(s, name);
}

int
server_close(struct server *s)
{
	int status = 0;

	if (s->fd != -1)
		close(s->fd);
	if (s->pidfile_fd != -1)
		(void)daemon_pidfile_remove(s->o->pidfile, s->pidfile_fd);
	if (s->text.r.log != NULL)
		status = close_text(s, s->text.r.log, s->o->log,
		    s->log_failed);
	if (close_text(s, stdout, "stdout", s->out_failed) != 0)
		status = PATHRATE_FAILURE;
	free(s->allow);
	return status;
}
