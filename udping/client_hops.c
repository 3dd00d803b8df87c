/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "udping/client.h"

/* What is looked up may change; more than this is not remembered. */
#define ROOM		(4 * ROUTE_HOPS)
/* How long neighbours may take to answer at the start. */
#define PATIENCE_NS	(3 * CLOCK_NS_PER_S)
#define POLL_NS		(10 * CLOCK_NS_PER_MS)
/* Frames do not keep the kernel's entry of a neighbour fresh: this does. */
#define STIR_NS		(30 * CLOCK_NS_PER_S)
/* News come in flocks. */
#define SETTLE_NS	(100 * CLOCK_NS_PER_MS)

static int
make_room(struct client *c, size_t room)
{
	c->hops = calloc(room, sizeof(*c->hops));
	c->turn = calloc(room, sizeof(*c->turn));
	if (c->hops == NULL || c->turn == NULL) {
		client_fail(c, "udping_client: %s", strerror(errno));
		return 1;
	}
	c->room = room;
	return 0;
}

/* -a, or the one that ordinary sockets have, which nobody names. */
static int
fixed_hops(struct client *c)
{
	size_t i, n = c->frames ? c->o->hops.n : 1;

	if (make_room(c, n) != 0)
		return 1;
	for (i = 0; i < n; i++) {
		if (c->frames)
			memcpy(c->hops[i].mac, c->o->hops.mac[i], MACS_LEN);
		c->turn[i] = i;
	}
	c->nhops = c->turns = n;
	return 0;
}

/* The place of a gateway, a new one if need be; room when there is none. */
static size_t
place_of(struct client *c, const struct addr *gateway)
{
	size_t i;

	for (i = 0; i < c->nhops; i++)
		if (addr_same_host(&c->hops[i].gateway, gateway))
			return i;
	if (i < c->room) {
		c->hops[i].gateway = *gateway;
		c->nhops++;
	}
	return i;
}

static void
tell(struct client *c, const struct client_hop *h)
{
	char host[ADDR_STRLEN], mac[MACS_STRLEN];

	addr_host(&h->gateway, host, sizeof(host));
	macs_format(h->mac, mac);
	if (c->loop != NULL)
		log_limited(&c->log, LOG_LEVEL_NOTICE, "next hop %s is %s",
		    host, mac);
	else if (!c->o->quiet)
		printf("Next hop %s is %s\n", host, mac);
}

/*
 * Take over what the kernel knows. One whose address is not known now keeps
 * the one that it had.
 */
static void
take(struct client *c, const struct route_hop *hop, int n)
{
	static const uint8_t none[MACS_LEN];
	struct client_hop *h;
	size_t turns = 0, place;
	int i;

	for (i = 0; i < n; i++) {
		place = place_of(c, &hop[i].gateway);
		if (place == c->room)
			continue;
		h = &c->hops[place];
		if (hop[i].known && memcmp(h->mac, hop[i].mac, MACS_LEN) != 0) {
			memcpy(h->mac, hop[i].mac, MACS_LEN);
			tell(c, h);
		}
		if (memcmp(h->mac, none, MACS_LEN) != 0)
			c->turn[turns++] = place;
	}
	if (turns > 0)
		c->turns = turns;
}

static int
look(struct client *c, struct route_hop hop[ROUTE_HOPS])
{
	return route_hops(c->route, &c->local, &c->remote, c->iface.index,
	    hop);
}

static bool
all_known(const struct route_hop *hop, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (!hop[i].known)
			return false;
	return true;
}

static void
stir(struct client *c, const struct route_hop *hop, int n)
{
	int i;

	for (i = 0; i < n; i++)
		route_stir(&c->local, &hop[i].gateway, c->iface.index);
}

/* The original's words come last. */
static int
no_hops(struct client *c, int n)
{
	char host[ADDR_STRLEN];

	addr_host(&c->remote, host, sizeof(host));
	if (n == -1)
		client_fail(c, "udping_client: route to %s: %s", host,
		    strerror(errno));
	else if (n == 0)
		client_fail(c, "udping_client: no route to %s out of %s", host,
		    c->iface.name);
	else
		client_fail(c, "udping_client: no next hop to %s answers",
		    host);
	client_fail(c, "You must specify one or more next-hop MAC addresses");
	return CLIENT_STATUS_BAD;
}

/* All next hops if they answer in time, else those that do. */
static int
find_hops(struct client *c)
{
	int64_t end_ns = clock_mono() + PATIENCE_NS;
	struct route_hop hop[ROUTE_HOPS];
	int n = look(c, hop);

	if (n <= 0)
		return no_hops(c, n);
	if (!all_known(hop, n))
		stir(c, hop, n);
	while (!all_known(hop, n) && clock_mono() < end_ns) {
		clock_sleep_until(clock_mono() + POLL_NS, 0);
		n = look(c, hop);
		if (n <= 0)
			return no_hops(c, n);
	}
	take(c, hop, n);
	return c->turns > 0 ? 0 : no_hops(c, n);
}

int
client_hops_init(struct client *c)
{
	if (c->route == NULL)
		return fixed_hops(c);
	return make_room(c, ROOM) != 0 ? 1 : find_hops(c);
}

static void
on_refresh(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct client *c = t->arg;
	struct route_hop hop[ROUTE_HOPS];
	int n = look(c, hop);

	(void)l;
	(void)now_ns;
	if (n <= 0)
		return;
	take(c, hop, n);
	sender_set_hops(&c->sender, c->turns);
}

static void
on_stir(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct client *c = t->arg;
	size_t i;

	for (i = 0; i < c->turns; i++)
		route_stir(&c->local, &c->hops[c->turn[i]].gateway,
		    c->iface.index);
	loop_timer_set(l, t, now_ns + STIR_NS);
}

static void
on_news(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct client *c = f->arg;

	(void)events;
	if (route_changed(c->route))
		loop_timer_set(l, &c->refresh, loop_now(l) + SETTLE_NS);
}

int
client_hops_watch(struct client *c)
{
	if (c->route == NULL)
		return 0;
	loop_timer_init(&c->refresh, on_refresh, c);
	loop_timer_init(&c->stir, on_stir, c);
	if (loop_fd_add(c->loop, &c->news, route_fd(c->route), LOOP_READ,
	    on_news, c) == -1 || loop_timer_set(c->loop, &c->stir,
	    clock_mono() + STIR_NS) == -1) {
		client_fail(c, "%s", strerror(errno));
		return 1;
	}
	return 0;
}
