/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens to a session, as lines and counts. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "udpst/report.h"
#include "udpst/server_private.h"

static void
say_subint(struct session *x, const struct result_subint *s)
{
	const struct options *o = x->server->o;
	struct result_line line;
	char text[512];

	if (!o->verbose || o->summary_only)
		return;
	result_line_make(s, o->compat_8, 0, &line);
	(void)report_subint_text(o, x->act.ce_thresh != 0, &line, text,
	    sizeof(text));
	server_verbose(x->server, x->slot, "%s", text);
}

static void
say_adjusted(struct session *x, const struct conn_news *n)
{
	const struct options *o = x->server->o;
	char text[256];

	if (!o->debug)
		return;
	server_verbose(x->server, x->slot, "DEBUG Rate Adjustment %s SRIndex: "
	    "%u", report_trial_text(o, x->act.ce_thresh != 0, &n->status,
	    text, sizeof(text)), n->index);
}

static void
say_warning(struct session *x, const struct conn_news *n)
{
	const char *side = n->remote ? "REMOTE" : "LOCAL";

	switch ((int)n->kind) {
	case CONN_NEWS_QUIET:
		if (n->remote)
			x->counts.stopped_remote++;
		else
			x->counts.stopped_local++;
		server_verbose(x->server, x->slot, "%s WARNING: Incoming "
		    "traffic has completely stopped", side);
		break;
	case CONN_NEWS_LOST:
		if (!n->remote && n->value != WIRE_REORDERED)
			x->counts.status_lost_local += n->value;
		if (n->value == WIRE_REORDERED && !x->server->o->compat_8)
			server_verbose(x->server, x->slot, "%s WARNING: "
			    "Incoming status feedback messages lost "
			    "(OoO/Dup)", side);
		else
			server_verbose(x->server, x->slot, "%s WARNING: "
			    "Incoming status feedback messages lost (%u)",
			    side, n->value);
		break;
	case CONN_NEWS_BLEACHED:
		server_verbose(x->server, x->slot, "%s WARNING: Incoming "
		    "ECN bleaching detected", side);
		break;
	default:
		break;
	}
}

/* A status PDU was sent, or came. */
static void
count_status(struct session *x, const struct wire_status *s)
{
	struct monitor_counters *c = &x->counts;

	if (!x->flow.conn.sends_load) {
		c->load_received_loss += s->loss;
		c->load_received_ooo_dup += (uint64_t)s->ooo + s->dup;
		return;
	}
	c->delivered += s->ti_datagrams;
	c->delivered_bytes += s->ti_bytes +
	    (uint64_t)s->ti_datagrams * x->flow.overhead;
	c->delivered_loss += s->loss;
	c->delivered_ooo_dup += (uint64_t)s->ooo + s->dup;
}

void
session_news(struct flow *f, const struct conn_news *n)
{
	struct session *x = f->arg;
	struct server *s = x->server;

	switch (n->kind) {
	case CONN_NEWS_SUBINT:
		say_subint(x, &n->subint);
		break;
	case CONN_NEWS_ADJUSTED:
		count_status(x, &n->status);
		say_adjusted(x, n);
		break;
	case CONN_NEWS_LIMITED:
		server_say(s, x->slot, "RATE_LIMITING: Rate adjustment "
		    "limited to sending rate index %u (%u Mbps)", n->index,
		    x->setup.bandwidth);
		break;
	case CONN_NEWS_SKIPPED:
		server_verbose(s, x->slot, "INFO: Skipping status "
		    "transmission, awaiting initial load PDUs...");
		break;
	case CONN_NEWS_STOPPING:
		server_verbose(s, x->slot, "Sending test stop");
		break;
	case CONN_NEWS_STOPPED:
		server_verbose(s, x->slot, "Test stop received");
		break;
	case CONN_NEWS_QUIET:
	case CONN_NEWS_LOST:
	case CONN_NEWS_BLEACHED:
		say_warning(x, n);
		break;
	case CONN_NEWS_MINIMUM:
	case CONN_NEWS_FEEDBACK:
	case CONN_NEWS_END:
		break;
	}
}

void
session_invalid(struct flow *f, bool status, const uint8_t *buf, size_t len)
{
	struct session *x = f->arg;
	uint8_t head[4] = { 0, 0, 0, 0 };
	size_t at = wire_checksum_offset(buf, len);

	if (x->alerts == SERVER_ALERTS_MAX)
		return;
	x->alerts++;
	memcpy(head, buf, len < sizeof(head) ? len : sizeof(head));
	server_verbose(x->server, x->slot, "WARNING: Received invalid %s PDU "
	    "(%zu,0x%04X:0x%02X:0x%02X,0x%04X)", status ? "status" : "load",
	    len, wire_id(buf, len), head[2], head[3],
	    wire_peek(buf, len, at));
}

void
session_failed(struct flow *f, bool sending, int error)
{
	struct session *x = f->arg;

	if (x->server->o->socket_errors)
		server_say(x->server, x->slot, "%s ERROR: %s",
		    sending ? "SEND" : "RECEIVE", strerror(error));
}
