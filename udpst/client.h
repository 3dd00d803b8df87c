/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_CLIENT_H
#define UDPST_CLIENT_H

#include "udpst/options.h"

/*
 * Run as a client: one test, or with --probe only its set-up. Reports on
 * stdout. Returns the exit status (spec 2.5).
 */
int	client_run(const struct options *o);

#endif
