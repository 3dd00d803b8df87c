/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of msak-latency. */
#include "config.h"

#include <string.h>

#include "common/addr.h"
#include "common/clock.h"
#include "msak/golog.h"
#include "msak/gourl.h"
#include "msak/options_latency.h"

#define FIELD(f)	offsetof(struct latency_options, f)

static const char *const formats[] = { "human", "json", NULL };

/* host, host:port and the like, which the URL syntax would misread. */
static bool
is_address(const char *arg)
{
	char host[OPTIONS_HOST_MAX];
	uint16_t port;

	return *arg != '\0' && strpbrk(arg, "/?#@ ") == NULL &&
	    addr_split(arg, host, sizeof(host), &port) == 0 && *host != '\0';
}

static bool
take_server(const struct goflag *f, void *config, const char *arg, FILE *why)
{
	struct latency_options *o = config;

	if (!is_address(arg))
		return options_take_url(f, config, arg, why);
	o->server = arg;
	return true;
}

static const struct goflag table[] = {
	{ GOFLAG_VALUE, "locate.url", NULL, OPTIONS_LOCATE, FIELD(locate_url),
	    .take = options_take_url, .environ = true,
	    .help = "The base url for the Locate API" },
	{ GOFLAG_STRING, "mid", .offset = FIELD(mid), .environ = true,
	    .help = "MID to use" },
	{ GOFLAG_STRING, "prometheusx.listen-address", NULL, ":9990",
	    FIELD(prometheus), .environ = true, .help = "" },
	{ GOFLAG_STRING, "scheme", NULL, "http", FIELD(scheme),
	    .environ = true, .help = "Server scheme (http|https)" },
	{ GOFLAG_VALUE, "server", .offset = FIELD(server),
	    .take = take_server, .environ = true,
	    .help = "Server address. If a scheme is provided, it overrides "
	    "-scheme." },

	OPTIONS_NET_FLAGS(struct latency_options),
	OPTIONS_OUTPUT_FLAGS(struct latency_options, formats),
	{ GOFLAG_INT, "latency_port", NULL, "1053", FIELD(latency_port),
	    .lo = 1, .hi = 65535,
	    .help = "UDP port of the server's latency tests" },
	{ .name = NULL }
};

static const struct goflag_set set = {
	"msak-latency", OPTIONS_COMPATIBLE, table
};

static void
warn_line(void *arg, const char *line)
{
	(void)arg;
	golog_line(stderr, clock_wall(), "%s", line);
}

static void
dump(const struct latency_options *o)
{
	int64_t now = clock_wall();

	golog_line(stderr, now, "Argument locate.url=%s", o->locate_url);
	golog_line(stderr, now, "Argument mid=%s", o->mid);
	golog_line(stderr, now, "Argument prometheusx.listen-address=%s",
	    o->prometheus);
	golog_line(stderr, now, "Argument scheme=%s", o->scheme);
	golog_line(stderr, now, "Argument server=%s", o->server);
}

/* Is there room? What is too long is cut, and then there is no such host. */
static void
copy(char *out, size_t size, const char *text, size_t len)
{
	if (len >= size)
		len = size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

/* The server has been found to be good, so nothing is said. */
static void
read_server(struct latency_options *o)
{
	struct gourl u;

	copy(o->url_scheme, sizeof(o->url_scheme), o->scheme,
	    strlen(o->scheme));
	if (is_address(o->server)) {
		copy(o->host, sizeof(o->host), o->server, strlen(o->server));
		return;
	}
	if (!gourl_parse(o->server, &u, stderr))
		return;
	if (u.scheme.len > 0)
		copy(o->url_scheme, sizeof(o->url_scheme), u.scheme.at,
		    u.scheme.len);
	copy(o->host, sizeof(o->host), u.host.at, u.host.len);
}

enum options_status
options_latency_parse(int argc, char **argv, struct latency_options *o,
    int *status)
{
	uint64_t given;

	memset(o, 0, sizeof(*o));
	o->server = "";
	if (goflag_parse(&set, o, argc, argv, &given, status) == GOFLAG_EXIT)
		return OPTIONS_EXIT;
	goflag_environ(&set, o, &given, warn_line, NULL);
	if (!o->output.quiet && !o->output.json)
		dump(o);
	o->server_given = goflag_given(&set, given, "server");
	if (o->server_given)
		read_server(o);
	if (o->net.ipv4 && o->net.ipv6)
		return options_fail(status, OPTIONS_FAMILIES);
	return OPTIONS_RUN;
}
