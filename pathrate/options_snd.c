/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/addr.h"
#include "common/clock.h"
#include "pathrate/options_table.h"
#include "pathrate/wire.h"

#define DAY_NS	(INT64_C(86400) * CLOCK_NS_PER_S)

static const char help_text[] =
    "pathrate_snd options\n"
    "-i        : iterative mode\n"
    "-q        : quite mode\n"
    "-v        : verbose mode\n"
    "-o <file> : print log in file\n"
    "-H|-h     : print this help and exit\n";
static const char usage_text[] =
    "usage: pathrate_snd [-i] [-H|-h] [-q|-v] [-o <filename>] \n";

/* What the table fills; snd_options_parse turns it into options. */
struct raw {
	struct options_levels levels;	/* first, see options_table.h */
	bool		 iterative, helped, ipv4, ipv6, daemon, syslog;
	const char	*log, *bind, *pidfile, *user;
	int64_t		 port, max_payload, max_train, max_sessions;
	int64_t		 max_spacing_ns, idle_ns, max_duration_ns;
	int		 dscp;
	const char	**allow;
	size_t		 nallow;
};

#define FIELD(f)	offsetof(struct raw, f)

static enum opt_call
call_help(void *config, const char *arg, const char **why)
{
	struct raw *r = config;

	(void)arg;
	(void)why;
	fputs(help_text, stderr);
	r->helped = true;
	return OPT_CALL_OK;
}

/* There are no more of them than words on the command line. */
static enum opt_call
call_allow(void *config, const char *arg, const char **why)
{
	struct raw *r = config;
	struct addr_prefix p;

	if (addr_prefix_parse(arg, &p, why) == -1)
		return OPT_CALL_BAD;
	r->allow[r->nallow++] = arg;
	return OPT_CALL_OK;
}

static const struct opt table[] = {
	{ OPT_HEADING, .help = "Options of pathrate_snd 2.4.1:" },
	{ OPT_FLAG, 'i', .offset = FIELD(iterative),
	    .help = "serve one receiver after the other, for ever" },
	{ OPT_CALL, 'q', "quiet", .call = options_call_quiet,
	    .help = "nothing on standard output" },
	{ OPT_CALL, 'v', "verbose", .call = options_call_verbose,
	    .help = "a line a command and a train" },
	{ OPT_STRING, 'o', NULL, "FILE", NULL, FIELD(log),
	    .help = "write a log to this file; what it held is lost" },
	{ OPT_CALL, 'h', .call = call_help,
	    .help = "short help on standard error, status 255" },
	{ OPT_CALL, 'H', .call = call_help, .help = "the same" },

	{ OPT_HEADING, .help = "Network:" },
	{ OPT_INT, 0, "port", "N", "48699", FIELD(port), 1, 65535,
	    .help = "TCP port to listen on" },
	{ OPT_STRING, 0, "bind", "ADDR", NULL, FIELD(bind),
	    .help = "listen on this address only" },
	{ OPT_FLAG, '4', "ipv4", .offset = FIELD(ipv4), .help = "IPv4 only" },
	{ OPT_FLAG, '6', "ipv6", .offset = FIELD(ipv6), .help = "IPv6 only" },
	{ OPT_DSCP, 0, "dscp", "VALUE", NULL, FIELD(dscp),
	    .help = "traffic class of the probes" },

	{ OPT_HEADING, .help = "Service:" },
	{ OPT_CALL, 0, "allow", "ADDR[/N]", NULL, .call = call_allow,
	    .help = "serve only these numeric addresses (repeatable)" },
	{ OPT_FLAG, 0, "daemon", .offset = FIELD(daemon),
	    .help = "go to the background; implies -i" },
	{ OPT_FLAG, 0, "syslog", .offset = FIELD(syslog),
	    .help = "log to syslog" },
	{ OPT_STRING, 0, "pidfile", "FILE", NULL, FIELD(pidfile),
	    .help = "write the process id there" },
	{ OPT_STRING, 0, "user", "NAME", NULL, FIELD(user),
	    .help = "run as this user (default nobody when started by root)" },

	{ OPT_HEADING, .help = "Limits:" },
	{ OPT_INT, 0, "max-payload", "BYTES", "16384", FIELD(max_payload), 12,
	    65507, .help = "UDP payload of a probe" },
	{ OPT_INT, 0, "max-train", "N", "1000", FIELD(max_train), 2, 100000,
	    .help = "packets of a train" },
	{ OPT_DURATION, 0, "max-spacing", "T", "60", FIELD(max_spacing_ns), 0,
	    DAY_NS, .help = "between trains" },
	{ OPT_INT, 0, "max-sessions", "N", "16", FIELD(max_sessions), 1, 1000,
	    .help = "receivers at once; their trains take turns" },
	{ OPT_DURATION, 0, "idle-timeout", "T", "60", FIELD(idle_ns),
	    CLOCK_NS_PER_S, DAY_NS,
	    .help = "end a session that says nothing" },
	{ OPT_DURATION, 0, "max-duration", "T", "1h", FIELD(max_duration_ns),
	    CLOCK_NS_PER_S, DAY_NS, .help = "of one session" },
	{ .kind = OPT_FLAG }
};

static const struct opt_set set = {
	.program = "pathrate_snd",
	.synopsis = "[option...]",
	.opts = table,
	.trailer = "See pathrate_snd(8)."
};

static void
take(const struct raw *r, struct snd_options *o)
{
	*o = (struct snd_options){
		.levels = r->levels, .iterative = r->iterative || r->daemon,
		.log = r->log, .ipv4 = r->ipv4, .ipv6 = r->ipv6,
		.bind = r->bind, .port = (uint16_t)r->port,
		.allow = r->allow, .dscp = r->dscp,
		.max_payload = r->max_payload, .max_train = r->max_train,
		.max_sessions = r->max_sessions,
		.max_spacing_ns = r->max_spacing_ns, .idle_ns = r->idle_ns,
		.max_duration_ns = r->max_duration_ns, .daemon = r->daemon,
		.syslog = r->syslog, .pidfile = r->pidfile, .user = r->user,
	};
}

enum options_verdict
snd_options_parse(int argc, char **argv, struct snd_options *out, int *status)
{
	struct raw r = { .levels = { .normal = true } };
	enum opt_result result;
	int first;

	*status = PATHRATE_FAILURE;
	r.allow = calloc((size_t)argc + 1, sizeof(*r.allow));
	if (r.allow == NULL) {
		perror(set.program);
		return OPTIONS_EXIT;
	}
	result = opt_parse(&set, &r, argc, argv, &first);
	if (!options_text(&set, result, status)) {
		if (r.helped || result == OPT_UNKNOWN)
			fputs(usage_text, stderr);
		else if (result == OPT_OK &&
		    options_both_families(set.program, r.ipv4, r.ipv6) == 0) {
			take(&r, out);
			return OPTIONS_RUN;
		}
	}
	free(r.allow);
	return OPTIONS_EXIT;
}

void
snd_options_free(struct snd_options *o)
{
	free(o->allow);
	o->allow = NULL;
}
