/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_ENDPOINT_H
#define UDPST_ENDPOINT_H

#include "common/addr.h"

#define ENDPOINT_LEN	ADDR_STRLEN

/* "ADDR:PORT" as every line of the original has it: IPv6 without brackets.
 * Returns buf. */
const char *endpoint_text(const struct addr *a, char buf[ENDPOINT_LEN]);

#endif
