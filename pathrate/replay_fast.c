/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "pathrate/fast_private.h"
#include "pathrate/replay_fast.h"

#define PAIR_LEN	2
#define TARGET		0.01	/* says nothing here */

static void
unsaid(void *arg, const struct classic_event *e)
{
	(void)arg;
	(void)e;
}

void
replay_fast_begin(struct replay_fast *r, struct method *m,
    const struct classic_config *config)
{
	const struct fast_config fast = {
		.max_payload = config->max_payload,
		.headers = TRAIN_HEADERS, .quick = config->quick,
		.limit_ns = INT64_MAX, .target = TARGET
	};

	r->method = m;
	classic_start(&r->schedule, config, unsaid, NULL);
	method_fast(m, &fast, 0);
}

/* The payload of the schedule's train, which is then over. */
static size_t
scheduled(struct replay_fast *r, const struct replay_line *l)
{
	const struct train_ask *ask = classic_ask(&r->schedule);
	size_t payload = r->schedule.config.max_payload;

	if (ask != NULL && ask->len == l->len) {
		payload = ask->payload;
		classic_take(&r->schedule, l->end, l->arrival_ns);
	}
	return payload;
}

void
replay_fast_take(struct replay_fast *r, const struct replay_line *l)
{
	struct fast *f = &r->method->fast;
	size_t max = f->config.max_payload, payload = scheduled(r, l);

	if (l->payload != 0)
		payload = l->payload;
	if (l->end != TRAIN_GOOD || (payload != max && payload != max / 2))
		return;
	f->sort = payload < max ? FAST_SMALL_TRAIN :
	    l->len == PAIR_LEN ? FAST_PAIR_TRAIN : FAST_LONG_TRAIN;
	f->ask.len = l->len;
	f->ask.payload = payload;
	fast_keep(f, l->arrival_ns[0], 0, l->arrival_ns);
}
