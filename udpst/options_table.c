/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>

#include "udpst/options_table.h"

#define FIELD(f)	.offset = offsetof(struct parse, f)

/* Ranges are those of a client of 9.0; see options_letter.c for the rest. */
#define NUMBER(from, to) \
	.lo = (from), .hi = (to), .take = options_take_number
#define LETTER		.take = options_take_letter
#define LONG(f)		.take = options_take_long, .call = options_call_##f

static const struct opt table[] = {
	{ OPT_HEADING, .help = "Options of OB-UDPST; without -u and -d this "
	    "is a server.\nFor clients and servers (there the largest value "
	    "that is allowed):" },
	{ OPT_FLAG, 'u', FIELD(up), .help = "client: upstream test, we send" },
	{ OPT_FLAG, 'd', FIELD(down),
	    .help = "client: downstream test, we receive" },
	{ OPT_CALL, '4', "ipv4", LETTER, .help = "IPv4 only" },
	{ OPT_CALL, '6', "ipv6", LETTER, .help = "IPv6 only" },
	{ OPT_FLAG, 'e', FIELD(o.socket_errors),
	    .help = "report errors of sending and receiving" },
	{ OPT_FLAG, 'v', FIELD(o.verbose), .help = "say more" },
	{ OPT_FLAG, 'D', FIELD(o.debug), .help = "debug (needs -v)" },
	{ OPT_FLAG, 'j', FIELD(no_jumbo), .help = "no jumbo datagrams above "
	    "1 Gbit/s (as at the other end)" },
	{ OPT_FLAG, 'T', FIELD(o.traditional), .help = "datagrams that fill "
	    "an MTU of 1500 (as at the other end)" },
	{ OPT_FLAG, 'X', FIELD(o.random_payload),
	    .help = "random payload (if both ends want it)" },
	{ OPT_FLAG, 'S', FIELD(o.show_rates),
	    .help = "print the sending rate table and exit" },
	{ OPT_CALL, 'O', .arg = "[+]FILE", LETTER, .help = "export what the "
	    "receiver saw of each datagram (with + also those without RTT)" },
	{ OPT_CALL, 'B', .arg = "MBPS", NUMBER(0, 32767),
	    .help = "bandwidth required; of a server, to 100000: available" },
	{ OPT_CALL, 'a', .arg = "KEY", LETTER,
	    .help = "authentication key (better: -K or the environment)" },
	{ OPT_CALL, 'K', .arg = "FILE", LETTER,
	    .help = "authentication keys, lines \"id,key\"" },
	{ OPT_CALL, 'm', .arg = "VALUE", .deflt = "0", NUMBER(0, 255),
	    .help = "octet with DSCP and ECN" },
	{ OPT_FLAG, 'n', FIELD(o.keep_sequence),
	    .help = "count datagrams that this host refused as lost" },
	{ OPT_CALL, 'I', .arg = "[@]INDEX", NUMBER(0, 1152),
	    .help = "rate index: fixed, or with @ the one to start from" },
	{ OPT_CALL, 't', .arg = "S", .deflt = "10", NUMBER(5, 3600),
	    .help = "test time in seconds" },
	{ OPT_CALL, 'p', .arg = "PORT", .deflt = "24601", NUMBER(1, 65535),
	    .help = "control port" },
	{ OPT_CALL, 'b', .arg = "BYTES", .deflt = "1024000",
	    NUMBER(0, 16777216),
	    .help = "socket buffers, 0: the system's own" },

	{ OPT_HEADING, .help = "For clients:" },
	{ OPT_CALL, 'C', .arg = "N[-MAX]", LETTER,
	    .help = "connections, at least and at most (1..24, unless given "
	    "one a server)" },
	{ OPT_FLAG, 's', FIELD(o.summary_only),
	    .help = "no sub-interval lines" },
	{ OPT_CALL, 'f', .arg = "FORMAT", LETTER,
	    .help = "json, jsonb (brief) or jsonf (formatted)" },
	{ OPT_FLAG, 'r', FIELD(o.loss_ratio),
	    .help = "loss ratio instead of delivered percentage" },
	{ OPT_CALL, 'i', .arg = "[-]N", NUMBER(1, 36000),
	    .help = "bimodal: the first N sub-intervals are a mode of their "
	    "own (with - at an unadjusted rate)" },
	{ OPT_CALL, 'o', LETTER, .help = "adjust the rate by one-way delay "
	    "instead of round-trip time" },
	{ OPT_CALL, 'R', LETTER, .help = "count reordered and duplicate "
	    "datagrams as errors" },
	{ OPT_CALL, 'y', .arg = "ID", .deflt = "0", NUMBER(0, 255),
	    .help = "id of the authentication key" },
	{ OPT_CALL, 'P', .arg = "MS", .deflt = "1000", NUMBER(100, 10000),
	    .help = "sub-interval period; 1 to 10 are seconds" },
	{ OPT_CALL, 'A', .arg = "ALGO", .deflt = "B", LETTER,
	    .help = "rate adjustment algorithm, B or C" },
	{ OPT_CALL, 'L', .arg = "MS", .deflt = "30", NUMBER(1, 10000),
	    .help = "delay variation below which the rate may grow" },
	{ OPT_CALL, 'U', .arg = "MS", .deflt = "90", NUMBER(1, 10000),
	    .help = "delay variation above which the rate falls" },
	{ OPT_CALL, 'F', .arg = "MS", .deflt = "50", NUMBER(5, 250),
	    .help = "interval of status messages" },
	{ OPT_CALL, 'c', .arg = "N", .deflt = "3", NUMBER(1, 65535),
	    .help = "congested intervals until the rate falls a lot" },
	{ OPT_CALL, 'h', .arg = "ROWS", .deflt = "10", NUMBER(1, 255),
	    .help = "rows of a fast step" },
	{ OPT_CALL, 'q', .arg = "N", .deflt = "10", NUMBER(0, 65535),
	    .help = "sequence errors that are tolerated" },
	{ OPT_CALL, 'E', .arg = "IF", LETTER,
	    .help = "show the rate of this interface too" },
	{ OPT_CALL, 'M', LETTER,
	    .help = "maximum by the interface's rate (needs -E)" },
	{ OPT_CALL, 'Z', .arg = "N", NUMBER(1, 255),
	    .help = "ECN CE threshold, (N-1)/255 (needs ECT in -m)" },

	{ OPT_HEADING, .help = "For servers:" },
	{ OPT_CALL, 'x', LETTER, .help = "run in the background" },
	{ OPT_CALL, '1', LETTER, .help = "exit after one test" },
	{ OPT_CALL, 'G', .arg = "FILE", LETTER, .help = "write performance "
	    "statistics, a pattern of strftime(3)" },
	{ OPT_CALL, 'l', .arg = "FILE", LETTER,
	    .help = "log file (needs -x)" },
	{ OPT_CALL, 'k', .arg = "KBYTES", .deflt = "1000",
	    NUMBER(10, 1000000), .help = "size at which the log is renamed" },

	{ OPT_HEADING, .help = "What to measure:" },
	{ OPT_CALL, .name = "duration", .arg = "T", LONG(duration),
	    .help = "as -t, but also 2m, and from 1 s on" },
	{ OPT_CALL, .name = "interval", .arg = "T", LONG(interval),
	    .help = "as -P, in seconds unless with a unit" },
	{ OPT_FLAG, .name = "probe", FIELD(o.probe),
	    .help = "client: only ask whether the server answers" },
	{ OPT_FLAG, .name = "rate-limit", FIELD(o.rate_limit),
	    .help = "server: let -B also limit the rate of the search" },
	{ OPT_CALL, .name = "dscp", .arg = "VALUE", LONG(dscp),
	    .help = "upper six bits of -m as a number or a name (EF, AF41, "
	    "CS1, LE)" },
	{ OPT_CALL, .name = "bind", .arg = "ADDR", LONG(bind),
	    .help = "client: source address" },
	{ OPT_CALL, .name = "bind-dev", .arg = "IF", LONG(bind_dev),
	    .help = "network interface" },
	{ OPT_FLAG, .name = "no-gso", FIELD(no_gso),
	    .help = "no segmentation offload when sending" },
	{ OPT_FLAG, .name = "no-gro", FIELD(no_gro),
	    .help = "no receive offload" },

	{ OPT_HEADING, .help = "Output:" },
	{ OPT_CALL, .name = "json", LONG(json), .help = "as -f json" },
	{ OPT_CALL, .name = "json-lines", LONG(json_lines),
	    .help = "a JSON object a sub-interval, then the final one" },
	{ OPT_CALL, .name = "csv", .arg = "FILE", LONG(csv),
	    .help = "as -O +FILE" },
	{ OPT_FLAG, .name = "quiet", FIELD(o.quiet),
	    .help = "results only: no banner, no warnings" },
	{ OPT_FLAG, .name = "progress", FIELD(o.progress),
	    .help = "client: sub-intervals on standard error" },

	{ OPT_HEADING, .help = "Protocol:" },
	{ OPT_CALL, .name = "compat", .arg = "8|9", .take = options_take_compat,
	    .help = "options and output of OB-UDPST 8.2 or 9.0" },
	{ OPT_INT, .name = "protocol", .arg = "N", FIELD(protocol), 10, 20,
	    .help = "this version and no other" },
	{ OPT_FLAG, .name = "allow-downgrade", FIELD(o.allow_downgrade),
	    .help = "client: with a key, too, try older versions" },
	{ OPT_FLAG, .name = "checksum", FIELD(o.checksum),
	    .help = "send checksums in the messages" },
	{ OPT_INT, .name = "auth-window", .arg = "S", .deflt = "5",
	    FIELD(auth_window), 0, 86400,
	    .help = "how far the clocks may be apart" },

	{ OPT_HEADING, .help = "For servers:" },
	{ OPT_INT, .name = "threads", .arg = "N", .deflt = "1",
	    FIELD(threads), 1, 64, .help = "threads that run tests" },
	{ OPT_INT, .name = "max-sessions", .arg = "N", .deflt = "254",
	    FIELD(max_sessions), 1, OPTIONS_SESSIONS_MAX,
	    .help = "connections at a time" },
	{ OPT_INT, .name = "max-per-source", .arg = "N", .deflt = "0",
	    FIELD(max_per_source), 0, 254,
	    .help = "connections of a client address, 0: as many" },
	{ OPT_CALL, .name = "port-range", .arg = "A-B", LONG(port_range),
	    .help = "ports of tests" },
	{ OPT_CALL, .name = "allow", .arg = "ADDR[/N]", LONG(allow),
	    .help = "serve these addresses only (repeatable)" },
	{ OPT_STRING, .name = "user", .arg = "NAME", FIELD(o.user),
	    .help = "become this user" },
	{ OPT_CALL, .name = "pidfile", .arg = "FILE", LONG(pidfile),
	    .help = "write the process id" },
	{ OPT_FLAG, .name = "syslog", FIELD(o.syslog),
	    .help = "log to syslog" },
	{ OPT_CALL, .name = "prometheus", .arg = "FILE", LONG(prometheus),
	    .help = "keep counters in this text file" },
	/* The original's request for its usage text. */
	{ .kind = OPT_FLAG, .letter = '?' },
	{ .kind = OPT_FLAG }
};

static void
complain(void *config, const char *line)
{
	options_error(config, "ERROR: %s", line);
}

const struct opt_set options_set = {
	.program = "udpst",
	.synopsis = "[options] [server[:port]]...",
	.opts = table,
	.trailer = "Servers are names or addresses, IPv6 with a port as "
	    "[address]:port.\nA server may have one, to bind to. "
	    "See udpst(1).",
	.complain = complain
};
