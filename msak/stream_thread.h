/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_STREAM_THREAD_H
#define MSAK_STREAM_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msak/mailbox.h"
#include "msak/stream.h"

/*
 * A thread with a loop of its own that streams live in, or other work that
 * comes through its mailbox. All zero is one that has not been started.
 */
struct stream_thread {
	struct loop		*loop;
	struct stream_io	*io;	/* NULL: it is for other work */
	struct mailbox		 in;
	pthread_t		 thread;
	bool			 has_thread;
	struct job		 quit;
};

/* How many there should be: as many as were asked for, up to 1024; one a core
 * for 0. */
size_t	stream_threads_number(int64_t asked);
/*
 * arg is what its jobs are given. Signals that the caller has blocked stay the
 * caller's. 0, or -1 with errno; to be ended also then.
 */
int	stream_thread_start(struct stream_thread *t, bool streams, void *arg);
/* After everything that was posted before. */
void	stream_thread_end(struct stream_thread *t);

#endif
