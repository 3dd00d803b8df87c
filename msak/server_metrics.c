/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "msak/server_private.h"
#include "msak/server_process.h"

static void
put(struct server *s, FILE *out)
{
	struct metrics_counters sum = s->counts;
	struct metrics_process process;
	struct metrics_now now = {
		.connections = s->nconns,
		.streams = { s->streams[METRICS_DOWNLOAD],
			s->streams[METRICS_UPLOAD] },
		.sessions = latency_count(s->latency),
		.tx_watching = s->tx.watching,
		.tx_rate_bps = s->tx.rate_bps
	};

	server_workers_counts(s, &sum);
	server_process_read(&process, s->started_wall_ns);
	metrics_put(out, &sum, &now, &process, SERVER_COMMIT);
}

void
server_metrics_answer(struct server *s, struct http_answer *a)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	http_answer_set(a, 500);
	if (out == NULL)
		return;
	put(s, out);
	if (fclose(out) == EOF) {
		free(text);
		return;
	}
	http_answer_set(a, 200);
	a->type = METRICS_TYPE;
	a->own = text;
	a->body = text;
	a->len = len;
}
