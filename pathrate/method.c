/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "pathrate/fast_private.h"
#include "pathrate/method.h"

/* Would the next train be more than may be asked for? */
static bool
too_much(const struct method *m)
{
	const struct train_ask *ask = classic_ask(&m->classic);

	return ask != NULL && m->limit_bytes > 0 && m->bytes +
	    (ask->len + 1) * classic_bytes(&m->classic, ask->payload) >
	    m->limit_bytes;
}

void
method_classic(struct method *m, const struct classic_config *config,
    uint64_t limit_bytes, classic_say *say, void *arg)
{
	m->is_classic = true;
	m->limit_bytes = limit_bytes;
	m->bytes = 0;
	classic_start(&m->classic, config, say, arg);
	if (too_much(m))
		classic_stop(&m->classic);
}

void
method_fast(struct method *m, const struct fast_config *config,
    int64_t now_ns)
{
	m->is_classic = false;
	fast_start(&m->fast, config, now_ns);
}

const struct train_ask *
method_ask(const struct method *m)
{
	return m->is_classic ? classic_ask(&m->classic) : fast_ask(&m->fast);
}

static void
take_classic(struct method *m, const struct method_train *t)
{
	const struct train_ask *ask = &m->classic.ask;

	m->bytes += (ask->len + 1) * classic_bytes(&m->classic, ask->payload);
	classic_take(&m->classic, t->end, t->arrival_ns);
	if (too_much(m))
		classic_stop(&m->classic);
}

void
method_take(struct method *m, const struct method_train *t)
{
	if (m->is_classic)
		take_classic(m, t);
	else
		fast_take(&m->fast, t->now_ns, t->sent_ns, t->departure_us,
		    t->arrival_ns);
}

void
method_stop(struct method *m)
{
	struct fast *f = &m->fast;

	if (m->is_classic) {
		classic_stop(&m->classic);
	} else if (!f->over) {
		fast_estimate(f);
		f->over = true;
		f->failed = !f->result.valid;
	}
}

bool
method_estimate(const struct method *m, double *lo, double *hi)
{
	if (m->is_classic) {
		*lo = m->classic.lo;
		*hi = m->classic.hi;
		return m->classic.phase == CLASSIC_DONE;
	}
	*lo = m->fast.result.lo;
	*hi = m->fast.result.hi;
	return m->fast.over && !m->fast.failed;
}
