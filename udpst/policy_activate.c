/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "udpst/policy.h"
#include "udpst/policy_auth.h"
#include "udpst/srate.h"

/* What the original puts in place of a value out of range, spec 3.5. */
#define LOW_MS		30
#define UPPER_MS	90
#define THRESH_MS_MAX	10000
#define TRIAL_MS	50
#define TRIAL_MS_MIN	5
#define TRIAL_MS_MAX	250
#define TEST_S		10
#define TEST_S_MIN	5
#define TEST_S_MIN_OURS	1
#define TEST_S_MAX	3600
#define PERIOD_S_MAX	10
#define PERIOD_MS	1000
#define PERIOD_MS_MIN	100
#define PERIOD_MS_MAX	10000
#define MS_PER_S	1000

/* value when low <= value <= high, else def. */
static uint16_t
within(uint16_t value, uint16_t low, uint16_t high, uint16_t def)
{
	return value < low || value > high ? def : value;
}

static uint16_t
at_most(unsigned int value, unsigned int max)
{
	return (uint16_t)(value > max ? max : value);
}

static void
police_delays(struct wire_activation *a)
{
	a->low_ms = within(a->low_ms, 1, THRESH_MS_MAX, LOW_MS);
	a->upper_ms = within(a->upper_ms, 1, THRESH_MS_MAX, UPPER_MS);
	if (a->low_ms > a->upper_ms) {
		a->low_ms = LOW_MS;
		a->upper_ms = UPPER_MS;
	}
	a->trial_ms = within(a->trial_ms, TRIAL_MS_MIN, TRIAL_MS_MAX,
	    TRIAL_MS);
}

/* The sub-interval in ms, from whichever field the version has it in. */
static unsigned int
police_period(unsigned int version, struct wire_activation *a)
{
	if (version >= WIRE_V_CURRENT) {
		a->period_ms = within(a->period_ms, PERIOD_MS_MIN,
		    PERIOD_MS_MAX, PERIOD_MS);
		return a->period_ms;
	}
	if (a->period_s == 0 || a->period_s > PERIOD_S_MAX)
		a->period_s = 1;
	return a->period_s * (unsigned int)MS_PER_S;
}

static void
police_duration(const struct options *o, const struct policy_session *s,
    struct wire_activation *a)
{
	unsigned int period_ms;

	a->test_s = within(a->test_s, s->ours ? TEST_S_MIN_OURS : TEST_S_MIN,
	    TEST_S_MAX, TEST_S);
	a->test_s = at_most(a->test_s, o->test_s);
	period_ms = police_period(s->version, a);
	if (period_ms > a->test_s * (unsigned int)MS_PER_S) {
		a->test_s = at_most(TEST_S, o->test_s);
		period_ms = PERIOD_MS;
		if (s->version >= WIRE_V_CURRENT)
			a->period_ms = PERIOD_MS;
		else
			a->period_s = PERIOD_MS / MS_PER_S;
	}
	if (a->suppress >= a->test_s * (unsigned int)MS_PER_S / period_ms)
		a->suppress = 0;
}

static void
police_marks(const struct options *o, struct wire_activation *a)
{
	unsigned int ecn;

	a->dscp_ecn = (uint8_t)at_most(a->dscp_ecn, o->dscp_ecn);
	ecn = a->dscp_ecn & 3;
	if (ecn != 1 && ecn != 2)	/* neither ECT(1) nor ECT(0) */
		a->ce_thresh = 0;
}

static void
police_search(const struct options *o, struct wire_activation *a)
{
	unsigned int highest = o->index < 0 ? SRATE_LAST :
	    (unsigned int)o->index;

	if (a->index > SRATE_LAST)
		a->index = WIRE_SEARCH;
	else
		a->index = at_most(a->index, highest);
	if (a->use_owd > 1)
		a->use_owd = 0;
	if (a->high_speed_delta == 0)
		a->high_speed_delta = 10;
	if (a->slow_thresh == 0)
		a->slow_thresh = 3;
	if (a->ignore_ooo > 1)
		a->ignore_ooo = 1;
	if (!o->random_payload)
		a->modifier &= (uint8_t)~WIRE_MOD_RANDOM;
	if (a->algorithm > 1)
		a->algorithm = 0;
}

/* Before protocol 20 an activation proves nothing. */
static enum policy_activation
judge_auth(const struct options *o, const struct policy_session *s,
    const uint8_t *buf, size_t len, int64_t now_wall_ns,
    const struct wire_auth *a)
{
	if (!s->authenticated || s->version < WIRE_V_CURRENT)
		return POLICY_ACT_ACCEPT;
	if (a->mode == 0 || !policy_auth_proves(s->key, s->setup_time,
	    s->version, buf, len))
		return POLICY_ACT_AUTH;
	if (!auth_in_window(now_wall_ns, a->unix_time, o->auth_window_s))
		return POLICY_ACT_TIME;
	return POLICY_ACT_ACCEPT;
}

enum policy_activation
policy_activate(const struct options *o, const struct policy_session *s,
    const uint8_t *buf, size_t len, int64_t now_wall_ns,
    struct wire_activation *out)
{
	enum policy_activation verdict;

	if (!wire_activation_get(buf, len, s->version, out) ||
	    (out->request != WIRE_ACTIVATE_UP &&
	    out->request != WIRE_ACTIVATE_DOWN))
		return POLICY_ACT_SILENCE;
	verdict = judge_auth(o, s, buf, len, now_wall_ns, &out->auth);
	if (verdict != POLICY_ACT_ACCEPT)
		return verdict;
	out->response = WIRE_ACTIVATE_ACCEPTED;
	police_delays(out);
	police_duration(o, s, out);
	police_marks(o, out);
	police_search(o, out);
	memset(&out->row, 0, sizeof(out->row));
	return POLICY_ACT_ACCEPT;
}

size_t
policy_activation_response(const struct options *o,
    const struct policy_session *s, const struct wire_activation *a,
    int64_t now_wall_ns, uint8_t *buf)
{
	struct wire_activation p = *a;
	const char *key = s->version >= WIRE_V_CURRENT ? s->key : NULL;
	size_t len;

	policy_auth_answer(&p.auth, s->version, now_wall_ns);
	len = wire_activation_put(&p, s->version, buf);
	policy_auth_seal(o, key, s->setup_time, buf, len);
	return len;
}
