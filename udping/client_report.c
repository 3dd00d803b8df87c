/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "common/writer.h"
#include "udping/client.h"
#include "udping/report.h"

#define INDENT	2

static double
ms(double ns)
{
	return ns / 1e6;
}

static double
us(double ns)
{
	return ns / 1e3;
}

static void
put_config(struct writer *w, const struct client *c)
{
	char text[ADDR_STRLEN];

	writer_start(w, "config");
	writer_str(w, "destination", c->remote.len == 0 ? c->o->remote :
	    addr_format(&c->remote, text, sizeof(text)));
	writer_str(w, "bind", c->local.len == 0 ? c->o->local :
	    addr_host(&c->local, text, sizeof(text)));
	if (c->iface.name[0] != '\0')
		writer_str(w, "bind_dev", c->iface.name);
	else
		writer_null(w, "bind_dev");
	writer_str(w, "mode", c->frames ? "frames" : "sockets");
	writer_int(w, "ports", c->ports == NULL ? 0 : (int64_t)c->ports->n);
	writer_int(w, "mean_gap_ms", c->o->mean_ms);
	writer_int(w, "period_s", c->o->period_s);
	writer_int(w, "max_size_bytes", c->o->max);
	writer_int(w, "generation", c->o->generation);
	writer_int(w, "dscp", c->o->dscp);
	if (c->o->vlan >= 0)
		writer_int(w, "vlan", c->o->vlan);
	writer_end(w);
}

static void
put_ports(struct writer *w, const struct client *c)
{
	const struct sender_port *p;
	size_t i;

	writer_list(w, "ports");
	for (i = 0; c->sender.ports != NULL && i < c->ports->n; i++) {
		p = &c->sender.ports[i];
		writer_start(w, NULL);
		writer_int(w, "port", p->number);
		writer_int(w, "packets_sent", (int64_t)p->sent);
		writer_int(w, "periods", (int64_t)p->guids);
		writer_end(w);
	}
	writer_end(w);
}

static void
put_hops(struct writer *w, const struct client *c)
{
	char text[ADDR_STRLEN], mac[MACS_STRLEN];
	const struct client_hop *h;
	size_t i;

	writer_list(w, "next_hops");
	for (i = 0; c->frames && i < c->nhops; i++) {
		h = &c->hops[i];
		writer_start(w, NULL);
		if (h->gateway.len > 0)
			writer_str(w, "gateway", addr_host(&h->gateway, text,
			    sizeof(text)));
		writer_str(w, "mac", macs_format(h->mac, mac));
		writer_int(w, "packets_sent", (int64_t)h->sent);
		writer_end(w);
	}
	writer_end(w);
}

/* How long a packet took from the time in it to the device. */
static void
put_late(struct writer *w, const struct client *c)
{
	if (c->late == NULL || quant_count(c->late) == 0) {
		writer_null(w, "send_delay_us");
		return;
	}
	writer_start(w, "send_delay_us");
	writer_int(w, "count", (int64_t)quant_count(c->late));
	writer_num(w, "min", us((double)quant_min(c->late)), 3);
	writer_num(w, "mean", us(quant_mean(c->late)), 3);
	writer_num(w, "p50", us((double)quant_get(c->late, 0.5)), 3);
	writer_num(w, "p99", us((double)quant_get(c->late, 0.99)), 3);
	writer_num(w, "max", us((double)quant_max(c->late)), 3);
	writer_end(w);
}

static void
put_gaps(struct writer *w, const struct client *c)
{
	double took_ns = (double)(c->last_ns - c->first_ns);

	if (c->sent < 2 || took_ns <= 0) {
		writer_null(w, "packets_per_s");
		writer_null(w, "mean_gap_ms");
	} else {
		writer_num(w, "packets_per_s", (double)(c->sent - 1) * 1e9 /
		    took_ns, 3);
		writer_num(w, "mean_gap_ms", ms(took_ns /
		    (double)(c->sent - 1)), 6);
	}
	if (c->gaps.n < 2)
		writer_null(w, "gap_cv");
	else
		writer_num(w, "gap_cv", stats_cv(&c->gaps), 4);
}

static void
put_result(struct writer *w, const struct client *c)
{
	writer_start(w, "result");
	writer_int(w, "packets_sent", (int64_t)c->sent);
	writer_int(w, "control_packets_sent", (int64_t)c->controls);
	writer_int(w, "send_errors", (int64_t)c->errors);
	put_gaps(w, c);
	writer_num(w, "missed_ms", ms((double)c->sender.missed_ns), 3);
	put_late(w, c);
	put_hops(w, c);
	put_ports(w, c);
	writer_end(w);
}

static void
put_host(struct writer *w, const struct client *c)
{
	writer_start(w, "host");
	host_write(w, &c->host);
	writer_num(w, "late_max_us", us((double)c->host.late_max_ns), 1);
	writer_end(w);
}

static void
put_all(struct writer *w, const struct client *c, int status)
{
	char text[TEXT_MAX];

	writer_start(w, NULL);
	writer_str(w, "tool", "udping_client");
	writer_str(w, "version", PACKAGE_VERSION);
	writer_str(w, "start", text_rfc3339(c->host.start_wall_ns, text,
	    sizeof(text)));
	writer_str(w, "end", text_rfc3339(c->host.end_wall_ns, text,
	    sizeof(text)));
	put_config(w, c);
	put_result(w, c);
	put_host(w, c);
	report_error(w, status, c->why);
	writer_end(w);
}

int
client_report(struct client *c, int status)
{
	struct writer *w = c->o->json ? writer_json(stdout, INDENT) :
	    writer_text(stdout);

	if (w == NULL) {
		perror("udping_client");
		return 1;
	}
	host_end(&c->host);
	put_all(w, c, status);
	if (writer_finish(w) == 0)
		return 0;
	perror("stdout");
	return 1;
}
