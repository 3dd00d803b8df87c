/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "udping/httpget.h"

/*
 * Input: what a peer sends. Once it has earned a status, more of it changes
 * nothing, and what was refused for its length is long.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *in = (const char *)data;
	int first = 0, status;
	size_t n;

	if (size > HTTPGET_MAX)
		size = HTTPGET_MAX;
	for (n = 1; n <= size && first == 0; n++)
		first = httpget_status(in, n, "/metrics");
	if (n > HTTPGET_MAX && first == 0)
		abort();
	if (first == 431 && n <= HTTPGET_MAX)
		abort();
	if (first == 0)
		return 0;
	/* A zero byte is an error wherever it is. */
	status = httpget_status(in, size, "/metrics");
	if (status != first && memchr(in, '\0', size) == NULL)
		abort();
	if (strcmp(httpget_reason(status), "") == 0)
		abort();
	return 0;
}
