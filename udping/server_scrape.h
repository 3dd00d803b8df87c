/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_SERVER_SCRAPE_H
#define UDPING_SERVER_SCRAPE_H

#include <stdio.h>

#include "common/addr.h"
#include "common/loop.h"

/*
 * /metrics over HTTP, for Prometheus: one answer a connection. Whoever asks
 * takes little from what else the loop does: a connection is accepted every
 * 10 ms at most, some are open at once, of which a new one ends the oldest,
 * and each ends after 5 s.
 */
struct scrape;

/*
 * Listen on a. put writes the page, with arg, when it is asked for. NULL with
 * errno. To be freed before the loop.
 */
struct scrape *scrape_new(struct loop *l, const struct addr *a,
	    void (*put)(void *arg, FILE *f), void *arg);
void	scrape_free(struct scrape *s);

#endif
