/* SPDX-License-Identifier: BSD-2-Clause */
/* What --probe says of a server. */
#include "config.h"

#include <stdio.h>

#include "common/json.h"
#include "udpst/client_private.h"

static void
probe_json(const struct link *l, const struct wire_setup *p, int64_t rtt_ns,
    const char *server)
{
	struct json j;

	json_init(&j, stdout, 0);
	json_begin_object(&j, NULL);
	json_str(&j, "Host", l->client->o->servers[l->server_index].host);
	json_str(&j, "Server", server);
	json_bool(&j, "Reachable", true);
	json_int(&j, "ControlProtocolVersion", p->version);
	json_fixed(&j, "RoundTripTimeUs", (double)rtt_ns / 1e3, 1);
	json_bool(&j, "Plumbline", (p->modifier & WIRE_MOD_AGREED) != 0);
	json_end_object(&j);
	(void)json_finish(&j);
}

void
link_probed(struct link *l, const struct wire_setup *p, int64_t rtt_ns)
{
	struct client *c = l->client;
	char a[ENDPOINT_LEN];

	(void)link_server(l, a);
	if (c->o->format != FORMAT_TEXT)
		probe_json(l, p, rtt_ns, a);
	else
		printf("%s reachable: protocol %u, round-trip time %.3f ms\n",
		    a, p->version, (double)rtt_ns / 1e6);
	if (c->status == UDPST_UNSPECIFIED)
		c->status = UDPST_OK;
	link_over(l, false);
}
