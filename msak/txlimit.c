/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "common/clock.h"
#include "msak/txlimit.h"

#define ALPHA			0.05	/* weight of a lower rate */
#define UNAVAILABLE		503

void
txlimit_open(struct txlimit *t, const char *device, uint64_t max_bps,
    char *message, size_t len)
{
	char path[128];

	*t = (struct txlimit){ .dev.fd = -1, .max_bps = max_bps };
	message[0] = '\0';
	if (device[0] == '\0')
		snprintf(message, len, "WARNING: tx controller is disabled: "
		    "no device found");
	else if (netdev_open(&t->dev, device, path, sizeof(path)) == -1)
		snprintf(message, len, "WARNING: tx controller is disabled: "
		    "Given device not found: \"%s\"", device);
	else
		t->watching = true;
}

void
txlimit_close(struct txlimit *t)
{
	netdev_close(&t->dev);
	t->watching = false;
}

void
txlimit_sample(struct txlimit *t, uint64_t bytes, int64_t now_ns)
{
	int64_t elapsed = now_ns - t->at_ns;
	double rate;

	if (t->started && elapsed <= TXLIMIT_PERIOD_NS / 2)
		return;
	if (t->started && bytes >= t->bytes) {
		rate = (double)(bytes - t->bytes) * 8 * CLOCK_NS_PER_S /
		    (double)elapsed;
		t->rate_bps = fmax(rate,
		    (1 - ALPHA) * t->rate_bps + ALPHA * rate);
	}
	t->started = true;
	t->bytes = bytes;
	t->at_ns = now_ns;
}

void
txlimit_tick(struct txlimit *t, int64_t now_ns)
{
	uint64_t rx, tx;

	if (!t->watching)
		return;
	if (netdev_read(&t->dev, &rx, &tx) == 0) {
		txlimit_sample(t, tx, now_ns);
	} else {
		t->started = false;
		t->rate_bps = 0;
	}
}

int
txlimit_status(const struct txlimit *t, bool monitoring)
{
	return t->max_bps > 0 && t->rate_bps > (double)t->max_bps &&
	    !monitoring ? UNAVAILABLE : 0;
}
