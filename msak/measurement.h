/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_MEASUREMENT_H
#define MSAK_MEASUREMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/json.h"
#include "msak/tcpinfo.h"
#include "msak/uuid.h"

/* The measurement message of throughput1, spec 3.4. */

/* Room for any text of measurement_text. */
#define MEASUREMENT_TEXT_MAX	8192
/* Names of the kernel have 15 bytes; a peer's may be longer. */
#define MEASUREMENT_CC_MAX	64

struct measurement {
	int64_t		app_sent, app_received;	/* payload bytes */
	int64_t		net_sent, net_received;	/* of the TCP socket */
	int64_t		elapsed_us;
	bool		has_bbr, has_tcp;
	struct bbrinfo	bbr;
	struct tcpinfo	tcp;
};

/* What only a party's first measurement of a connection says; "" where it
 * did not. */
struct measurement_first {
	char	cc[MEASUREMENT_CC_MAX];
	char	uuid[UUID_MAX];
	char	local[ADDR_STRLEN], remote[ADDR_STRLEN];
};

/* The kernel's name of a congestion control, which need not end in NUL. */
void	measurement_cc(struct measurement_first *f, const void *name,
	    size_t len);
/* Put the object into a document whose strings are Go's; first may be NULL. */
void	measurement_put(struct json *j, const char *key,
	    const struct measurement *m, const struct measurement_first *first);
/*
 * The message. buf has MEASUREMENT_TEXT_MAX bytes; returns the length, without
 * the NUL that follows, or 0 when out of memory.
 */
size_t	measurement_text(const struct measurement *m,
	    const struct measurement_first *first, char *buf);
/*
 * Read a peer's message of at most PEERJSON_MAX bytes: unknown keys are passed
 * over, missing ones are 0. False: not a measurement, *m and *first are of no
 * use. first may be NULL.
 */
bool	measurement_get(const char *text, size_t len, struct measurement *m,
	    struct measurement_first *first);

#endif
