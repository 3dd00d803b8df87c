/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/opt.h"
#include "tests/linkem/conf.h"

#define MINUTE_NS	(60 * CLOCK_NS_PER_S)
#define BYTES_MAX	INT64_C(1000000000)
#define ITEM_MAX	128


static int
fail(const char **why, const char *text)
{
	*why = text;
	return -1;
}

static int
get_time(const char *value, int64_t *out, const char **why)
{
	return opt_duration(value, 0, MINUTE_NS, out, why);
}

static int
get_rate(const char *value, int64_t *out, const char **why)
{
	return opt_rate(value, 1, SCHED_RATE_MAX, out, why);
}

static int
get_share(const char *value, double *out, const char **why)
{
	char *end;
	double v = strtod(value, &end);

	if (*end == '%') {
		v /= 100;
		end++;
	}
	if (end == value || *end != '\0' || !(v >= 0 && v <= 1))
		return fail(why, "a share is a number from 0 to 1, or to 100%");
	*out = v;
	return 0;
}

/* Cut off the part before the separator. NULL: there is no more. */
static char *
cut(char **rest, char separator)
{
	char *part = *rest, *end;

	if (part == NULL)
		return NULL;
	if ((end = strchr(part, separator)) != NULL)
		*end++ = '\0';
	*rest = end;
	return part;
}

static int
set_rate(struct sched_conf *c, const char *value, const char **why)
{
	return get_rate(value, &c->rate_bps, why);
}

/* A time ends in a letter that no number of bytes has. */
static int
set_queue(struct sched_conf *c, const char *value, const char **why)
{
	int64_t bytes;

	if (strchr(value, 's') != NULL)
		return get_time(value, &c->queue_ns, why);
	if (c->rate_bps == 0)
		return fail(why, "rate comes before a queue in bytes");
	if (opt_size(value, 1, BYTES_MAX, &bytes, why) == -1)
		return -1;
	c->queue_ns = sched_tx_ns(bytes, c->rate_bps);
	return 0;
}

static int
set_delay(struct sched_conf *c, const char *value, const char **why)
{
	return get_time(value, &c->delay_ns, why);
}

static int
set_jitter(struct sched_conf *c, const char *value, const char **why)
{
	c->jitter = SCHED_UNIFORM;
	return get_time(value, &c->jitter_ns, why);
}

static int
set_normal(struct sched_conf *c, const char *value, const char **why)
{
	c->jitter = SCHED_NORMAL;
	return get_time(value, &c->jitter_ns, why);
}

static int
set_overtake(struct sched_conf *c, const char *value, const char **why)
{
	c->jitter_reorders = strcmp(value, "yes") == 0;
	if (!c->jitter_reorders && strcmp(value, "no") != 0)
		return fail(why, "yes or no");
	return 0;
}

static int
set_loss(struct sched_conf *c, const char *value, const char **why)
{
	return get_share(value, &c->loss, why);
}

static int
set_dup(struct sched_conf *c, const char *value, const char **why)
{
	return get_share(value, &c->dup, why);
}

static int
set_burst(struct sched_conf *c, const char *value, const char **why)
{
	double *fields[] = { &c->burst_enter, &c->burst_leave,
		&c->burst_loss_bad, &c->burst_loss_good };
	char buf[ITEM_MAX], *rest = buf, *part;
	size_t n = 0;

	snprintf(buf, sizeof(buf), "%s", value);
	c->burst_loss_bad = 1;
	c->burst_loss_good = 0;
	while ((part = cut(&rest, ':')) != NULL) {
		if (n == sizeof(fields) / sizeof(fields[0]))
			return fail(why, "burst has at most four parts");
		if (get_share(part, fields[n++], why) == -1)
			return -1;
	}
	return n >= 2 ? 0 : fail(why, "burst=ENTER:LEAVE");
}

/* "P:T" */
static int
set_reorder(struct sched_conf *c, const char *value, const char **why)
{
	char buf[ITEM_MAX], *rest = buf, *part;

	snprintf(buf, sizeof(buf), "%s", value);
	part = cut(&rest, ':');
	if (rest == NULL)
		return fail(why, "SHARE:TIME");
	if (get_share(part, &c->reorder, why) == -1)
		return -1;
	return get_time(rest, &c->reorder_ns, why);
}

static int
set_early(struct sched_conf *c, const char *value, const char **why)
{
	if (set_reorder(c, value, why) == -1)
		return -1;
	c->reorder_ns = -c->reorder_ns;
	return 0;
}

/* "PORT:FIRST:COUNT[:EVERY]" */
static int
set_outage(struct sched_conf *c, const char *value, const char **why)
{
	char buf[ITEM_MAX], *rest = buf, *part;
	int64_t v[4] = { 0 };
	size_t n = 0;

	snprintf(buf, sizeof(buf), "%s", value);
	while ((part = cut(&rest, ':')) != NULL) {
		if (n == sizeof(v) / sizeof(v[0]))
			return fail(why, "outage has at most four parts");
		if (opt_int(part, 0, n == 0 ? UINT16_MAX : UINT32_MAX, &v[n],
		    why) == -1)
			return -1;
		n++;
	}
	if (n < 3 || (v[3] != 0 && v[3] < v[2]))
		return fail(why, "outage=PORT:FIRST:COUNT[:EVERY]");
	if (c->outages.n == OUTAGES)
		return fail(why, "too many outages");
	c->outages.o[c->outages.n++] = (struct outage){
	    .sport = (uint16_t)v[0], .first = (uint32_t)v[1],
	    .count = (uint32_t)v[2], .every = (uint32_t)v[3] };
	return 0;
}

static int
set_cross(struct sched_conf *c, const char *value, const char **why)
{
	return get_rate(value, &c->cross.rate_bps, why);
}

static int
set_cross_model(struct sched_conf *c, const char *value, const char **why)
{
	static const char *const names[] = {
		[CROSS_CBR] = "cbr",
		[CROSS_POISSON] = "poisson",
		[CROSS_ONOFF] = "onoff",
	};
	int i;

	for (i = 0; i <= CROSS_ONOFF; i++)
		if (strcmp(value, names[i]) == 0) {
			c->cross.model = (enum cross_model)i;
			return 0;
		}
	return fail(why, "poisson, cbr or onoff");
}

static int
set_cross_size(struct sched_conf *c, const char *value, const char **why)
{
	char buf[ITEM_MAX], *rest = buf, *part;
	int64_t size;

	snprintf(buf, sizeof(buf), "%s", value);
	c->cross.n_sizes = 0;
	while ((part = cut(&rest, '+')) != NULL) {
		if (c->cross.n_sizes == CROSS_SIZES)
			return fail(why, "too many packet sizes");
		if (opt_int(part, 1, SCHED_SIZE_MAX, &size, why) == -1)
			return -1;
		c->cross.sizes[c->cross.n_sizes++] = (uint32_t)size;
	}
	return 0;
}

static int
set_cross_on(struct sched_conf *c, const char *value, const char **why)
{
	return opt_duration(value, 1, MINUTE_NS, &c->cross.on_ns, why);
}

static int
set_cross_off(struct sched_conf *c, const char *value, const char **why)
{
	return get_time(value, &c->cross.off_ns, why);
}

static const struct {
	const char	*name;
	/* 0, or -1 with *why */
	int		(*set)(struct sched_conf *, const char *,
			    const char **);
} keys[] = {
	{ "rate", set_rate },
	{ "queue", set_queue },
	{ "delay", set_delay },
	{ "jitter", set_jitter },
	{ "normal", set_normal },
	{ "overtake", set_overtake },
	{ "loss", set_loss },
	{ "burst", set_burst },
	{ "dup", set_dup },
	{ "late", set_reorder },
	{ "early", set_early },
	{ "outage", set_outage },
	{ "cross", set_cross },
	{ "cross-model", set_cross_model },
	{ "cross-size", set_cross_size },
	{ "cross-on", set_cross_on },
	{ "cross-off", set_cross_off },
};

static int
set_key(struct sched_conf *c, char *item, const char **why)
{
	char *value = item, *name = cut(&value, '=');
	size_t i;

	if (value == NULL)
		return fail(why, "an item without =");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(name, keys[i].name) == 0)
			return keys[i].set(c, value, why);
	return fail(why, "an unknown key");
}

void
conf_link_init(struct sched_conf *c)
{
	*c = (struct sched_conf){ .queue_ns = 100 * CLOCK_NS_PER_MS };
	c->cross.model = CROSS_POISSON;
	c->cross.on_ns = c->cross.off_ns = 50 * CLOCK_NS_PER_MS;
	c->cross.sizes[0] = 1500;
	c->cross.n_sizes = 1;
}

int
conf_link(struct sched_conf *c, const char *spec, const char **why)
{
	char buf[1024], *rest = buf, *item;

	if (strlen(spec) >= sizeof(buf))
		return fail(why, "too long");
	snprintf(buf, sizeof(buf), "%s", spec);
	while ((item = cut(&rest, ',')) != NULL) {
		if (strlen(item) >= ITEM_MAX)
			return fail(why, "an item too long");
		if (set_key(c, item, why) == -1)
			return -1;
	}
	return 0;
}
