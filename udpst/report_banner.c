/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udpst/report.h"
#include "udpst/srate.h"

/*
 * Protocols as numbers: what a client offers, what a server takes. Behind
 * "Built:" there is no date, so that the same source gives the same program.
 */
static void
versions(const struct options *o, FILE *out)
{
	char pinned[16];
	const char *protocols = pinned;

	if (o->protocol != 0)
		snprintf(pinned, sizeof(pinned), "%u", o->protocol);
	else if (o->mode == MODE_SERVER)
		protocols = o->compat_8 ? "10-11" : "10-20";
	else
		protocols = o->compat_8 ? "11" : "20";
	fprintf(out, "Software Ver: %s, Protocol Ver: %s, Built: %s%s\n",
	    PACKAGE_VERSION, protocols, PACKAGE_NAME,
	    o->rate_limit ? ", Rate Limiting via '-B mbps'" : "");
}

void
report_banner_to(const struct options *o, FILE *out)
{
	unsigned int less = o->family == AF_INET6 ? SRATE_IPV6_MORE : 0;

	fputs("UDP Speed Test\n", out);
	versions(o, out);
	fprintf(out, "Mode: %s, Payload Default[Max]: %u[%u], "
	    "Auth: Available, Checksum: %s, Optimizations: SendMMsg()%s "
	    "RecvMMsg()%s\n", o->mode == MODE_SERVER ? "Server" : "Client",
	    srate_payload_default(o->traditional) - less,
	    srate_payload_max(o->jumbo, o->traditional) - less,
	    o->checksum ? "On" : "Off", o->gso ? "+GSO" : "",
	    o->gro ? "+GRO" : "+Trunc");
}
