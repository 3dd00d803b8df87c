/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_MAILBOX_H
#define MSAK_MAILBOX_H

#include <sys/queue.h>

#include <pthread.h>

#include "common/loop.h"

/*
 * Work handed to the thread of a loop. What is posted is part of what it is
 * about and needs no memory, so that posting never fails.
 */
struct job {
	STAILQ_ENTRY(job) entry;
	void	(*run)(struct job *, void *arg);	/* arg: the mailbox's */
};

struct mailbox {
	pthread_mutex_t		 lock;
	STAILQ_HEAD(, job)	 jobs;
	int			 wake[2];
	struct loop		*loop;
	struct loop_fd		 watch;
	void			*arg;
};

/* The jobs run in the loop. 0, or -1 with errno; to be closed also then. */
int	mailbox_open(struct mailbox *m, struct loop *l, void *arg);
/* Not from the loop, and not while it runs elsewhere. Jobs that are left are
 * run here. */
void	mailbox_close(struct mailbox *m);
/* From any thread. They run in this order. */
void	mailbox_post(struct mailbox *m, struct job *j);

#endif
