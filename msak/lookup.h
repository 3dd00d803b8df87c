/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_LOOKUP_H
#define MSAK_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/loop.h"

/*
 * The addresses of a host, looked up in a thread of its own: the system's
 * look-up blocks for as long as name servers are silent, and the loop goes on
 * meanwhile. What is an address already needs no thread.
 */
#define LOOKUP_ADDRS	8

struct lookup;

/*
 * TCP addresses of host, an AF_* or AF_UNSPEC, with this port; done is called
 * from the loop. NULL with errno.
 */
struct lookup *lookup_start(struct loop *l, const char *host, uint16_t port,
	    int family, void (*done)(void *), void *arg);
/* Also before it is done, which it never will be then; NULL is ignored. */
void	lookup_free(struct lookup *k);

/* As it was given; still there when it has not been found. */
const char *lookup_host(const struct lookup *k);
/* Once it is done: how many there are, 0 when it failed; they are the
 * look-up's. */
size_t	lookup_addresses(const struct lookup *k, const struct addr **first);
/* Why there is none, as Go has it where it has words: "no such host". Returns
 * buf. */
const char *lookup_failure(const struct lookup *k, char *buf, size_t len);

#endif
