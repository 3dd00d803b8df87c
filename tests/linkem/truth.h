/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_TRUTH_H
#define PL_LINKEM_TRUTH_H

#include <stdio.h>

#include "tests/linkem/conf.h"
#include "tests/linkem/engine.h"

/*
 * What the link really did, as one JSON object (see linkem --help). 0, or -1
 * with errno.
 */
int	truth_write(FILE *out, struct engine *e, const struct conf *conf);
/* One line of CSV for each record, in order of arrival. 0, or -1. */
int	truth_trace(FILE *out, const struct engine *e);

#endif
