/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/opt.h"
#include "udping/frame.h"
#include "udping/number.h"
#include "udping/options_client.h"
#include "udping/ports.h"

/* What the table fills. */
struct raw {
	const char	*remote, *local, *descriptor, *hops;
	int		 port, ports, mean_ms, period_s, max;
	bool		 ports_given, help, verbose, q;
	bool		 ipv4, ipv6, df, unprivileged, bypass, busy;
	bool		 syslog, summary, json, quiet;
	int		 dscp;
	int64_t		 count, duration_ns, generation, vlan;
	const char	*device, *user, *pidfile;
};

#define FIELD(f)	offsetof(struct raw, f)
#define YEAR_NS		(INT64_C(366) * 86400 * CLOCK_NS_PER_S)

static enum opt_call
call_ports(void *config, const char *arg, const char **why)
{
	struct raw *r = config;

	(void)why;
	r->ports = number_int(arg);
	r->ports_given = true;
	return OPT_CALL_OK;
}

static const struct opt client_table[] = {
	{ OPT_HEADING, .help = "Options of the original:" },
	{ OPT_STRING, 'r', NULL, "HOST", NULL, FIELD(remote),
	    .help = "host to send to" },
	{ OPT_CALL, 'p', NULL, "PORT", NULL, FIELD(port), 1024, 65535,
	    .take = number_take, .help = "its UDP port" },
	{ OPT_STRING, 'l', NULL, "ADDR", NULL, FIELD(local),
	    .help = "address of this host to send from" },
	{ OPT_STRING, 's', NULL, "PORTS", NULL, FIELD(descriptor),
	    .help = "source ports: 5000, 5000-5009, 5000,5005-5006" },
	{ OPT_CALL, 'n', NULL, "N", NULL, 0, 1, PORTS_MAX,
	    .call = call_ports, .help = "so many source ports from the one "
	    "that -s names" },
	{ OPT_CALL, 'd', NULL, "MS", NULL, FIELD(mean_ms), 0, 1000,
	    .take = number_take, .help = "mean of the gaps between packets; 0: "
	    "as fast as it goes" },
	{ OPT_CALL, 'i', NULL, "S", NULL, FIELD(period_s), 1, 900,
	    .take = number_take, .help = "measurement period" },
	{ OPT_CALL, 'm', NULL, "BYTES", NULL, FIELD(max), 1, 2000,
	    .take = number_take, .help = "payloads are smaller than this" },
	{ OPT_STRING, 'a', NULL, "MACS", NULL, FIELD(hops),
	    .help = "next hops, with commas; default: what the kernel's "
	    "routes and neighbours say" },
	{ OPT_FLAG, 'v', .offset = FIELD(verbose),
	    .help = "name the source ports" },
	{ OPT_FLAG, 'q', .offset = FIELD(q), .help = "nothing, as ever" },
	{ OPT_FLAG, 'h', .offset = FIELD(help),
	    .help = "short usage on standard error" },

	{ OPT_HEADING, .help = "When to end:" },
	{ OPT_INT, 0, "count", "N", NULL, FIELD(count), 1, INT64_MAX,
	    .help = "after so many packets, with a summary" },
	{ OPT_DURATION, 0, "duration", "T", NULL, FIELD(duration_ns),
	    CLOCK_NS_PER_MS, YEAR_NS, .help = "after this time (seconds with "
	    "a fraction, or 500ms, 2m), with a summary" },

	{ OPT_HEADING, .help = "The packets:" },
	{ OPT_FLAG, '4', "ipv4", .offset = FIELD(ipv4),
	    .help = "IPv4 (default)" },
	{ OPT_FLAG, '6', "ipv6", .offset = FIELD(ipv6), .help = "IPv6" },
	{ OPT_DSCP, 0, "dscp", "VALUE", NULL, FIELD(dscp),
	    .help = "DSCP as a number or a name (EF, AF41, CS1, LE)" },
	{ OPT_FLAG, 0, "df", .offset = FIELD(df),
	    .help = "not to be fragmented" },
	{ OPT_INT, 0, "vlan", "ID", NULL, FIELD(vlan), 0, FRAME_VLAN_MAX,
	    .help = "with an IEEE 802.1Q tag" },
	{ OPT_INT, 0, "generation", "N", "2", FIELD(generation), 1, 2,
	    .help = "1: packets of 2017, with control packets" },

	{ OPT_HEADING, .help = "This host:" },
	{ OPT_STRING, 0, "bind-dev", "IF", NULL, FIELD(device),
	    .help = "interface to send on, if not that of -l" },
	{ OPT_FLAG, 0, "unprivileged", .offset = FIELD(unprivileged),
	    .help = "ordinary UDP sockets, without root and without -a" },
	{ OPT_FLAG, 0, "qdisc-bypass", .offset = FIELD(bypass),
	    .help = "go around the interface's queueing discipline" },
	{ OPT_FLAG, 0, "busy", .offset = FIELD(busy),
	    .help = "spin before each packet: sharper gaps for more CPU" },
	{ OPT_STRING, 0, "user", "NAME", NULL, FIELD(user),
	    .help = "whom root becomes, if not nobody" },
	{ OPT_STRING, 0, "pidfile", "FILE", NULL, FIELD(pidfile),
	    .help = "write the process id there" },
	{ OPT_FLAG, 0, "syslog", .offset = FIELD(syslog),
	    .help = "messages while running go to syslog" },

	{ OPT_HEADING, .help = "Output:" },
	{ OPT_FLAG, 0, "summary", .offset = FIELD(summary),
	    .help = "a summary at the end, however it comes" },
	{ OPT_FLAG, 0, "json", .offset = FIELD(json),
	    .help = "the summary as JSON, and nothing else on stdout" },
	{ OPT_FLAG, 0, "quiet", .offset = FIELD(quiet),
	    .help = "results only" },
	{ .kind = OPT_FLAG }
};

static const struct opt_set client_set = {
	.program = "udping_client",
	.synopsis = "-r HOST -p PORT -l ADDR -s PORTS -d MS -i S -m BYTES "
	    "[...]",
	.opts = client_table,
	.trailer = "See udping_client(8)."
};

static const char client_usage[] =
"Usage:  udping_client -r <remote hostname> -p <remote port> -d <delay>"
" -l <local IP> -s <starting port>|<source port descriptor>"
" [-n <number of ports>] -i <measurement interval seconds>"
" -m <max packet size> -a <next-hop MAC,...> [-v] [-q]\n"
"  Source port descriptor should be a set of ranges separated by commas.\n"
"  Each range can either be a port, or a range of ports separated by a dash.\n"
"  For example:\n"
"    5000 -> port 5000\n"
"    5000-5009 -> ports 5000,5001,...,5009\n"
"    5000,5005,5010 -> ports 5000,5005,5010\n"
"    5000-5001,5005-5006 -> ports 5000,5001,5005,5006\n"
"  If a single port is specified AND a number of ports is specified, then "
"source traffic\n"
"  from the count specified starting with the starting port\n";

static void
raw_init(struct raw *r)
{
	memset(r, 0, sizeof(*r));
	r->mean_ms = -1;
	r->vlan = -1;
}

/* Only frames can do what is asked. */
static bool
needs_frames(const struct raw *r)
{
	return !r->unprivileged && (r->hops != NULL || r->vlan >= 0);
}

/*
 * The original refuses everyone but root, whatever is asked. So does this
 * program when it would have to do something else than what is asked.
 */
static bool
refuses_user(int argc, char **argv)
{
	struct opt_set set = client_set;
	enum opt_result result;
	struct raw r;
	int first;

	raw_init(&r);
	set.lenient = true;
	result = opt_parse(&set, &r, argc, argv, &first);
	return result == OPT_OK && needs_frames(&r);
}

static bool
within(int v, int lo, int hi)
{
	return v >= lo && v <= hi;
}

/* The checks of spec 2.1 up to step 13, in that order. */
static const char *
complaint(const struct raw *r)
{
	int first;

	if (r->remote == NULL)
		return "No remote hostname provided\n";
	if (!within(r->port, 1024, 65535))
		return "Port number is out of range 1024-65532\n";
	if (r->local == NULL)
		return "No local IP provided\n";
	if (r->descriptor == NULL)
		return "Please define a valid source port";
	if (r->ports_given && !within(r->ports, 1, PORTS_MAX))
		return "Number of ports is out of range 1-MAX_SOCKETS\n";
	if (r->ports_given && ports_single(r->descriptor, &first) == 0 &&
	    !within(first, PORTS_LOW, PORTS_HIGH))
		return "Starting port is out of range MIN_PORT-MAX_PORT\n";
	if (!within(r->mean_ms, 0, 1000))
		return "Delay is out of range 0-1000 ms\n";
	if (!within(r->period_s, 1, 900))
		return "Measurement interval is out of range 0-900 s\n";
	if (!within(r->max, 1, 2000))
		return "Max packet size is out of range 1-MAXBUF\n";
	return NULL;
}

/* Of options that the original does not have. */
static const char *
conflict(const struct raw *r)
{
	if (r->ipv4 && r->ipv6)
		return "--ipv4 and --ipv6 exclude each other";
	if (r->unprivileged && r->hops != NULL)
		return "--unprivileged and -a exclude each other";
	if (r->unprivileged && r->vlan >= 0)
		return "--unprivileged and --vlan exclude each other";
	return NULL;
}

static void
fill(const struct raw *r, struct client_options *out)
{
	out->remote = r->remote;
	out->local = r->local;
	out->descriptor = r->descriptor;
	out->port = r->port;
	out->ports = r->ports;
	out->mean_ms = r->mean_ms;
	out->period_s = r->period_s;
	out->max = r->max;
	out->verbose = r->verbose;
	out->family = r->ipv6 ? AF_INET6 : AF_INET;
	out->count = r->count;
	out->duration_ns = r->duration_ns;
	out->generation = (int)r->generation;
	out->vlan = (int)r->vlan;
	out->dscp = r->dscp;
	out->df = r->df;
	out->unprivileged = r->unprivileged;
	out->bypass = r->bypass;
	out->busy = r->busy;
	out->device = r->device;
	out->user = r->user;
	out->pidfile = r->pidfile;
	out->syslog = r->syslog;
	out->json = r->json;
	out->quiet = r->quiet || r->json;
	out->summary = r->summary || r->json || r->count > 0 ||
	    r->duration_ns > 0;
}

static int
fill_hops(const struct raw *r, struct client_options *out)
{
	if (r->hops == NULL || macs_parse(r->hops, &out->hops) == 0)
		return 0;
	if (errno != EINVAL) {
		perror("udping_client");
		return -1;
	}
	fprintf(stderr, "Invalid MAC string: %s\n"
	    "Invalid next-hop MAC address string\n%s", r->hops, client_usage);
	return -1;
}

/* --help, --version and what getopt has complained about. */
static bool
is_ended(enum opt_result result, int *status)
{
	*status = result == OPT_UNKNOWN || result == OPT_BAD_VALUE ?
	    CLIENT_STATUS_BAD : 0;
	if (result == OPT_HELP)
		opt_help(&client_set, stdout);
	else if (result == OPT_LIST)
		opt_list(&client_set, stdout);
	else if (result == OPT_VERSION)
		printf("udping_client (plumbline) %s\n"
		    "compatible with UDPing of October 2023, protocol "
		    "version 1\n", PACKAGE_VERSION);
	if (*status == 0 && fflush(stdout) == EOF) {
		perror("stdout");
		*status = 1;
	}
	return result != OPT_OK;
}

static bool
check(const struct raw *r, struct client_options *out)
{
	const char *why = complaint(r);

	if (why != NULL) {
		fprintf(stderr, "%s%s", client_usage, why);
		return false;
	}
	why = conflict(r);
	if (why != NULL) {
		fprintf(stderr, "udping_client: %s\n", why);
		return false;
	}
	fill(r, out);
	return fill_hops(r, out) == 0;
}

bool
client_options_parse(int argc, char **argv, bool raw,
    struct client_options *out, int *status)
{
	struct raw r;
	int first;

	memset(out, 0, sizeof(*out));
	*status = CLIENT_STATUS_BAD;
	if (!raw && refuses_user(argc, argv)) {
		fputs("udping_client must run as root\n", stderr);
		return false;
	}
	raw_init(&r);
	if (is_ended(opt_parse(&client_set, &r, argc, argv, &first), status))
		return false;
	if (r.help) {
		fprintf(stderr, "%s\n", client_usage);
		return false;
	}
	*status = CLIENT_STATUS_BAD;
	return check(&r, out);
}

void
client_options_free(struct client_options *o)
{
	macs_free(&o->hops);
}
