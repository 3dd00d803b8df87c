/* SPDX-License-Identifier: BSD-2-Clause */
/* What a dial says: to the server, and of what went wrong in the words of the
 * original. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/sock.h"
#include "msak/dial.h"
#include "msak/ws.h"

const char *
dial_strerror(int error, char *buf, size_t len)
{
	if (error == ETIMEDOUT)
		snprintf(buf, len, "connection timed out");
	else
		snprintf(buf, len, "%s", strerror(error));
	buf[0] = (char)tolower((unsigned char)buf[0]);
	return buf;
}

void
dial_ends(int fd, const struct addr *peer, char text[DIAL_ENDS])
{
	char from[ADDR_STRLEN], to[ADDR_STRLEN];
	struct addr local = { .len = 0 };

	(void)sock_local(fd, &local);
	snprintf(text, DIAL_ENDS, "%s->%s",
	    addr_format(&local, from, sizeof(from)),
	    addr_format(peer, to, sizeof(to)));
}

bool
dial_write_requests(struct dial *d, const struct dial_conf *c)
{
	char nonce[WS_NONCE_STRLEN];
	size_t len;
	FILE *out = open_memstream(&d->request, &len);

	if (out == NULL)
		return false;
	if (c->upgrade) {
		ws_nonce(nonce);
		if (ws_accept(nonce, strlen(nonce), d->accept) == -1)
			d->accept[0] = '\0';
		http_put_upgrade(out, c->url, c->agent, nonce, DIAL_PROTOCOL);
	} else
		http_put_get(out, c->url, c->agent, d->tls ? NULL : c->proxy);
	if (fclose(out) == EOF)
		return false;
	if (c->proxy == NULL || !d->tls)
		return true;
	out = open_memstream(&d->tunnel, &len);
	if (out == NULL)
		return false;
	http_put_connect(out, c->url, c->agent, c->proxy);
	return fclose(out) == 0;
}
