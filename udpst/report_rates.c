/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "common/fixed.h"
#include "udpst/report.h"
#include "udpst/srate.h"

/* A size of the table as it is sent; a random one as its range. */
static const char *
size_text(uint32_t size, bool ipv6, char *buf, size_t len)
{
	bool random = false;
	uint32_t sent = size == 0 ? 0 : srate_size(size, ipv6, &random);

	if (random)
		snprintf(buf, len, "%d-%u", ipv6 ? SRATE_MIN_IPV6 :
		    SRATE_MIN_IPV4, sent);
	else
		snprintf(buf, len, "%u", sent);
	return buf;
}

static void
put_row(const struct wire_row *row, unsigned int index, bool ipv6, FILE *out)
{
	char size1[16], size2[16], addon[16], mbps[FIXED_MAX];
	bool random = ((row->payload1 | row->payload2 | row->addon2) &
	    WIRE_RANDOM_SIZE) != 0;

	fixed_put(srate_mbps(row, ipv6), 2, mbps, sizeof(mbps));
	fprintf(out, "%5u) %8u  %7s %5u  + %8u  %7s %5u  %7s %c= %10s\n", index,
	    row->interval1_us,
	    size_text(row->payload1, ipv6, size1, sizeof(size1)), row->burst1,
	    row->interval2_us,
	    size_text(row->payload2, ipv6, size2, sizeof(size2)), row->burst2,
	    size_text(row->addon2, ipv6, addon, sizeof(addon)),
	    random ? '~' : ' ', mbps);
}

int
report_rates(const struct options *o, FILE *out)
{
	bool ipv6 = o->family == AF_INET6;
	struct srate_table *t;
	unsigned int i;

	t = malloc(sizeof(*t));
	if (t == NULL)
		return -1;
	srate_build(t, o->jumbo, o->traditional);
	report_banner_to(o, out);
	fprintf(out, "Sending Rate Table for %s (Dual Transmitters, "
	    "Referenced by Index)...\n"
	    "Index) TxInt(us) Payload Burst  + TxInt(us) Payload Burst   "
	    "Add-On  = Mbps(L3/IP)\n", ipv6 ? "IPv6" : "IPv4");
	for (i = 0; i < SRATE_ROWS; i++)
		put_row(&t->rows[i], i, ipv6, out);
	free(t);
	if (!o->jumbo)
		fputs("NOTE: Disabling jumbo datagram sizes may impede rates "
		    "above 1 Gbps\n", out);
	if (fflush(out) == EOF)
		return -1;
	if (ferror(out))
		errno = EIO;
	return ferror(out) ? -1 : 0;
}
