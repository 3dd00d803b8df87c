/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_CLIENT_FETCH_H
#define MSAK_CLIENT_FETCH_H

#include "msak/dial.h"

/*
 * An HTTP GET in a loop: proxies of the environment, redirects, a body of
 * bounded length, a time limit for everything.
 */
#define CLIENT_FETCH_NS		(10 * CLOCK_NS_PER_S)
#define CLIENT_FETCH_REDIRECTS	10
#define CLIENT_FETCH_URL	1024	/* of a URL in an error */
#define CLIENT_FETCH_ERROR	(URL_WHY_MAX + CLIENT_FETCH_URL + 16)

/* All zero is an idle one. */
struct client_fetch {
	/* Once it is done; error "": an answer came. */
	bool		 is_done;
	char		 error[CLIENT_FETCH_ERROR]; /* Get "url": what */
	int		 status;
	struct http_body body;
	struct addr	 peer;		/* who answered, a proxy perhaps */
	bool		 proxied;
	void		*arg;		/* the caller's */

	/* private */
	const struct dialer *how;
	void		(*done)(struct client_fetch *);
	const char	*agent;
	struct url	 url;
	size_t		 max;
	unsigned int	 redirects;
	int64_t		 deadline_ns;
	struct dial	 dial;
	struct transport t;
	struct loop_fd	 watch;
	struct loop_timer timer;
};

/*
 * As dial_start: done (may be NULL) is called from the loop. agent has to
 * last, url need not.
 */
void	client_fetch_start(struct client_fetch *f, const struct dialer *how,
	    const char *url, const char *agent, size_t max,
	    void (*done)(struct client_fetch *), void *arg);
/* Right after the start: less time than CLIENT_FETCH_NS, perhaps. */
void	client_fetch_limit(struct client_fetch *f, int64_t until_ns);
void	client_fetch_free(struct client_fetch *f);

#endif
