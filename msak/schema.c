/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>

#include "common/json.h"
#include "msak/schema.h"
#include "msak/tcpinfo.h"

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))

/* A record's fields come before its name. */
struct column {
	const char	*name;
	const char	*type;		/* NULL: a record, which fields puts */
	bool		 repeated;
	void		(*fields)(struct json *);
};

static void
put_simple(struct json *j, const char *name, const char *type)
{
	json_begin_object(j, NULL);
	json_str(j, "name", name);
	json_str(j, "type", type);
	json_end_object(j);
}

static void
put_record(struct json *j, const struct column *c)
{
	json_begin_object(j, NULL);
	json_begin_array(j, "fields");
	c->fields(j);
	json_end_array(j);
	if (c->repeated)
		json_str(j, "mode", "REPEATED");
	json_str(j, "name", c->name);
	json_str(j, "type", "RECORD");
	json_end_object(j);
}

static void
put_columns(struct json *j, const struct column *c, size_t n)
{
	for (; n > 0; c++, n--) {
		if (c->fields != NULL)
			put_record(j, c);
		else
			put_simple(j, c->name, c->type);
	}
}

static void
fields_bytes(struct json *j)
{
	put_simple(j, "BytesSent", "INTEGER");
	put_simple(j, "BytesReceived", "INTEGER");
}

static void
fields_bbr(struct json *j)
{
	put_simple(j, "BW", "INTEGER");
	put_simple(j, "MinRTT", "INTEGER");
	put_simple(j, "PacingGain", "INTEGER");
	put_simple(j, "CwndGain", "INTEGER");
}

static void
fields_tcp(struct json *j)
{
	size_t i;

	for (i = 0; i < TCPINFO_FIELDS; i++)
		put_simple(j, tcpinfo_field(i)->key, "INTEGER");
	put_simple(j, "ElapsedTime", "INTEGER");
}

static void
fields_measurement(struct json *j)
{
	static const struct column columns[] = {
		{ "Application", NULL, false, fields_bytes },
		{ "Network", NULL, false, fields_bytes },
		{ "ElapsedTime", "INTEGER", false, NULL },
		{ "BBRInfo", NULL, false, fields_bbr },
		{ "TCPInfo", NULL, false, fields_tcp },
	};

	put_columns(j, columns, NELEM(columns));
}

static void
fields_pair(struct json *j)
{
	put_simple(j, "Name", "STRING");
	put_simple(j, "Value", "STRING");
}

static void
fields_round_trip(struct json *j)
{
	put_simple(j, "RTT", "INTEGER");
	put_simple(j, "Lost", "BOOLEAN");
}

static void
put_schema(FILE *out, const struct column *columns, size_t n)
{
	struct json j;

	json_init(&j, out, 1);
	json_begin_array(&j, NULL);
	put_columns(&j, columns, n);
	json_end_array(&j);
}

void
schema_throughput1(FILE *out)
{
	static const struct column columns[] = {
		{ "GitShortCommit", "STRING", false, NULL },
		{ "Version", "STRING", false, NULL },
		{ "Direction", "STRING", false, NULL },
		{ "MeasurementID", "STRING", false, NULL },
		{ "UUID", "STRING", false, NULL },
		{ "Server", "STRING", false, NULL },
		{ "Client", "STRING", false, NULL },
		{ "CCAlgorithm", "STRING", false, NULL },
		{ "StartTime", "TIMESTAMP", false, NULL },
		{ "EndTime", "TIMESTAMP", false, NULL },
		{ "ServerMeasurements", NULL, true, fields_measurement },
		{ "ClientMeasurements", NULL, true, fields_measurement },
		{ "ClientOptions", NULL, true, fields_pair },
		{ "ClientMetadata", NULL, true, fields_pair },
	};

	put_schema(out, columns, NELEM(columns));
}

void
schema_latency1(FILE *out)
{
	static const struct column columns[] = {
		{ "GitShortCommit", "STRING", false, NULL },
		{ "Version", "STRING", false, NULL },
		{ "ID", "STRING", false, NULL },
		{ "UUID", "STRING", false, NULL },
		{ "Client", "STRING", false, NULL },
		{ "Server", "STRING", false, NULL },
		{ "StartTime", "TIMESTAMP", false, NULL },
		{ "EndTime", "TIMESTAMP", false, NULL },
		{ "RoundTrips", NULL, true, fields_round_trip },
		{ "PacketsSent", "INTEGER", false, NULL },
		{ "PacketsReceived", "INTEGER", false, NULL },
	};

	put_schema(out, columns, NELEM(columns));
}
