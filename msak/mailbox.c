/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "msak/mailbox.h"

static struct job *
take(struct mailbox *m)
{
	struct job *j;

	pthread_mutex_lock(&m->lock);
	j = STAILQ_FIRST(&m->jobs);
	if (j != NULL)
		STAILQ_REMOVE_HEAD(&m->jobs, entry);
	pthread_mutex_unlock(&m->lock);
	return j;
}

static void
run_all(struct mailbox *m)
{
	struct job *j;

	while ((j = take(m)) != NULL)
		j->run(j, m->arg);
}

/* The byte is taken before the jobs: one posted meanwhile wakes us again. */
static void
on_wake(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct mailbox *m = f->arg;
	char bytes[64];

	(void)l;
	(void)events;
	while (read(m->wake[0], bytes, sizeof(bytes)) > 0)
		;
	run_all(m);
}

int
mailbox_open(struct mailbox *m, struct loop *l, void *arg)
{
	pthread_mutex_init(&m->lock, NULL);
	STAILQ_INIT(&m->jobs);
	m->loop = l;
	m->arg = arg;
	if (pipe2(m->wake, O_CLOEXEC | O_NONBLOCK) == -1) {
		m->wake[0] = m->wake[1] = -1;
		return -1;
	}
	return loop_fd_add(l, &m->watch, m->wake[0], LOOP_READ, on_wake, m);
}

void
mailbox_close(struct mailbox *m)
{
	run_all(m);
	if (m->wake[0] != -1) {
		loop_fd_del(m->loop, &m->watch);
		close(m->wake[0]);
		close(m->wake[1]);
	}
	pthread_mutex_destroy(&m->lock);
}

/* A full pipe wakes as well as one with a byte more. */
void
mailbox_post(struct mailbox *m, struct job *j)
{
	ssize_t n;

	pthread_mutex_lock(&m->lock);
	STAILQ_INSERT_TAIL(&m->jobs, j, entry);
	pthread_mutex_unlock(&m->lock);
	do
		n = write(m->wake[1], "", 1);
	while (n == -1 && errno == EINTR);
}
