/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_HTTP_H
#define MSAK_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "msak/url.h"

/*
 * HTTP/1.1 (RFC 9112) as far as spec 3.2, 3.6 and 3.7 need it: one request a
 * connection. Parsers are given all bytes read so far, which they do not
 * change and into which their results point.
 *
 * A head over HTTP_HEAD_MAX is refused. The original takes 1 MiB; no client
 * sends a twentieth of that, and one that dribbles it in holds the memory.
 */
#define HTTP_HEAD_MAX	16384		/* with the blank line */
#define HTTP_FIELDS_MAX	100
#define HTTP_FORM_MAX	16384		/* of a request's body */

enum http_status { HTTP_MORE, HTTP_OK, HTTP_BAD };

struct http_str {
	const char	*p;
	size_t		 len;
};

struct http_field {
	struct http_str	name, value;	/* value without blanks around it */
};

struct http_head {
	struct http_field field[HTTP_FIELDS_MAX];
	size_t		 count;
	size_t		 len;		/* the body begins behind them */
	int64_t		 length;	/* Content-Length; -1: none */
	bool		 chunked;
};

/* Exactly this, or in any case of ASCII. */
bool	http_is(struct http_str s, const char *text);
bool	http_is_like(struct http_str s, const char *text);
/* The first field of this name, else NULL; how many there are. */
const struct http_field *http_find(const struct http_head *h, const char *name);
size_t	http_count(const struct http_head *h, const char *name);
/* One of the comma-separated words in all fields of this name. */
bool	http_has_token(const struct http_head *h, const char *name,
	    const char *token);

/*
 * Server.
 */
struct http_request {
	struct http_head head;
	struct http_str	 method;
	struct http_str	 path, query;	/* as they came, escaped */
	unsigned int	 minor;		/* of HTTP/1.x */
	/* HTTP_BAD: for http_put_refusal. */
	int		 status;
	const char	*why;		/* or NULL */
};

/* A line or a first byte that cannot become a request is HTTP_BAD at once. */
enum http_status http_request_get(const char *buf, size_t len,
	    struct http_request *r);
/* Its body holds parameters. */
bool	http_is_form(const struct http_request *r);
/* It sends its body only after a 100 (RFC 9110, 10.1.1). */
bool	http_is_waiting(const struct http_request *r);
/* It expects something else, which nobody can do. */
bool	http_is_demanding(const struct http_request *r);

/*
 * An answer. Without own all strings are static.
 */
struct http_answer {
	int		 status;
	const char	*fields;	/* lines before the date, or NULL */
	const char	*type;		/* of the body, or NULL */
	const char	*body;		/* NULL: none */
	size_t		 len;
	char		*own;
};

void	http_answer_set(struct http_answer *a, int status);
/* The same with a text of HTTP's own: "404 page not found\n". */
void	http_answer_text(struct http_answer *a, int status, const char *text);
/* 301. -1 when out of memory. */
int	http_answer_moved(struct http_answer *a,
	    const struct http_request *r, const char *path, size_t len);
void	http_answer_free(struct http_answer *a);
/* now: seconds since 1970. */
void	http_put_answer(FILE *out, const struct http_request *r,
	    const struct http_answer *a, int64_t now);
/* To what is no request. */
void	http_put_refusal(FILE *out, int status, const char *why);
void	http_put_switch(FILE *out, const char *accept, const char *protocol);

/*
 * Client.
 */
struct http_response {
	struct http_head head;
	int		 status;	/* 100..999 */
	struct http_str	 reason;
};

enum http_status http_response_get(const char *buf, size_t len,
	    struct http_response *r);
/* 101 with the tokens and the proof that the original's client looks for. */
bool	http_is_switch(const struct http_response *r, const char *accept);
/* The body is as it is named in Content-Type. */
bool	http_is_plain(const struct http_response *r);
/* proxy: whom it goes to instead, or NULL. */
void	http_put_get(FILE *out, const struct url *u, const char *agent,
	    const struct url *proxy);
/* Asks proxy for a tunnel to the host and port of u. */
void	http_put_connect(FILE *out, const struct url *u, const char *agent,
	    const struct url *proxy);
void	http_put_upgrade(FILE *out, const struct url *u, const char *agent,
	    const char *nonce, const char *protocol);

/*
 * A body, collected up to max bytes.
 */
struct http_body {
	char		*data;		/* with a NUL, once done */
	size_t		 len;

	/* Its own. */
	size_t		 room, max;
	int		 state;
	uint64_t	 left;		/* of the length or the chunk */
	size_t		 line;		/* bytes of the line so far */
	bool		 content;	/* the line has some */
};

/* status: of the response, 0 for a request. HTTP_OK: there is none; HTTP_BAD:
 * its length is over max. */
enum http_status http_body_init(struct http_body *b,
	    const struct http_head *h, int status, size_t max);
void	http_body_free(struct http_body *b);
/* HTTP_OK: complete; what comes behind it is not looked at. HTTP_BAD: too
 * long, malformed, or out of memory. */
enum http_status http_body_put(struct http_body *b, const char *p, size_t n);
/* The connection has ended. */
enum http_status http_body_end(struct http_body *b);

#endif
