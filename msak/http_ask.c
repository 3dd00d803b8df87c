/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/evp.h>

#include <string.h>

#include "msak/escape.h"
#include "msak/http.h"

/* Name and password of a URL, if it has them (RFC 7617). */
static void
put_basic(FILE *out, const char *field, const struct url *u)
{
	char plain[URL_USER_MAX + 2], text[2 * sizeof(plain)];
	long len;

	if (u->user[0] == '\0')
		return;
	len = escape_decode(u->user, strlen(u->user), false, plain);
	if (len == -1)
		return;
	if (strchr(u->user, ':') == NULL)
		plain[len++] = ':';
	EVP_EncodeBlock((unsigned char *)text, (unsigned char *)plain,
	    (int)len);
	fprintf(out, "%s: Basic %s\r\n", field, text);
}

/* Without its zone, which means something on this host only (RFC 6874). */
static void
put_authority(FILE *out, const struct url *u)
{
	const char *zone = strchr(u->authority, '%');

	if (zone == NULL)
		fputs(u->authority, out);
	else
		fprintf(out, "%.*s%s", (int)(zone - u->authority),
		    u->authority, strchr(zone, ']'));
}

static void
put_host(FILE *out, const struct url *u)
{
	fputs("Host: ", out);
	put_authority(out, u);
	fputs("\r\n", out);
}

void
http_put_get(FILE *out, const struct url *u, const char *agent,
    const struct url *proxy)
{
	fputs("GET ", out);
	if (proxy != NULL) {
		fprintf(out, "%s://", u->scheme);
		put_authority(out, u);
	}
	url_put_target(out, u);
	fputs(" HTTP/1.1\r\n", out);
	put_host(out, u);
	fprintf(out, "User-Agent: %s\r\n"
	    "Accept-Encoding: identity\r\n", agent);
	put_basic(out, "Authorization", u);
	if (proxy != NULL)
		put_basic(out, "Proxy-Authorization", proxy);
	fputs("Connection: close\r\n\r\n", out);
}

void
http_put_connect(FILE *out, const struct url *u, const char *agent,
    const struct url *proxy)
{
	bool bracket = strchr(u->host, ':') != NULL;
	char to[URL_HOST_MAX + 9];

	snprintf(to, sizeof(to), "%s%.*s%s:%u", bracket ? "[" : "",
	    (int)strcspn(u->host, "%"), u->host, bracket ? "]" : "",
	    url_port(u));
	fprintf(out, "CONNECT %s HTTP/1.1\r\n"
	    "Host: %s\r\n"
	    "User-Agent: %s\r\n", to, to, agent);
	put_basic(out, "Proxy-Authorization", proxy);
	fputs("\r\n", out);
}

/* Fields as the original's clients order them. */
void
http_put_upgrade(FILE *out, const struct url *u, const char *agent,
    const char *nonce, const char *protocol)
{
	fputs("GET ", out);
	url_put_target(out, u);
	fputs(" HTTP/1.1\r\n", out);
	put_host(out, u);
	fprintf(out, "User-Agent: %s\r\n"
	    "Connection: Upgrade\r\n"
	    "Sec-WebSocket-Key: %s\r\n"
	    "Sec-WebSocket-Protocol: %s\r\n"
	    "Sec-WebSocket-Version: 13\r\n"
	    "Upgrade: websocket\r\n\r\n", agent, nonce, protocol);
}
