/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/unit/vectors.h"
#include "udpst/aggregate.c"
#include "udpst/report_json.h"

/*
 * A recorded JSON report is read back as options and results, which have to
 * give the same text, but for versions and our own keys.
 */
struct replay {
	struct options		o;
	struct report_test	t;
	struct report_json	r;
	struct report_end	end;
};

static uint32_t
ms(const struct jv *v, const char *key)
{
	return (uint32_t)lround(1000 * jv_num(jv_get(v, key)));
}

static unsigned int
num(const struct jv *v, const char *key)
{
	return (unsigned int)jv_uint(jv_get(v, key));
}

/* 0 where this dialect has no such key. */
static unsigned int
maybe(const struct jv *v, const char *key)
{
	return jv_find(v, key) == NULL ? 0 : num(v, key);
}

static int64_t
wall_ns(const struct jv *v, const char *key)
{
	int year, month, day, hour, minute, second, us, y, days;

	assert_int_equal(sscanf(jv_str(jv_get(v, key), NULL),
	    "%d-%d-%dT%d:%d:%d.%dZ", &year, &month, &day, &hour, &minute,
	    &second, &us), 7);
	/* Days of a year that begins with March, so that leap days are last. */
	y = month > 2 ? year : year - 1;
	days = 365 * y + y / 4 - y / 100 + y / 400 +
	    (153 * ((month + 9) % 12) + 2) / 5 + day - 1 - 719468;
	return (((int64_t)days * 24 + hour) * 3600 + minute * 60 + second) *
	    CLOCK_NS_PER_S + us * CLOCK_NS_PER_US;
}

/* suffix: what the keys of summaries and maxima end in. */
static void
get_figures(const struct jv *v, const char *capacity, const char *suffix,
    struct result_line *l)
{
	struct result_subint *s = &l->s;
	char minimum[40];

	snprintf(minimum, sizeof(minimum), "MinOnewayDelay%s", suffix);
	result_empty(s);
	s->have_figures = false;
	/* None of the recorded runs has losses. */
	assert_int_equal(num(v, "LossCount"), 0);
	s->datagrams = jv_num(jv_get(v, "DeliveredPercent")) > 0;
	l->active = num(v, "ActiveConnections");
	s->owd_min = ms(v, "PDVMin");
	l->owd_avg = ms(v, "PDVAvg");
	s->owd_max = ms(v, "PDVMax");
	s->rtt_min = ms(v, "RTTMin");
	l->rtt_avg = jv_find(v, "RTTAvg") == NULL ? 0 : ms(v, "RTTAvg");
	s->rtt_max = ms(v, "RTTMax");
	s->clock_delta_min = (int32_t)lround(1000 *
	    jv_num(jv_get(v, minimum)));
	if (strcmp(suffix, "Summary") == 0)
		s->rtt_minimum = ms(v, "MinRTTSummary");
	else
		s->clock_delta_min -= (int32_t)s->owd_min;
	l->rates.l3 = jv_num(jv_get(v, capacity));
	l->rates.interface = jv_num(jv_get(v, "InterfaceEthMbps"));
}

static void
get_maximum(const struct jv *v, struct result_mode *m)
{
	get_figures(v, "MaxIPLayerCapacity", "AtMax", &m->max);
	m->first = 1;
	m->last = num(v, "Intervals");
	m->max.wall_ns = wall_ns(v, "TimeOfMax");
	m->max.rates.l2 = jv_num(jv_get(v, "MaxETHCapacityNoFCS"));
	m->max.rates.l1 = jv_num(jv_get(v, "MaxETHCapacityWithFCS"));
	m->max.rates.vlan = jv_num(jv_get(v, "MaxETHCapacityWithFCSVLAN"));
}

static void
get_results(struct replay *x, const struct jv *out)
{
	const struct jv *modal;

	if (jv_find(out, "Summary") == NULL)
		return;
	x->end.has[0] = true;
	get_maximum(jv_get(out, "AtMax"), &x->end.mode[0]);
	get_figures(jv_get(out, "Summary"), "IPLayerCapacitySummary",
	    "Summary", &x->end.mode[0].summary);
	if (jv_len(jv_get(out, "ModalResult")) == 0)
		return;
	x->end.has[1] = true;
	get_maximum(jv_at(jv_get(out, "ModalResult"), 0), &x->end.mode[1]);
	modal = jv_find(out, "ModalSummary");
	if (modal != NULL)
		get_figures(jv_at(modal, 0), "IPLayerCapacitySummary",
		    "Summary", &x->end.mode[1].summary);
}

static struct aggregate *
get_subints(const struct jv *array)
{
	struct aggregate_conf conf = {
		.conns = 1, .limit = (unsigned int)jv_len(array)
	};
	struct aggregate *a = aggregate_new(&conf);
	struct result_line *l;
	size_t i;

	assert_non_null(a);
	for (i = 0; i < conf.limit; i++) {
		l = &a->lines[i];
		get_figures(jv_at(array, i), "IPLayerCapacity", "", l);
		l->s.number = num(jv_at(array, i), "Interval");
		l->s.accum_ms = ms(jv_at(array, i), "Seconds");
		l->wall_ns = wall_ns(jv_at(array, i), "TimeOfSubInterval");
	}
	a->count = conf.limit;
	return a;
}

static void
get_address(const struct jv *v, const char *host, const char *port,
    struct addr *out)
{
	assert_int_equal(addr_numeric(jv_str(jv_get(v, host), NULL),
	    (uint16_t)num(v, port), out), 0);
}

static void
get_hosts(struct replay *x, const struct jv *in)
{
	const struct jv *list = jv_get(in, "HostList"), *host;
	size_t i;

	x->o.nservers = num(in, "NumberOfHosts");
	assert_int_equal(jv_len(list), x->o.nservers);
	for (i = 0; i < x->o.nservers; i++) {
		host = jv_at(list, i);
		snprintf(x->o.servers[i].host, OPTIONS_HOST_LEN, "%s",
		    jv_str(jv_get(host, "Host"), NULL));
		get_address(host, "HostIPAddress", "ControlPort",
		    &x->t.hosts[i]);
	}
	get_address(in, "HostIPAddress", "Port", &x->t.server);
	get_address(in, "ClientIPAddress", "ClientPort", &x->t.local);
}

static void
get_options(struct options *o, const struct jv *in)
{
	const char *family = jv_str(jv_get(in, "ProtocolVersion"), NULL);

	o->mode = strcmp(jv_str(jv_get(in, "Role"), NULL), "Sender") == 0 ?
	    MODE_UPSTREAM : MODE_DOWNSTREAM;
	o->interface = jv_str(jv_get(in, "Interface"), NULL);
	o->jumbo = num(in, "JumboFramesPermitted") == 1;
	if (strcmp(family, "Any") != 0)
		o->family = strcmp(family, "IPv4") == 0 ? AF_INET : AF_INET6;
	o->bimodal = num(in, "NumberFirstModeTestSubIntervals");
	o->bandwidth = maybe(in, "MaxRequiredBandwidth");
	o->interface_max = maybe(in, "InterfaceDeterminesMax") == 1;
}

static void
get_test(struct report_test *t, const struct jv *in)
{
	t->ident = (uint16_t)num(in, "ID");
	t->conns_max = num(in, "NumberOfConnections");
	t->conns_min = num(in, "MinNumOfConnections");
	t->dscp_ecn = num(in, "DSCP") << 2 | maybe(in, "ECN");
	t->ce_thresh = maybe(in, "CEThreshold");
	t->ipv6 = num(in, "UDPPayloadMin") == 32;
	t->random_payload = strcmp(jv_str(jv_get(in, "UDPPayloadContent"),
	    NULL), "random") == 0;
	t->use_owd = num(in, "IPDVEnable") == 1;
	t->index = (int)jv_int(jv_get(in, "SendingRateIndex"));
	t->suppress = maybe(in, "NumberFirstModeSuppSubIntervals");
	t->period_ms = num(in, "TestSubInterval");
	t->trial_ms = num(in, "StatusFeedbackInterval");
	t->seq_thresh = num(in, "SeqErrThresh");
	t->ignore_ooo = num(in, "ReordDupIgnoreEnable") == 1;
	t->low_ms = num(in, "LowerThresh");
	t->upper_ms = num(in, "UpperThresh");
	t->high_speed_delta = num(in, "HighSpeedDelta");
	t->slow_thresh = num(in, "SlowAdjThresh");
	t->algorithm = strcmp(jv_str(jv_get(in, "RateAdjAlgorithm"), NULL),
	    "C") == 0;
}

static void
get_output(struct replay *x, const struct jv *out)
{
	const struct jv *array = jv_find(out, "IncrementalResult");

	x->r.test = &x->t;
	x->t.test_s = num(out, "TestInterval");
	x->r.begin_ns = wall_ns(out, "BOMTime");
	x->end.wall_ns = wall_ns(out, "EOMTime");
	x->o.summary_only = array == NULL;
	if (array != NULL)
		x->end.lines = get_subints(array);
	get_results(x, out);
	x->end.bleached = maybe(out, "ECNBleachingDetected") == 1;
}

static void
get_all(struct replay *x, const struct jv *v)
{
	memset(x, 0, sizeof(*x));
	x->o.format = FORMAT_JSON;
	if (jv_find(v, "IPLayerMaxConnections") == NULL)
		x->o.format = FORMAT_JSON_BRIEF;
	else
		x->o.compat_8 = num(v, "IPLayerMaxIncrementalResult") == 3600;
	if (jv_find(v, "Input") != NULL) {
		get_options(&x->o, jv_get(v, "Input"));
		get_hosts(x, jv_get(v, "Input"));
		get_test(&x->t, jv_get(v, "Input"));
	}
	if (jv_find(v, "Output") != NULL)
		get_output(x, jv_get(v, "Output"));
	x->r.o = &x->o;
	x->r.end = &x->end;
	x->end.status = (int)jv_int(jv_get(v, "ErrorStatus"));
	x->r.message = jv_str(jv_get(v, "ErrorMessage"), NULL);
	x->r.message2 = jv_str(jv_get(v, "ErrorMessage2"), NULL);
}

/* Cut key and value of our own keys, with the comma before them. */
static void
cut_own_keys(char *text)
{
	static const char *const keys[] = {
		"OneWayDelayMinUs", "OneWayDelayVarMinUs",
		"OneWayDelayVarAvgUs", "OneWayDelayVarMaxUs",
		"RoundTripMinUs", "RoundTripVarMinUs", "RoundTripVarAvgUs",
		"RoundTripVarMaxUs"
	};
	char *at, *end;
	size_t i;

	for (i = 0; i < NELEM(keys); i++)
		while ((at = strstr(text, keys[i])) != NULL) {
			end = at + strcspn(at, ",\n}");
			while (*at != ',')
				at--;
			memmove(at, end, strlen(end) + 1);
		}
}

/* Put ours in the place of the value behind this key. */
static char *
replace(const char *text, const char *key, const char *value)
{
	const char *at = strstr(text, key);
	size_t len = strlen(text) + strlen(value) + 1;
	char *out;

	if (at == NULL)
		return strdup(text);
	at += strlen(key);
	at += strspn(at, "\":\t");
	out = malloc(len);
	assert_non_null(out);
	snprintf(out, len, "%.*s%s%s", (int)(at - text), text, value,
	    at + strcspn(at, "\","));
	return out;
}

static char *
normalized(const char *text, bool compat_8)
{
	char *a = replace(text, "SoftwareVersion", PACKAGE_VERSION);
	char *b = replace(a, "ControlProtocolVersion", compat_8 ? "11" : "20");

	free(a);
	return b;
}

static void
replay(const char *name, const char *text)
{
	struct jv *v = jv_parse(name, text);
	struct replay x;
	struct json j;
	char *got, *want;
	size_t len;

	get_all(&x, v);
	json_init(&j, open_memstream(&got, &len), text[1] == '\n' ?
	    JSON_TABS : 0);
	assert_non_null(j.out);
	report_json_put(&j, &x.r);
	assert_int_equal(json_finish(&j), 0);
	fclose(j.out);
	cut_own_keys(got);
	want = normalized(text, x.o.compat_8);
	assert_string_equal(got, want);
	free(want);
	free(got);
	free((void *)(uintptr_t)x.end.lines);
	jv_free(v);
}

static void
test_recorded_runs(void **state)
{
	struct jv *runs = jv_load("udpst/outputs/runs.json");
	const char *text;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < jv_len(runs); i++) {
		text = jv_str(jv_get(jv_at(runs, i), "client_stdout"), NULL);
		if (*text != '{')
			continue;
		replay(jv_at(runs, i)->key, text);
		n++;
	}
	jv_free(runs);
	assert_int_equal(n, 8);
}

static void
test_recorded_files(void **state)
{
	static const char *const names[] = {
		"udpst/outputs/ipv6-E-jsonf.json", "udpst/8.1.0/client.json",
		"udpst/8.1.0/client-jsonf-s.json",
		"udpst/outputs/kill-server-midtest-up.json.txt"
	};
	char *text, *rest;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++) {
		text = vectors_text(names[i]);
		rest = strstr(text, "rc=");
		if (rest != NULL)
			*rest = '\0';
		replay(names[i], text);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_runs),
		cmocka_unit_test(test_recorded_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
