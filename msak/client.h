/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_CLIENT_H
#define MSAK_CLIENT_H

#include "msak/options_client.h"
#include "msak/options_latency.h"
#include "msak/options_minimal.h"

/* The three clients from their options to their exit status. */
#define CLIENT_OK		0
#define CLIENT_FAILED		1	/* something asked for has no result */
#define CLIENT_INTERRUPTED	130	/* by SIGINT, what there was is told */

int	client_run(const struct client_options *o);
int	client_minimal_run(const struct minimal_options *o);
int	client_ping_run(const struct latency_options *o);

#endif
