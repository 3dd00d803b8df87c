/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_CLIENT_H
#define PATHRATE_CLIENT_H

#include "pathrate/options.h"

/*
 * A run of pathrate_rcv: files, session or recorded one, results. argv is for
 * the log. Returns the exit status: 0 after any estimate, PATHRATE_FAILURE, or
 * 128 and the number of the signal that ended it.
 */
int	client_run(const struct rcv_options *o, int argc, char *const *argv);

#endif
