/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/udpst_run.h"
#include "tests/unit/vectors.h"
#include "udpst/report_json.h"

static struct jv *
document(const struct run *x)
{
	return jv_parse("report", x->out_text);
}

static void
expect_status(const struct run *x, const char *status, size_t lines,
    bool summary)
{
	struct jv *v = document(x);
	const struct jv *out = jv_get(v, "Output");

	assert_string_equal(jv_str(jv_get(out, "Status"), NULL), status);
	if (lines == 0)
		assert_null(jv_find(out, "IncrementalResult"));
	else
		assert_int_equal(jv_len(jv_get(out, "IncrementalResult")),
		    lines);
	assert_int_equal(jv_find(out, "Summary") != NULL, summary);
	assert_int_equal(jv_find(out, "AtMax") != NULL, summary);
	jv_free(v);
}

static void
test_partial_json(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.o.format = FORMAT_JSON;
	run_start(&x);
	run_subint(&x, false);
	run_subint(&x, false);
	run_end(&x, 255);
	expect_status(&x, "Error_Other", 2, true);
	run_free(&x);

	/* Mode 2 of a bimodal test never began: its arrays are absent. */
	run_init(&x);
	x.o.format = FORMAT_JSON;
	x.o.bimodal = x.conf.bimodal = 3;
	run_start(&x);
	run_subint(&x, false);
	run_end(&x, 200);
	expect_status(&x, "Error_Other", 1, true);
	assert_null(strstr(x.out_text, "Modal"));
	run_free(&x);

	run_init(&x);
	x.o.format = FORMAT_JSON;
	run_start(&x);
	run_end(&x, 255);
	expect_status(&x, "Error_Other", 0, false);
	run_free(&x);
}

static void
expect_text(const char *text, const char *want)
{
	if (strstr(text, want) == NULL)
		fail_msg("no %s in %s", want, text);
}

static void
test_json(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.o.format = FORMAT_JSON;
	x.host.limit = "this host was slow";
	run_all(&x);
	assert_string_equal(x.err_text, "");
	expect_status(&x, "Complete", 2, true);
	expect_text(x.out_text, "\"DeliveredPercent\":99.01,"
	    "\"LossRatio\":0.009900990,\"ReorderedRatio\":0.000990099,"
	    "\"ReplicatedRatio\":0.001980198,\"CEPercentOfDelivered\":0.0,"
	    "\"LossCount\":10,\"ReorderedCount\":1,\"ReplicatedCount\":2,");
	expect_text(x.out_text, "\"PDVMin\":0.001,\"PDVAvg\":0.02,"
	    "\"PDVMax\":0.04,\"PDVRange\":0.039,\"RTTMin\":0.0,");
	expect_text(x.out_text, "\"MinOnewayDelay\":-0.002,"
	    "\"OneWayDelayMinUs\":-2900.123,"
	    "\"OneWayDelayVarMinUs\":1000.001,"
	    "\"OneWayDelayVarAvgUs\":0.033,"
	    "\"OneWayDelayVarMaxUs\":39999.999,\"RoundTripMinUs\":5123.456,"
	    "\"RoundTripVarMinUs\":null,\"RoundTripVarAvgUs\":null,"
	    "\"RoundTripVarMaxUs\":null}");
	expect_text(x.out_text, "\"MinOnewayDelaySummary\":-0.003,"
	    "\"MinRTTSummary\":0.005,\"OneWayDelayMinUs\":");
	expect_text(x.out_text, "\"MinOnewayDelayAtMax\":-0.002,"
	    "\"OneWayDelayMinUs\":");
	expect_text(x.out_text, "\"ECNBleachingDetected\":1,\"EOMTime\":"
	    "\"2026-09-21T14:13:20.123456Z\"");
	expect_text(x.out_text, "\"ErrorMessage\":\"ERROR: no more\","
	    "\"ErrorMessage2\":\"LOCAL WARNING: '7' lost\",\"Host\":{"
	    "\"Software\":\"plumbline " PACKAGE_VERSION "\",\"CPUShare\":");
	expect_text(x.out_text, "\"SocketDrops\":null,");
	expect_text(x.out_text, "\"HostLimit\":\"this host was slow\","
	    "\"PeerCPUShare\":null,\"PeerSocketDrops\":null,"
	    "\"PeerPacingMissed\":null,\"PeerGSOInUse\":null,"
	    "\"PeerGROInUse\":null}}\n");
	run_free(&x);
}

static void
test_json_without_figures(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.o.format = FORMAT_JSON_TABS;
	run_start(&x);
	run_subint(&x, true);
	run_subint(&x, false);
	run_end(&x, 0);
	expect_text(x.out_text, "\"OneWayDelayMinUs\":\t-2900.123,");
	expect_text(x.out_text, "\"MinRTTSummary\":\t0.005,\n"
	    "\t\t\t\"OneWayDelayMinUs\":\tnull,");
	run_free(&x);
}

/* Old parsers: nothing new in the dialect of 8.2, nor in the brief form. */
static void
test_json_old_dialects(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.o.format = FORMAT_JSON;
	x.o.compat_8 = true;
	run_all(&x);
	assert_null(strstr(x.out_text, "Us\":"));
	assert_null(strstr(x.out_text, "\"Host\":{"));
	expect_text(x.out_text, "\"Seconds\":1,");
	run_free(&x);

	run_init(&x);
	x.o.format = FORMAT_JSON_BRIEF;
	run_all(&x);
	assert_null(strstr(x.out_text, "\"Host\":{"));
	assert_memory_equal(x.out_text, "{\"Output\":{", 11);
	run_free(&x);
}

static void
test_json_lines(void **state)
{
	struct run x;
	const char *second, *third;

	(void)state;
	run_init(&x);
	x.o.json_lines = true;
	x.o.format = FORMAT_JSON_TABS;
	run_start(&x);
	run_subint(&x, false);
	/* It is out at once. */
	fflush(x.err);
	assert_memory_equal(x.out_text, "{\"event\":\"interval\","
	    "\"Interval\":1,\"Seconds\":1.0,", 44);
	run_subint(&x, false);
	run_end(&x, 0);
	second = strchr(x.out_text, '\n') + 1;
	assert_memory_equal(second, "{\"event\":\"interval\","
	    "\"Interval\":2,\"Seconds\":2.0,", 44);
	third = strchr(second, '\n') + 1;
	assert_memory_equal(third, "{\"IPLayerMaxConnections\":24,", 28);
	assert_string_equal(strchr(third, '\n'), "\n");
	run_free(&x);
}

/* No test was started: neither Input nor Output. */
static void
test_json_failure(void **state)
{
	struct run x;
	struct jv *v;

	(void)state;
	run_init(&x);
	x.o.format = FORMAT_JSON;
	x.out = open_memstream(&x.out_text, &x.out_len);
	assert_non_null(x.out);
	x.r = report_new(&x.o, x.out, NULL);
	assert_non_null(x.r);
	report_say(x.r, -1, true, "one");
	report_say(x.r, -1, true, "two");
	report_say(x.r, -1, true, "three");
	report_say(x.r, -1, false, "not kept");
	assert_int_equal(report_finish(x.r, NULL, NULL, false, 255,
	    WALL_NS), 0);
	report_free(x.r);
	fclose(x.out);
	v = document(&x);
	assert_int_equal(jv_len(v), 6);
	assert_string_equal(jv_str(jv_get(v, "ErrorMessage"), NULL), "three");
	assert_string_equal(jv_str(jv_get(v, "ErrorMessage2"), NULL), "two");
	jv_free(v);
	run_free(&x);
}

static void
expect_delay(int64_t delay, const char *want)
{
	struct json j;
	char *text;
	size_t len;

	json_init(&j, open_memstream(&text, &len), 0);
	assert_non_null(j.out);
	report_json_delay(&j, NULL, delay);
	assert_int_equal(json_finish(&j), 0);
	fclose(j.out);
	assert_string_equal(text, want);
	free(text);
}

static void
test_delays(void **state)
{
	(void)state;
	expect_delay(0, "0.0\n");
	expect_delay(1, "0.001\n");
	expect_delay(-40, "-0.04\n");
	expect_delay(100, "0.1\n");
	expect_delay(1000, "1.0\n");
	expect_delay(100000, "100.0\n");
	expect_delay(999999999, "999999.999\n");
	expect_delay(4294967290, "4294967.29\n");
	expect_delay(-2147483647, "-2147483.65\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_partial_json),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_without_figures),
		cmocka_unit_test(test_json_old_dialects),
		cmocka_unit_test(test_json_lines),
		cmocka_unit_test(test_json_failure),
		cmocka_unit_test(test_delays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
