/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "common/clock.h"
#include "udpst/monitor_state.h"
#include "udpst/wire.h"

/*
 * The text format of Prometheus, as its node exporter's textfile collector
 * reads it.
 */

/* Neighbours of one name are one family with different labels. */
struct family {
	const char	*name, *help, *labels;
	size_t		 offset;	/* in struct monitor_counters */
};

#define AT(member)	offsetof(struct monitor_counters, member)
#define CODE(reason, code) \
	{ "setup_rejected", "Setup requests rejected.", \
	    "reason=\"" reason "\"", AT(setup_rejected[code]) }
#define FAULT(message, fault, member, index) \
	{ "invalid_datagrams", "Datagrams that were none of their kind.", \
	    "message=\"" message "\",fault=\"" fault "\"", \
	    AT(member[index]) }
#define FAULTS(message, member) \
	FAULT(message, "size", member, MONITOR_SIZE), \
	FAULT(message, "format", member, MONITOR_FORMAT), \
	FAULT(message, "checksum", member, MONITOR_CHECKSUM)

static const struct family families[] = {
	{ "setup_requests", "Well-formed setup requests received.", "",
	    AT(setup_received) },
	{ "setup_legacy_requests", "Setup requests of protocols below 20.",
	    "", AT(setup_legacy) },
	{ "setup_duplicates", "Setup requests received again.", "",
	    AT(setup_duplicate) },
	{ "setup_limited", "Setup requests dropped by a limit.", "",
	    AT(setup_limited) },
	{ "setup_accepted", "Setup requests accepted.", "",
	    AT(setup_accepted) },
	CODE("version", WIRE_SETUP_VERSION),
	CODE("jumbo", WIRE_SETUP_JUMBO),
	CODE("authentication_unexpected", WIRE_SETUP_NO_KEY_HERE),
	CODE("authentication_missing", WIRE_SETUP_KEY_NEEDED),
	CODE("authentication_mode", WIRE_SETUP_AUTH_MODE),
	CODE("authentication_failed", WIRE_SETUP_AUTH_FAILED),
	CODE("authentication_time", WIRE_SETUP_AUTH_TIME),
	CODE("bandwidth_missing", WIRE_SETUP_NO_BANDWIDTH),
	CODE("capacity", WIRE_SETUP_CAPACITY),
	CODE("mtu", WIRE_SETUP_MTU),
	CODE("multi_connection", WIRE_SETUP_MULTI),
	CODE("no_connection", WIRE_SETUP_NO_CONNECTION),
	{ "null_requests_sent", "Null requests sent.", "", AT(null_sent) },
	{ "activation_requests", "Well-formed activation requests received.",
	    "", AT(activation_received) },
	{ "activation_accepted", "Activation requests accepted.", "",
	    AT(activation_accepted) },
	{ "activation_ignored", "Activation requests ignored.",
	    "reason=\"authentication_failed\"", AT(activation_auth) },
	{ "activation_ignored", NULL, "reason=\"authentication_time\"",
	    AT(activation_time) },
	{ "activation_timeouts", "Connections that were not activated.", "",
	    AT(activation_timeout) },
	FAULTS("control", control_invalid),
	FAULTS("load", load_invalid),
	FAULTS("status", status_invalid),
	{ "tests_started", "Tests activated.", "direction=\"upstream\"",
	    AT(tests_up) },
	{ "tests_started", NULL, "direction=\"downstream\"",
	    AT(tests_down) },
	{ "tests_ended", "Tests ended in any way.", "", AT(tests_ended) },
	{ "tests_watchdog", "Tests ended because nothing came any more.", "",
	    AT(tests_watchdog) },
	{ "load_sent_datagrams", "Load datagrams that the kernel took.", "",
	    AT(load_sent) },
	{ "load_sent_bytes", "Their bytes at the IP layer.", "",
	    AT(load_sent_bytes) },
	{ "load_refused_datagrams", "Load datagrams that the kernel refused.",
	    "", AT(sizes[MONITOR_TX_OVERRUN].total) },
	{ "load_delivered_datagrams", "Load datagrams that peers received.",
	    "", AT(delivered) },
	{ "load_delivered_bytes", "Their bytes at the IP layer.", "",
	    AT(delivered_bytes) },
	{ "load_delivered_lost", "Load datagrams that peers missed.", "",
	    AT(delivered_loss) },
	{ "load_delivered_misordered", "Load datagrams that reached peers out"
	    " of order or twice.", "", AT(delivered_ooo_dup) },
	{ "load_received_datagrams", "Load datagrams received.", "",
	    AT(load_received) },
	{ "load_received_bytes", "Their bytes at the IP layer.", "",
	    AT(load_received_bytes) },
	{ "load_received_lost", "Load datagrams missed.", "",
	    AT(load_received_loss) },
	{ "load_received_misordered", "Load datagrams received out of order"
	    " or twice.", "", AT(load_received_ooo_dup) },
	{ "status_sent", "Status messages sent.", "", AT(status_sent) },
	{ "status_received", "Status messages received.", "",
	    AT(status_received) },
	{ "status_lost", "Status messages lost.", "seen_by=\"server\"",
	    AT(status_lost_local) },
	{ "status_lost", NULL, "seen_by=\"peer\"", AT(status_lost_remote) },
	{ "traffic_stops", "Pauses of a second in what comes in.",
	    "seen_by=\"server\"", AT(stopped_local) },
	{ "traffic_stops", NULL, "seen_by=\"peer\"", AT(stopped_remote) },
	{ "socket_drops", "Datagrams that this host dropped at a socket.",
	    "", AT(socket_drops) },
	{ "timer_ticks_missed", "Pacing ticks of 100 us that were missed.",
	    "", AT(sizes[MONITOR_TIMER].total) }
};

static void
put_head(FILE *f, const char *name, const char *help, const char *type)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_counter(FILE *f, const struct family *p, bool first,
    const struct monitor_counters *c)
{
	const char *brace = p->labels[0] == '\0' ? "" : "{";
	char name[64];

	snprintf(name, sizeof(name), "udpst_%s_total", p->name);
	if (first)
		put_head(f, name, p->help, "counter");
	fprintf(f, "%s%s%s%s %" PRIu64 "\n", name, brace, p->labels,
	    brace[0] == '\0' ? "" : "}", monitor_counter(c, p->offset));
}

static void
put_gauges(FILE *f, const struct monitor *m)
{
	put_head(f, "udpst_info", "The version of this server.", "gauge");
	fprintf(f, "udpst_info{version=\"%s\"} 1\n",
	    options_software_version());
	put_head(f, "udpst_start_time_seconds",
	    "Unix time of the server's start.", "gauge");
	fprintf(f, "udpst_start_time_seconds %" PRId64 "\n",
	    m->start_wall_ns / CLOCK_NS_PER_S);
	put_head(f, "udpst_sessions", "Tests now open.", "gauge");
	fprintf(f, "udpst_sessions %u\n", m->use.connections);
	put_head(f, "udpst_allocated_bandwidth_bits_per_second",
	    "Bandwidth now allocated to tests.", "gauge");
	fprintf(f, "udpst_allocated_bandwidth_bits_per_second"
	    "{direction=\"upstream\"} %" PRIu64 "\n",
	    (uint64_t)m->use.up_mbps * 1000000);
	fprintf(f, "udpst_allocated_bandwidth_bits_per_second"
	    "{direction=\"downstream\"} %" PRIu64 "\n",
	    (uint64_t)m->use.down_mbps * 1000000);
}

void
monitor_prom_put(FILE *f, const struct monitor *m,
    const struct monitor_counters *c)
{
	size_t i;

	put_gauges(f, m);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		put_counter(f, &families[i], i == 0 ||
		    strcmp(families[i].name, families[i - 1].name) != 0, c);
}
