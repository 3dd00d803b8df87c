/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "tests/unit/loop_pair.h"
#include "tests/unit/unit.h"

struct loop *
loop_open(void)
{
	struct loop *l = loop_new();

	assert_non_null(l);
	return l;
}

void
on_pair(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct pair *p = f->arg;

	(void)l;
	assert_ptr_equal(&p->f, f);
	assert_false(p->deleted);
	p->calls++;
	p->events = events;
}

void
pair_open(struct loop *l, struct pair *p, unsigned int want,
    void (*cb)(struct loop *, struct loop_fd *, unsigned int))
{
	int fds[2];

	memset(p, 0, sizeof(*p));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	p->far = fds[1];
	assert_int_equal(loop_fd_add(l, &p->f, fds[0], want, cb, p), 0);
}

void
pair_close(struct loop *l, struct pair *p)
{
	loop_fd_del(l, &p->f);
	close(p->f.fd);
	close(p->far);
}

void
pair_feed(struct pair *p)
{
	assert_int_equal(write(p->far, "x", 1), 1);
}

void
pair_drain(struct pair *p)
{
	char byte;

	assert_int_equal(read(p->f.fd, &byte, 1), 1);
}
