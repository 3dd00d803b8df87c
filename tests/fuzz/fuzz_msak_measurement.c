/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/latency_result.h"
#include "msak/measurement.h"

/*
 * Input: the text of a measurement, or of a latency summary. What was read of
 * a measurement is written, read and written with the same bytes again.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_measurement(const char *text, size_t size)
{
	char one[MEASUREMENT_TEXT_MAX], two[MEASUREMENT_TEXT_MAX];
	struct measurement_first first;
	struct measurement m;
	size_t len;

	if (!measurement_get(text, size, &m, &first))
		return;
	len = measurement_text(&m, &first, one);
	if (len == 0 || one[len - 1] != '}' ||
	    !measurement_get(one, len, &m, &first) ||
	    measurement_text(&m, &first, two) != len ||
	    memcmp(one, two, len) != 0)
		abort();
}

static void
fuzz_result(const char *text, size_t size)
{
	struct latency_result r;
	struct latency_stats s;

	if (latency_result_get(text, size, &r) == 0 &&
	    (latency_result_stats(&r, &s) == -1 || !(s.loss >= 0) ||
	    s.loss > 1 || s.min_ms > s.p50_ms || s.p99_ms > s.max_ms ||
	    !(s.jitter_ms >= 0)))
		abort();
	latency_result_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_measurement((const char *)data, size);
	fuzz_result((const char *)data, size);
	return 0;
}
