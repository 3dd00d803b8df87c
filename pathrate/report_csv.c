/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "pathrate/report_csv.h"

#define US_DECIMALS	3
#define MBPS_DECIMALS	6

static void
put_us(struct writer *w, const char *key, bool known, int64_t ns)
{
	if (known)
		writer_num(w, key, (double)ns / 1e3, US_DECIMALS);
	else
		writer_null(w, key);
}

static void
put_gap(struct writer *w, bool known, int64_t gap_ns, size_t bytes)
{
	put_us(w, "gap_us", known, gap_ns);
	if (known && gap_ns > 0)
		writer_num(w, "rate_mbps", 8000.0 * (double)bytes /
		    (double)gap_ns, MBPS_DECIMALS);
	else
		writer_null(w, "rate_mbps");
}

void
report_csv(struct writer *w, const struct train_ask *ask, size_t headers,
    const int64_t *arrival_ns)
{
	int64_t first_ns = TRAIN_MISSING;
	bool here, before = false;
	size_t i;

	for (i = 0; i <= ask->len; i++) {
		here = arrival_ns[i] != TRAIN_MISSING;
		if (here && first_ns == TRAIN_MISSING)
			first_ns = arrival_ns[i];
		writer_start(w, NULL);
		writer_int(w, "round", ask->round);
		writer_int(w, "payload_bytes", (int64_t)ask->payload);
		writer_int(w, "packet", (int64_t)i);
		put_us(w, "arrival_us", here, here ? arrival_ns[i] - first_ns :
		    0);
		put_gap(w, here && before, here && before ? arrival_ns[i] -
		    arrival_ns[i - 1] : 0, ask->payload + headers);
		writer_end(w);
		before = here;
	}
}
