/* SPDX-License-Identifier: BSD-2-Clause */
/* One connection of the client under test, and its end. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "udpst/client_private.h"

/* News. */

/* "[Server ADDR:PORT]" after what the original says of a server. */
static void
warn(struct link *l, bool remote, int status, const char *text)
{
	char a[ENDPOINT_LEN];

	report_say(l->client->report, l->number, true,
	    "%s WARNING: Incoming %s [Server %s]", remote ? "REMOTE" :
	    "LOCAL", text, link_server(l, a));
	client_status(l->client, status + remote);
}

static void
warn_lost(struct link *l, const struct conn_news *n)
{
	char text[64];

	if (n->value == WIRE_REORDERED && !l->client->o->compat_8)
		(void)snprintf(text, sizeof(text),
		    "status feedback messages lost (OoO/Dup)");
	else
		(void)snprintf(text, sizeof(text),
		    "status feedback messages lost (%u)", n->value);
	warn(l, n->remote, UDPST_STATUS_LOST_LOCAL, text);
}

static void
say_minimum(struct link *l, const struct wire_status *s)
{
	int rtt = s->rtt_minimum == WIRE_NO_SAMPLE ? 0 : (int)s->rtt_minimum;

	report_verbose(l->client->report, l->number, "Minimum One-Way "
	    "Delay(ms): %d [w/clock diff], Round-Trip Time(ms): %d",
	    s->clock_delta_min, rtt);
}

/* What one trial interval brought, as -D shows it. */
static void
say_feedback(struct link *l, const struct wire_status *s)
{
	const struct options *o = l->client->o;
	struct result_subint trial = {
		.datagrams = s->ti_datagrams,
		.bytes = s->ti_bytes,
		.delta_us = s->ti_delta_us,
		.ipv6 = l->flow.conn.conf.ipv6
	};
	struct result_rates rates;
	char text[256];

	if (!o->debug)
		return;
	result_rates(&trial, &rates);
	report_verbose(l->client->report, l->number, "DEBUG Status Feedback "
	    "%s Mbps(L3/IP): %.2f", report_trial_text(o,
	    l->act.ce_thresh != 0, s, text, sizeof(text)), rates.l3);
}

/* A server that was ended ends its tests in order; that is no whole result. */
static void
say_stopped(struct link *l)
{
	const struct conn *n = &l->flow.conn;
	struct client *c = l->client;
	int64_t ran_ns = clock_mono() - n->start_ns;
	char a[ENDPOINT_LEN];

	report_verbose(c->report, l->number, "Test stop received");
	if (c->interrupted || c->short_of_links ||
	    ran_ns >= (int64_t)n->conf.test_s * CLOCK_NS_PER_S)
		return;
	report_say(c->report, l->number, true, "WARNING: Test ended early by "
	    "server, after %.1f of %u s [Server %s]", (double)ran_ns /
	    (double)CLOCK_NS_PER_S, n->conf.test_s, link_server(l, a));
}

static void
on_news(struct flow *f, const struct conn_news *n)
{
	struct link *l = f->arg;
	struct client *c = l->client;

	switch (n->kind) {
	case CONN_NEWS_MINIMUM:
		say_minimum(l, &n->status);
		break;
	case CONN_NEWS_FEEDBACK:
		say_feedback(l, &n->status);
		break;
	case CONN_NEWS_SUBINT:
		client_subint(c, l, &n->subint);
		break;
	case CONN_NEWS_SKIPPED:
		report_verbose(c->report, l->number, "INFO: Skipping status "
		    "transmission, awaiting initial load PDUs...");
		break;
	case CONN_NEWS_STOPPED:
		say_stopped(l);
		break;
	case CONN_NEWS_QUIET:
		warn(l, n->remote, UDPST_STOPPED_LOCAL,
		    "traffic has completely stopped");
		break;
	case CONN_NEWS_LOST:
		warn_lost(l, n);
		break;
	case CONN_NEWS_BLEACHED:
		c->bleached = true;
		warn(l, n->remote, UDPST_BLEACHED_LOCAL,
		    "ECN bleaching detected");
		break;
	case CONN_NEWS_ADJUSTED:
	case CONN_NEWS_LIMITED:
	case CONN_NEWS_STOPPING:
	case CONN_NEWS_END:
		break;
	}
}

static void
on_invalid(struct flow *f, bool status, const uint8_t *buf, size_t len)
{
	struct link *l = f->arg;
	uint8_t head[4] = { 0, 0, 0, 0 };
	size_t at = wire_checksum_offset(buf, len);
	char a[ENDPOINT_LEN];

	client_status(l->client, UDPST_BAD_DATA);
	if (l->alerts == CONN_WARNINGS)
		return;
	l->alerts++;
	memcpy(head, buf, len < sizeof(head) ? len : sizeof(head));
	report_say(l->client->report, l->number, true, "WARNING: Received "
	    "invalid %s PDU (%zu,0x%04X:0x%02X:0x%02X,0x%04X) [Server %s]",
	    status ? "status" : "load", len, wire_id(buf, len), head[2],
	    head[3], wire_peek(buf, len, at),
	    link_server(l, a));
}

static void
on_failed(struct flow *f, bool sending, int error)
{
	struct link *l = f->arg;

	if (l->client->o->socket_errors)
		report_say(l->client->report, l->number, true,
		    "%s ERROR: %s", sending ? "SEND" : "RECEIVE",
		    strerror(error));
}

static void
on_ended(struct flow *f)
{
	struct link *l = f->arg;
	struct client *c = l->client;
	bool good = f->conn.ended == CONN_GRACEFUL;

	/* Ended by its own clock, it is as good as what it has measured. */
	if (good && !c->interrupted && !c->short_of_links &&
	    c->status > UDPST_USAGE - 1)
		c->status = UDPST_OK;
	link_over(l, !good);
}

static const struct flow_ops ops = {
	.news = on_news,
	.invalid = on_invalid,
	.failed = on_failed,
	.ended = on_ended
};

/* Beginning. */

static void
settings(const struct link *l, struct flow_conf *f)
{
	const struct options *o = l->client->o;

	memset(f, 0, sizeof(*f));
	f->gso = o->gso;
	f->gro = o->gro;
	f->random_payload = (l->act.modifier & WIRE_MOD_RANDOM) != 0;
	f->ecn = l->act.ce_thresh != 0 || l->export != NULL;
	f->conn.upstream = o->mode == MODE_UPSTREAM;
	f->conn.ipv6 = link_ipv6(l);
	f->conn.ours = l->ours;
	f->conn.checksum = o->checksum;
	f->conn.keep_sequence = o->keep_sequence;
	f->conn.fixed_rate = l->act.index != WIRE_SEARCH &&
	    (l->act.modifier & WIRE_MOD_START_INDEX) == 0;
	f->conn.version = l->version;
	f->conn.auth_mode = l->client->key != NULL;
	f->conn.test_s = l->act.test_s;
	f->conn.period_ms = wire_activation_period(&l->act, l->version);
	f->conn.trial_ms = l->act.trial_ms;
	f->conn.ce_thresh = l->act.ce_thresh;
	f->conn.first_row = l->act.row;
	f->conn.seed = (uint64_t)clock_wall() ^ (uint64_t)l->index << 56;
}

static void
open_export(struct link *l)
{
	const struct options *o = l->client->o;
	struct export_names n = {
		.mc_index = l->index,
		.mc_count = o->conns_max,
		.mc_ident = l->client->ident,
		.remote = l->peer,
		.host = o->servers[l->server_index].host,
		.control_port = addr_port(&l->server),
		.interface = o->interface != NULL ? o->interface : ""
	};
	char path[EXPORT_PATH_MAX];

	if (o->export_file == NULL || o->mode != MODE_DOWNSTREAM)
		return;
	(void)sock_local(l->fd, &n.local);
	if (export_name(o->export_file, &n, clock_wall(), path,
	    sizeof(path)) == 0)
		l->export = export_open(path, o->export_all, o->compat_8);
	if (l->export == NULL)
		report_say(l->client->report, -1, true, "FOPEN ERROR: <%s> %s",
		    o->export_file, strerror(errno));
}

int
link_test(struct link *l)
{
	struct client *c = l->client;
	struct flow_conf conf;

	open_export(l);
	settings(l, &conf);
	loop_fd_del(c->loop, &l->watch);
	loop_timer_clear(c->loop, &l->timer);
	l->state = LINK_TESTING;
	client_started(c, l);
	l->flow.export = l->export;
	l->flow.arg = l;
	if (flow_start(&l->flow, c->io, l->fd, &conf, &ops) == -1) {
		flow_free(&l->flow);
		return -1;
	}
	l->flowing = true;
	return 0;
}

/* End. */

void
link_over(struct link *l, bool failed)
{
	struct client *c = l->client;

	if (l->state == LINK_OVER)
		return;
	l->state = LINK_OVER;
	l->failed = failed;
	link_close_attempts(l, NULL);
	loop_fd_del(c->loop, &l->watch);
	loop_timer_clear(c->loop, &l->timer);
	if (l->flowing)
		flow_free(&l->flow);
	if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
	if (export_close(l->export) == -1)
		report_say(c->report, -1, true, "WRITE ERROR: %s (%s)",
		    strerror(errno), c->o->export_file);
	l->export = NULL;
	report_verbose(c->report, l->number, "End time reached");
	client_link_over(c, l);
}

void
link_stop(struct link *l)
{
	if (l->state == LINK_TESTING)
		flow_stop(&l->flow);
	else
		link_over(l, true);
}
