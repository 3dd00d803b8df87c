/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "msak/escape.h"
#include "msak/gourl.h"
#include "msak/url.h"

#define PORT_HTTP	80
#define PORT_HTTPS	443

static int
refuse(char why[URL_WHY_MAX], const char *reason)
{
	snprintf(why, URL_WHY_MAX, "%s", reason);
	return -1;
}

/* Bytes that cannot stand in a request are escaped on the way. */
static int
copy(char *to, struct gourl_part p)
{
	static const char safe[] = "!#$%&'()*+,/:;=?@[]";
	FILE *out;
	bool full;

	if ((out = fmemopen(to, URL_MAX + 1, "w")) == NULL)
		return -1;
	setbuf(out, NULL);
	escape_put(out, p.at, p.len, safe, false);
	full = ferror(out) != 0;
	return fclose(out) == EOF || full ? -1 : 0;
}

static int
get_scheme(struct gourl_part p, struct url *u, char why[URL_WHY_MAX])
{
	size_t i;

	if (p.len > URL_SCHEME_MAX)
		return refuse(why, "scheme too long");
	for (i = 0; i < p.len; i++)
		u->scheme[i] = p.at[i] >= 'A' && p.at[i] <= 'Z' ?
		    (char)(p.at[i] | 0x20) : p.at[i];
	return 0;
}

static int
get_port(struct gourl_part p, struct url *u, char why[URL_WHY_MAX])
{
	unsigned long port = 0;
	size_t i;

	for (i = 0; i < p.len && port <= UINT16_MAX; i++)
		port = port * 10 + (unsigned long)(p.at[i] - '0');
	if (port > UINT16_MAX) {
		snprintf(why, URL_WHY_MAX, "dial tcp: address %.*s: invalid "
		    "port", (int)p.len, p.at);
		return -1;
	}
	u->port = (uint16_t)port;
	return 0;
}

/* Without brackets and escapes: a zone has its '%'. */
static int
get_host(struct gourl_part p, struct url *u, char why[URL_WHY_MAX])
{
	long i, len;

	if (p.len > 0 && p.at[0] == '[') {
		p.at++;
		p.len -= 2;
	}
	if ((len = escape_decode(p.at, p.len, false, u->host)) == -1)
		return refuse(why, "invalid URL escape in host name");
	for (i = 0; i < len; i++)
		if (u->host[i] <= ' ' || u->host[i] > '~')
			return refuse(why, "invalid character in host name");
	return 0;
}

static int
get_authority(const struct gourl *g, struct url *u, char why[URL_WHY_MAX])
{
	if (g->user.len > URL_USER_MAX)
		return refuse(why, "user name too long");
	if (g->name.len > URL_HOST_MAX || g->host.len >= sizeof(u->authority))
		return refuse(why, "host name too long");
	memcpy(u->user, g->user.at, g->user.len);
	memcpy(u->authority, g->host.at, g->host.len);
	return get_port(g->port, u, why) == -1 ? -1 :
	    get_host(g->name, u, why);
}

static int
take(const struct gourl *g, struct url *u, char why[URL_WHY_MAX])
{
	if (get_scheme(g->scheme, u, why) == -1 ||
	    get_authority(g, u, why) == -1)
		return -1;
	if (copy(u->path, g->path) == -1 || copy(u->query, g->query) == -1)
		return refuse(why, "URL too long");
	return 0;
}

int
url_parse(const char *text, struct url *u, char why[URL_WHY_MAX])
{
	struct gourl g;
	bool good;
	FILE *out;

	memset(u, 0, sizeof(*u));
	if (strlen(text) > URL_MAX)
		return refuse(why, "URL too long");
	if ((out = fmemopen(why, URL_WHY_MAX, "w")) == NULL)
		return refuse(why, "out of memory");
	good = gourl_parse(text, &g, out);
	fclose(out);
	why[URL_WHY_MAX - 1] = '\0';
	return good ? take(&g, u, why) : -1;
}

/*
 * Paths.
 */

/* Where the last part of to[0..n) begins: what ".." takes away. */
static size_t
parent(const char *to, size_t n)
{
	while (n > 0 && to[n - 1] != '/')
		n--;
	return n > 0 ? n - 1 : 0;
}

size_t
url_clean(const char *path, size_t n, char *to)
{
	bool open = n > 0 && path[n - 1] == '/';
	size_t i, part, len = 0;

	for (i = 0; i < n; i += part + 1) {
		for (part = 0; i + part < n && path[i + part] != '/'; part++)
			;
		if (part == 2 && memcmp(path + i, "..", 2) == 0) {
			len = parent(to, len);
		} else if (part > 1 || (part == 1 && path[i] != '.')) {
			to[len++] = '/';
			memmove(to + len, path + i, part);
			len += part;
		}
	}
	if (len == 0 || open)
		to[len++] = '/';
	return len;
}

/* The path of a reference that has no authority and begins without '/'. */
static int
merge(const struct url *base, struct url *u)
{
	size_t dir = strlen(base->path), n = strlen(u->path);

	while (dir > 0 && base->path[dir - 1] != '/')
		dir--;
	if (dir + n + 1 > URL_MAX)
		return -1;
	memmove(u->path + dir + 1, u->path, n + 1);
	memcpy(u->path + 1, base->path, dir);
	u->path[0] = '/';
	return 0;
}

static void
inherit(const struct url *base, struct url *u)
{
	memcpy(u->user, base->user, sizeof(u->user));
	memcpy(u->authority, base->authority, sizeof(u->authority));
	memcpy(u->host, base->host, sizeof(u->host));
	u->port = base->port;
}

int
url_join(const struct url *base, const char *reference, struct url *u,
    char why[URL_WHY_MAX])
{
	if (url_parse(reference, u, why) == -1)
		return -1;
	if (u->scheme[0] != '\0')
		return 0;
	memcpy(u->scheme, base->scheme, sizeof(u->scheme));
	if (u->authority[0] != '\0')
		return 0;
	inherit(base, u);
	if (u->path[0] == '\0') {
		memcpy(u->path, base->path, sizeof(u->path));
		if (strchr(reference, '?') == NULL)
			memcpy(u->query, base->query, sizeof(u->query));
	} else if (u->path[0] != '/' && merge(base, u) == -1) {
		return refuse(why, "URL too long");
	}
	u->path[url_clean(u->path, strlen(u->path), u->path)] = '\0';
	return 0;
}

int
url_set(struct url *u, const struct query_pair *set, size_t n)
{
	struct query *old = query_parse(u->query, strlen(u->query));
	char *text = NULL;
	size_t size = 0;
	FILE *out;
	int got = -1;

	if (old == NULL || (out = open_memstream(&text, &size)) == NULL) {
		free(old);
		return -1;
	}
	got = query_put(out, old, set, n);
	if (fclose(out) == EOF)
		got = -1;
	free(old);
	if (got == 0 && size > URL_MAX) {
		errno = E2BIG;
		got = -1;
	}
	if (got == 0)
		memcpy(u->query, text, size + 1);
	free(text);
	return got;
}

uint16_t
url_port(const struct url *u)
{
	if (u->port != 0)
		return u->port;
	return strcmp(u->scheme, "wss") == 0 ||
	    strcmp(u->scheme, "https") == 0 ? PORT_HTTPS : PORT_HTTP;
}

void
url_put_target(FILE *out, const struct url *u)
{
	fprintf(out, "%s%s%s%s", u->path[0] == '/' ? "" : "/", u->path,
	    u->query[0] != '\0' ? "?" : "", u->query);
}

const char *
url_format(const struct url *u, char *text, size_t len)
{
	/* Else a path that begins with two would be taken for an authority. */
	bool slashes = u->authority[0] != '\0' ||
	    strncmp(u->path, "//", 2) == 0 ||
	    (u->scheme[0] != '\0' && u->path[0] == '/');
	int name = (int)strcspn(u->user, ":");

	snprintf(text, len, "%s%s%s%.*s%s%s%s%s%s%s", u->scheme,
	    u->scheme[0] != '\0' ? ":" : "", slashes ? "//" : "", name,
	    u->user, u->user[name] != '\0' ? ":***" : "",
	    u->user[0] != '\0' ? "@" : "", u->authority, u->path,
	    u->query[0] != '\0' ? "?" : "", u->query);
	return text;
}
