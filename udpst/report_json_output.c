/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udpst/report_json.h"

/*
 * Items of IncrementalResult, summaries and maxima have the same figures; some
 * keys end in what they are of.
 */
enum kind { SUBINT, SUMMARY, AT_MAX };

struct names {
	const char	*loss, *reordered, *replicated;
	const char	*owd_range, *rtt_range;
	const char	*capacity, *owd_minimum;
};

static const struct names names[] = {
	[SUBINT] = {
		"LossRatio", "ReorderedRatio", "ReplicatedRatio",
		"PDVRange", "RTTRange", "IPLayerCapacity", "MinOnewayDelay"
	},
	[SUMMARY] = {
		"LossRatioSummary", "ReorderedRatioSummary",
		"ReplicatedRatioSummary", "PDVRangeSummary",
		"RTTRangeSummary", "IPLayerCapacitySummary",
		"MinOnewayDelaySummary"
	},
	[AT_MAX] = {
		"LossRatioAtMax", "ReorderedRatioAtMax",
		"ReplicatedRatioAtMax", "PDVRangeAtMax", "RTTRangeAtMax",
		"MaxIPLayerCapacity", "MinOnewayDelayAtMax"
	}
};

static uint32_t
sample(uint32_t v)
{
	return v == WIRE_NO_SAMPLE ? 0 : v;
}

static void
losses(struct json *j, const struct options *o, const struct names *n,
    const struct result_subint *s)
{
	report_json_fixed(j, "DeliveredPercent", result_delivered(s), 2);
	report_json_fixed(j, n->loss, result_ratio(s, s->loss), 9);
	report_json_fixed(j, n->reordered, result_ratio(s, s->ooo), 9);
	report_json_fixed(j, n->replicated, result_ratio(s, s->dup), 9);
	if (!o->compat_8)
		report_json_fixed(j, "CEPercentOfDelivered",
		    s->datagrams == 0 ? 0 :
		    100 * (double)s->ce / (double)s->datagrams, 2);
	json_uint(j, "LossCount", s->loss);
	json_uint(j, "ReorderedCount", s->ooo);
	json_uint(j, "ReplicatedCount", s->dup);
	if (!o->compat_8)
		json_uint(j, "CECountOfDelivered", s->ce);
}

static void
delays(struct json *j, const struct options *o, const struct names *n,
    const struct result_line *l)
{
	uint32_t owd_min = sample(l->s.owd_min), owd_max = sample(l->s.owd_max);
	uint32_t rtt_min = sample(l->s.rtt_min), rtt_max = sample(l->s.rtt_max);

	report_json_delay(j, "PDVMin", owd_min);
	report_json_delay(j, "PDVAvg", l->owd_avg);
	report_json_delay(j, "PDVMax", owd_max);
	report_json_delay(j, n->owd_range, (int64_t)owd_max - owd_min);
	report_json_delay(j, "RTTMin", rtt_min);
	if (!o->compat_8)
		report_json_delay(j, "RTTAvg", l->rtt_avg);
	report_json_delay(j, "RTTMax", rtt_max);
	report_json_delay(j, n->rtt_range, (int64_t)rtt_max - rtt_min);
}

static void
microseconds(struct json *j, const char *key, bool known, double ns)
{
	if (known)
		json_fixed(j, key, ns / 1000, 3);
	else
		json_nil(j, key);
}

static void
variation(struct json *j, const char *const keys[3], bool known,
    const struct wire_delay *d)
{
	bool some = known && d->count > 0;

	microseconds(j, keys[0], some, (double)d->min_ns);
	microseconds(j, keys[1], some,
	    some ? (double)d->sum_ns / d->count : 0);
	microseconds(j, keys[2], some, (double)d->max_ns);
}

/* Our own keys: what milliseconds cannot tell. */
static void
fine_delays(struct json *j, const struct result_subint *s)
{
	static const char *const owd[] = { "OneWayDelayVarMinUs",
		"OneWayDelayVarAvgUs", "OneWayDelayVarMaxUs" };
	static const char *const rtt[] = { "RoundTripVarMinUs",
		"RoundTripVarAvgUs", "RoundTripVarMaxUs" };
	bool known = s->have_figures;

	microseconds(j, "OneWayDelayMinUs", known &&
	    s->owd_minimum_ns != INT64_MAX, (double)s->owd_minimum_ns);
	variation(j, owd, known, &s->owd_ns);
	microseconds(j, "RoundTripMinUs", known && s->rtt_minimum_ns >= 0,
	    (double)s->rtt_minimum_ns);
	variation(j, rtt, known, &s->rtt_ns);
}

static void
rates(struct json *j, enum kind kind, const struct result_rates *r)
{
	report_json_fixed(j, names[kind].capacity, r->l3, 2);
	report_json_fixed(j, "InterfaceEthMbps", r->interface < 0 ? 0 :
	    r->interface, 2);
	if (kind != AT_MAX)
		return;
	report_json_fixed(j, "MaxETHCapacityNoFCS", r->l2, 2);
	report_json_fixed(j, "MaxETHCapacityWithFCS", r->l1, 2);
	report_json_fixed(j, "MaxETHCapacityWithFCSVLAN", r->vlan, 2);
}

/* Of a sub-interval the smallest delay in it, else that of the test. */
static int64_t
owd_minimum(enum kind kind, const struct result_subint *s)
{
	if (kind == SUMMARY)
		return s->clock_delta_min;
	if (s->owd_min == WIRE_NO_SAMPLE)
		return 0;
	return (int64_t)s->clock_delta_min + s->owd_min;
}

static void
line(struct json *j, const struct options *o, enum kind kind,
    const struct result_line *l)
{
	const struct names *n = &names[kind];

	json_uint(j, "ActiveConnections", l->active);
	losses(j, o, n, &l->s);
	delays(j, o, n, l);
	rates(j, kind, &l->rates);
	report_json_delay(j, n->owd_minimum, owd_minimum(kind, &l->s));
	if (kind == SUMMARY)
		report_json_delay(j, "MinRTTSummary",
		    sample(l->s.rtt_minimum));
	if (!o->compat_8)
		fine_delays(j, &l->s);
}

void
report_json_subint(struct json *j, const struct options *o,
    const struct result_line *l)
{
	json_uint(j, "Interval", l->s.number);
	if (o->compat_8)
		json_uint(j, "Seconds", (l->s.accum_ms / 100 + 5) / 10);
	else
		report_json_fixed(j, "Seconds", l->s.accum_ms / 1000.0, 1);
	report_json_time(j, "TimeOfSubInterval", l->wall_ns);
	line(j, o, SUBINT, l);
}

static void
mode_numbers(struct json *j, const struct result_mode *m, int mode)
{
	json_int(j, "Mode", mode);
	json_uint(j, "Intervals", m->last - m->first + 1);
}

static void
summary(struct json *j, const char *key, const struct options *o,
    const struct result_mode *m, int mode)
{
	json_begin_object(j, key);
	if (!o->compat_8)
		mode_numbers(j, m, mode);
	line(j, o, SUMMARY, &m->summary);
	json_end_object(j);
}

static void
at_max(struct json *j, const char *key, const struct options *o,
    const struct result_mode *m, int mode)
{
	json_begin_object(j, key);
	mode_numbers(j, m, mode);
	report_json_time(j, "TimeOfMax", m->max.wall_ns);
	line(j, o, AT_MAX, &m->max);
	json_end_object(j);
}

/*
 * The result of mode 1 and an array with that of mode 2: empty when there is
 * one mode only, absent when the test ended before mode 2 began.
 */
static void
result(struct json *j, const struct report_json *r, const char *key,
    const char *array, void (*put)(struct json *, const char *,
    const struct options *, const struct result_mode *, int))
{
	const struct report_end *e = r->end;

	put(j, key, r->o, &e->mode[0], 1);
	if (array == NULL || (r->o->bimodal > 0 && !e->has[1]))
		return;
	json_begin_array(j, array);
	if (e->has[1])
		put(j, NULL, r->o, &e->mode[1], 2);
	json_end_array(j);
}

static void
subints(struct json *j, const struct report_json *r)
{
	const struct aggregate *a = r->end->lines;
	size_t n = a == NULL ? 0 : aggregate_count(a), i;

	if (r->o->summary_only || n == 0)
		return;
	json_begin_array(j, "IncrementalResult");
	for (i = 0; i < n; i++) {
		json_begin_object(j, NULL);
		report_json_subint(j, r->o, aggregate_line(a, i));
		json_end_object(j);
	}
	json_end_array(j);
}

void
report_json_output(struct json *j, const struct report_json *r)
{
	const struct report_end *e = r->end;
	bool compat_8 = r->o->compat_8;

	json_begin_object(j, "Output");
	report_json_time(j, "BOMTime", r->begin_ns);
	json_int(j, "TmaxUsed", 1000);
	json_uint(j, "TestInterval", r->test->test_s);
	json_int(j, "TmaxRTTUsed", 3000);
	json_int(j, "TimestampResolutionUsed", 1);
	subints(j, r);
	if (e->has[0]) {
		result(j, r, "Summary", compat_8 ? NULL : "ModalSummary",
		    summary);
		result(j, r, "AtMax", "ModalResult", at_max);
		if (!compat_8)
			json_int(j, "ECNBleachingDetected", e->bleached);
	}
	report_json_time(j, "EOMTime", e->wall_ns);
	json_str(j, "Status", e->status == UDPST_OK ? "Complete" :
	    "Error_Other");
	json_end_object(j);
}
