/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of msak-server. */
#include "config.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "msak/options_server.h"

#define FIELD(f)	offsetof(struct server_options, f)

/* Bytes of a file of keys. */
#define KEY_FILE_MAX	65536
#define DAY_NS		(24 * 3600 * CLOCK_NS_PER_S)

static const char *const schemas[] = { "none", "throughput1", "latency1",
	NULL };

static bool
add_key(struct server_options *o, const char *name, size_t len, FILE *why)
{
	struct options_file *k = &o->keys[o->nkeys];

	if (o->nkeys == OPTIONS_KEYS_MAX) {
		fputs("too many keys", why);
		return false;
	}
	k->name = strndup(name, len);
	if (k->name == NULL)
		err(1, "memory");
	k->text = options_read_file(k->name, KEY_FILE_MAX, &k->len, why);
	if (k->text == NULL) {
		free(k->name);
		return false;
	}
	o->nkeys++;
	return true;
}

static bool
take_keys(const struct goflag *f, void *config, const char *arg, FILE *why)
{
	size_t n;

	(void)f;
	for (; ; arg += n + 1) {
		n = strcspn(arg, ",");
		if (!add_key(config, arg, n, why))
			return false;
		if (arg[n] == '\0')
			return true;
	}
}

static bool
take_allow(const struct goflag *f, void *config, const char *arg, FILE *why)
{
	struct server_options *o = config;
	const char *reason = "too many addresses";

	(void)f;
	if (o->nallow < OPTIONS_ALLOW_MAX &&
	    addr_prefix_parse(arg, &o->allow[o->nallow], &reason) == 0) {
		o->nallow++;
		return true;
	}
	fputs(reason, why);
	return false;
}

static const char *
made_prefix(const void *config)
{
	const struct server_options *o = config;

	return o->prefix_default;
}

static const struct goflag table[] = {
	OPTIONS_ANONYMIZE_FLAG(struct server_options),
	{ GOFLAG_STRING, "cert", .offset = FIELD(cert),
	    .help = "The file with server certificates in PEM format." },
	{ GOFLAG_STRING, "datadir", NULL, "./data", FIELD(datadir),
	    .help = "Directory to store data in" },
	{ GOFLAG_STRING, "key", .offset = FIELD(key),
	    .help = "The file with server key in PEM format." },
	{ GOFLAG_STRING, "latency_addr", NULL, ":1053", FIELD(latency_addr),
	    .help = "Listen address/port for UDP latency tests" },
	{ GOFLAG_DURATION, "latency_ttl", NULL, "1m0s", FIELD(latency_ttl_ns),
	    .help = "Session cache's TTL" },
	{ GOFLAG_STRING, "prometheusx.listen-address", NULL, ":9990",
	    FIELD(prometheus), .help = "" },
	{ GOFLAG_STRING, "token.machine", .offset = FIELD(token_machine),
	    .help = "Use given machine name to verify token claims" },
	{ GOFLAG_BOOL, "token.verify", .offset = FIELD(token_verify),
	    .help = "Verify access tokens" },
	{ GOFLAG_VALUE, "token.verify-key", .take = take_keys,
	    .help = "Public key for verifying access tokens" },
	{ GOFLAG_STRING, "txcontroller.device", .offset = FIELD(tx_device),
	    .help = "Calculate bytes transmitted from this device." },
	{ GOFLAG_UINT, "txcontroller.max-rate", .offset = FIELD(tx_max_bps),
	    .help = "The max rate (in bit/s) beyond which, the TxController "
	    "will reject new clients" },
	{ GOFLAG_VALUE, "uuid-prefix-file", .offset = FIELD(uuid_prefix),
	    .take = options_take_prefix, .made = made_prefix,
	    .help = "The file holding the UUID prefix for sockets created in "
	    "this network namespace." },
	{ GOFLAG_STRING, "ws_addr", NULL, ":8080", FIELD(ws_addr),
	    .help = "Listen address/port for cleartext connections" },
	{ GOFLAG_STRING, "wss_addr", NULL, ":4443", FIELD(wss_addr),
	    .help = "Listen address/port for TLS connections" },

	{ GOFLAG_BOOL, "4", .offset = FIELD(ipv4), .help = "Use IPv4 only" },
	{ GOFLAG_BOOL, "6", .offset = FIELD(ipv6), .help = "Use IPv6 only" },
	{ GOFLAG_BOOL, "ipv4", .offset = FIELD(ipv4),
	    .help = "The same as -4" },
	{ GOFLAG_BOOL, "ipv6", .offset = FIELD(ipv6),
	    .help = "The same as -6" },
	{ GOFLAG_VALUE, "allow", "prefix", .take = take_allow,
	    .help = "Serve only these addresses (repeatable)" },
	{ GOFLAG_BOOL, "debug", .offset = FIELD(debug),
	    .help = "Enable debug logging" },
	{ GOFLAG_DURATION, "max-duration", NULL, "25s",
	    FIELD(max_duration_ns), .lo = CLOCK_NS_PER_S, .hi = DAY_NS,
	    .help = "Longest stream" },
	{ GOFLAG_INT, "max-latency-sessions", NULL, "10000",
	    FIELD(max_latency_sessions), .lo = 1, .hi = 1000000,
	    .help = "Latency sessions at once" },
	{ GOFLAG_INT, "max-memory", NULL, "1073741824",
	    FIELD(max_memory_bytes), .lo = 1 << 20, .hi = INT64_MAX,
	    .help = "Bytes that all connections together may hold" },
	{ GOFLAG_INT, "max-per-address", NULL, "2000",
	    FIELD(max_per_address), .lo = 1, .hi = 1000000,
	    .help = "Connections at once from one address" },
	{ GOFLAG_INT, "max-sessions", NULL, "10000", FIELD(max_sessions),
	    .lo = 1, .hi = 1000000, .help = "Connections at once" },
	{ GOFLAG_STRING, "page", "file", .offset = FIELD(page),
	    .help = "Serve this page with a test for browsers at /" },
	{ GOFLAG_STRING, "pidfile", "file", .offset = FIELD(pidfile),
	    .help = "Write the process id there" },
	{ GOFLAG_CHOICE, "schema", NULL, "none", FIELD(schema),
	    .choices = schemas,
	    .help = "Print a schema of the archive and exit" },
	{ GOFLAG_DURATION, "stop-timeout", NULL, "5s",
	    FIELD(stop_timeout_ns), .lo = 0, .hi = DAY_NS,
	    .help = "How long SIGTERM lets tests go on" },
	{ GOFLAG_BOOL, "syslog", .offset = FIELD(syslog),
	    .help = "Log to syslog instead of standard error" },
	{ GOFLAG_INT, "threads", .offset = FIELD(threads), .lo = 0,
	    .hi = 1024, .help = "Event loops; 0 is one a core" },
	{ GOFLAG_CHOICE, "tls.min-version", NULL, "1.2", FIELD(tls_min),
	    .choices = options_tls_names,
	    .help = "Oldest version of TLS to speak" },
	{ GOFLAG_STRING, "user", "name", .offset = FIELD(user),
	    .help = "Run as this user (started as root: nobody)" },
	{ .name = NULL }
};

static const struct goflag_set set = {
	"msak-server", OPTIONS_COMPATIBLE, table
};

enum options_status
options_server_parse(int argc, char **argv, struct server_options *o,
    int *status)
{
	uint64_t given;

	memset(o, 0, sizeof(*o));
	uuid_prefix_default(o->prefix_default);
	memcpy(o->uuid_prefix, o->prefix_default, UUID_PREFIX_MAX);
	if (goflag_parse(&set, o, argc, argv, &given, status) == GOFLAG_EXIT) {
		options_server_free(o);
		return OPTIONS_EXIT;
	}
	if (!o->ipv4 || !o->ipv6)
		return OPTIONS_RUN;
	options_server_free(o);
	return options_fail(status, OPTIONS_FAMILIES);
}

void
options_server_free(struct server_options *o)
{
	while (o->nkeys > 0) {
		o->nkeys--;
		free(o->keys[o->nkeys].name);
		free(o->keys[o->nkeys].text);
	}
}
