/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "common/sock.h"
#include "thrulay/server.h"
#include "thrulay/strings.h"

#define BACKLOG		128
/* Connections accepted before other work gets its turn. */
#define ACCEPT_BATCH	16
/* Out of descriptors: leave the queue alone for this long. */
#define ACCEPT_PAUSE_NS	CLOCK_NS_PER_S
/* Descriptors that are not sessions'. */
#define SPARE_FILES	64

void
thrulay_server_options_init(thrulay_server_opt_t *o)
{
	memset(o, 0, sizeof(*o));
	o->log_type = THRULAY_LOG_STDERR;
	o->port = THRULAY_DEFAULT_PORT;
	o->window = THRULAY_DEFAULT_WINDOW;
	o->report = THRULAY_REPORT_09;
	o->family = AF_UNSPEC;
	o->max_sessions = 1000;
	o->max_per_address = 600;
	o->udp_first = 5003;
	o->udp_last = 6002;
	o->max_packets = UINT64_C(1) << 26;
	o->max_duration = 86400;
	o->proposal_timeout = 10;
	o->idle_timeout = 60;
	o->max_memory = UINT64_C(1) << 28;
	o->allow_reverse = true;
}

static int
check_options(const thrulay_server_opt_t *o)
{
	if (o->port < 0 || o->port > 65535 || o->window < 1 ||
	    o->max_sessions < 1 || o->max_per_address < 1 ||
	    o->udp_first == 0 || o->udp_last < o->udp_first)
		return -THRULAY_E_OPTION;
	if (!(o->max_duration > 0 && o->max_duration <= 1e9) ||
	    !(o->proposal_timeout > 0 && o->proposal_timeout <= 1e9) ||
	    !(o->idle_timeout > 0 && o->idle_timeout <= 1e9))
		return -THRULAY_E_OPTION;
	return 0;
}

/* The group that UDP tests join; a wrong one is a warning, as ever. */
static void
resolve_group(struct thrulay_server *s)
{
	const char *name = s->opt.mcast_group;
	int gai;

	if (name == NULL)
		return;
	if (addr_resolve(name, 0, s->opt.family, SOCK_DGRAM, &s->group, 1,
	    &gai) == 1 && addr_is_multicast(&s->group))
		return;
	s->group.len = 0;
	log_msg(&s->log, LOG_LEVEL_WARN, "Wrong multicast address given: %s",
	    name);
	log_msg(&s->log, LOG_LEVEL_WARN, "running without multicast");
}

static int
server_setup(struct thrulay_server *s, const thrulay_server_opt_t *o)
{
	bool failed = false;

	s->opt = *o;
	s->opt.bind_address = strings_copy(o->bind_address, &failed);
	s->opt.mcast_group = strings_copy(o->mcast_group, &failed);
	s->opt.auth_file = strings_copy(o->auth_file, &failed);
	if (failed)
		return -THRULAY_E_MEMORY;
	/* Now, since privileges may be gone later. */
	if (o->auth_file != NULL &&
	    auth_keys_load(&s->keys, o->auth_file) == -1)
		return -THRULAY_E_FILE;
	if (o->log_type == THRULAY_LOG_SYSLOG)
		log_to_syslog(&s->log, "thrulayd", LOG_LEVEL_INFO);
	else
		log_to_stream(&s->log, stderr, LOG_LEVEL_INFO);
	s->loop = loop_new();
	return s->loop == NULL ? -THRULAY_E_SYSTEM : 0;
}

int
thrulay_server_init(struct thrulay_server **out,
    const thrulay_server_opt_t *opt)
{
	struct thrulay_server *s;
	int rc;

	*out = NULL;
	rc = check_options(opt);
	if (rc != 0)
		return rc;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return -THRULAY_E_MEMORY;
	s->listen_fd = -1;
	TAILQ_INIT(&s->sessions);
	rc = server_setup(s, opt);
	if (rc != 0) {
		thrulay_server_exit(s);
		return rc;
	}
	resolve_group(s);
	*out = s;
	return 0;
}

int
thrulay_acl_allow_add(struct thrulay_server *s, const char *prefix,
    const char **why)
{
	struct addr_prefix p, *more;

	if (addr_prefix_parse(prefix, &p, why) == -1)
		return -THRULAY_E_ACL;
	more = reallocarray(s->allow, s->nallow + 1, sizeof(*more));
	if (more == NULL) {
		*why = "out of memory";
		return -THRULAY_E_MEMORY;
	}
	s->allow = more;
	s->allow[s->nallow++] = p;
	return 0;
}

static bool
allowed(const struct thrulay_server *s, const struct addr *peer)
{
	size_t i;

	for (i = 0; i < s->nallow; i++)
		if (addr_prefix_match(&s->allow[i], peer))
			return true;
	return s->nallow == 0;
}

static int
count_from(const struct thrulay_server *s, const struct addr *peer)
{
	const struct session *other;
	int n = 0;

	TAILQ_FOREACH(other, &s->sessions, entry)
		n += addr_same_host(&other->peer, peer);
	return n;
}

/* Say why there is no test, in the words of the protocol (spec 3.1). */
static void
reject(struct thrulay_server *s, int fd, const char *peer, const char *reason)
{
	uint8_t buf[128];
	size_t n;

	log_limited(&s->log, LOG_LEVEL_WARN, "%s rejected: %s", peer, reason);
	n = wire_rejection_put(reason, buf, sizeof(buf));
	(void)send(fd, buf, n, MSG_NOSIGNAL);
	close(fd);
}

static void
admit(struct thrulay_server *s, int fd, const struct addr *peer)
{
	char name[ADDR_STRLEN];

	addr_host(peer, name, sizeof(name));
	log_limited(&s->log, LOG_LEVEL_NOTICE, "connection from %s", name);
	if (!allowed(s, peer)) {
		log_limited(&s->log, LOG_LEVEL_WARN,
		    "Access denied for host %s", name);
		close(fd);
	} else if (s->count >= s->opt.max_sessions) {
		reject(s, fd, name, "too many sessions, try again later");
	} else if (count_from(s, peer) >= s->opt.max_per_address) {
		reject(s, fd, name, "too many sessions from your address");
	} else {
		session_begin(s, fd, peer);
	}
}

static void
on_accept_again(struct loop *l, struct loop_timer *t, int64_t now)
{
	struct thrulay_server *s = t->arg;

	(void)now;
	(void)loop_fd_set(l, &s->watch, LOOP_READ);
}

static void
on_connection(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct thrulay_server *s = f->arg;
	struct addr peer;
	int fd, i;

	(void)events;
	for (i = 0; i < ACCEPT_BATCH; i++) {
		fd = sock_accept(s->listen_fd, &peer);
		if (fd == -1)
			break;
		admit(s, fd, &peer);
	}
	if (i == ACCEPT_BATCH || errno == EAGAIN || errno == EINTR ||
	    errno == ECONNABORTED)
		return;
	log_limited(&s->log, LOG_LEVEL_WARN, "accept: %s", strerror(errno));
	if (loop_timer_set(l, &s->accept_pause, clock_mono() +
	    ACCEPT_PAUSE_NS) == 0)
		(void)loop_fd_set(l, f, 0);
}

static int
open_listener(struct thrulay_server *s)
{
	const char *where = s->opt.bind_address;

	if (where == NULL && s->opt.family == AF_UNSPEC)
		return sock_listen_any((uint16_t)s->opt.port, BACKLOG,
		    &s->local);
	if (where == NULL)
		where = s->opt.family == AF_INET6 ? "::" : "0.0.0.0";
	if (addr_numeric(where, (uint16_t)s->opt.port, &s->local) == -1) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	return sock_listen(&s->local, BACKLOG);
}

int
thrulay_server_listen(struct thrulay_server *s)
{
	s->listen_fd = open_listener(s);
	if (s->listen_fd == -1)
		return -THRULAY_E_LISTEN;
	sock_set_sndbuf(s->listen_fd, s->opt.window);
	sock_set_rcvbuf(s->listen_fd, s->opt.window);
	sock_set_keepalive(s->listen_fd, true);
	(void)sock_local(s->listen_fd, &s->local);
	(void)daemon_files((unsigned long)s->opt.max_sessions * 3 +
	    SPARE_FILES);
	loop_timer_init(&s->accept_pause, on_accept_again, s);
	return loop_fd_add(s->loop, &s->watch, s->listen_fd, LOOP_READ,
	    on_connection, s) == -1 ? -THRULAY_E_SYSTEM : 0;
}

int
thrulay_server_port(const struct thrulay_server *s)
{
	return addr_port(&s->local);
}

int
thrulay_server_start(struct thrulay_server *s, int max_clients)
{
	int snd = 0, rcv = 0;

	s->max_clients = max_clients;
	s->ended = 0;
	clock_sharpen();
	if (s->listen_fd != -1) {
		sock_get_buffers(s->listen_fd, &snd, &rcv);
		log_msg(&s->log, LOG_LEVEL_NOTICE,
		    "thrulayd started, listening on port %d with window "
		    "size %d", thrulay_server_port(s), snd < rcv ? snd : rcv);
	}
	return loop_run(s->loop) == -1 ? -THRULAY_E_SYSTEM : 0;
}

int
thrulay_server_process_client(struct thrulay_server *s, int fd)
{
	struct addr peer;

	if (sock_peer(fd, &peer) == -1 || sock_set_nonblock(fd, true) == -1)
		return -THRULAY_E_SYSTEM;
	admit(s, fd, &peer);
	return 0;
}

static void
on_stop(struct loop *l, int signo, void *arg)
{
	struct thrulay_server *s = arg;

	(void)l;
	log_msg(&s->log, LOG_LEVEL_NOTICE, "got signal %d, ending", signo);
	thrulay_server_stop(s);
}

static void
on_hangup(struct loop *l, int signo, void *arg)
{
	struct thrulay_server *s = arg;

	(void)l;
	(void)signo;
	/* (sic) the text is the 0.9 server's. */
	log_msg(&s->log, LOG_LEVEL_NOTICE,
	    "got SIGHUP, don't know what do do");
}

int
thrulay_server_stop_on(struct thrulay_server *s, int signo)
{
	return loop_signal(s->loop, signo, on_stop, s) == -1 ?
	    -THRULAY_E_SYSTEM : 0;
}

int
thrulay_server_note(struct thrulay_server *s, int signo)
{
	return loop_signal(s->loop, signo, on_hangup, s) == -1 ?
	    -THRULAY_E_SYSTEM : 0;
}

void
thrulay_server_stop(struct thrulay_server *s)
{
	loop_stop(s->loop);
}

void
thrulay_server_exit(struct thrulay_server *s)
{
	struct session *one;

	if (s == NULL)
		return;
	while ((one = TAILQ_FIRST(&s->sessions)) != NULL)
		session_end(one);
	if (s->listen_fd != -1) {
		loop_fd_del(s->loop, &s->watch);
		close(s->listen_fd);
	}
	if (s->loop != NULL)
		loop_free(s->loop);
	free(s->allow);
	auth_keys_free(&s->keys);
	strings_free(s->opt.bind_address);
	strings_free(s->opt.mcast_group);
	strings_free(s->opt.auth_file);
	free(s);
}
