/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "thrulay/client.h"
#include "thrulay/udp_report.h"

/* Late by less than this at the end, a sender has not fallen short: in a short
 * test one packet that the scheduler held up is more than half a per cent. */
#define LATE_S	0.02

/* The receiver's result of a stream, as far as it is known. */
static void
report_udp(struct stream *s)
{
	struct thrulay_client *c = s->client;
	struct thrulay_udp_result *r = &s->udp_result;

	if (!s->have_udp && s->ctl.len > 0) {
		if (c->on.report != NULL)
			c->on.report(c->arg, s->id, (const char *)s->ctl.buf,
			    s->ctl.len);
		s->have_udp = udp_report_parse((const char *)s->ctl.buf,
		    s->ctl.len, r);
		r->proposed = s->udp.packets;
		r->sent = dgram_send_count(s->dsend);
		r->socket_drops = -1;
	}
	r->id = s->id;
	r->direction = s->direction;
	if (s->have_udp && c->on.udp != NULL)
		c->on.udp(c->arg, r);
}

/* The rate that was reached, as far as it tells of the host. */
static double
rate_reached(const struct thrulay_pacing *p)
{
	double gaps;

	if (p->packets < 2 || p->reached_pps <= 0 || p->wanted_pps <= 0)
		return p->wanted_pps;
	gaps = (double)(p->packets - 1);
	return gaps / p->reached_pps - gaps / p->wanted_pps < LATE_S ?
	    p->wanted_pps : p->reached_pps;
}

static void
report_pacing(struct stream *s)
{
	struct thrulay_client *c = s->client;
	struct thrulay_pacing p;

	if (s->dsend == NULL)
		return;
	memset(&p, 0, sizeof(p));
	dgram_send_pacing(s->dsend, &p);
	if (s->last_packet_ns != 0)
		p.runtime_ns = s->last_packet_ns - s->udp_begin_ns;
	c->host.rate_wanted += p.wanted_pps;
	c->host.rate_reached += rate_reached(&p);
	if (c->on.pacing != NULL)
		c->on.pacing(c->arg, s->id, &p);
}

static void
add_total(struct stream *s, struct thrulay_interval *sum)
{
	const struct thrulay_udp_result *r = &s->udp_result;
	int64_t end = s->last_packet_ns - s->client->start_ns;

	sum->id = -1;
	sum->direction = s->direction;
	sum->broken = sum->broken || s->broken;
	if (end > sum->end_ns)
		sum->end_ns = end;
	sum->packets_sent += r->sent;
	if (!s->have_udp || !r->complete)
		return;
	sum->bytes += r->unique * s->udp.size;
	sum->packets_received += r->total;
	sum->packets_lost += r->lost;
	sum->duplicates += r->duplicates;
	sum->reordered += r->reordered;
	if (r->socket_drops > 0 && s->direction == THRULAY_REVERSE)
		s->client->host.socket_drops += r->socket_drops;
}

void
client_udp_unknown(struct thrulay_interval *iv)
{
	iv->packets_received = THRULAY_NO_COUNT;
	iv->packets_lost = THRULAY_NO_COUNT;
	iv->duplicates = THRULAY_NO_COUNT;
	iv->reordered = THRULAY_NO_COUNT;
}

void
client_udp_report(struct thrulay_client *c, struct thrulay_result *r)
{
	bool unknown[2] = { false, false };
	struct stream *s;
	int i;

	c->host.socket_drops = 0;
	for (i = 0; i < c->nstreams; i++) {
		s = &c->streams[i];
		report_udp(s);
		report_pacing(s);
		r->has[s->direction] = true;
		add_total(s, &r->total[s->direction]);
		if (!s->have_udp || !s->udp_result.complete)
			unknown[s->direction] = true;
	}
	for (i = 0; i < 2; i++) {
		r->total[i].rate_bps = client_rate(&r->total[i]);
		if (!unknown[i])
			continue;
		/* A sum without one of the streams would look like loss. */
		client_udp_unknown(&r->total[i]);
		r->total[i].bytes = THRULAY_NO_COUNT;
		r->total[i].rate_bps = NAN;
	}
}
