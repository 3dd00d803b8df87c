/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_ACCESS_H
#define MSAK_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msak/token.h"

/*
 * Who may measure (spec 3.5): the decision on a request's access token, before
 * anything else is asked of it.
 */

/* In the order of their names, which is that of the metrics. */
enum access_path {
	ACCESS_AUTHORIZE,	/* /latency/v1/authorize */
	ACCESS_RESULT,
	ACCESS_DOWNLOAD,	/* /throughput/v1/download */
	ACCESS_UPLOAD,
	ACCESS_OTHER,		/* always pass */
	ACCESS_PATHS
};

/* Why a request passed or not; rejected ones follow the accepted ones. */
enum access_reason {
	ACCESS_EMPTY,		/* no token, none required */
	ACCESS_UNENFORCED,	/* ACCESS_OTHER */
	ACCESS_VERIFIED,
	ACCESS_MISSING,
	ACCESS_BAD,		/* that plus the verdict, from 1 */
	ACCESS_REASONS = ACCESS_BAD + TOKEN_VERDICTS
};

struct access {
	const struct jwk_set *keys;
	const char	*machine;	/* the audience of our tokens */
	bool		 required;
	bool		 enabled;	/* else tokens mean nothing */
};

struct access_answer {
	int		 status;	/* 401 with an empty body; 0: pass */
	enum access_path path;
	enum access_reason reason;	/* where counted */
	bool		 counted;	/* in the metrics: access is enabled */
	bool		 verified;	/* claims are a good token's */
	struct token_claims claims;
};

/* Room for every message below. */
#define ACCESS_MESSAGE	(JWK_ERROR + 64)

/*
 * At start, after the options: keys, the message of the first that could not
 * be loaded (NULL: none), -token.machine and -token.verify; keys and machine
 * must stay valid. 0 with the line to log in message, "" when there is
 * nothing to say; -1 with the text to end with. It ends where every request
 * would pass although tokens are required.
 */
int	access_init(struct access *a, const struct jwk_set *keys,
	    const char *key_error, const char *machine, bool required,
	    char *message, size_t len);

/* path is cleaned and has no query. */
enum access_path access_path(const char *path);
const char *access_path_name(enum access_path p);

/* token is the parameter access_token, of len bytes; none when len is 0. */
void	access_check(const struct access *a, enum access_path path,
	    const char *token, size_t len, int64_t now_wall_ns,
	    struct access_answer *out);
bool	access_accepted(enum access_reason r);
const char *access_reason(enum access_reason r);

#endif
