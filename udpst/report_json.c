/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "common/clock.h"
#include "common/fixed.h"
#include "common/text.h"
#include "udpst/report_json.h"

void
report_json_fixed(struct json *j, const char *key, double v, int decimals)
{
	if (v > 0 || v < 0)
		json_fixed(j, key, v, decimals);
	else
		json_raw(j, key, "0.0");
}

void
report_json_delay(struct json *j, const char *key, int64_t ms)
{
	/* Nine digits, of which a large one has seven before the point. */
	int decimals = ms >= 1000000000 || ms <= -1000000000 ? 2 : 3;
	char text[FIXED_MAX];
	size_t n;

	n = fixed_put((double)ms / 1000, decimals, text, sizeof(text));
	/* No zero at the end, but for one behind the point. */
	while (text[n - 1] == '0' && text[n - 2] != '.')
		text[--n] = '\0';
	json_raw(j, key, text);
}

void
report_json_time(struct json *j, const char *key, int64_t wall_ns)
{
	char iso[TEXT_MAX], text[TEXT_MAX];

	text_rfc3339(wall_ns, iso, sizeof(iso));
	snprintf(text, sizeof(text), "%.*s.%06" PRId64 "Z",
	    (int)strcspn(iso, "."), iso,
	    wall_ns % CLOCK_NS_PER_S / CLOCK_NS_PER_US);
	json_str(j, key, text);
}

static void
supported(struct json *j, const struct options *o)
{
	json_int(j, "IPLayerMaxConnections", OPTIONS_CONNS_MAX);
	json_int(j, "IPLayerMaxIncrementalResult", o->compat_8 ? 3600 : 36000);
	json_begin_object(j, "IPLayerCapSupported");
	json_str(j, "SoftwareVersion", PACKAGE_VERSION);
	json_int(j, "ControlProtocolVersion", o->compat_8 ? WIRE_V_LEGACY :
	    WIRE_V_CURRENT);
	json_str(j, "Metrics", "IPLR,Sampled_RTT,IPDV,IPRR,RIPR");
	json_end_object(j);
}

/* v < 0: unknown. */
static void
count(struct json *j, const char *key, int64_t v)
{
	if (v < 0)
		json_nil(j, key);
	else
		json_int(j, key, v);
}

/* What the other end told of its host; null when it did not. */
static void
peer(struct json *j, const struct result_host *h)
{
	if (h->peer_cpu_share < 0)
		json_nil(j, "PeerCPUShare");
	else
		json_fixed(j, "PeerCPUShare", h->peer_cpu_share, 3);
	count(j, "PeerSocketDrops", h->peer_socket_drops);
	count(j, "PeerPacingMissed", h->peer_pacing_missed);
	if (h->have_peer) {
		json_bool(j, "PeerGSOInUse", h->peer_gso);
		json_bool(j, "PeerGROInUse", h->peer_gro);
	} else {
		json_nil(j, "PeerGSOInUse");
		json_nil(j, "PeerGROInUse");
	}
}

static void
host(struct json *j, const struct result_host *h)
{
	json_begin_object(j, "Host");
	json_str(j, "Software", PACKAGE_NAME " " PACKAGE_VERSION);
	json_fixed(j, "CPUShare", h->cpu_share, 3);
	count(j, "SocketDrops", h->socket_drops);
	count(j, "PacingMissed", h->pacing_missed);
	json_fixed(j, "PacingShortfallPercent", 100 * h->pacing_shortfall, 3);
	json_fixed(j, "ClockStepUs", (double)h->clock_step_ns / 1000, 3);
	json_int(j, "ClockResolutionNs", h->clock_resolution_ns);
	json_bool(j, "GSOInUse", h->gso);
	json_bool(j, "GROInUse", h->gro);
	json_bool(j, "KernelTimestamps", h->kernel_stamps);
	json_str(j, "HostLimit", h->limit);
	peer(j, h);
	json_end_object(j);
}

void
report_json_put(struct json *j, const struct report_json *r)
{
	bool brief = r->o->format == FORMAT_JSON_BRIEF;

	json_begin_object(j, NULL);
	if (!brief)
		supported(j, r->o);
	if (!brief && r->test != NULL)
		report_json_input(j, r->o, r->test);
	if (r->test != NULL)
		report_json_output(j, r);
	json_int(j, "ErrorStatus", r->end->status);
	json_str(j, "ErrorMessage", r->message);
	json_str(j, "ErrorMessage2", r->message2);
	if (!brief && !r->o->compat_8 && r->end->host != NULL)
		host(j, r->end->host);
	json_end_object(j);
}
