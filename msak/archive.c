/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/addr.h"
#include "common/json.h"
#include "msak/archive.h"
#include "msak/stamp.h"

/* As Go has it: no array at all is null. */
static void
put_measurements(struct json *j, const char *key, const struct measurement *m,
    size_t n)
{
	size_t i;

	if (n == 0) {
		json_nil(j, key);
		return;
	}
	json_begin_array(j, key);
	for (i = 0; i < n; i++)
		measurement_put(j, NULL, &m[i], NULL);
	json_end_array(j);
}

static void
put_pairs(struct json *j, const char *key, const struct archive_pair *p,
    size_t n)
{
	json_begin_array(j, key);
	for (; n > 0; p++, n--) {
		json_begin_object(j, NULL);
		json_strn(j, "Name", p->name, p->name_len);
		json_strn(j, "Value", p->value, p->value_len);
		json_end_object(j);
	}
	json_end_array(j);
}

static void
put_times(struct json *j, int64_t start_wall_ns, int64_t end_wall_ns)
{
	char text[STAMP_MAX];

	json_str(j, "StartTime", stamp_rfc3339(start_wall_ns, text));
	json_str(j, "EndTime", stamp_rfc3339(end_wall_ns, text));
}

static void
begin(struct json *j, FILE *out, const char *commit, const char *version)
{
	json_init(j, out, 0);
	j->go = true;
	json_begin_object(j, NULL);
	json_str(j, "GitShortCommit", commit);
	json_str(j, "Version", version);
}

void
archive_throughput(const struct archive_throughput *r, FILE *out)
{
	struct json j;

	begin(&j, out, r->commit, r->version);
	json_str(&j, "Direction", r->upload ? "upload" : "download");
	json_str(&j, "MeasurementID", r->mid);
	json_str(&j, "UUID", r->uuid);
	json_str(&j, "Server", r->server);
	json_str(&j, "Client", r->client);
	json_str(&j, "CCAlgorithm", r->cc);
	put_times(&j, r->start_wall_ns, r->end_wall_ns);
	put_measurements(&j, "ServerMeasurements", r->ours, r->nours);
	put_measurements(&j, "ClientMeasurements", r->theirs, r->ntheirs);
	put_pairs(&j, "ClientOptions", r->options, r->noptions);
	put_pairs(&j, "ClientMetadata", r->metadata, r->nmetadata);
	json_end_object(&j);
}

/* UUID is empty and ID what it should be: readers know it so. */
void
archive_latency(const struct archive_latency *r, FILE *out)
{
	const struct latency_session *s = r->session;
	char client[ADDR_STRLEN] = "";
	struct json j;

	if (s->started)
		addr_format(&s->client, client, sizeof(client));
	begin(&j, out, r->commit, r->version);
	json_str(&j, "ID", s->uuid);
	json_str(&j, "UUID", "");
	json_str(&j, "Client", client);
	json_str(&j, "Server", s->started ? r->server : "");
	put_times(&j, s->created_wall_ns, r->end_wall_ns);
	latency_put_trips(&j, s);
	json_end_object(&j);
}
