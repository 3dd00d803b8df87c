/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "udpst/policy.h"
#include "udpst/srate.h"

/*
 * Input: a datagram, for the control port and for the sockets of sessions of
 * every version, of servers of several kinds. No answer is longer than its
 * request, or of another kind; an accepted activation asks for nothing that
 * the server does not allow.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* When the recorded requests of the corpus were signed. */
#define NOW_NS	INT64_C(1795312855000000000)

static const struct auth_entry key_file[] = {
	{ 0, "legacykey" }, { 5, "fivekey" }, { 255, "abc" }
};

static void
server(struct options *o, struct auth_keys *keys, unsigned int kind)
{
	memset(o, 0, sizeof(*o));
	o->jumbo = true;
	o->dscp_ecn = 40;
	o->index = 500;
	o->test_s = 20;
	o->auth_window_s = AUTH_WINDOW_S;
	if (kind == 1) {
		o->bandwidth = 1000;
		o->checksum = true;
		o->random_payload = true;
	}
	if (kind == 2) {
		memset(keys, 0, sizeof(*keys));
		memcpy(keys->entries, key_file, sizeof(key_file));
		keys->n = sizeof(key_file) / sizeof(key_file[0]);
		o->keys = keys;
		o->have_key = true;
		memcpy(o->key, "cmdline", sizeof("cmdline"));
	}
}

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
setup(const struct options *o, const uint8_t *data, size_t size,
    struct policy_setup *s)
{
	static const unsigned int used[2] = { 100, 200 };
	uint8_t buf[WIRE_CONTROL_MAX];
	char text[128];

	policy_setup(o, data, size, NOW_NS, used, s);
	if (s->answer == POLICY_SILENCE)
		return;
	must(s->answer == POLICY_ACCEPT || s->code > WIRE_SETUP_ACCEPTED);
	must(policy_setup_response(o, s, s->code, 25, NOW_NS, buf) == size);
	must(wire_id(buf, size) == WIRE_SETUP);
	must(policy_null(o, s, NOW_NS, buf) < size);
	if (s->answer == POLICY_REJECT) {
		policy_rejection_text(s, s->code, text, sizeof(text));
		must(strncmp(text, "ERROR: ", 7) == 0);
	}
}

static void
activation(const struct options *o, const struct policy_session *s,
    const uint8_t *data, size_t size)
{
	uint8_t buf[WIRE_CONTROL_MAX];
	struct wire_activation a;

	if (policy_activate(o, s, data, size, NOW_NS, &a) != POLICY_ACT_ACCEPT)
		return;
	must(!s->authenticated || s->version < WIRE_V_CURRENT ||
	    a.auth.mode != 0);
	must(a.test_s > 0 && a.test_s <= o->test_s);
	must(a.dscp_ecn <= o->dscp_ecn);
	must(a.index == WIRE_SEARCH || (int)a.index <= o->index);
	must(a.low_ms <= a.upper_ms && a.trial_ms >= 5 && a.trial_ms <= 250);
	must(policy_activation_response(o, s, &a, NOW_NS, buf) == size);
	must(wire_id(buf, size) == WIRE_ACTIVATION);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int versions[] = { 10, 11, 20 };
	struct auth_keys keys;
	struct policy_session session;
	struct policy_setup s;
	struct options o;
	unsigned int kind;
	size_t i;

	for (kind = 0; kind < 3; kind++) {
		server(&o, &keys, kind);
		setup(&o, data, size, &s);
		memset(&session, 0, sizeof(session));
		for (i = 0; i < 3; i++) {
			session.version = versions[i];
			session.ours = kind == 1;
			session.authenticated = kind == 2;
			session.key = kind == 2 ? o.key : NULL;
			activation(&o, &session, data, size);
		}
	}
	return 0;
}
