/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "thrulay/udp_report.h"

/*
 * Input: the text of a report. Whatever it says can be written, in the
 * shortest style and in all of them one after the other, within its bound, and
 * what was written is understood. Rounding may move a loss onto the border of
 * a rule, but only once: the text that comes of the second reading comes of
 * every further one.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
fuzz_write(const struct thrulay_udp_result *r, enum thrulay_report style,
    bool verbose, char buf[UDP_REPORT_MAX])
{
	size_t n = udp_report_text(r, style, verbose, buf);

	if (n >= UDP_REPORT_MAX || strlen(buf) != n)
		abort();
	return n;
}

static void
fuzz_style(struct thrulay_udp_result r, enum thrulay_report style, bool verbose)
{
	char text[UDP_REPORT_MAX], again[UDP_REPORT_MAX];
	size_t n, round;

	for (round = 0; round < 2; round++) {
		n = fuzz_write(&r, style, verbose, text);
		if (!udp_report_parse(text, n, &r) || r.complete)
			abort();
	}
	n = fuzz_write(&r, style, verbose, text);
	udp_report_parse(text, n, &r);
	fuzz_write(&r, style, verbose, again);
	if (strcmp(text, again) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct thrulay_udp_result r;

	if (!udp_report_parse((const char *)data, size, &r))
		return 0;
	fuzz_style(r, THRULAY_REPORT_09, false);
	fuzz_style(r, THRULAY_REPORT_BOTH, true);
	return 0;
}
