/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPST_WORLD_H
#define PL_UDPST_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"
#include "udpst/ladder.h"

/*
 * A client on its ladder, a fake clock, and at most two servers:
 *
 *	ladder --- (lost?) --- rtt / 2 --- 24601  first
 *	      \--- (lost?) --- rtt / 2 --- 25000  other
 */
#define WORLD_FIRST	24601
#define WORLD_OTHER	25000
#define WORLD_START	(INT64_C(77) * CLOCK_NS_PER_S)

enum release { NOBODY, R81, R82, R90, OURS };

struct world {
	enum release	first, other;	/* what listens on which port */
	int64_t		rtt_ms;
	unsigned int	lost;		/* the datagram that is, by number */
	unsigned int	loss_pct;
	unsigned int	reject;		/* code for everybody, 0: none */
	bool		unsigned_rejects;
	int64_t		late_ms;	/* the caller, at most */
	/* Somebody else's answer, that cannot be signed. */
	unsigned int	forged;		/* code, 0: none */
	int64_t		forged_ms;
};

struct outcome {
	enum ladder_step step;		/* SEND: accepted */
	unsigned int	version, port, code;
	int64_t		at_ms;
	unsigned int	sends;
};

/*
 * The whole of a ladder; fails the test when it sends too often, too late or
 * too much.
 */
struct outcome world_run(const struct ladder_conf *conf,
	    const struct world *w);
/* What a release makes of a setup request: its code, 0 for silence. */
unsigned int world_reply(enum release server, unsigned int version,
	    unsigned int *named);

#endif
