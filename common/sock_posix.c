/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"

#define SCRATCH	65536	/* bytes thrown away in one call */

static int
prepare(int fd)
{
	int saved;

	if (fd == -1 || (fcntl(fd, F_SETFD, FD_CLOEXEC) != -1 &&
	    sock_set_nonblock(fd, true) != -1))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
sock_open(int family, int type)
{
	return prepare(socket(family, type, 0));
}

int
sock_accept(int fd, struct addr *peer)
{
	struct addr a;
	int n;

	memset(&a, 0, sizeof(a));
	do {
		a.len = sizeof(a.ss);
		n = accept(fd, &a.sa, &a.len);
	} while (n == -1 && (errno == EINTR || errno == ECONNABORTED));
	n = prepare(n);
	if (n != -1 && peer != NULL)
		*peer = a;
	return n;
}

void
sock_allow_fragments(int fd)
{
	(void)fd;
}

int
sock_tcp_info(int fd, struct sock_tcp_info *out)
{
	(void)fd;
	memset(out, 0xff, sizeof(*out));
	return -1;
}

/* FreeBSD and NetBSD, macOS, Linux; elsewhere nobody tells. */
int
sock_outq(int fd)
{
	int bytes = -1;

#if defined(FIONWRITE)
	if (ioctl(fd, FIONWRITE, &bytes) == -1)
		return -1;
#elif defined(SO_NWRITE)
	socklen_t len = sizeof(bytes);

	if (getsockopt(fd, SOL_SOCKET, SO_NWRITE, &bytes, &len) == -1)
		return -1;
#elif defined(TIOCOUTQ)
	if (ioctl(fd, TIOCOUTQ, &bytes) == -1)
		return -1;
#endif
	return bytes;
}

ssize_t
sock_discard(int fd, size_t len)
{
	char scratch[SCRATCH];

	return recv(fd, scratch, len < sizeof(scratch) ? len :
	    sizeof(scratch), 0);
}

int64_t
sock_drops(int fd)
{
	(void)fd;
	return -1;
}

ssize_t
sock_tcp_raw(int fd, void *buf, size_t len)
{
	(void)fd;
	(void)buf;
	(void)len;
	errno = ENOPROTOOPT;
	return -1;
}

ssize_t
sock_cc_raw(int fd, void *buf, size_t len)
{
	(void)fd;
	(void)buf;
	(void)len;
	errno = ENOPROTOOPT;
	return -1;
}

uint64_t
sock_cookie(int fd)
{
	(void)fd;
	return 0;
}
