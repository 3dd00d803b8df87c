/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPING_PLAY_H
#define PL_UDPING_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udping/session.h"

/* A table of sessions, packets for it a millisecond apart, and its reports. */

#define PLAY_S	INT64_C(1800000000)	/* when it begins */

struct play_heard {
	char			 text[2000];
	size_t			 len;
	struct session_record	 last;
	uint64_t		 received[SESSION_HOPS];
	uint64_t		 expected[SESSION_HOPS];
	int64_t			 p50_ns;
	uint64_t		 reordered;	/* of all */
};

struct play {
	struct session_table	*t;
	struct play_heard	 h;
	int64_t			 now_ns;
	int64_t			 start_s;
	enum wire_layout	 layout;
	uint16_t		 port;
};

/* The report; arg is a play_heard. */
void	play_note(void *arg, const struct session_record *r);

/* A table of 8 sessions at most, for clients that were started long before. */
void	play_begin(struct play *y, unsigned int hops);
/* guid is one digit of the 20 that all are the same. */
enum session_verdict play_packet(struct play *y, char guid, uint32_t seq,
	    bool control);
/* first..last, each counted. */
void	play_range(struct play *y, char guid, uint32_t first, uint32_t last);
/* Nothing comes for s seconds: what is over by then is reported. */
void	play_quiet(struct play *y, int64_t s);
/* Report the rest. All reports are want: GUID:count:expected:lost, a blank
 * behind each. Frees the table. */
void	play_ends(struct play *y, const char *want);

#endif
