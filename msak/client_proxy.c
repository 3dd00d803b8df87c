/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <netinet/in.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/addr.h"
#include "msak/client_proxy.h"

#define BLANKS	" \t\r\n"

/* Whom an entry of NO_PROXY is held against. */
struct target {
	const char	*host;
	uint16_t	 port;
	bool		 numeric;
	struct addr	 addr;
};

static const char *
environ_either(const char *const names[2], const char **name)
{
	const char *v = getenv(names[0]);
	int i = v == NULL || *v == '\0';

	if (i == 1)
		v = getenv(names[1]);
	*name = names[i];
	return v == NULL ? "" : v;
}

static bool
in_prefix(const char *text, const struct addr *a)
{
	struct addr_prefix prefix;
	const char *why;

	return addr_prefix_parse(text, &prefix, &why) == 0 &&
	    addr_prefix_match(&prefix, a);
}

static bool
is_here(const struct target *t)
{
	return strcasecmp(t->host, "localhost") == 0 || (t->numeric &&
	    (in_prefix("127.0.0.0/8", &t->addr) ||
	    in_prefix("::1", &t->addr)));
}

/* "a.org" and what is below it; of ".a.org" and "*.a.org" only that. */
static bool
in_domain(const char *domain, const char *host)
{
	size_t n, have = strlen(host);
	bool below;

	if (strncmp(domain, "*.", 2) == 0)
		domain++;
	below = *domain == '.';
	if (below)
		domain++;
	n = strlen(domain);
	if (n == 0 || n > have || strcasecmp(host + have - n, domain) != 0)
		return false;
	return n == have ? !below : host[have - n - 1] == '.';
}

static bool
matches(const char *entry, const struct target *t)
{
	char host[URL_HOST_MAX + 1];
	struct addr a;
	uint16_t port = 0;

	if (strchr(entry, '/') != NULL)
		return t->numeric && in_prefix(entry, &t->addr);
	if (addr_split(entry, host, sizeof(host), &port) == -1 ||
	    (port != 0 && port != t->port))
		return false;
	if (addr_numeric(host, 0, &a) == 0)
		return t->numeric && addr_same_host(&a, &t->addr);
	return in_domain(host, t->host);
}

static bool
is_exempt(const struct target *t)
{
	static const char *const names[] = { "NO_PROXY", "no_proxy" };
	const char *name, *list = environ_either(names, &name);
	char entry[URL_HOST_MAX + 9];
	size_t n, used;

	for (; *list != '\0'; list += n) {
		list += strspn(list, "," BLANKS);
		n = used = strcspn(list, ",");
		while (used > 0 && strchr(BLANKS, list[used - 1]) != NULL)
			used--;
		if (used >= sizeof(entry))
			continue;
		memcpy(entry, list, used);
		entry[used] = '\0';
		if (strcmp(entry, "*") == 0 || matches(entry, t))
			return true;
	}
	return false;
}

/* "host:port" is one as well. */
static enum client_proxy
read_proxy(const char *name, const char *v, struct url *proxy,
    char why[URL_WHY_MAX])
{
	char text[URL_MAX];
	int n = snprintf(text, sizeof(text), "%s%s",
	    strstr(v, "://") == NULL ? "http://" : "", v);

	if (n < 0 || (size_t)n >= sizeof(text) ||
	    url_parse(text, proxy, why) == -1 || *proxy->host == '\0') {
		snprintf(why, URL_WHY_MAX, "%s: invalid proxy address", name);
		return CLIENT_PROXY_BAD;
	}
	if (strcmp(proxy->scheme, "http") == 0)
		return CLIENT_PROXY_USE;
	snprintf(why, URL_WHY_MAX, "%s: a proxy of scheme \"%s\" is not "
	    "supported, only http", name, proxy->scheme);
	return CLIENT_PROXY_BAD;
}

enum client_proxy
client_proxy(const struct url *u, struct url *proxy, char why[URL_WHY_MAX])
{
	static const char *const secure[] = { "HTTPS_PROXY", "https_proxy" };
	static const char *const clear[] = { "HTTP_PROXY", "http_proxy" };
	bool tls = strcmp(u->scheme, "https") == 0;
	const char *name, *v = environ_either(tls ? secure : clear, &name);
	struct target t = { .host = u->host, .port = url_port(u) };
	const char *request = getenv("REQUEST_METHOD");

	if (*v == '\0')
		return CLIENT_PROXY_NONE;
	t.numeric = addr_numeric(u->host, 0, &t.addr) == 0;
	if (is_here(&t) || is_exempt(&t))
		return CLIENT_PROXY_NONE;
	/* There a header field Proxy becomes this variable. */
	if (!tls && request != NULL && *request != '\0') {
		snprintf(why, URL_WHY_MAX, "%s: not used in a CGI program",
		    name);
		return CLIENT_PROXY_BAD;
	}
	return read_proxy(name, v, proxy, why);
}
