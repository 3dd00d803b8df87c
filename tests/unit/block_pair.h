/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_BLOCK_PAIR_H
#define PL_BLOCK_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/loop.h"
#include "thrulay/block_echo.h"
#include "thrulay/block_send.h"

/* What the tests of the two ends of a block stream share. */

/* Two ends of a TCP connection over loopback, neither blocks. */
struct tcp_pair {
	int	near, far;
};

/* buffer: bytes asked for on both ends, 0 leaves the default. */
void	tcp_pair_open(struct tcp_pair *p, int buffer);
void	tcp_pair_close(struct tcp_pair *p);

/* What an end reported. */
struct outcome {
	struct loop	*loop;
	size_t		 received;	/* bytes (echoer) or echoes (sender) */
	size_t		 good;		/* RTTs */
	int64_t		 min_ns, max_ns;
	int		 ended;		/* how often */
	const char	*during;
	int		 error;
	int		 probed;	/* how often */
	size_t		 samples;
	size_t		 notes;
};

extern const struct block_echo_events echo_events;
extern const struct block_send_events send_events;
void	on_probed(void *arg, const int64_t *rtt_ns, size_t n);

void	outcome_init(struct outcome *o, struct loop *l);

/* Rounds of the loop until done(arg); the test fails after 20 s. */
void	run_until(struct loop *l, bool (*done)(const void *), const void *arg);
bool	has_ended(const void *outcome);

/* Rounds until some in a row did nothing: nothing is left to do. */
void	run_until_idle(struct loop *l);

/* All of it, or the test fails: it must fit the socket buffers. */
void	write_all(int fd, const void *buf, size_t len);
/* What is there, at most len. */
size_t	read_some(int fd, void *buf, size_t len);

#endif
