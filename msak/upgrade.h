/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_UPGRADE_H
#define MSAK_UPGRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msak/http.h"
#include "msak/query.h"
#include "msak/ws.h"

/*
 * What a server does with a request for a test: the checks of spec 3.2 in
 * their order. Pure.
 */
#define UPGRADE_PROTOCOL	"net.measurementlab.throughput.v1"
#define UPGRADE_DURATION_MS	5000	/* when the client names none */

/* What was found about the token and the transmit limit (spec 3.5). */
struct upgrade_access {
	bool		 denied;
	bool		 busy;
	const char	*id;		/* its jti, "" too; NULL: no token */
};

/* Why it was refused, in the order of the checks. */
enum upgrade_fault {
	UPGRADE_OK,
	UPGRADE_DENIED,
	UPGRADE_BUSY,
	UPGRADE_NO_MID,
	UPGRADE_NO_STREAMS,
	UPGRADE_BAD_DURATION,
	UPGRADE_BAD_CC,
	UPGRADE_BAD_BYTES,
	UPGRADE_BAD_METADATA,
	UPGRADE_BAD_PROTOCOL,
	UPGRADE_BAD_HANDSHAKE,
	UPGRADE_FAILED			/* out of memory, or no SHA-1 */
};

/* Texts point into the query or the access. */
struct upgrade {
	enum upgrade_fault fault;
	const char	*mid;
	const char	*cc;		/* NULL: none asked for */
	int64_t		 duration_ms;	/* any sign and size */
	int64_t		 bytes;		/* 0: no limit */
	char		 accept[WS_ACCEPT_STRLEN];
};

/*
 * True: the test goes on with *u, after http_put_switch. False: *a is the
 * answer, and u->fault its reason. q is the request's query; NULL: it had too
 * many pairs.
 */
bool	upgrade_check(const struct http_request *r, const struct query *q,
	    const struct upgrade_access *access, struct upgrade *u,
	    struct http_answer *a);

/* The measurement id of any request; NULL: none. */
const char *upgrade_mid(const struct query *q,
	    const struct upgrade_access *access);
/* The token, from the form (NULL: there was none) or else from the query;
 * NULL: none. */
const char *upgrade_token(const struct query *q, const struct query *form);

/*
 * For the archive. Options that were given, in their order, i from 0; NULL
 * when this one was not.
 */
#define UPGRADE_OPTIONS		5
const struct query_pair *upgrade_option(const struct query *q, size_t i);
/* Pair i is metadata, and the first one of its key. */
bool	upgrade_is_metadata(const struct query *q, size_t i);

#endif
