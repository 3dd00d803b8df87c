/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of msak-client. */
#include "config.h"

#include <string.h>

#include "msak/options_client.h"

#define FIELD(f)	offsetof(struct client_options, f)

/* The next item of a list with commas, cut to len; false: it is empty. */
static bool
next_item(const char **list, char *item, size_t len)
{
	size_t n = strcspn(*list, ",");

	if (n == 0 || n >= len)
		return false;
	memcpy(item, *list, n);
	item[n] = '\0';
	*list += n;
	if (**list == ',' && *++*list == '\0')
		return false;
	return true;
}

/* A list of numbers or durations, as f->word says. */
static bool
take_numbers(const struct goflag *f, void *config, const char *arg, FILE *why)
{
	struct options_numbers *list =
	    (void *)((char *)config + f->offset);
	bool counts = f->offset == FIELD(matrix_streams);
	const char *reason;
	char item[64];

	for (list->n = 0; *arg != '\0'; list->n++) {
		reason = "parse error";
		if (next_item(&arg, item, sizeof(item)) &&
		    list->n < OPTIONS_MATRIX_MAX)
			reason = counts ? goflag_int(item, &list->v[list->n]) :
			    goflag_duration(item, &list->v[list->n]);
		if (reason != NULL) {
			fputs(reason, why);
			return false;
		}
	}
	return true;
}

static bool
take_names(const struct goflag *f, void *config, const char *arg, FILE *why)
{
	struct options_names *list = (void *)((char *)config + f->offset);

	for (list->n = 0; *arg != '\0'; list->n++)
		if (list->n == OPTIONS_MATRIX_MAX || !next_item(&arg,
		    list->v[list->n], sizeof(list->v[0]))) {
			fputs("parse error", why);
			return false;
		}
	return true;
}

static const char *
made_mid(const void *config)
{
	const struct client_options *o = config;

	return o->random_mid;
}

static const char *
made_prefix(const void *config)
{
	const struct client_options *o = config;

	return o->prefix_default;
}

static const struct goflag table[] = {
	OPTIONS_ANONYMIZE_FLAG(struct client_options),
	{ GOFLAG_INT, "bytes", .offset = FIELD(bytes),
	    .help = "Byte limit to request to the server" },
	{ GOFLAG_STRING, "cc", NULL, "bbr", FIELD(cc),
	    .help = "Congestion control algorithm to use" },
	{ GOFLAG_BOOL, "debug", .offset = FIELD(debug),
	    .help = "Enable debug logging" },
	{ GOFLAG_DURATION, "delay", .offset = FIELD(delay_ns),
	    .help = "Delay between each stream" },
	{ GOFLAG_BOOL, "download", NULL, "true", FIELD(download),
	    .help = "Whether to run download test" },
	{ GOFLAG_DURATION, "duration", NULL, "5s", FIELD(duration_ns),
	    .help = "Length of the last stream" },
	{ GOFLAG_VALUE, "locate.url", NULL, OPTIONS_LOCATE, FIELD(locate_url),
	    .take = options_take_url,
	    .help = "The base url for the Locate API" },
	{ GOFLAG_STRING, "mid", .offset = FIELD(mid), .made = made_mid,
	    .help = "Measurement ID to use" },
	{ GOFLAG_BOOL, "no-verify", .offset = FIELD(no_verify),
	    .help = "Skip TLS certificate verification" },
	{ GOFLAG_STRING, "scheme", NULL, "wss", FIELD(scheme),
	    .help = "Websocket scheme (wss or ws)" },
	{ GOFLAG_STRING, "server", .offset = FIELD(server),
	    .help = "Server address" },
	{ GOFLAG_INT, "streams", NULL, "2", FIELD(streams),
	    .help = "Number of streams" },
	{ GOFLAG_BOOL, "upload", NULL, "true", FIELD(upload),
	    .help = "Whether to run upload test" },
	{ GOFLAG_VALUE, "uuid-prefix-file", .offset = FIELD(uuid_prefix),
	    .take = options_take_prefix, .made = made_prefix,
	    .help = "The file holding the UUID prefix for sockets created in "
	    "this network namespace." },

	OPTIONS_NET_FLAGS(struct client_options),
	OPTIONS_OUTPUT_FLAGS(struct client_options, options_format_names),
	{ GOFLAG_BOOL, "latency", .offset = FIELD(latency),
	    .help = "Measure latency before and while the streams run" },
	{ GOFLAG_INT, "latency_port", NULL, "1053", FIELD(latency_port),
	    .lo = 1, .hi = 65535,
	    .help = "UDP port of the server's latency tests" },
	{ GOFLAG_VALUE, "matrix.cc", "list", NULL, FIELD(matrix_ccs),
	    .take = take_names,
	    .help = "Run once with each of these congestion controls" },
	{ GOFLAG_VALUE, "matrix.duration", "list", NULL,
	    FIELD(matrix_durations), .take = take_numbers,
	    .help = "Run once with each of these durations" },
	{ GOFLAG_VALUE, "matrix.streams", "list", NULL, FIELD(matrix_streams),
	    .take = take_numbers,
	    .help = "Run once with each of these numbers of streams" },
	{ GOFLAG_INT, "threads", .offset = FIELD(threads), .lo = 0,
	    .hi = 1024,
	    .help = "Threads that the streams share; 0 is one a core" },
	{ .name = NULL }
};

static const struct goflag_set set = {
	"msak-client", OPTIONS_COMPATIBLE, table
};

/* The original's two checks, for one run. */
static const char *
check_run(const struct client_options *o)
{
	double streams = (double)o->streams;

	if ((streams - 1) * ((double)o->delay_ns / 1e9) >=
	    (double)o->duration_ns / 1e9)
		return "Invalid configuration: please check streams, delay "
		    "and duration and make sure they make sense.";
	if (o->streams < 1 || o->streams > OPTIONS_STREAMS_MAX)
		return OPTIONS_STREAMS;
	return NULL;
}

static const char *
check(const struct client_options *o)
{
	struct client_options one;
	const char *why = NULL;
	size_t i;

	for (i = 0; why == NULL && i < options_client_runs(o); i++) {
		options_client_run(o, i, &one);
		why = check_run(&one);
	}
	if (why == NULL && o->net.ipv4 && o->net.ipv6)
		why = OPTIONS_FAMILIES;
	return why;
}

enum options_status
options_client_parse(int argc, char **argv, struct client_options *o,
    int *status)
{
	uint64_t given;
	const char *why;

	memset(o, 0, sizeof(*o));
	mid_random(o->random_mid);
	uuid_prefix_default(o->prefix_default);
	memcpy(o->uuid_prefix, o->prefix_default, UUID_PREFIX_MAX);
	if (goflag_parse(&set, o, argc, argv, &given, status) == GOFLAG_EXIT)
		return OPTIONS_EXIT;
	why = check(o);
	return why == NULL ? OPTIONS_RUN : options_fail(status, "%s", why);
}

/* Entries of a list; one for what is not there. */
static size_t
at_least_one(size_t n)
{
	return n == 0 ? 1 : n;
}

size_t
options_client_runs(const struct client_options *o)
{
	return at_least_one(o->matrix_streams.n) *
	    at_least_one(o->matrix_ccs.n) *
	    at_least_one(o->matrix_durations.n);
}

void
options_client_run(const struct client_options *o, size_t i,
    struct client_options *one)
{
	*one = *o;
	if (o->matrix_streams.n > 0) {
		one->streams = o->matrix_streams.v[i % o->matrix_streams.n];
		i /= o->matrix_streams.n;
	}
	if (o->matrix_ccs.n > 0) {
		one->cc = o->matrix_ccs.v[i % o->matrix_ccs.n];
		i /= o->matrix_ccs.n;
	}
	if (o->matrix_durations.n > 0)
		one->duration_ns = o->matrix_durations.v[i];
}

struct options_run
options_client_which(const struct client_options *one)
{
	return (struct options_run){ one->streams, one->duration_ns, one->cc };
}
