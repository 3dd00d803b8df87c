/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom the server runs as, and what that one may do. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/daemon.h"
#include "common/sock.h"
#include "msak/server_private.h"

/* Whom a server that root started becomes when nobody says so. */
#define DEFAULT_USER	"nobody"
#define ROOT		"root"
#define FOLDER_MODE	0755

/* A folder for records that is made now belongs to who will write them. */
static void
make_datadir(const struct server *s, const char *user)
{
	const struct passwd *pw = getpwnam(user);

	if (mkdir(s->o->datadir, FOLDER_MODE) == 0 && pw != NULL)
		(void)!chown(s->o->datadir, pw->pw_uid, pw->pw_gid);
}

/* What this process may choose, with what help there is. 0, or an errno. */
static int
try_cc(struct cc_setter *help, const char *name)
{
	int fd = sock_open(AF_INET, SOCK_STREAM), error = 0;

	if (fd == -1)
		return errno;
	if (server_cc_set(help, fd, name) == -1)
		error = errno;
	close(fd);
	return error;
}

static void
warn_of_cc(struct server *s, const char *name, int error)
{
	char allowed[128], why[128];
	struct server_text t;

	server_cc_allowed(allowed, sizeof(allowed));
	server_say(s, "WARNING: tests that ask for congestion control %s get "
	    "the system's: %s; net.ipv4.tcp_allowed_congestion_control=%s",
	    name, server_error(error, why, sizeof(why)),
	    server_value(&t, allowed, strlen(allowed)));
}

/* What clients may ask for is not always left to ordinary users. The process
 * that may choose it lives on when it is needed. */
static void
check_cc(struct server *s)
{
	struct cc_setter none = { .fd = -1 };
	bool needed = false;
	size_t i;
	int error;

	for (i = 0; server_cc_names[i] != NULL; i++) {
		if (try_cc(&none, server_cc_names[i]) == 0)
			continue;
		needed = true;
		error = try_cc(&s->cc, server_cc_names[i]);
		if (error == EPERM || error == ENOENT)
			warn_of_cc(s, server_cc_names[i], error);
	}
	if (!needed)
		server_cc_stop(&s->cc);
}

/* Whom to become; NULL: stay who it is. */
static const char *
user_of(const struct server_options *o)
{
	if (o->user[0] == '\0')
		return geteuid() == 0 ? DEFAULT_USER : NULL;
	return geteuid() == 0 && strcmp(o->user, ROOT) == 0 ? NULL : o->user;
}

static int
become(struct server *s, const char *user)
{
	const char *what;

	if (geteuid() == 0) {
		make_datadir(s, user);
		if (server_cc_start(&s->cc, user) == -1)
			return server_fatal(s, "fork: %s", strerror(errno));
	}
	if (daemon_drop(user, &what) == -1)
		return server_fatal(s, "%s: %s", what, strerror(errno));
	if (access(s->o->datadir, W_OK) == -1 && errno == EACCES)
		server_say(s, "WARNING: user %s may not write to %s: "
		    "records will be lost", user, s->o->datadir);
	return 0;
}

int
server_become_user(struct server *s)
{
	const char *user = user_of(s->o);

	if (user != NULL && become(s, user) == -1)
		return -1;
	check_cc(s);
	return 0;
}
