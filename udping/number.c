/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "udping/number.h"

int
number_int(const char *text)
{
	uint32_t low = (uint32_t)strtoll(text, NULL, 10);

	return low <= INT32_MAX ? (int)low : -(int)(UINT32_MAX - low) - 1;
}

enum opt_call
number_take(const struct opt *o, void *config, const char *arg,
    const char **why)
{
	int n = number_int(arg);

	(void)why;
	memcpy((char *)config + o->offset, &n, sizeof(n));
	return OPT_CALL_OK;
}
