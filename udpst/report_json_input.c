/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udpst/report_json.h"
#include "udpst/srate.h"

static void
address(struct json *j, const char *key, const struct addr *a)
{
	char text[ADDR_STRLEN];

	json_str(j, key, addr_host(a, text, sizeof(text)));
}

static void
hosts(struct json *j, const struct options *o, const struct report_test *t)
{
	size_t i;

	json_uint(j, "NumberOfHosts", o->nservers);
	json_begin_array(j, "HostList");
	for (i = 0; i < o->nservers; i++) {
		json_begin_object(j, NULL);
		json_str(j, "Host", o->servers[i].host);
		address(j, "HostIPAddress", &t->hosts[i]);
		json_uint(j, "ControlPort", addr_port(&t->hosts[i]));
		json_end_object(j);
	}
	json_end_array(j);
}

static void
ends(struct json *j, const struct options *o, const struct report_test *t)
{
	json_str(j, "Interface", o->interface == NULL ? "" : o->interface);
	json_str(j, "Role", o->mode == MODE_UPSTREAM ? "Sender" : "Receiver");
	json_uint(j, "ID", t->ident);
	json_str(j, "Host", o->servers[0].host);
	address(j, "HostIPAddress", &t->hosts[0]);
	json_uint(j, "Port", addr_port(&t->server));
	hosts(j, o, t);
	address(j, "ClientIPAddress", &t->local);
	json_uint(j, "ClientPort", addr_port(&t->local));
	json_int(j, "JumboFramesPermitted", o->jumbo);
	json_uint(j, "NumberOfConnections", t->conns_max);
	json_uint(j, "MinNumOfConnections", t->conns_min);
}

/* The family that was asked for, not the one in use. */
static const char *
asked_family(const struct options *o)
{
	if (o->family == AF_INET)
		return "IPv4";
	return o->family == AF_INET6 ? "IPv6" : "Any";
}

static void
packets(struct json *j, const struct options *o, const struct report_test *t)
{
	unsigned int less = t->ipv6 ? SRATE_IPV6_MORE : 0;

	json_uint(j, "DSCP", t->dscp_ecn >> 2);
	if (!o->compat_8) {
		json_uint(j, "ECN", t->dscp_ecn & 3);
		json_uint(j, "CEThreshold", t->ce_thresh);
	}
	json_str(j, "ProtocolVersion", asked_family(o));
	json_int(j, "UDPPayloadMin", t->ipv6 ? SRATE_MIN_IPV6 :
	    SRATE_MIN_IPV4);
	json_uint(j, "UDPPayloadMax",
	    srate_payload_max(o->jumbo, o->traditional) - less);
	json_uint(j, "UDPPayloadDefault",
	    srate_payload_default(o->traditional) - less);
	json_str(j, "UDPPayloadContent", t->random_payload ? "random" :
	    "zeroes");
}

static void
rates(struct json *j, const struct options *o, const struct report_test *t)
{
	bool fixed = t->index >= 0 && !t->index_is_start;

	json_str(j, "TestType", fixed ? "Fixed" : "Search");
	json_int(j, "IPDVEnable", t->use_owd);
	json_int(j, "IPRREnable", 1);
	json_int(j, "RIPREnable", 1);
	json_int(j, "PreambleDuration", 0);
	if (!o->compat_8)
		json_uint(j, "MaxRequiredBandwidth", o->bandwidth);
	json_int(j, "StartSendingRateIndex", t->index < 0 ? 0 : t->index);
	json_int(j, "SendingRateIndex", fixed ? t->index : -1);
}

static void
intervals(struct json *j, const struct options *o, const struct report_test *t)
{
	json_uint(j, "NumberTestSubIntervals", t->period_ms == 0 ? 0 :
	    t->test_s * 1000 / t->period_ms);
	json_uint(j, "NumberFirstModeTestSubIntervals", o->bimodal);
	if (!o->compat_8)
		json_uint(j, "NumberFirstModeSuppSubIntervals", t->suppress);
	json_uint(j, "TestSubInterval", t->period_ms);
	json_uint(j, "StatusFeedbackInterval", t->trial_ms);
	json_int(j, "TimeoutNoTestTraffic", 1000);
	json_int(j, "TimeoutNoStatusMessage", 1000);
	json_int(j, "Tmax", 1000);
	json_int(j, "TmaxRTT", 3000);
	json_int(j, "TimestampResolution", 1);
}

static void
search(struct json *j, const struct options *o, const struct report_test *t)
{
	json_uint(j, "SeqErrThresh", t->seq_thresh);
	json_int(j, "ReordDupIgnoreEnable", t->ignore_ooo);
	json_uint(j, "LowerThresh", t->low_ms);
	json_uint(j, "UpperThresh", t->upper_ms);
	json_uint(j, "HighSpeedDelta", t->high_speed_delta);
	json_uint(j, "SlowAdjThresh", t->slow_thresh);
	json_int(j, "HSpeedThresh", 1000000000);
	json_str(j, "RateAdjAlgorithm", t->algorithm == 0 ? "B" : "C");
	if (!o->compat_8)
		json_int(j, "InterfaceDeterminesMax", o->interface_max);
}

void
report_json_input(struct json *j, const struct options *o,
    const struct report_test *t)
{
	json_begin_object(j, "Input");
	ends(j, o, t);
	packets(j, o, t);
	rates(j, o, t);
	intervals(j, o, t);
	search(j, o, t);
	json_end_object(j);
}
