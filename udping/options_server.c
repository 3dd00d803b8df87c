/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/opt.h"
#include "udping/number.h"
#include "udping/options_server.h"

#define STATSD_PORT	8125
#define ALLOW_MAX	1024
/* Of -k, the least is a second: reports are hardly later for this. */
#define BATCH_DELAY_MAX_NS	(100 * CLOCK_NS_PER_MS)

#define FIELD(f)	offsetof(struct server_options, f)

static const char *const levels[] = { "host-port", "host", "both", NULL };

static enum opt_call
call_allow(void *config, const char *arg, const char **why)
{
	struct server_options *o = config;
	struct addr_prefix p;

	if (addr_prefix_parse(arg, &p, why) == -1)
		return OPT_CALL_BAD;
	if (o->nallow == ALLOW_MAX) {
		*why = "one too many";
		return OPT_CALL_BAD;
	}
	o->allow[o->nallow++] = p;
	return OPT_CALL_OK;
}

/* A colon makes an address of it, unless it has a slash. */
static enum opt_call
call_prometheus(void *config, const char *arg, const char **why)
{
	struct server_options *o = config;
	char host[ADDR_STRLEN];
	uint16_t port = 0;

	o->scrape.len = 0;
	o->prometheus = NULL;
	if (strchr(arg, ':') == NULL || strchr(arg, '/') != NULL) {
		o->prometheus = arg;
		return OPT_CALL_OK;
	}
	if (addr_split(arg, host, sizeof(host), &port) == 0 && port != 0 &&
	    addr_numeric(host, port, &o->scrape) == 0)
		return OPT_CALL_OK;
	*why = "neither ADDR:PORT nor a path";
	return OPT_CALL_BAD;
}

static const struct opt server_table[] = {
	{ OPT_HEADING, .help = "Options of the original:" },
	{ OPT_STRING, 'l', NULL, "ADDR", NULL, FIELD(listen),
	    .help = "address or name to listen on" },
	{ OPT_CALL, 'p', NULL, "PORT", NULL, FIELD(port), 1024, 65535,
	    .take = number_take, .help = "UDP port to listen on" },
	{ OPT_CALL, 'k', NULL, "S", NULL, FIELD(keepalive_s), 1, 60,
	    .take = number_take, .help = "report a period when nothing came "
	    "for longer than this" },
	{ OPT_STRING, 'r', NULL, "HOST", NULL, FIELD(receiver),
	    .help = "name in reports, if not that of -l" },
	{ OPT_STRING, 's', NULL, "HOST[:PORT]", NULL, FIELD(statsd),
	    .help = "send statsd there (port 8125)" },
	{ OPT_STRING, 't', NULL, "HOST[:PORT]", NULL, FIELD(statsd_tags),
	    .help = "send statsd with tags there (port 8125)" },
	{ OPT_STRING, 'm', NULL, "NAME", "udping", FIELD(metric),
	    .help = "metric of -t" },
	{ OPT_FLAG, 'v', .offset = FIELD(verbose),
	    .help = "a line for each probe" },
	{ OPT_FLAG, 'q', .offset = FIELD(quiet),
	    .help = "no JSON line for each record" },

	{ OPT_HEADING, .help = "Output:" },
	{ OPT_FLAG, 0, "json-lines", .offset = FIELD(json_lines),
	    .help = "records with all that is known, and a last object with "
	    "the sums, in place of the JSON lines" },
	{ OPT_FLAG, 0, "json", .offset = FIELD(json),
	    .help = "the last object alone" },
	{ OPT_CHOICE, 0, "statsd-level", "LEVEL", "host-port", FIELD(level),
	    .choices = levels,
	    .help = "metrics of -s and -t: host, host-port or both" },
	{ OPT_FLAG, 0, "dogstatsd", .offset = FIELD(dogstatsd),
	    .help = "tags of -t as DogStatsD has them" },
	{ OPT_CALL, 0, "prometheus", "FILE|ADDR:PORT", NULL,
	    .call = call_prometheus, .help = "write counters there, for a "
	    "textfile collector, or serve them there, as /metrics" },
	{ OPT_FLAG, 0, "top", .offset = FIELD(top),
	    .help = "a live table, on a terminal" },
	{ OPT_INT, 0, "next-hops", "N", NULL, FIELD(hops), 1, SESSION_HOPS,
	    .help = "loss of each next hop: so many has -a of the clients" },
	{ OPT_FLAG, 'n', "numeric", .offset = FIELD(numeric),
	    .help = "look up no names of hosts" },

	{ OPT_HEADING, .help = "Service:" },
	{ OPT_FLAG, '4', "ipv4", .offset = FIELD(ipv4), .help = "IPv4 only" },
	{ OPT_FLAG, '6', "ipv6", .offset = FIELD(ipv6), .help = "IPv6 only" },
	{ OPT_CALL, 0, "allow", "ADDR[/N]", NULL, .call = call_allow,
	    .help = "take probes only from these addresses (repeatable)" },
	{ OPT_INT, 0, "max-sessions", "N", "65536", FIELD(max_sessions), 1,
	    10000000, .help = "periods open at once" },
	{ OPT_DURATION, 0, "batch-delay", "T", "50ms", FIELD(batch_delay_ns), 0,
	    BATCH_DELAY_MAX_NS, .help = "read probes that come steadily in "
	    "batches, at most this late (0: at once)" },
	{ OPT_STRING, 0, "user", "NAME", NULL, FIELD(user),
	    .help = "whom root becomes, if not nobody" },
	{ OPT_STRING, 0, "pidfile", "FILE", NULL, FIELD(pidfile),
	    .help = "write the process id there" },
	{ OPT_FLAG, 0, "syslog", .offset = FIELD(syslog),
	    .help = "messages go to syslog" },
	{ .kind = OPT_FLAG }
};

static const struct opt_set server_set = {
	.program = "udping_server",
	.synopsis = "-l ADDR -p PORT -k S [options]",
	.opts = server_table,
	.trailer = "See udping_server(8)."
};

static const char server_usage[] =
"Usage: udping_server -l <listen hostname> -p <port number>"
" -k <keepalive interval seconds> [-r <receive hostname>]\n"
"           [-s <statsd host:port>] [-t <tag based statsd host:port>]"
" [-m <tag based statds metric name>] [-v] [-q]\n"
"-l: address to bind udp listener to\n"
"-p: udp port to bind listener to\n"
"-k: seconds to wait for delayed pings to show up before publishing stats\n"
"-r: address to report stats as being received by, if different from -l\n"
"-s: statsd host:port (default port 8125)\n"
"-t: tag based statsd host:port (default port 8125)\n"
"-m: tag based statsd metric name (default udping)\n"
"-v: verbose\n"
"-q: quiet\n";

/* Steps 2 to 4 of spec 2.5, in that order. */
static const char *
complaint(const struct server_options *o)
{
	if (o->listen == NULL)
		return "Hostname not provided\n";
	if (o->port < 1024 || o->port > 65535)
		return "Port number is out of range 1024-65532\n";
	if (o->keepalive_s < 1 || o->keepalive_s > 60)
		return "Keepalive interval is out of range 1-60s\n";
	return NULL;
}

/* Of options that the original does not have. */
static const char *
conflict(const struct server_options *o)
{
	if (o->ipv4 && o->ipv6)
		return "--ipv4 and --ipv6 exclude each other";
	if (o->json && o->json_lines)
		return "--json and --json-lines exclude each other";
	if (o->top && (o->json || o->json_lines || o->verbose))
		return "--top excludes -v, --json and --json-lines";
	return NULL;
}

/* --help, --version and what getopt has complained about. */
static bool
is_ended(enum opt_result result, int *status)
{
	*status = result == OPT_UNKNOWN || result == OPT_BAD_VALUE ?
	    SERVER_STATUS_BAD : 0;
	if (result == OPT_HELP)
		opt_help(&server_set, stdout);
	else if (result == OPT_LIST)
		opt_list(&server_set, stdout);
	else if (result == OPT_VERSION)
		printf("udping_server (plumbline) %s\n"
		    "compatible with UDPing of October 2023, protocol "
		    "version 1, its fork and its first generation\n",
		    PACKAGE_VERSION);
	if (*status == 0 && fflush(stdout) == EOF) {
		perror("stdout");
		*status = SERVER_STATUS_ERROR;
	}
	return result != OPT_OK;
}

static bool
parse(int argc, char **argv, struct server_options *out, int *status)
{
	const char *why;
	int first;

	if (is_ended(opt_parse(&server_set, out, argc, argv, &first), status))
		return false;
	*status = SERVER_STATUS_BAD;
	why = complaint(out);
	if (why != NULL) {
		fprintf(stderr, "%s%s", server_usage, why);
		return false;
	}
	why = conflict(out);
	if (why != NULL)
		fprintf(stderr, "udping_server: %s\n", why);
	return why == NULL;
}

bool
server_options_parse(int argc, char **argv, struct server_options *out,
    int *status)
{
	memset(out, 0, sizeof(*out));
	out->allow = calloc(ALLOW_MAX, sizeof(out->allow[0]));
	if (out->allow == NULL) {
		perror("udping_server");
		*status = SERVER_STATUS_BAD;
		return false;
	}
	if (parse(argc, argv, out, status))
		return true;
	server_options_free(out);
	return false;
}

void
server_options_free(struct server_options *o)
{
	free(o->allow);
	o->allow = NULL;
}

int
server_target(const char *text, char *host, size_t len, uint16_t *port)
{
	const char *first = text, *last, *colon;
	size_t n;

	if (text[0] == '[' && (last = strchr(text, ']')) != NULL) {
		first++;
		colon = last[1] == ':' ? last + 1 : NULL;
	} else {
		colon = strchr(text, ':');
		last = colon != NULL ? colon : text + strlen(text);
	}
	n = (size_t)(last - first);
	if (n >= len)
		return -1;
	memcpy(host, first, n);
	host[n] = '\0';
	*port = colon == NULL ? STATSD_PORT :
	    (uint16_t)(unsigned int)number_int(colon + 1);
	return 0;
}
