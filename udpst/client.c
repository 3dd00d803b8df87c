/* SPDX-License-Identifier: BSD-2-Clause */
/* The client: one test over one or several connections. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "common/text.h"
#include "udpst/client.h"
#include "udpst/client_private.h"
#include "udpst/signals.h"

#define PPM	1e6

/* Until a server has answered, the port that was tried first. */
const char *
link_server(const struct link *l, char buf[ENDPOINT_LEN])
{
	return endpoint_text(&l->server, buf);
}

bool
link_ipv6(const struct link *l)
{
	return addr_family(&l->peer) == AF_INET6 && !addr_is_mapped(&l->peer);
}

void
client_status(struct client *c, int status)
{
	if (!c->interrupted)
		c->status = status;
}

/* Sub-intervals. */

/* The interface is read when the first connection has finished a new one. */
static void
read_interface(struct client *c, unsigned int number)
{
	unsigned int i;

	if (!c->have_ifrate || number <= c->ifrate_number)
		return;
	c->ifrate_number = number;
	(void)ifrate_read(&c->ifrate, clock_mono());
	aggregate_interface(c->aggregate, c->ifrate.mbps);
	for (i = 0; i < c->nlinks; i++) {
		c->links[i].flow.export_mbps = c->ifrate.mbps;
		c->links[i].flow.export_mbps_alternate = c->ifrate.alternate;
	}
}

static void
close_aggregates(struct client *c, bool force)
{
	struct result_line line;

	if (c->aggregate == NULL)
		return;
	if (aggregate_close(c->aggregate, force, clock_wall(), &line))
		report_subint(c->report, 0, &line);
}

void
client_subint(struct client *c, struct link *l, const struct result_subint *s)
{
	int64_t wall_ns = clock_wall();
	struct result_line line;

	if (c->aggregate == NULL || s->number > c->subints)
		return;
	if (aggregate_add(c->aggregate, l->index, s, wall_ns, &line))
		report_subint(c->report, 0, &line);
	/* It belongs to the aggregate that this one has opened. */
	read_interface(c, s->number);
	result_line_make(s, c->o->compat_8, wall_ns, &line);
	report_subint(c->report, l->number, &line);
	close_aggregates(c, false);
}

/* Beginning. */

static void
start_aggregate(struct client *c)
{
	struct aggregate_conf conf = {
		.conns = c->nlinks,
		.bimodal = c->o->bimodal,
		.limit = c->subints,
		.interface_max = c->o->interface_max,
		.compat_8 = c->o->compat_8
	};
	unsigned int i;

	c->aggregate = aggregate_new(&conf);
	for (i = 0; c->aggregate != NULL && i < c->nlinks; i++)
		if (c->links[i].state == LINK_OVER)
			aggregate_leave(c->aggregate, i);
}

static void
describe(const struct client *c, const struct link *l, struct report_test *t)
{
	const struct wire_activation *a = &l->act;

	memset(t, 0, sizeof(*t));
	t->conn = l->number;
	t->ident = c->ident;
	t->test_s = a->test_s;
	t->period_ms = wire_activation_period(a, l->version);
	t->trial_ms = a->trial_ms;
	t->low_ms = a->low_ms;
	t->upper_ms = a->upper_ms;
	t->slow_thresh = a->slow_thresh;
	t->high_speed_delta = a->high_speed_delta;
	t->seq_thresh = a->seq_thresh;
	t->algorithm = a->algorithm;
	t->dscp_ecn = a->dscp_ecn;
	t->ce_thresh = a->ce_thresh;
	t->suppress = a->suppress;
	t->index = a->index == WIRE_SEARCH ? -1 : a->index;
	t->index_is_start = (a->modifier & WIRE_MOD_START_INDEX) != 0;
	t->use_owd = a->use_owd != 0;
	t->ignore_ooo = a->ignore_ooo != 0;
	t->random_payload = (a->modifier & WIRE_MOD_RANDOM) != 0;
	t->conns_min = c->o->conns_min;
	t->conns_max = c->o->conns_max;
	t->protocol = l->version;
	t->ipv6 = link_ipv6(l);
	t->server = l->peer;
	(void)sock_local(l->fd, &t->local);
	memcpy(t->hosts, c->servers, sizeof(t->hosts));
}

void
client_started(struct client *c, const struct link *l)
{
	struct report_test t;

	if (c->started)
		return;
	c->started = true;
	describe(c, l, &t);
	c->subints = t.test_s * 1000 / t.period_ms;
	start_aggregate(c);
	host_begin(&c->host);
	if (c->have_ifrate)
		(void)ifrate_read(&c->ifrate, clock_mono());
	report_started(c->report, &t, clock_wall());
}

/* Ends. */

static void
stop_links(struct client *c)
{
	unsigned int i;

	for (i = 0; i < c->nlinks; i++)
		link_stop(&c->links[i]);
}

static bool
all_over(const struct client *c)
{
	unsigned int i;

	for (i = 0; i < c->nlinks; i++)
		if (c->links[i].state != LINK_OVER)
			return false;
	return true;
}

void
client_link_over(struct client *c, struct link *l)
{
	c->failed += l->failed;
	if (c->aggregate != NULL) {
		aggregate_leave(c->aggregate, l->index);
		close_aggregates(c, false);
	}
	/* A probe asks every server, whatever the others say. */
	if (c->o->probe) {
		if (l->failed && c->status < UDPST_USAGE)
			c->status = UDPST_CONNECTIONS;
	} else if (!c->short_of_links && !c->interrupted &&
	    c->nlinks - c->failed < c->o->conns_min) {
		c->short_of_links = true;
		report_say(c->report, -1, true, "ERROR: Minimum required "
		    "connections (%u) unavailable", c->o->conns_min);
		if (c->status < UDPST_USAGE)
			c->status = UDPST_CONNECTIONS;
		stop_links(c);
	}
	if (all_over(c))
		loop_stop(c->loop);
}

/* The first signal ends the test, the second one does not wait for that. */
static void
on_signal(struct loop *loop, int signo, void *arg)
{
	struct client *c = arg;

	(void)signo;
	if (c->signals++ > 0) {
		loop_stop(loop);
		return;
	}
	c->interrupted = true;
	c->status = UDPST_UNSPECIFIED;
	stop_links(c);
}

/* What this host did meanwhile, and the other end as far as it told. */

/* Less than 0 is unknown; a sum that is too large stays at its largest. */
static void
add_known(int64_t *sum, int64_t v)
{
	if (v < 0)
		return;
	if (*sum < 0)
		*sum = 0;
	*sum = *sum > INT64_MAX - v ? INT64_MAX : *sum + v;
}

static void
add_flow(struct result_host *h, const struct flow *f, uint64_t *missed_bytes,
    uint64_t *sent_bytes)
{
	const struct conn *n = &f->conn;

	add_known(&h->socket_drops, f->socket_drops);
	h->pacing_missed += (int64_t)n->pace.missed;
	*missed_bytes += n->pace.missed_bytes;
	*sent_bytes += n->sent_bytes;
	h->gso = h->gso || flow_gso(f);
	h->gro = h->gro || f->gro;
	h->kernel_stamps = h->kernel_stamps || f->kernel_stamps;
	if (!n->have_peer)
		return;
	h->have_peer = true;
	h->peer_gso = h->peer_gso || (n->peer.flags & WIRE_FIG_GSO) != 0;
	h->peer_gro = h->peer_gro || (n->peer.flags & WIRE_FIG_GRO) != 0;
	if (n->peer.cpu_ppm > 0)
		h->peer_cpu_share = n->peer.cpu_ppm / PPM;
	add_known(&h->peer_socket_drops, n->peer.socket_drops);
	add_known(&h->peer_pacing_missed, n->peer.pacing_missed);
}

static void
judge_host(struct client *c, struct result_host *h)
{
	uint64_t missed = 0, sent = 0;
	unsigned int i;

	memset(h, 0, sizeof(*h));
	h->socket_drops = h->peer_socket_drops = h->peer_pacing_missed = -1;
	h->peer_cpu_share = -1;
	for (i = 0; i < c->nlinks; i++)
		if (c->links[i].flowing)
			add_flow(h, &c->links[i].flow, &missed, &sent);
	h->clock_resolution_ns = clock_resolution();
	if (!c->started)
		return;
	host_end(&c->host);
	if (missed + sent > 0)
		h->pacing_shortfall = (double)missed /
		    (double)(missed + sent);
	c->host.socket_drops = h->socket_drops;
	c->host.rate_wanted = (double)(missed + sent);
	c->host.rate_reached = (double)sent;
	h->cpu_share = host_cpu_share(&c->host);
	h->clock_step_ns = host_clock_step(&c->host);
	h->limit = host_limit(&c->host);
}

static int
finish(struct client *c)
{
	struct result_host host;
	int r;

	close_aggregates(c, true);
	judge_host(c, &host);
	if (c->o->probe && c->status == UDPST_OK)
		r = text_close(stdout);
	else
		r = report_finish(c->report, c->aggregate, &host, c->bleached,
		    c->status, clock_wall());
	if (r == 0)
		return c->status;
	fprintf(stderr, "udpst: stdout: %s\n", strerror(errno));
	return c->status == UDPST_OK ? UDPST_UNSPECIFIED : c->status;
}

/* Start. */

/* One after the other; the first one's family is that of all (spec 2.1). */
static int
resolve(struct client *c)
{
	const struct options *o = c->o;
	const struct options_server *s;
	char error[ENDPOINT_ERROR];
	int family = o->family;
	size_t i;

	for (i = 0; i < o->nservers; i++) {
		s = &o->servers[i];
		if (endpoint_resolve(s->host, s->port, family,
		    &c->servers[i], error, sizeof(error)) == -1) {
			report_say(c->report, -1, true, "%s", error);
			return -1;
		}
		family = addr_family(&c->servers[i]);
	}
	return 0;
}

static int
open_interface(struct client *c)
{
	char path[256];

	if (c->o->interface == NULL)
		return 0;
	if (ifrate_open(&c->ifrate, c->o->interface,
	    c->o->mode == MODE_UPSTREAM, path, sizeof(path)) == -1) {
		report_say(c->report, -1, true, "OPEN ERROR: %s (%s)",
		    strerror(errno), path);
		return -1;
	}
	c->have_ifrate = true;
	return 0;
}

static int
prepare(struct client *c)
{
	if (resolve(c) == -1 || open_interface(c) == -1)
		return -1;
	return signals_catch(c->loop, on_signal, c);
}

static void
start_links(struct client *c)
{
	struct link *l;
	unsigned int i;

	c->nlinks = c->o->probe ? (unsigned int)c->o->nservers :
	    c->o->conns_max;
	for (i = 0; i < c->nlinks; i++) {
		l = &c->links[i];
		l->client = c;
		l->index = i;
		l->number = (int)i + 1;
		l->fd = -1;
		l->server_index = i % c->o->nservers;
		l->server = c->servers[l->server_index];
		link_prepare(l);
	}
	for (i = 0; i < c->nlinks; i++)
		if (c->links[i].state == LINK_SETUP)
			link_start(&c->links[i]);
}

static struct client *
new_client(const struct options *o)
{
	struct client *c = calloc(1, sizeof(*c));
	uint32_t random = arc4random();

	if (c == NULL)
		return NULL;
	c->o = o;
	c->status = UDPST_UNSPECIFIED;
	c->key = o->have_key ? o->key : NULL;
	c->ident = (uint16_t)(random % 65535 + 1);
	c->report = report_new(o, stdout, stderr);
	c->loop = loop_new();
	if (c->loop != NULL)
		c->io = flow_io_new(c->loop, o->gro &&
		    o->mode == MODE_DOWNSTREAM, random);
	c->rx = udpio_rx_new(1, WIRE_CONTROL_MAX);
	return c;
}

static void
free_client(struct client *c)
{
	unsigned int i;

	for (i = 0; i < c->nlinks; i++)
		link_over(&c->links[i], true);
	if (c->have_ifrate)
		ifrate_close(&c->ifrate);
	aggregate_free(c->aggregate);
	report_free(c->report);
	udpio_rx_free(c->rx);
	flow_io_free(c->io);
	loop_free(c->loop);
	free(c);
}

int
client_run(const struct options *o)
{
	struct client *c = new_client(o);
	int status;

	if (c == NULL || c->report == NULL || c->io == NULL || c->rx == NULL) {
		fputs("udpst: out of memory\n", stderr);
		return UDPST_INIT;
	}
	clock_sharpen();
	if (clock_resolution() > CLOCK_NS_PER_MS)
		fprintf(stderr, "udpst: note: the clock has a resolution of "
		    "%.1f ms only\n", (double)clock_resolution() / 1e6);
	if (!o->probe)
		report_banner(c->report);
	if (prepare(c) == -1) {
		if (o->format == FORMAT_TEXT)
			c->status = UDPST_INIT;
	} else {
		start_links(c);
		if (!all_over(c) && loop_run(c->loop) == -1)
			report_say(c->report, -1, true, "ERROR: wait: %s",
			    strerror(errno));
	}
	status = finish(c);
	if (!o->probe)
		report_verbose(c->report, 0, "End time reached");
	free_client(c);
	return status;
}
