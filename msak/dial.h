/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_DIAL_H
#define MSAK_DIAL_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/clock.h"
#include "common/loop.h"
#include "msak/http.h"
#include "msak/lookup.h"
#include "msak/options.h"
#include "msak/transport.h"
#include "msak/url.h"
#include "msak/ws.h"

/*
 * A client's way to a server: name, connection, TLS, one request and the head
 * of its answer, in a loop.
 */
#define DIAL_TIMEOUT_NS	(5 * CLOCK_NS_PER_S)
#define DIAL_ERROR	512
#define DIAL_PROTOCOL	"net.measurementlab.throughput.v1"

/* What all connections of a program have in common. */
struct dialer {
	struct loop			*loop;
	const struct options_net	*net;
	bool				 verify; /* certificates */
	SSL_CTX				*ctx;
};

/* net is kept. 0, or -1 when out of memory. */
int	dialer_init(struct dialer *d, struct loop *l,
	    const struct options_net *net, bool verify);
void	dialer_free(struct dialer *d);

struct dial_conf {
	const struct url	*url;	/* "wss" and "https" are under TLS */
	const struct url	*proxy;	/* NULL: none */
	const char		*cc;	/* NULL: the system's; best effort */
	const char		*agent;
	bool			 upgrade; /* else a GET */
	int64_t			 timeout_ns;
};

enum dial_state { DIAL_IDLE, DIAL_LOOKUP, DIAL_CONNECT, DIAL_TUNNEL, DIAL_TLS,
	DIAL_TALK, DIAL_DONE };

/* All zero is an idle one. */
struct dial {
	/* Once it is done. */
	char			 error[DIAL_ERROR]; /* "": it succeeded */
	struct addr		 peer;	/* whom the socket talks to */
	int64_t			 connected_ns;	/* monotonic */
	struct http_response	 response;
	const char		*rest;	/* what came behind its head */
	size_t			 rest_len;
	void			*arg;	/* the caller's */

	/* private */
	const struct dialer	*how;
	void			(*done)(struct dial *);
	enum dial_state		 state;
	bool			 tls, upgrade;
	const char		*cc;
	char			 host[URL_HOST_MAX + 1];
	char			 accept[WS_ACCEPT_STRLEN];
	struct addr		 bind;
	struct lookup		*lookup;
	struct addr		 addr[LOOKUP_ADDRS];	/* tried in turn */
	size_t			 naddr, at;
	struct transport	 conn;
	struct loop_fd		 watch;
	struct loop_timer	 timer;
	int64_t			 deadline_ns;
	char			*tunnel, *request;	/* to be sent */
	size_t			 sent;
	char			*buf;	/* HTTP_HEAD_MAX bytes */
	size_t			 len;
};

/*
 * Begin; done is called from the loop, never from here, unless dial_free came
 * before. how has to last, conf and what it points at need not, but for cc.
 */
void	dial_start(struct dial *d, const struct dialer *how,
	    const struct dial_conf *conf, void (*done)(struct dial *),
	    void *arg);
/* The connection is the caller's now; rest stays until dial_free. */
void	dial_take(struct dial *d, struct transport *to);
/* Give up, or tidy up: closes what nobody took. */
void	dial_free(struct dial *d);

/* For dial.c: the texts that it sends. False: out of memory. */
bool	dial_write_requests(struct dial *d, const struct dial_conf *c);

/* The text of an errno as Go has it: "connection refused". */
const char *dial_strerror(int error, char *buf, size_t len);
/* "127.0.0.1:1->127.0.0.1:2", of a socket and whom it talks to. */
#define DIAL_ENDS	(2 * ADDR_STRLEN + 2)
void	dial_ends(int fd, const struct addr *peer, char text[DIAL_ENDS]);

/* NULL: out of memory. */
SSL_CTX	*dial_tls_new(int min_version);
/* Why a handshake with host failed, as Go words what is wrong with its
 * certificate. */
void	dial_tls_describe(const struct transport *t, const char *host,
	    char *buf, size_t len);

#endif
