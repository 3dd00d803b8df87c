/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_CONF_H
#define PL_LINKEM_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/linkem/sched.h"

/* The command line. */
struct conf {
	const char	*both, *spec[2];	/* as given; forward, reverse */
	struct sched_conf sched[2];
	int64_t		 seed, duration_ns, core, waiting, records, mtu;
	bool		 ordinary;
	const char	*truth, *trace;		/* files, NULL: stdout, none */
	const char	*end[2];		/* left and right */
};

/*
 * Parse the command line. 0; 1 when --help was all that was asked (printed);
 * -1 with a message on stderr.
 */
int	conf_parse(struct conf *c, int argc, char **argv);

/* A direction that forwards at once. */
void	conf_link_init(struct sched_conf *c);
/* Add "key=value,..." as linkem --help describes it. 0, or -1 with *why. */
int	conf_link(struct sched_conf *c, const char *spec, const char **why);

#endif
