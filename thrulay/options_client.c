/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "thrulay/auth_file.h"
#include "thrulay/options_table.h"

/* What the table fills; client_options_parse turns it into options. */
struct raw {
	enum options_early early;	/* first, see options_table.h */
	int		 verbosity;
	bool		 busy, reverse, bidir, json, json_lines, quiet;
	bool		 ipv4, ipv6, feedback;
	int		 dscp, style, spacing;
	int64_t		 streams, udp_streams, window, size, port, rate, ttl;
	int64_t		 duration_ns, interval_ns, lowat, seed, timeout_ns;
	const char	*group, *bind, *device, *cc, *auth_file, *auth_name;
};

#define FIELD(f)	offsetof(struct raw, f)

#define DURATION_ERROR	"test duration must be a positive integer (in seconds)"
#define INTERVAL_ERROR	\
	"reporting interval must be 0 or a positive integer (in seconds)"
#define DSCP_ERROR	\
	"invalid value for option '-D'. DSCP value expected."

static const char *const style_names[] = { "0.9", "hd", NULL };
static const char *const spacing_names[] = { "poisson", "constant", NULL };

/* -D: a number as strtoul(3) reads it, and only once unless it was 0. */
static enum opt_call
call_dscp(void *config, const char *arg, const char **why)
{
	struct raw *r = config;
	int64_t v;

	if (r->dscp != 0) {
		*why = "can only set '-D' once.";
		return OPT_CALL_SAY;
	}
	if (opt_int_any(arg, 0, 63, &v, why) == -1)
		return OPT_CALL_BAD;
	r->dscp = (int)v;
	return OPT_CALL_OK;
}

/* -t and -i: whole seconds, as ever. */
static enum opt_call
call_seconds(void *config, const char *arg, const char **why)
{
	struct raw *r = config;
	int64_t s;

	if (opt_int(arg, 1, OPTIONS_YEAR_NS / CLOCK_NS_PER_S, &s, why) == -1)
		return OPT_CALL_BAD;
	r->duration_ns = s * CLOCK_NS_PER_S;
	return OPT_CALL_OK;
}

static enum opt_call
call_whole_interval(void *config, const char *arg, const char **why)
{
	struct raw *r = config;
	int64_t s;

	if (opt_int(arg, 0, OPTIONS_YEAR_NS / CLOCK_NS_PER_S, &s, why) == -1)
		return OPT_CALL_BAD;
	r->interval_ns = s * CLOCK_NS_PER_S;
	return OPT_CALL_OK;
}

/* --interval also makes a UDP test report while it runs. */
static enum opt_call
call_interval(void *config, const char *arg, const char **why)
{
	struct raw *r = config;

	if (opt_duration(arg, 0, OPTIONS_YEAR_NS, &r->interval_ns, why) == -1)
		return OPT_CALL_BAD;
	if (r->interval_ns > 0 && r->interval_ns < CLOCK_NS_PER_MS) {
		*why = "below 1 ms";
		return OPT_CALL_BAD;
	}
	r->feedback = true;
	return OPT_CALL_OK;
}

static const struct opt client_table[] = {
	{ OPT_HEADING, .help = "Options of thrulay 0.9:" },
	{ OPT_CALL, 'h', .call = options_call_help,
	    .help = "short usage on standard error" },
	{ OPT_CALL, 'V', .call = options_call_version,
	    .help = "version as thrulay 0.9 prints it" },
	{ OPT_COUNT, 'v', .offset = FIELD(verbosity),
	    .help = "minimum, mean and maximum RTT too; in UDP tests the run "
	    "time; twice: what the kernel knows of the connection" },
	{ OPT_FLAG, 'b', "busy-wait", .offset = FIELD(busy),
	    .help = "UDP: spin on the clock between packets" },
	{ OPT_CALL, 'D', NULL, "DSCP", .call = call_dscp, .error = DSCP_ERROR,
	    .help = "DSCP as a number, 0 to 63" },
	{ OPT_INT, 'm', "streams", "N", "1", FIELD(streams), 1, 255,
	    .error = "number of test streams must be a positive integer < 256",
	    .help = "TCP streams (a UDP test ignores it)" },
	{ OPT_CALL, 't', NULL, "S", "60", .call = call_seconds,
	    .error = DURATION_ERROR,
	    .help = "test duration in whole seconds" },
	{ OPT_CALL, 'i', NULL, "S", "1", .call = call_whole_interval,
	    .error = INTERVAL_ERROR,
	    .help = "seconds between interval lines of TCP tests, 0: none" },
	{ OPT_SIZE, 'w', "window", "BYTES", "4194304", FIELD(window), 1,
	    INT32_MAX, .error = "window must be a positive integer (in bytes)",
	    .help = "TCP: socket buffers here and there; UDP: send buffer" },
	{ OPT_SIZE, 'l', "length", "BYTES", NULL, FIELD(size), 1, INT32_MAX,
	    .error = "block size must be a positive integer (in bytes)",
	    .help = "TCP block (default 65536, 8192 with --style=hd) or UDP "
	    "packet with IP header (default 1500)" },
	{ OPT_INT, 'p', "port", "N", "5003", FIELD(port), 1, 65535,
	    .error = "port must be a positive integer",
	    .help = "TCP port of the server" },
	{ OPT_RATE_WHOLE, 'u', "udp", "RATE", NULL, FIELD(rate), 1, INT64_MAX,
	    .error = "rate must be positive",
	    .help = "UDP test at this many bit/s of IP packets (k, M, G, T)" },
	{ OPT_INT, 'T', "ttl", "N", "1", FIELD(ttl), 0, INT32_MAX,
	    .error = "TTL cannot be negative",
	    .help = "TTL of multicast packets" },
	{ OPT_STRING, 'g', "group", "GROUP", NULL, FIELD(group),
	    .help = "UDP: send to this multicast group" },

	{ OPT_HEADING, .help = "What to measure:" },
	{ OPT_DURATION, 0, "duration", "T", NULL, FIELD(duration_ns),
	    CLOCK_NS_PER_MS, OPTIONS_YEAR_NS,
	    .help = "test duration: seconds with a fraction, or 500ms, 2m" },
	{ OPT_CALL, 0, "interval", "T", NULL, .call = call_interval,
	    .help = "time between interval results, in UDP tests too" },
	{ OPT_FLAG, 0, "reverse", .offset = FIELD(reverse),
	    .help = "the server sends (needs a plumbline server)" },
	{ OPT_FLAG, 0, "bidir", .offset = FIELD(bidir),
	    .help = "both directions at once (needs a plumbline server)" },
	{ OPT_INT, 0, "udp-streams", "N", "1", FIELD(udp_streams), 1, 255,
	    .help = "UDP streams, each at the rate of -u" },
	{ OPT_CHOICE, 0, "spacing", "HOW", "poisson", FIELD(spacing),
	    .choices = spacing_names,
	    .help = "UDP packet spacing: poisson, or constant as 0.9 sent" },
	{ OPT_INT, 0, "seed", "N", "0", FIELD(seed), 0, INT64_MAX,
	    .help = "seed of the Poisson schedule, 0: a random one" },
	{ OPT_SIZE, 0, "notsent-lowat", "BYTES", NULL, FIELD(lowat), 1,
	    INT32_MAX, .help = "TCP: keep at most this much unsent data in "
	    "the socket, so that the block RTT is a figure of the path" },

	{ OPT_HEADING, .help = "The network:" },
	{ OPT_FLAG, '4', "ipv4", .offset = FIELD(ipv4), .help = "IPv4 only" },
	{ OPT_FLAG, '6', "ipv6", .offset = FIELD(ipv6), .help = "IPv6 only" },
	{ OPT_STRING, 0, "bind", "ADDR", NULL, FIELD(bind),
	    .help = "source address" },
	{ OPT_STRING, 0, "bind-dev", "IF", NULL, FIELD(device),
	    .help = "network interface" },
	{ OPT_DSCP, 0, "dscp", "VALUE", NULL, FIELD(dscp),
	    .help = "DSCP as a number or a name (EF, AF41, CS1, LE)" },
	{ OPT_STRING, 0, "cc", "NAME", NULL, FIELD(cc),
	    .help = "TCP congestion control" },
	{ OPT_DURATION, 0, "timeout", "T", "30", FIELD(timeout_ns),
	    CLOCK_NS_PER_MS, OPTIONS_YEAR_NS,
	    .help = "how long the server may be silent" },
	{ OPT_STRING, 0, "auth-file", "FILE", NULL, FIELD(auth_file),
	    .help = "prove to the server that this key is known: lines "
	    "\"name key\"" },
	{ OPT_STRING, 0, "auth-name", "NAME", NULL, FIELD(auth_name),
	    .help = "entry of the file (default: the first)" },

	{ OPT_HEADING, .help = "Output:" },
	{ OPT_CHOICE, 0, "style", "STYLE", "0.9", FIELD(style),
	    .choices = style_names,
	    .help = "text of thrulay 0.9 or of thrulay-hd" },
	{ OPT_FLAG, 0, "json", .offset = FIELD(json),
	    .help = "one JSON object at the end" },
	{ OPT_FLAG, 0, "json-lines", .offset = FIELD(json_lines),
	    .help = "a JSON object an interval, then the final one" },
	{ OPT_FLAG, 0, "quiet", .offset = FIELD(quiet),
	    .help = "results only: no header, no warnings" },
	{ .kind = OPT_FLAG }
};

static const struct opt_set client_set = {
	.program = "thrulay",
	.synopsis = "[options] host",
	.opts = client_table,
	.trailer = "host is a name or a numeric IPv4 or IPv6 address. "
	    "See thrulay(1)."
};

static const char client_usage[] =
"Usage: \n"
" thrulay [-h] [-V] [-v] [-b] [-D DSCP] [-m#] [-t#] [-i#] [-w#] [-l#] [-p#]"
" [-u#] [-T#] [-g group] host\n"
"\t-h\t\tdisplay this help and exit\n"
"\t-V\t\toutput version information and exit\n"
"\t-v\t\tverbose reporting of results\n"
"\t-b\t\tBusy wait in UDP test\n"
"\t-D DSCP\t\tDSCP value for TOS byte (default: unset)\n"
"\t-m#\t\tnumber of test streams (default: 1)\n"
"\t-t#\t\ttest duration, in seconds (default: 60s)\n"
"\t-i#\t\treporting interval, in seconds (default: 1s)\n"
"\t\t\t0 disables intermediate reports\n"
"\t-w#\t\twindow, in bytes (default: 4194304B)\n"
"\t-l#\t\tblock size, in bytes (default: 64kB)\n"
"\t-p#\t\tserver port (default: 5003)\n"
"\t-u#[kMGT]\tUDP mode with given rate (default: off)\n"
"\t\t\tIn UDP mode, rate is in bits per second and can be\n"
"\t\t\tfollowed by a SI suffix (k for 1000, M for 100000);\n"
"\t\t\tdefault packet size, 1500 bytes, can be changed with -l;\n"
"\t\t\twindow size becomes the UDP send buffer size;\n"
"\t\t\treporting interval is ignored.\n"
"\t-T#\t\tTTL field for multicast (default: 1)\n"
"\t-g group\tmulticast group to send data to\n"
"\thost\t\tserver to connect to (no default)\n";

static const struct options_program client_program = {
	&client_set, "client", client_usage
};

/* Options that contradict each other. */
static const char *
conflict(const struct raw *r)
{
	if (r->ipv4 && r->ipv6)
		return "--ipv4 and --ipv6 exclude each other";
	if (r->json && r->json_lines)
		return "--json and --json-lines exclude each other";
	if (r->reverse && r->bidir)
		return "--reverse and --bidir exclude each other";
	if (r->auth_name != NULL && r->auth_file == NULL)
		return "--auth-name needs --auth-file";
	if (r->group != NULL && (r->reverse || r->bidir))
		return "--group goes with neither --reverse nor --bidir";
	return NULL;
}

static void
fill_test(const struct raw *r, struct client_options *out)
{
	thrulay_opt_t *t = &out->test;

	t->num_streams = (int)(r->rate > 0 ? r->udp_streams : r->streams);
	t->test_duration = (double)r->duration_ns / 1e9;
	t->reporting_interval = (double)r->interval_ns / 1e9;
	t->window = (int)r->window;
	t->block_size = (int)r->size;
	if (r->size == 0 && r->rate == 0 && r->style == THRULAY_STYLE_HD)
		t->block_size = THRULAY_HD_BLOCK;
	t->port = (int)r->port;
	t->rate = (uint64_t)r->rate;
	t->dscp = r->dscp;
	t->busywait = r->busy;
	t->ttl = (int)r->ttl;
	t->mcast_group = r->group;
	t->family = r->ipv4 ? AF_INET : r->ipv6 ? AF_INET6 : AF_UNSPEC;
	t->bind_address = r->bind;
	t->bind_device = r->device;
	t->congestion = r->cc;
	t->notsent_lowat = (int)r->lowat;
	t->forward = !r->reverse;
	t->reverse = r->reverse || r->bidir;
	t->spacing = (enum thrulay_spacing)r->spacing;
	t->seed = (uint64_t)r->seed;
	t->timeout = (double)r->timeout_ns / 1e9;
}

/* What the chosen output needs to be known. */
static void
fill_output(const struct raw *r, struct client_options *out)
{
	out->style = (enum thrulay_style)r->style;
	out->output = r->json ? OPTIONS_JSON :
	    r->json_lines ? OPTIONS_JSON_LINES : OPTIONS_TEXT;
	out->quiet = r->quiet;
	out->verbosity = r->verbosity;
	out->test.report_style = out->style;
	out->test.want_record = out->output != OPTIONS_TEXT;
	out->test.measure_idle = out->output != OPTIONS_TEXT ||
	    r->verbosity > 1;
	out->test.feedback = r->interval_ns > 0 &&
	    (r->feedback || out->output != OPTIONS_TEXT);
}

/* 0, or -1 after a message. */
static int
fill_auth(const struct raw *r, struct client_options *out)
{
	const struct auth_entry *e;

	if (r->auth_file == NULL)
		return 0;
	if (auth_keys_load(&out->keys, r->auth_file) == -1) {
		fprintf(stderr, "thrulay: %s: %s\n", r->auth_file,
		    auth_keys_strerror(errno));
		return -1;
	}
	e = auth_keys_find(&out->keys, r->auth_name);
	if (e == NULL) {
		fprintf(stderr, "thrulay: %s: no key of that name: %s\n",
		    r->auth_file, r->auth_name);
		auth_keys_free(&out->keys);
		return -1;
	}
	out->test.auth_name = e->name;
	out->test.auth_key = e->key;
	return 0;
}

void
client_options_free(struct client_options *o)
{
	auth_keys_free(&o->keys);
}

enum options_status
client_options_parse(int argc, char **argv, struct client_options *out,
    int *status)
{
	enum opt_result result;
	const char *why;
	struct raw r;
	int first;

	memset(&r, 0, sizeof(r));
	memset(out, 0, sizeof(*out));
	thrulay_client_options_init(&out->test);
	result = opt_parse(&client_set, &r, argc, argv, &first);
	if (options_verdict(&client_program, result, r.early, status) ==
	    OPTIONS_EXIT)
		return OPTIONS_EXIT;
	if (first != argc - 1)
		return options_usage(&client_program, status);
	*status = 1;
	why = conflict(&r);
	if (why != NULL) {
		fprintf(stderr, "thrulay: %s\n", why);
		return OPTIONS_EXIT;
	}
	out->test.server_name = argv[first];
	fill_test(&r, out);
	fill_output(&r, out);
	return fill_auth(&r, out) == -1 ? OPTIONS_EXIT : OPTIONS_RUN;
}
