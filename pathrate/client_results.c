/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <err.h>

#include "common/clock.h"
#include "pathrate/client_private.h"
#include "pathrate/report_fast.h"
#include "pathrate/report_json.h"
#include "pathrate/wire.h"

void
client_fast_start(const struct client *c)
{
	report_fast_start(&c->report, &c->method.fast);
}

void
client_fast_train(const struct client *c, const int64_t *arrival_ns)
{
	report_fast_train(&c->report, &c->method.fast, arrival_ns);
	if (c->terminal)
		report_fast_progress(stderr, &c->method.fast, clock_mono());
}

/* A sender without the extension knows one port only. */
static bool
port_unknown(const struct client *c)
{
	return c->in_session && c->o->udp_port != WIRE_UDP_PORT &&
	    !(c->rcv.features & WIRE_EXT_DATA_PORT);
}

/* The status says it; stderr where no text does. */
static void
no_estimate(struct client *c)
{
	if (!c->measuring)
		client_note(c, "interrupted");
	else if (c->method.is_classic)
		client_note(c, "too few packets arrived");
	else
		client_fail(c, "%s%s", report_fast_failure(&c->method.fast),
		    port_unknown(c) ? "; this sender may not know --udp-port" :
		    "");
}

static void
put_ulm(const struct client *c, double lo, double hi)
{
	char receiver[CLIENT_HOST_MAX], sender[CLIENT_HOST_MAX];

	if (c->files.ulm == NULL)
		return;
	if (c->o->replay == NULL)
		files_canonical(c->o->sender, sender);
	report_ulm(c->files.ulm, clock_wall(),
	    files_canonical(c->hostname, receiver), c->o->replay != NULL ?
	    c->o->replay : sender, lo, hi);
}

static void
gather(struct client *c, struct report_facts *f)
{
	bool session = c->in_session;

	*f = (struct report_facts){
		.sender = c->o->sender, .receiver = c->hostname,
		.replay = c->o->replay, .start_ns = c->start_ns,
		.end_ns = clock_wall(),
		.rtt_ms = session && c->measuring ? c->rcv.rtt_ms : -1,
		.extended = c->rcv.features != 0,
		.stamps = c->kernel_stamps ? "kernel" : "program",
		.host = session ? &c->host : NULL
	};
	if (c->measuring && c->method.is_classic) {
		f->classic = &c->method.classic;
		f->max_payload = c->method.classic.config.max_payload;
	} else if (c->measuring) {
		f->fast = &c->method.fast;
		f->max_payload = c->method.fast.config.max_payload;
	}
}

bool
client_results(struct client *c)
{
	struct report_facts facts;
	double lo, hi;
	bool estimate = c->measuring && c->status == 0 &&
	    method_estimate(&c->method, &lo, &hi);

	gather(c, &facts);
	if (facts.fast != NULL && c->terminal)
		report_fast_progress(stderr, NULL, 0);
	if (facts.fast != NULL && c->status == 0)
		report_fast(&c->report, &facts, c->o->histogram);
	if (estimate)
		put_ulm(c, lo, hi);
	else if (c->status == 0)
		no_estimate(c);
	facts.code = c->signo != 0 ? 128 + c->signo : c->status;
	facts.message = c->status != 0 ? c->message :
	    c->signo != 0 ? "interrupted" : NULL;
	if (!c->o->json || report_json(stdout, c->o, &facts) == 0)
		return true;
	warn("stdout");
	(void)fclose(stdout);
	return false;
}
