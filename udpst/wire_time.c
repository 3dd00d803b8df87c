/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udpst/wire.h"

#define NS_PER_S	INT64_C(1000000000)

struct wire_time
wire_time_from_ns(int64_t wall_ns)
{
	struct wire_time t = {
		.sec = (uint32_t)(wall_ns / NS_PER_S),
		.nsec = (uint32_t)(wall_ns % NS_PER_S)
	};

	return t;
}

int64_t
wire_time_to_ns(struct wire_time t)
{
	return (int64_t)t.sec * NS_PER_S + t.nsec;
}
