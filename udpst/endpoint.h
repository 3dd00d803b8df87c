/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_ENDPOINT_H
#define UDPST_ENDPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

#define ENDPOINT_LEN	ADDR_STRLEN

/* "ADDR:PORT" as every line of the original has it: IPv6 without brackets.
 * Returns buf. */
const char *endpoint_text(const struct addr *a, char buf[ENDPOINT_LEN]);

/*
 * Resolve a host to its first address of a family (AF_UNSPEC: of any). 0, or
 * -1 with a line that says what was wrong.
 */
#define ENDPOINT_ERROR	512
int	endpoint_resolve(const char *host, uint16_t port, int family,
	    struct addr *a, char *error, size_t len);

#endif
