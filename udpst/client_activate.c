/* SPDX-License-Identifier: BSD-2-Clause */
/* From an accepted setup to a running test: the activation. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"
#include "udpst/auth.h"
#include "udpst/client_private.h"

/* When a request without an answer is sent again, after the first time. */
static const int64_t again_ns[] = {
	INT64_C(250000000), INT64_C(500000000), INT64_C(1000000000),
	INT64_C(2000000000), CONN_WATCHDOG_NS
};
#define AGAIN_MAX	(sizeof(again_ns) / sizeof(again_ns[0]))
#define PERIOD_S_MAX	10	/* sub-interval, protocol 10 to 19 */
/* What a server may answer. */
#define TEST_S_MAX	3600
#define TRIAL_MS_MIN	5
#define TRIAL_MS_MAX	250
#define PERIOD_MS_MIN	100
#define PERIOD_MS_MAX	10000

/* Request. */

static uint8_t
period_s(const struct options *o)
{
	unsigned int s = (o->period_ms + 500) / 1000;

	if (s == 0)
		s = 1;
	return (uint8_t)(s > PERIOD_S_MAX ? PERIOD_S_MAX : s);
}

/* What only protocol 20 has room for. */
static void
modern_fields(const struct link *l, struct wire_activation *p)
{
	const struct options *o = l->client->o;

	p->ce_thresh = (uint8_t)o->ce_thresh;
	p->period_ms = (uint16_t)o->period_ms;
	p->suppress = o->suppress ? (uint16_t)o->bimodal : 0;
	if (l->client->key == NULL)
		return;
	p->auth.mode = 1;
	p->auth.unix_time = (uint32_t)(clock_wall() / CLOCK_NS_PER_S);
	p->auth.key_id = (uint8_t)l->client->o->key_id;
}

static void
build_request(struct link *l)
{
	const struct options *o = l->client->o;
	struct wire_activation p = {
		.version = (uint16_t)l->version,
		.request = o->mode == MODE_UPSTREAM ? WIRE_ACTIVATE_UP :
		    WIRE_ACTIVATE_DOWN,
		.low_ms = (uint16_t)o->low_ms,
		.upper_ms = (uint16_t)o->upper_ms,
		.trial_ms = (uint16_t)o->trial_ms,
		.test_s = (uint16_t)o->test_s,
		.dscp_ecn = (uint8_t)o->dscp_ecn,
		.index = o->index == -1 ? WIRE_SEARCH : (uint16_t)o->index,
		.use_owd = o->use_owd,
		.high_speed_delta = (uint8_t)o->high_speed_delta,
		.slow_thresh = (uint16_t)o->slow_thresh,
		.seq_thresh = (uint16_t)o->seq_thresh,
		.ignore_ooo = !o->count_ooo,
		.modifier = (uint8_t)((o->index_is_start ?
		    WIRE_MOD_START_INDEX : 0) |
		    (o->random_payload ? WIRE_MOD_RANDOM : 0)),
		.algorithm = (uint8_t)o->algorithm
	};

	if (l->version == WIRE_V_CURRENT)
		modern_fields(l, &p);
	else
		p.period_s = period_s(o);
	l->activation_len = wire_activation_put(&p, l->version,
	    l->activation);
	if (l->version == WIRE_V_CURRENT)
		link_seal(l, l->version, l->setup_time, l->activation,
		    l->activation_len);
	else if (o->checksum)
		wire_checksum_set(l->activation, l->activation_len);
}

static void
send_request(struct link *l)
{
	struct client *c = l->client;
	char from[ENDPOINT_LEN], to[ENDPOINT_LEN];
	struct addr local;

	if (send(l->fd, l->activation, l->activation_len, 0) == -1 &&
	    c->o->socket_errors)
		report_say(c->report, l->number, true,
		    "SEND/SENDTO ERROR: %s", strerror(errno));
	(void)sock_local(l->fd, &local);
	report_verbose(c->report, l->number, "Test activation request "
	    "(%u.%u) sent from %s to %s", l->index, c->ident,
	    endpoint_text(&local, from), endpoint_text(&l->peer, to));
	(void)loop_timer_set(c->loop, &l->timer, l->activation_ns +
	    again_ns[l->activation_sent]);
	l->activation_sent++;
}

void
link_activate_again(struct link *l, int64_t now_ns)
{
	char a[ENDPOINT_LEN];

	if (l->activation_sent < AGAIN_MAX &&
	    now_ns < l->activation_ns + CONN_WATCHDOG_NS) {
		/* Its time is checked against a window of seconds. */
		build_request(l);
		send_request(l);
		return;
	}
	report_say(l->client->report, -1, true, "WARNING: Timeout awaiting "
	    "response from server %s", link_server(l, a));
	client_status(l->client, UDPST_TIMEOUT);
	link_over(l, true);
}

/* Response. */

static void
failed(struct link *l, int status, const char *text)
{
	char a[ENDPOINT_LEN];

	report_say(l->client->report, -1, true, "ERROR: %s %s", text,
	    link_server(l, a));
	client_status(l->client, status);
	link_over(l, true);
}

static void
begin(struct link *l)
{
	if (l->act.dscp_ecn != 0)
		(void)sock_set_tos(l->fd, l->act.dscp_ecn);
	if (link_test(l) == -1)
		failed(l, UDPST_UNSPECIFIED, strerror(errno));
}

static void
take_response(struct link *l, const uint8_t *buf, size_t len)
{
	struct client *c = l->client;
	char a[ENDPOINT_LEN];
	char text[80];

	if (!link_verify(l, l->version, l->setup_time, buf, len)) {
		failed(l,
		    (int)UDPST_ACTIVATION_REJECTED + WIRE_SETUP_AUTH_FAILED,
		    "Authentication failure of test activation response from "
		    "server");
		return;
	}
	if (c->key != NULL && l->version == WIRE_V_CURRENT &&
	    !auth_in_window(clock_wall(), l->act.auth.unix_time,
	    c->o->auth_window_s)) {
		failed(l, (int)UDPST_ACTIVATION_REJECTED + WIRE_SETUP_AUTH_TIME,
		    "Authentication time invalid in test activation response "
		    "from server");
		return;
	}
	if (l->act.response == WIRE_ACTIVATE_BAD) {
		failed(l, (int)UDPST_ACTIVATION_REJECTED + WIRE_ACTIVATE_BAD,
		    "Requested test parameter(s) rejected by server");
		return;
	}
	if (l->act.response != WIRE_ACTIVATE_ACCEPTED) {
		(void)snprintf(text, sizeof(text), "Unexpected CRSP (%u) in "
		    "test activation response from server", l->act.response);
		failed(l, UDPST_ACTIVATION_REJECTED, text);
		return;
	}
	report_verbose(c->report, l->number, "Test activation response "
	    "(%u.%u) received from %s", l->index, c->ident,
	    endpoint_text(&l->peer, a));
	begin(l);
}

/*
 * Load without a response: that was lost, and servers of other making do not
 * repeat it. Downstream nothing in it is needed that was not asked for.
 */
static bool
assume_accepted(struct link *l)
{
	if (l->client->o->mode != MODE_DOWNSTREAM || l->activation_sent < 2)
		return false;
	return wire_activation_get(l->activation, l->activation_len,
	    l->version, &l->act);
}

static void
alert(struct link *l, const uint8_t *buf, size_t len)
{
	char a[ENDPOINT_LEN];
	size_t at = wire_checksum_offset(buf, len);

	if (l->alerts == CONN_WARNINGS)
		return;
	l->alerts++;
	report_say(l->client->report, l->number, false, "ALERT: Received "
	    "invalid test activation response (%zu,0x%04X:0x%04X,0x%04X) "
	    "[Server %s]", len, wire_id(buf, len), wire_peek(buf, len, 2),
	    wire_peek(buf, len, at), link_server(l, a));
}

/*
 * The times that a test is made of, within what any server may make of a
 * request (spec 3.5): with others it could not run.
 */
static bool
is_possible(const struct wire_activation *a, unsigned int version)
{
	unsigned int period_ms = wire_activation_period(a, version);

	return a->test_s >= 1 && a->test_s <= TEST_S_MAX &&
	    a->trial_ms >= TRIAL_MS_MIN && a->trial_ms <= TRIAL_MS_MAX &&
	    period_ms >= PERIOD_MS_MIN && period_ms <= PERIOD_MS_MAX;
}

static void
take_activation(struct link *l, const uint8_t *buf, size_t len)
{
	if (wire_activation_get(buf, len, l->version, &l->act) &&
	    l->act.response != 0 &&
	    (l->act.response != WIRE_ACTIVATE_ACCEPTED ||
	    is_possible(&l->act, l->version)))
		take_response(l, buf, len);
	else
		alert(l, buf, len);
}

static void
take(struct link *l, const uint8_t *buf, size_t len)
{
	struct client *c = l->client;
	char a[ENDPOINT_LEN];

	switch (wire_id(buf, len)) {
	case WIRE_NULL:
		report_verbose(c->report, l->number, "Null request (%u.%u) "
		    "received from %s", l->index, c->ident,
		    endpoint_text(&l->peer, a));
		break;
	case WIRE_LOAD:
		if (assume_accepted(l))
			begin(l);
		break;
	case WIRE_SETUP:
		break;
	case WIRE_ACTIVATION:
		take_activation(l, buf, len);
		break;
	default:
		alert(l, buf, len);
		break;
	}
}

static void
on_readable(struct loop *loop, struct loop_fd *f, unsigned int events)
{
	struct link *l = f->arg;
	uint8_t buf[WIRE_CONTROL_MAX];
	ssize_t n;

	(void)loop;
	(void)events;
	while (l->state == LINK_ACTIVATING &&
	    (n = recv(l->fd, buf, sizeof(buf), MSG_DONTWAIT)) >= 0)
		take(l, buf, (size_t)n);
}

void
link_activate(struct link *l, struct attempt *a, const struct addr *from,
    const struct wire_setup *p)
{
	struct client *c = l->client;

	link_close_attempts(l, a);
	loop_fd_del(c->loop, &a->watch);
	l->fd = a->fd;
	a->fd = -1;
	l->version = p->version;
	l->setup_time = a->unix_time;
	l->ours = p->version == WIRE_V_CURRENT &&
	    (p->modifier & WIRE_MOD_AGREED) != 0;
	addr_set_port(&l->server, addr_port(from));
	addr_set_port(&c->servers[l->server_index], addr_port(from));
	l->peer = *from;
	addr_set_port(&l->peer, p->port);
	l->state = LINK_ACTIVATING;
	l->activation_ns = clock_mono();
	if (connect(l->fd, &l->peer.sa, l->peer.len) == -1 ||
	    loop_fd_add(c->loop, &l->watch, l->fd, LOOP_READ, on_readable,
	    l) == -1) {
		failed(l, UDPST_UNSPECIFIED, strerror(errno));
		return;
	}
	build_request(l);
	send_request(l);
}
