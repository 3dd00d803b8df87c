/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "pathrate/options_table.h"
#include "pathrate/wire.h"

#define DAY_NS		(INT64_C(86400) * CLOCK_NS_PER_S)
#define DEFAULT_LOG	"pathrate.output"
#define CLASSIC_ENV	"PLUMBLINE_PATHRATE_CLASSIC"

static const char help_text[] =
    "pathrate_rcv options\n"
    "-s <host> : sender host (required)\n"
    "-Q        : quick termination mode\n"
    "-q        : quite mode\n"
    "-v        : verbose mode\n"
    "-o <file> : print log in file\n"
    "-O <file> : append log in file\n"
    "-N <file> : print result in ULM format in file\n"
    "-h|-H     : print this help and exit \n";
static const char usage_text[] =
    "usage: pathrate_rcv [-H|-h] [-Q] [-q|-v] [-o|-O <filename>] "
    "[-N <filename>] -s <sender>\n";

/* What the table fills; rcv_options_parse turns it into options. */
struct raw {
	struct options_levels levels;	/* first, see options_table.h */
	bool		 quick, classic, json, histogram, ipv4, ipv6;
	const char	*sender, *log, *ulm, *csv, *replay, *bind, *bind_dev;
	enum rcv_log	 log_how;
	int64_t		 port, udp_port, timeout_ns, max_bytes;
	int		 dscp;
};

#define FIELD(f)	offsetof(struct raw, f)

static enum opt_call
call_help(void *config, const char *arg, const char **why)
{
	(void)config;
	(void)arg;
	(void)why;
	fputs(help_text, stderr);
	fputs(usage_text, stderr);
	return OPT_CALL_STOP;
}

static enum opt_call
call_log(const struct opt *o, void *config, const char *arg, const char **why)
{
	struct raw *r = config;

	(void)why;
	r->log = arg;
	r->log_how = o->letter == 'o' ? RCV_LOG_TRUNCATE : RCV_LOG_APPEND;
	return OPT_CALL_OK;
}

static const struct opt table[] = {
	{ OPT_HEADING, .help = "Options of pathrate_rcv 2.4.1:" },
	{ OPT_STRING, 's', NULL, "HOST", NULL, FIELD(sender),
	    .help = "where pathrate_snd runs (required)" },
	{ OPT_FLAG, 'Q', "quick", .offset = FIELD(quick),
	    .help = "a rough estimate in less time" },
	{ OPT_CALL, 'q', "quiet", .call = options_call_quiet,
	    .help = "nothing on standard output" },
	{ OPT_CALL, 'v', "verbose", .call = options_call_verbose,
	    .help = "the details of the log on standard output too" },
	{ OPT_CALL, 'o', NULL, "FILE", .take = call_log,
	    .help = "log to this file; what it held is lost" },
	{ OPT_CALL, 'O', NULL, "FILE", .take = call_log,
	    .help = "log to the end of this file (default pathrate.output)" },
	{ OPT_STRING, 'N', NULL, "FILE", NULL, FIELD(ulm),
	    .help = "add a line with the result in ULM (NetLogger) format" },
	{ OPT_CALL, 'h', .call = call_help,
	    .help = "short help on standard error, status 255" },
	{ OPT_CALL, 'H', .call = call_help, .help = "the same" },

	{ OPT_HEADING, .help = "Method:" },
	{ OPT_FLAG, 0, "classic", .offset = FIELD(classic),
	    .help = "the phases, schedule and estimator of 2.4.1; as "
	    "PLUMBLINE_PATHRATE_CLASSIC=1 in the environment" },
	{ OPT_DURATION, 0, "timeout", "T", "0", FIELD(timeout_ns), 0, DAY_NS,
	    .help = "end after this time with what is known (0: 60 s, with "
	    "--classic 30 min)" },
	{ OPT_SIZE, 0, "max-bytes", "BYTES", "0", FIELD(max_bytes), 0,
	    INT64_C(1) << 50, .help = "ask for no more traffic than this "
	    "(0: 100 MB, with --classic no limit)" },
	{ OPT_STRING, 0, "replay", "FILE", NULL, FIELD(replay),
	    .help = "estimate from recorded arrival times; no network" },

	{ OPT_HEADING, .help = "Results:" },
	{ OPT_FLAG, 0, "json", .offset = FIELD(json),
	    .help = "one JSON object instead of text" },
	{ OPT_STRING, 0, "csv", "FILE", NULL, FIELD(csv),
	    .help = "every dispersion, a line each" },
	{ OPT_FLAG, 0, "histogram", .offset = FIELD(histogram),
	    .help = "the modes as a histogram of characters" },

	{ OPT_HEADING, .help = "Network:" },
	{ OPT_INT, 0, "port", "N", "48699", FIELD(port), 1, 65535,
	    .help = "TCP port of the sender" },
	{ OPT_INT, 0, "udp-port", "N", "48698", FIELD(udp_port), 1, 65535,
	    .help = "UDP port for the probes; another one needs a sender of "
	    "ours" },
	{ OPT_STRING, 0, "bind", "ADDR", NULL, FIELD(bind),
	    .help = "source address" },
	{ OPT_STRING, 0, "bind-dev", "IF", NULL, FIELD(bind_dev),
	    .help = "network interface" },
	{ OPT_FLAG, '4', "ipv4", .offset = FIELD(ipv4), .help = "IPv4 only" },
	{ OPT_FLAG, '6', "ipv6", .offset = FIELD(ipv6), .help = "IPv6 only" },
	{ OPT_DSCP, 0, "dscp", "VALUE", NULL, FIELD(dscp),
	    .help = "traffic class of the control connection" },
	{ .kind = OPT_FLAG }
};

static const struct opt_set set = {
	.program = "pathrate_rcv",
	.synopsis = "[option...] -s sender",
	.opts = table,
	.trailer = "See pathrate_rcv(1)."
};

static bool
is_classic_env(void)
{
	const char *s = opt_env(CLASSIC_ENV);

	return s != NULL && strcmp(s, "1") == 0;
}

static void
take(const struct raw *r, struct rcv_options *o)
{
	*o = (struct rcv_options){
		.levels = r->levels, .sender = r->sender, .quick = r->quick,
		.log = r->log != NULL ? r->log : DEFAULT_LOG,
		.log_how = r->log_how, .ulm = r->ulm,
		.classic = r->classic || is_classic_env(), .json = r->json,
		.histogram = r->histogram, .csv = r->csv, .replay = r->replay,
		.ipv4 = r->ipv4, .ipv6 = r->ipv6, .bind = r->bind,
		.bind_dev = r->bind_dev, .port = (uint16_t)r->port,
		.udp_port = (uint16_t)r->udp_port, .dscp = r->dscp,
		.timeout_ns = r->timeout_ns, .max_bytes = r->max_bytes,
	};
}

/* Behind an option that is unknown, the original goes on to the next. */
static enum opt_result
parse(struct raw *r, int argc, char **argv)
{
	const struct raw fresh = { .levels = { .normal = true },
		.log_how = RCV_LOG_DEFAULT };
	struct opt_set lenient = set;
	enum opt_result result;
	int first;

	*r = fresh;
	result = opt_parse(&set, r, argc, argv, &first);
	if (result != OPT_UNKNOWN)
		return result;
	*r = fresh;
	lenient.lenient = true;
	result = opt_parse(&lenient, r, argc, argv, &first);
	return result == OPT_OK ? OPT_UNKNOWN : result;
}

enum options_verdict
rcv_options_parse(int argc, char **argv, struct rcv_options *out, int *status)
{
	enum opt_result result;
	struct raw r;

	*status = PATHRATE_FAILURE;
	result = parse(&r, argc, argv);
	if (options_text(&set, result, status) ||
	    (result != OPT_OK && result != OPT_UNKNOWN) ||
	    options_both_families(set.program, r.ipv4, r.ipv6) == -1)
		return OPTIONS_EXIT;
	take(&r, out);
	out->wrong = result == OPT_UNKNOWN;
	return OPTIONS_RUN;
}

bool
rcv_options_wrong(const struct rcv_options *o)
{
	bool missing = o->sender == NULL && o->replay == NULL;

	if (!o->wrong && !missing)
		return false;
	if (missing)
		fputs("Need to specify sender's hostname!\n", stderr);
	fputs(usage_text, stderr);
	return true;
}
