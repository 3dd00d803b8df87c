/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/addr.h"
#include "common/clock.h"
#include "thrulay/options_table.h"

/* Entries of an allow list. */
#define ALLOW_MAX	1024

/* What the table fills; server_options_parse turns it into options. */
struct raw {
	enum options_early early;	/* first, see options_table.h */
	bool		 foreground, syslog, ipv4, ipv6, no_reverse;
	bool		 require_auth;
	int		 verbosity, report;
	int64_t		 window, port, max_sessions, max_per_address;
	int64_t		 max_packets, max_rate, max_memory;
	int64_t		 max_duration_ns, idle_ns, proposal_ns;
	uint16_t	 udp_first, udp_last;
	const char	*group, *bind, *user, *pidfile, *auth_file;
	const char	**allow;
	size_t		 nallow;
	char		 acl_error[160];
};

#define FIELD(f)	offsetof(struct raw, f)

static const char *const report_names[] = { "0.9", "hd", "both", NULL };

/* An entry that cannot be understood must not leave the server open. */
static enum opt_call
call_allow(void *config, const char *arg, const char **why)
{
	struct raw *r = config;
	struct addr_prefix p;
	const char *reason;

	if (addr_prefix_parse(arg, &p, &reason) == -1) {
		snprintf(r->acl_error, sizeof(r->acl_error),
		    "Error: getaddrinfo(): failed in ACL add operation , %s",
		    reason);
		*why = r->acl_error;
		return OPT_CALL_SAY;
	}
	if (r->nallow == ALLOW_MAX) {
		*why = "too many allowed addresses";
		return OPT_CALL_SAY;
	}
	r->allow[r->nallow++] = arg;
	return OPT_CALL_OK;
}

static enum opt_call
call_ports(void *config, const char *arg, const char **why)
{
	struct raw *r = config;

	return opt_port_range(arg, &r->udp_first, &r->udp_last, why) == -1 ?
	    OPT_CALL_BAD : OPT_CALL_OK;
}

static const struct opt server_table[] = {
	{ OPT_HEADING, .help = "Options of thrulayd 0.9:" },
	{ OPT_CALL, 'h', .call = options_call_help,
	    .help = "short usage on standard error" },
	{ OPT_CALL, 'V', .call = options_call_version,
	    .help = "version as thrulayd 0.9 prints it" },
	{ OPT_COUNT, 'v', .offset = FIELD(verbosity),
	    .help = "verbose UDP reports to the clients" },
	{ OPT_CALL, 'a', "allow", "ADDR[/N]", NULL, .call = call_allow,
	    .help = "serve only these numeric addresses (repeatable)" },
	{ OPT_SIZE, 'w', "window", "BYTES", "4194304", FIELD(window), 1,
	    INT32_MAX, .error = "window must be a positive integer (in bytes)",
	    .help = "socket buffers of the listening socket" },
	{ OPT_INT, 'p', "port", "N", "5003", FIELD(port), 1, 65535,
	    .error = "port must be a positive integer",
	    .help = "TCP port to listen on" },
	{ OPT_FLAG, 'd', "foreground", .offset = FIELD(foreground),
	    .help = "stay in the foreground, log to standard error" },
	{ OPT_STRING, 'j', "group", "GROUP", NULL, FIELD(group),
	    .help = "multicast group that UDP tests join" },

	{ OPT_HEADING, .help = "Service:" },
	{ OPT_STRING, 0, "bind", "ADDR", NULL, FIELD(bind),
	    .help = "listen on this address only" },
	{ OPT_FLAG, '4', "ipv4", .offset = FIELD(ipv4), .help = "IPv4 only" },
	{ OPT_FLAG, '6', "ipv6", .offset = FIELD(ipv6), .help = "IPv6 only" },
	{ OPT_CALL, 0, "port-range", "A-B", "5003-6002", .call = call_ports,
	    .help = "UDP ports of tests" },
	{ OPT_CHOICE, 0, "report", "STYLE", "0.9", FIELD(report),
	    .choices = report_names,
	    .help = "text of UDP reports: 0.9, hd or both" },
	{ OPT_STRING, 0, "auth-file", "FILE", NULL, FIELD(auth_file),
	    .help = "keys of clients that may prove who they are, lines "
	    "\"name key\"" },
	{ OPT_FLAG, 0, "require-auth", .offset = FIELD(require_auth),
	    .help = "serve nobody else (thrulay 0.9 clients neither)" },
	{ OPT_FLAG, 0, "no-reverse", .offset = FIELD(no_reverse),
	    .help = "never send test data to clients" },

	{ OPT_HEADING, .help = "Limits:" },
	{ OPT_INT, 0, "max-sessions", "N", "1000", FIELD(max_sessions), 1,
	    100000, .help = "connections at once" },
	{ OPT_INT, 0, "max-per-address", "N", "600", FIELD(max_per_address), 1,
	    100000, .help = "connections at once from one address" },
	{ OPT_DURATION, 0, "max-duration", "T", "24h", FIELD(max_duration_ns),
	    CLOCK_NS_PER_S, OPTIONS_YEAR_NS, .help = "of one session" },
	{ OPT_DURATION, 0, "idle-timeout", "T", "60", FIELD(idle_ns),
	    CLOCK_NS_PER_S, OPTIONS_YEAR_NS,
	    .help = "end a TCP test in which nothing moves" },
	{ OPT_DURATION, 0, "proposal-timeout", "T", "10", FIELD(proposal_ns),
	    CLOCK_NS_PER_S, OPTIONS_YEAR_NS,
	    .help = "how long a client may take to propose" },
	{ OPT_INT, 0, "max-packets", "N", "67108864", FIELD(max_packets), 1,
	    INT64_C(1) << 36, .help = "of one UDP test" },
	{ OPT_RATE, 0, "max-rate", "RATE", NULL, FIELD(max_rate), 1, INT64_MAX,
	    .help = "bit/s of one UDP test (default: no limit)" },
	{ OPT_SIZE, 0, "max-memory", "BYTES", "256M", FIELD(max_memory),
	    1 << 20, INT64_MAX, .help = "results of all UDP tests together" },

	{ OPT_HEADING, .help = "Process:" },
	{ OPT_STRING, 0, "user", "NAME", NULL, FIELD(user),
	    .help = "run as this user (started as root: nobody)" },
	{ OPT_STRING, 0, "pidfile", "FILE", NULL, FIELD(pidfile),
	    .help = "write the process id there" },
	{ OPT_FLAG, 0, "syslog", .offset = FIELD(syslog),
	    .help = "log to syslog in the foreground too" },
	{ .kind = OPT_FLAG }
};

static const struct opt_set server_set = {
	.program = "thrulayd",
	.synopsis = "[options]",
	.opts = server_table,
	.trailer = "See thrulayd(8)."
};

static const char server_usage[] =
"Usage: thrulayd [-h] [-V] [-v] [-a address ] [-w#] [-p#] [-d] [-j group]\n"
"\t-h\t\tdisplay this help and exit\n"
"\t-V\t\toutput version information and exit\n"
"\t-v\t\tverbose reporting of results\n"
"\t-a address\tadd address to list of allowed hosts (CIDR syntax)\n"
"\t-w#\t\twindow, in bytes (default: 4194304B)\n"
"\t-p#\t\tserver port (default: 5003)\n"
"\t-d \t\tdebug (no daemon, log to stderr)\n"
"\t-j group\tjoin a multicast group\n";

static const struct options_program server_program = {
	&server_set, "server", server_usage
};

static const char *
conflict(const struct raw *r)
{
	if (r->ipv4 && r->ipv6)
		return "--ipv4 and --ipv6 exclude each other";
	if (r->require_auth && r->auth_file == NULL)
		return "--require-auth needs --auth-file";
	return NULL;
}

static void
fill_server(const struct raw *r, struct server_options *out)
{
	thrulay_server_opt_t *s = &out->server;

	s->log_type = r->foreground && !r->syslog ? THRULAY_LOG_STDERR :
	    THRULAY_LOG_SYSLOG;
	s->verbosity = r->verbosity;
	s->port = (int)r->port;
	s->bind_address = r->bind;
	s->window = (int)r->window;
	s->mcast_group = r->group;
	s->report = (enum thrulay_report)r->report;
	s->family = r->ipv4 ? AF_INET : r->ipv6 ? AF_INET6 : AF_UNSPEC;
	s->max_sessions = (int)r->max_sessions;
	s->max_per_address = (int)r->max_per_address;
	s->udp_first = r->udp_first;
	s->udp_last = r->udp_last;
	s->max_packets = (uint64_t)r->max_packets;
	s->max_rate = (uint64_t)r->max_rate;
	s->max_memory = (uint64_t)r->max_memory;
	s->max_duration = (double)r->max_duration_ns / 1e9;
	s->idle_timeout = (double)r->idle_ns / 1e9;
	s->proposal_timeout = (double)r->proposal_ns / 1e9;
	s->auth_file = r->auth_file;
	s->require_auth = r->require_auth;
	s->allow_reverse = !r->no_reverse;
	out->allow = r->allow;
	out->foreground = r->foreground;
	out->syslog = r->syslog;
	out->user = r->user;
	out->pidfile = r->pidfile;
}

/* Everything but the allow list's ownership. */
static enum options_status
parse(int argc, char **argv, struct raw *r, int *status)
{
	enum opt_result result;
	const char *why;
	int first;

	result = opt_parse(&server_set, r, argc, argv, &first);
	if (options_verdict(&server_program, result, r->early, status) ==
	    OPTIONS_EXIT)
		return OPTIONS_EXIT;
	if (first != argc)
		return options_usage(&server_program, status);
	why = conflict(r);
	if (why == NULL)
		return OPTIONS_RUN;
	fprintf(stderr, "thrulayd: %s\n", why);
	*status = 1;
	return OPTIONS_EXIT;
}

enum options_status
server_options_parse(int argc, char **argv, struct server_options *out,
    int *status)
{
	struct raw r;

	memset(&r, 0, sizeof(r));
	memset(out, 0, sizeof(*out));
	thrulay_server_options_init(&out->server);
	r.allow = calloc(ALLOW_MAX + 1, sizeof(r.allow[0]));
	if (r.allow == NULL) {
		perror("thrulayd");
		*status = 1;
		return OPTIONS_EXIT;
	}
	if (parse(argc, argv, &r, status) == OPTIONS_EXIT) {
		free(r.allow);
		return OPTIONS_EXIT;
	}
	fill_server(&r, out);
	return OPTIONS_RUN;
}

void
server_options_free(struct server_options *o)
{
	free(o->allow);
	o->allow = NULL;
}
