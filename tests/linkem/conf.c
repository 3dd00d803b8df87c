/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <err.h>
#include <stddef.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/opt.h"
#include "tests/linkem/conf.h"

#define HOUR_NS	(3600 * CLOCK_NS_PER_S)

#define FIELD(name)	offsetof(struct conf, name)

static const struct opt conf_opts[] = {
	{ .kind = OPT_HEADING, .help = "The link" },
	{ .kind = OPT_STRING, .name = "both", .arg = "SPEC",
	    .offset = FIELD(both), .help = "both directions" },
	{ .kind = OPT_STRING, .name = "forward", .arg = "SPEC",
	    .offset = FIELD(spec[0]),
	    .help = "left to right, in addition to --both" },
	{ .kind = OPT_STRING, .name = "reverse", .arg = "SPEC",
	    .offset = FIELD(spec[1]),
	    .help = "right to left, in addition to --both" },
	{ .kind = OPT_INT, .name = "seed", .arg = "N", .deflt = "1",
	    .offset = FIELD(seed), .lo = 0, .hi = INT64_MAX,
	    .help = "same seed, same losses, copies and moves" },
	{ .kind = OPT_HEADING, .help = "The run" },
	{ .kind = OPT_DURATION, .name = "duration", .arg = "T", .deflt = "0",
	    .offset = FIELD(duration_ns), .lo = 0, .hi = HOUR_NS,
	    .help = "end by itself; 0: at SIGINT or SIGTERM" },
	{ .kind = OPT_STRING, .name = "truth", .arg = "FILE",
	    .offset = FIELD(truth), .help = "write the truth there, not on "
	    "standard output" },
	{ .kind = OPT_STRING, .name = "trace", .arg = "FILE",
	    .offset = FIELD(trace), .help = "write a line of CSV a packet" },
	{ .kind = OPT_HEADING, .help = "The host" },
	{ .kind = OPT_INT, .name = "core", .arg = "N", .deflt = "1",
	    .offset = FIELD(core), .lo = -1, .hi = 1023,
	    .help = "run on this core where it exists; -1: any" },
	{ .kind = OPT_FLAG, .name = "ordinary", .offset = FIELD(ordinary),
	    .help = "no real-time priority" },
	{ .kind = OPT_INT, .name = "waiting", .arg = "N", .deflt = "32768",
	    .offset = FIELD(waiting), .lo = 1, .hi = 1 << 24,
	    .help = "packets on the link at a time" },
	{ .kind = OPT_INT, .name = "mtu", .arg = "BYTES", .deflt = "1500",
	    .offset = FIELD(mtu), .lo = 68, .hi = 65535,
	    .help = "longest IP packet" },
	{ .kind = OPT_INT, .name = "records", .arg = "N", .deflt = "16777216",
	    .offset = FIELD(records), .lo = 1, .hi = 1 << 28,
	    .help = "packets that the truth can hold" },
	{ 0 }
};

static const char trailer[] =
"An end is packet:IF (a veth device) or tun:IF (is made), either with\n"
"@NAMESPACE behind it. Once packets are forwarded, the line \"ready\" is\n"
"printed. A SPEC is a list key=value,... of\n"
"  rate=RATE           bit/s of IP packets; without it infinitely fast\n"
"  queue=T or BYTES    what may wait before the rate; default 100ms\n"
"  delay=T             fixed part of the delay\n"
"  jitter=T            varying part, uniform within -T..T\n"
"  normal=T            varying part, normal with sigma T, cut at 4 sigma\n"
"  overtake=yes        packets with less jitter overtake; default no\n"
"  loss=P              random loss; P is a share: 0.01 or 1%\n"
"  burst=P:Q[:B[:G]]   Gilbert-Elliott: P good to bad, Q bad to good for\n"
"                      each packet, loss B while bad (1), G while good (0)\n"
"  dup=P               share of packets that come twice\n"
"  late=P:T            share that is held back by another T\n"
"  early=P:T           share that goes T ahead of its time\n"
"  outage=PORT:FIRST:COUNT[:EVERY]  of the packets from this source port\n"
"                      COUNT from number FIRST are lost, and again at EVERY\n"
"  cross=RATE          virtual cross traffic on the same queue, seeded\n"
"  cross-model=M       poisson (default), cbr or onoff\n"
"  cross-size=N[+N..]  packet sizes, drawn evenly; default 1500\n"
"  cross-on=T, cross-off=T  mean times of onoff; default 50ms each\n"
"A rate on the link is carried out to the last bit; a packet that is lost\n"
"or doubled has used the link once; one dropped at the queue has not.\n";

static const struct opt_set conf_set = {
	.program = "linkem",
	.synopsis = "[OPTION]... LEFT RIGHT",
	.opts = conf_opts,
	.trailer = trailer,
};

static int
conf_direction(struct conf *c, int dir)
{
	const char *specs[] = { c->both, c->spec[dir] };
	const char *why;
	size_t i;

	conf_link_init(&c->sched[dir]);
	for (i = 0; i < 2; i++)
		if (specs[i] != NULL &&
		    conf_link(&c->sched[dir], specs[i], &why) == -1) {
			warnx("%s: %s", specs[i], why);
			return -1;
		}
	return 0;
}

int
conf_parse(struct conf *c, int argc, char **argv)
{
	enum opt_result r;
	int first;

	*c = (struct conf){ 0 };
	r = opt_parse(&conf_set, c, argc, argv, &first);
	if (r == OPT_HELP) {
		opt_help(&conf_set, stdout);
		return 1;
	}
	if (r == OPT_VERSION) {
		puts("linkem (" PACKAGE_NAME ") " PACKAGE_VERSION);
		return 1;
	}
	if (r != OPT_OK)
		return -1;
	if (argc - first != 2) {
		warnx("two ends are needed, LEFT and RIGHT");
		return -1;
	}
	c->end[0] = argv[first];
	c->end[1] = argv[first + 1];
	if (conf_direction(c, 0) == -1 || conf_direction(c, 1) == -1)
		return -1;
	return 0;
}
