/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/clock.h"
#include "pathrate/depart.h"
#include "pathrate/wire.h"

#define HALF	((WIRE_ARGUMENT_MAX + 1) / 2)

/* The nearest to what is expected of all that the sender may mean. */
static int64_t
unwrap(int64_t expected_us, uint32_t us)
{
	int64_t off = ((int64_t)us - expected_us) & WIRE_ARGUMENT_MAX;

	return expected_us + (off >= HALF ? off - WIRE_ARGUMENT_MAX - 1 : off);
}

int64_t
depart_ns(struct depart *d, int64_t asked_ns, int64_t came_ns, int32_t us)
{
	int64_t passed_us;

	if (us < 0)
		return asked_ns;
	if (d->known) {
		passed_us = unwrap((came_ns - d->came_ns) / CLOCK_NS_PER_US,
		    ((uint32_t)us - d->us) & WIRE_ARGUMENT_MAX);
		d->sent_ns += passed_us * CLOCK_NS_PER_US;
	} else {
		d->sent_ns = asked_ns;
	}
	d->known = true;
	d->came_ns = came_ns;
	d->us = (uint32_t)us;
	return d->sent_ns;
}
