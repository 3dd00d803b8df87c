/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/daemon.h"
#include "common/sock.h"
#include "msak/server_cc.h"

const char *const server_cc_names[] = { "reno", "cubic", "bbr", NULL };

enum { CC_NAMES = 3 };

#define ALLOWED	"/proc/sys/net/ipv4/tcp_allowed_congestion_control"

/* A message with room for one descriptor. */
struct parcel {
	struct msghdr	msg;
	struct iovec	iov;
	uint8_t		byte;
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

static void
parcel_init(struct parcel *p)
{
	memset(p, 0, sizeof(*p));
	p->iov.iov_base = &p->byte;
	p->iov.iov_len = 1;
	p->msg.msg_iov = &p->iov;
	p->msg.msg_iovlen = 1;
	p->msg.msg_control = p->control;
	p->msg.msg_controllen = sizeof(p->control);
}

static int
put_fd(int channel, uint8_t byte, int fd)
{
	struct parcel p;
	struct cmsghdr *c;

	parcel_init(&p);
	p.byte = byte;
	c = CMSG_FIRSTHDR(&p.msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(channel, &p.msg, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* False: the other end is gone. *fd is -1 when none came. */
static bool
take_fd(int channel, uint8_t *byte, int *fd)
{
	struct parcel p;
	struct cmsghdr *c;
	ssize_t n;

	parcel_init(&p);
	do {
		n = recvmsg(channel, &p.msg, 0);
	} while (n == -1 && errno == EINTR);
	if (n != 1)
		return false;
	*byte = p.byte;
	*fd = -1;
	c = CMSG_FIRSTHDR(&p.msg);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(*fd)))
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	return true;
}

/* The privileged process, until the server's end is closed. Errors go back as
 * a byte. */
static void
serve(int channel)
{
	uint8_t which, answer;
	int fd;

	while (take_fd(channel, &which, &fd)) {
		answer = EINVAL;
		if (fd != -1 && which < CC_NAMES)
			answer = sock_set_cc(fd, server_cc_names[which]) == 0 ?
			    0 : (uint8_t)errno;
		if (fd != -1)
			close(fd);
		if (send(channel, &answer, 1, MSG_NOSIGNAL) != 1)
			return;
	}
}

/* Signals are for the server; it ends this process by closing its end. */
static void
child(int channel, const char *user)
{
	const char *what;

	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	if (dup2(channel, STDIN_FILENO) == -1)
		return;
	closefrom(STDIN_FILENO + 1);
	if (daemon_drop_but_network(user, &what) == 0)
		serve(STDIN_FILENO);
}

void
server_cc_allowed(char *buf, size_t len)
{
	FILE *f = fopen(ALLOWED, "re");

	buf[0] = '\0';
	if (f == NULL)
		return;
	if (fgets(buf, (int)len, f) != NULL)
		buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
}

int
server_cc_start(struct cc_setter *c, const char *user)
{
	const struct timeval second = { .tv_sec = 1 };
	int ends[2], error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == -1)
		return -1;
	c->pid = fork();
	if (c->pid == 0) {
		child(ends[1], user);
		_exit(0);
	}
	error = errno;
	close(ends[1]);
	c->fd = ends[0];
	if (c->pid == -1) {
		close(c->fd);
		c->fd = -1;
		errno = error;
		return -1;
	}
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &second,
	    sizeof(second));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &second,
	    sizeof(second));
	return 0;
}

static int
ask(struct cc_setter *c, int sock, uint8_t which)
{
	uint8_t answer;

	if (put_fd(c->fd, which, sock) == -1 ||
	    recv(c->fd, &answer, 1, 0) != 1) {
		server_cc_stop(c);
		errno = EPERM;
		return -1;
	}
	if (answer == 0)
		return 0;
	errno = answer;
	return -1;
}

int
server_cc_set(struct cc_setter *c, int sock, const char *name)
{
	uint8_t i;

	if (sock_set_cc(sock, name) == 0)
		return 0;
	if (c->fd == -1 || (errno != EPERM && errno != ENOENT))
		return -1;
	for (i = 0; i < CC_NAMES; i++)
		if (strcmp(name, server_cc_names[i]) == 0)
			return ask(c, sock, i);
	errno = EINVAL;
	return -1;
}

void
server_cc_stop(struct cc_setter *c)
{
	if (c->fd == -1)
		return;
	close(c->fd);
	c->fd = -1;
	while (waitpid(c->pid, NULL, 0) == -1 && errno == EINTR)
		;
}
