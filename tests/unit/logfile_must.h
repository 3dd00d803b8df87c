/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LOGFILE_MUST_H
#define PL_LOGFILE_MUST_H

#include <stdlib.h>

#include "udpst/logfile.h"

/* A log that there has to be, as an analyzer understands it too. */
static inline struct logfile *
must(struct logfile *l)
{
	if (l == NULL)
		abort();
	return l;
}

#endif
