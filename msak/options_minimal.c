/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of minimal-download. */
#include "config.h"

#include <string.h>

#include "msak/gourl.h"
#include "msak/options_minimal.h"

#define FIELD(f)	offsetof(struct minimal_options, f)

static const char *
made_mid(const void *config)
{
	const struct minimal_options *o = config;

	return o->random_mid;
}

static const struct goflag table[] = {
	{ GOFLAG_INT, "bytes", .offset = FIELD(bytes),
	    .help = "Byte limit to request to the server" },
	{ GOFLAG_STRING, "cc", NULL, "bbr", FIELD(cc),
	    .help = "Congestion control algorithm to use" },
	{ GOFLAG_DURATION, "duration", NULL, "5s", FIELD(duration_ns),
	    .help = "Length of the last stream" },
	{ GOFLAG_STRING, "locate.scheme", NULL, "wss", FIELD(locate_scheme),
	    .help = "Websocket scheme (wss or ws)" },
	{ GOFLAG_STRING, "locate.url", NULL, OPTIONS_LOCATE,
	    FIELD(locate_url), .help = "The base url for the Locate API" },
	{ GOFLAG_DURATION, "max-duration", NULL, "15s",
	    FIELD(max_duration_ns),
	    .help = "Maximum length of all connections" },
	{ GOFLAG_BOOL, "no-verify", .offset = FIELD(no_verify),
	    .help = "Skip TLS certificate verification" },
	{ GOFLAG_STRING, "server.mid", .offset = FIELD(mid), .made = made_mid,
	    .help = "Measurement ID to use" },
	{ GOFLAG_STRING, "server.url", .offset = FIELD(url),
	    .help = "URL to directly target" },
	{ GOFLAG_INT, "streams", NULL, "1", FIELD(streams),
	    .help = "The number of concurrent streams to create" },

	OPTIONS_NET_FLAGS(struct minimal_options),
	OPTIONS_OUTPUT_FLAGS(struct minimal_options, options_format_names),
	{ .name = NULL }
};

static const struct goflag_set set = {
	"minimal-download", OPTIONS_COMPATIBLE, table
};

/* This program's lines have no date. */
static enum options_status
fail(int *status, const char *line)
{
	fprintf(stderr, "%s\n", line);
	*status = 1;
	return OPTIONS_EXIT;
}

enum options_status
options_minimal_parse(int argc, char **argv, struct minimal_options *o,
    int *status)
{
	struct gourl u;
	uint64_t given;

	memset(o, 0, sizeof(*o));
	mid_random(o->random_mid);
	if (goflag_parse(&set, o, argc, argv, &given, status) == GOFLAG_EXIT)
		return OPTIONS_EXIT;
	if (o->streams < 1 || o->streams > OPTIONS_STREAMS_MAX)
		return fail(status, OPTIONS_STREAMS);
	if (o->net.ipv4 && o->net.ipv6)
		return fail(status, OPTIONS_FAMILIES);
	if (!gourl_parse(o->url, &u, stderr))
		return fail(status, "");
	return OPTIONS_RUN;
}
