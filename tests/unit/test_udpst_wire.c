/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "udpst/wire.h"

/*
 * Every recorded PDU: each named field is what was recorded, and written
 * again it is the same datagram but for what the old releases leave in
 * reserved bytes and where 9.0.0 puts a checksum (see rewritten).
 */
union pdu {
	struct wire_setup	setup;
	struct wire_null	null;
	struct wire_activation	activation;
	struct wire_load	load;
	struct wire_status	status;
};

struct field {
	const char	*name;
	size_t		 at, size;
};

#define FIELD(name, type, member) \
	{ name, offsetof(struct type, member), \
	    sizeof(((struct type *)NULL)->member) }

static const struct field setup_fields[] = {
	FIELD("protocolVer", wire_setup, version),
	FIELD("mcIndex", wire_setup, mc_index),
	FIELD("mcCount", wire_setup, mc_count),
	FIELD("mcIdent", wire_setup, mc_ident),
	FIELD("cmdRequest", wire_setup, request),
	FIELD("cmdResponse", wire_setup, response),
	FIELD("maxBandwidth", wire_setup, bandwidth),
	FIELD("testPort", wire_setup, port),
	FIELD("modifierBitmap", wire_setup, modifier),
	FIELD("authMode", wire_setup, auth.mode),
	FIELD("authUnixTime", wire_setup, auth.unix_time),
	FIELD("authDigest", wire_setup, auth.digest),
	FIELD("keyId", wire_setup, auth.key_id),
	FIELD("reservedAuth1", wire_setup, auth.reserved),
	{ NULL, 0, 0 }
};

static const struct field null_fields[] = {
	FIELD("protocolVer", wire_null, version),
	FIELD("cmdRequest", wire_null, request),
	FIELD("cmdResponse", wire_null, response),
	FIELD("authMode", wire_null, auth.mode),
	FIELD("authUnixTime", wire_null, auth.unix_time),
	FIELD("authDigest", wire_null, auth.digest),
	FIELD("keyId", wire_null, auth.key_id),
	FIELD("reservedAuth1", wire_null, auth.reserved),
	{ NULL, 0, 0 }
};

static const struct field activation_fields[] = {
	FIELD("protocolVer", wire_activation, version),
	FIELD("cmdRequest", wire_activation, request),
	FIELD("cmdResponse", wire_activation, response),
	FIELD("lowThresh", wire_activation, low_ms),
	FIELD("upperThresh", wire_activation, upper_ms),
	FIELD("trialInt", wire_activation, trial_ms),
	FIELD("testIntTime", wire_activation, test_s),
	FIELD("subIntPeriodSec", wire_activation, period_s),
	FIELD("ipTosByte", wire_activation, dscp_ecn),
	FIELD("dscpEcn", wire_activation, dscp_ecn),
	FIELD("srIndexConf", wire_activation, index),
	FIELD("useOwDelVar", wire_activation, use_owd),
	FIELD("highSpeedDelta", wire_activation, high_speed_delta),
	FIELD("slowAdjThresh", wire_activation, slow_thresh),
	FIELD("seqErrThresh", wire_activation, seq_thresh),
	FIELD("ignoreOooDup", wire_activation, ignore_ooo),
	FIELD("modifierBitmap", wire_activation, modifier),
	FIELD("rateAdjAlgo", wire_activation, algorithm),
	FIELD("ecnCEThresh", wire_activation, ce_thresh),
	FIELD("txInterval1", wire_activation, row.interval1_us),
	FIELD("udpPayload1", wire_activation, row.payload1),
	FIELD("burstSize1", wire_activation, row.burst1),
	FIELD("txInterval2", wire_activation, row.interval2_us),
	FIELD("udpPayload2", wire_activation, row.payload2),
	FIELD("burstSize2", wire_activation, row.burst2),
	FIELD("udpAddon2", wire_activation, row.addon2),
	FIELD("subIntPeriod", wire_activation, period_ms),
	FIELD("srAdjSuppCount", wire_activation, suppress),
	FIELD("authMode", wire_activation, auth.mode),
	FIELD("authUnixTime", wire_activation, auth.unix_time),
	FIELD("authDigest", wire_activation, auth.digest),
	FIELD("keyId", wire_activation, auth.key_id),
	FIELD("reservedAuth1", wire_activation, auth.reserved),
	{ NULL, 0, 0 }
};

static const struct field load_fields[] = {
	FIELD("testAction", wire_load, action),
	FIELD("rxStopped", wire_load, rx_stopped),
	FIELD("lpduSeqNo", wire_load, seq),
	FIELD("udpPayload", wire_load, payload),
	FIELD("spduSeqErr", wire_load, status_err),
	FIELD("spduTime_sec", wire_load, status_time.sec),
	FIELD("spduTime_nsec", wire_load, status_time.nsec),
	FIELD("lpduTime_sec", wire_load, time.sec),
	FIELD("lpduTime_nsec", wire_load, time.nsec),
	FIELD("rttRespDelay", wire_load, rtt_delay_ms),
	{ NULL, 0, 0 }
};

static const struct field status_fields[] = {
	FIELD("testAction", wire_status, action),
	FIELD("rxStopped", wire_status, rx_stopped),
	FIELD("spduSeqNo", wire_status, seq),
	FIELD("sr.txInterval1", wire_status, row.interval1_us),
	FIELD("sr.udpPayload1", wire_status, row.payload1),
	FIELD("sr.burstSize1", wire_status, row.burst1),
	FIELD("sr.txInterval2", wire_status, row.interval2_us),
	FIELD("sr.udpPayload2", wire_status, row.payload2),
	FIELD("sr.burstSize2", wire_status, row.burst2),
	FIELD("sr.udpAddon2", wire_status, row.addon2),
	FIELD("subIntSeqNo", wire_status, subint_seq),
	FIELD("sisSav.rxDatagrams", wire_status, subint.datagrams),
	FIELD("sisSav.rxBytes", wire_status, subint.bytes),
	FIELD("sisSav.deltaTime", wire_status, subint.delta_us),
	FIELD("sisSav.seqErrLoss", wire_status, subint.loss),
	FIELD("sisSav.seqErrOoo", wire_status, subint.ooo),
	FIELD("sisSav.seqErrDup", wire_status, subint.dup),
	FIELD("sisSav.delayVarMin", wire_status, subint.owd_min),
	FIELD("sisSav.delayVarMax", wire_status, subint.owd_max),
	FIELD("sisSav.delayVarSum", wire_status, subint.owd_sum),
	FIELD("sisSav.delayVarCnt", wire_status, subint.owd_cnt),
	FIELD("sisSav.rttVarMinimum", wire_status, subint.rtt_min),
	FIELD("sisSav.rttVarMaximum", wire_status, subint.rtt_max),
	FIELD("sisSav.accumTime", wire_status, subint.accum_ms),
	FIELD("seqErrLoss", wire_status, loss),
	FIELD("seqErrOoo", wire_status, ooo),
	FIELD("seqErrDup", wire_status, dup),
	FIELD("clockDeltaMin", wire_status, clock_delta_min),
	FIELD("delayVarMin", wire_status, owd_min),
	FIELD("delayVarMax", wire_status, owd_max),
	FIELD("delayVarSum", wire_status, owd_sum),
	FIELD("delayVarCnt", wire_status, owd_cnt),
	FIELD("rttMinimum", wire_status, rtt_minimum),
	FIELD("rttVarSample", wire_status, rtt_sample),
	FIELD("delayMinUpd", wire_status, min_updated),
	FIELD("tiDeltaTime", wire_status, ti_delta_us),
	FIELD("tiRxDatagrams", wire_status, ti_datagrams),
	FIELD("tiRxBytes", wire_status, ti_bytes),
	FIELD("spduTime_sec", wire_status, time.sec),
	FIELD("spduTime_nsec", wire_status, time.nsec),
	FIELD("authMode", wire_status, auth_mode),
	FIELD("tiRxCECount", wire_status, ti_ce),
	FIELD("sisSavCECount", wire_status, subint_ce),
	FIELD("modifierBitmap", wire_status, modifier),
	{ NULL, 0, 0 }
};

/* A datagram of the vectors, its header read. */
struct vector {
	uint8_t		 buf[256];
	size_t		 len;
	unsigned int	 version;	/* of the session */
	unsigned int	 id;
	union pdu	 pdu;
	const struct field *fields;
	uint8_t		 again[WIRE_CONTROL_MAX];
	size_t		 again_len;
};

static bool
get(struct vector *v)
{
	switch (v->id) {
	case WIRE_SETUP:
		v->fields = setup_fields;
		return wire_setup_get(v->buf, v->len, &v->pdu.setup);
	case WIRE_NULL:
		v->fields = null_fields;
		return wire_null_get(v->buf, v->len, &v->pdu.null);
	case WIRE_ACTIVATION:
		v->fields = activation_fields;
		return wire_activation_get(v->buf, v->len, v->version,
		    &v->pdu.activation);
	case WIRE_LOAD:
		v->fields = load_fields;
		return wire_load_get(v->buf, v->len, v->version,
		    &v->pdu.load);
	case WIRE_STATUS:
		v->fields = status_fields;
		return wire_status_get(v->buf, v->len, v->version,
		    &v->pdu.status);
	}
	return false;
}

static size_t
put(const struct vector *v, uint8_t *buf)
{
	switch (v->id) {
	case WIRE_SETUP:
		return wire_setup_put(&v->pdu.setup, buf);
	case WIRE_NULL:
		return wire_null_put(&v->pdu.null, buf);
	case WIRE_ACTIVATION:
		return wire_activation_put(&v->pdu.activation, v->version,
		    buf);
	case WIRE_LOAD:
		return wire_load_put(&v->pdu.load, buf);
	case WIRE_STATUS:
		return wire_status_put(&v->pdu.status, v->version, buf);
	}
	return 0;
}

static uint64_t
number(const void *at, size_t size)
{
	uint8_t b;
	uint16_t h;
	uint32_t w;
	uint64_t d;

	switch (size) {
	case 1:
		return memcpy(&b, at, size), b;
	case 2:
		return memcpy(&h, at, size), h;
	case 4:
		return memcpy(&w, at, size), w;
	}
	assert_int_equal(size, 8);
	return memcpy(&d, at, size), d;
}

/* What is not in the structs: zero, or not for the reader. */
static bool
unread(const char *name)
{
	static const char *const names[] = { "pduId", "checkSum", "reserved",
	    "sisSav.pad", "stale_or_zero_188" };
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static void
compare(const struct vector *v, const struct jv *recorded)
{
	const char *name = jv_str(jv_get(recorded, "name"), NULL);
	const struct jv *value = jv_get(recorded, "value");
	const struct field *f = v->fields;
	const uint8_t *at;
	uint8_t bytes[WIRE_DIGEST_LEN];
	uint64_t want;

	while (f->name != NULL && strcmp(f->name, name) != 0)
		f++;
	if (f->name == NULL) {
		assert_true(unread(name));
		return;
	}
	at = (const uint8_t *)&v->pdu + f->at;
	if (f->size == WIRE_DIGEST_LEN) {
		assert_int_equal(jv_hex(value, bytes, sizeof(bytes)), f->size);
		assert_memory_equal(at, bytes, f->size);
		return;
	}
	assert_int_equal(jv_uint(jv_get(recorded, "size")), f->size);
	want = jv_num(value) < 0 ? (uint64_t)jv_int(value) : jv_uint(value);
	if (f->size < 8)
		want &= (UINT64_C(1) << 8 * f->size) - 1;
	if (number(at, f->size) != want)
		fail_msg("%s of %04x", name, v->id);
}

static unsigned int
get16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

/*
 * The same bytes, except: in a status PDU of 204 bytes those from 186, which
 * are zero up to the checksum at 202 (9.0.0 has that at 186, and the sum does
 * not depend on the place); in one of 168, the four bytes of each pad.
 */
static void
rewritten(struct vector *v)
{
	static const uint8_t zero[16];
	size_t at;

	v->again_len = put(v, v->again);
	assert_int_equal(v->again_len, v->id == WIRE_LOAD ? WIRE_LOAD_LEN :
	    v->len);
	at = wire_checksum_offset(v->buf, v->len);
	if (at > 0 && get16(v->buf + at) != 0)
		wire_checksum_set(v->again, v->again_len);
	if (v->id == WIRE_STATUS && v->len == WIRE_STATUS_LEN) {
		if (get16(v->buf + 186) != 0)
			wire_checksum_set(v->again, v->again_len);
		assert_memory_equal(v->again, v->buf, 186);
		assert_memory_equal(v->again + 186, zero, 16);
		assert_int_equal(get16(v->again + 202), get16(v->buf + 186));
		return;
	}
	if (v->id == WIRE_STATUS) {
		memset(v->buf + 44, 0, 4);
		memset(v->buf + 100, 0, 4);
	}
	assert_memory_equal(v->again, v->buf, v->again_len);
}

/* 9.0.0's and 8.2's own are told by length, and the latter from 8.1's. */
static unsigned int
session_version(const struct vector *v, unsigned int oldest)
{
	if (v->id == WIRE_SETUP || v->id == WIRE_NULL ||
	    v->id == WIRE_ACTIVATION)
		return get16(v->buf + 2);
	return v->id == WIRE_STATUS && v->len == WIRE_STATUS_LEN ?
	    WIRE_V_CURRENT : oldest;
}

static size_t
each(const char *file, unsigned int oldest)
{
	struct jv *all = jv_load(file);
	const struct jv *one, *fields;
	struct vector v;
	size_t i, j, n = jv_len(all);

	for (i = 0; i < n; i++) {
		memset(&v, 0, sizeof(v));
		one = jv_at(all, i);
		v.len = jv_hex(jv_get(one, "hex"), v.buf, sizeof(v.buf));
		v.id = wire_id(v.buf, v.len);
		v.version = session_version(&v, oldest);
		assert_true(get(&v));
		fields = jv_get(one, "fields");
		for (j = 0; j < jv_len(fields); j++)
			compare(&v, jv_at(fields, j));
		rewritten(&v);
	}
	jv_free(all);
	return n;
}

static void
releases_8_2_and_9_0(void **state)
{
	(void)state;
	assert_int_equal(each("udpst/pdus.json", WIRE_V_LEGACY), 299);
}

static void
release_8_1(void **state)
{
	(void)state;
	assert_int_equal(each("udpst/8.1.0/pdus.json", WIRE_V_OLD), 42);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_8_2_and_9_0),
		cmocka_unit_test(release_8_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
