/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_CLIENT_BASE_H
#define MSAK_CLIENT_BASE_H

#include "msak/client_fetch.h"
#include "msak/locate.h"
#include "msak/result.h"
#include "msak/stream.h"

/* What the clients share: a loop that is run step by step, and Locate. */
struct client_base {
	struct loop	*loop;
	struct dialer	 dialer;
	unsigned int	 interrupts;	/* SIGINT and SIGTERM so far */
};

/* 0, or -1 with errno. */
int	client_base_init(struct client_base *b, const struct options_net *net,
	    bool verify);
void	client_base_free(struct client_base *b);
/* Until done says so, or there have been more than so many interrupts, or
 * until_ns is past. True: done. */
bool	client_base_wait(struct client_base *b, bool (*done)(void *arg),
	    void *arg, unsigned int interrupts, int64_t until_ns);

/*
 * Ask Locate, until until_ns at most. Unless it is LOCATE_GOOD error has the
 * text; it is LOCATE_BAD too when there was no answer.
 */
enum locate_verdict client_base_locate(struct client_base *b,
	    const char *base, const char *service, const char *agent,
	    int64_t until_ns, struct locate *l,
	    char error[CLIENT_FETCH_ERROR]);

/* What a client of throughput1 says of itself, and of the test. */
struct client_ask {
	const char	*name, *release;
	const char	*library, *library_release;
	const char	*cc, *mid;	/* mid NULL: that of the URL */
	int64_t		 streams, bytes, duration_ns;
};

/* text with these parameters. 0, or -1 with a sentence in why. */
int	client_base_url(struct url *u, const char *text,
	    const struct client_ask *a, char why[URL_WHY_MAX]);
/* Can it be dialled? Else CLIENT_NOT_WS is the error. */
bool	client_base_is_ws(const struct url *u);
#define CLIENT_NOT_WS	"malformed ws or wss URL"

/* Why a stream between these ends (dial_ends) ended. */
const char *client_base_failure(const struct stream *s, const char *ends,
	    char *text, size_t len);

/* The first error is the one that the result tells. */
void	client_base_error(struct result_error *e, int code, const char *text);

#endif
