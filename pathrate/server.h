/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_SERVER_H
#define PATHRATE_SERVER_H

#include "pathrate/options.h"

/*
 * The sender: serve receivers as o says until a signal or, without -i, until
 * the first one has gone. Returns the exit status (spec 2.1).
 */
int	server_run(const struct snd_options *o);

#endif
