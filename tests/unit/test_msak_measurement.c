/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "msak/measurement.h"

#define FRAMES	"msak/measurement_frames.json"

static int64_t
number(const struct jv *object, const char *key)
{
	const struct jv *v = jv_find(object, key);

	return v == NULL ? 0 : jv_int(v);
}

/* What a program would know, from what the kernel said. */
static void
from_kernel(const struct jv *frame, struct measurement *m)
{
	const struct jv *d = jv_get(frame, "decoded"), *part;
	uint8_t raw[256];
	size_t n;

	memset(m, 0, sizeof(*m));
	part = jv_get(d, "Application");
	m->app_sent = number(part, "BytesSent");
	m->app_received = number(part, "BytesReceived");
	part = jv_get(d, "Network");
	m->net_sent = number(part, "BytesSent");
	m->net_received = number(part, "BytesReceived");
	m->elapsed_us = number(d, "ElapsedTime");
	m->has_bbr = m->has_tcp = true;
	n = jv_hex(jv_get(frame, "tcp_cc_info_hex"), raw, sizeof(raw));
	bbrinfo_take(&m->bbr, raw, n);
	n = jv_hex(jv_get(frame, "tcp_info_hex"), raw, sizeof(raw));
	tcpinfo_take(&m->tcp, raw, n,
	    number(jv_get(d, "TCPInfo"), "ElapsedTime"));
}

static void
first_from_kernel(const struct jv *file, const struct jv *frame,
    struct measurement_first *f)
{
	const struct jv *d = jv_get(frame, "decoded");
	uint8_t raw[256];
	uint64_t cookie;
	size_t n;

	memset(f, 0, sizeof(*f));
	n = jv_hex(jv_get(frame, "tcp_congestion_hex"), raw, sizeof(raw));
	measurement_cc(f, raw, n);
	assert_int_equal(jv_hex(jv_get(frame, "so_cookie_hex"), &cookie,
	    sizeof(cookie)), sizeof(cookie));
	uuid_text(jv_str(jv_get(file, "uuid_prefix_used"), NULL), cookie,
	    f->uuid);
	snprintf(f->local, sizeof(f->local), "%s",
	    jv_str(jv_get(d, "LocalAddr"), NULL));
	snprintf(f->remote, sizeof(f->remote), "%s",
	    jv_str(jv_get(d, "RemoteAddr"), NULL));
}

/* The recorded bytes are of a little-endian machine. */
static bool
little_endian(void)
{
	const uint16_t one = 1;
	uint8_t low;

	memcpy(&low, &one, 1);
	return low == 1;
}

static void
test_frames_from_kernel(void **state)
{
	struct jv *file = jv_load(FRAMES);
	const struct jv *frames = jv_get(file, "frames"), *frame;
	struct measurement_first first;
	char text[MEASUREMENT_TEXT_MAX];
	struct measurement m;
	size_t i, len;
	const char *want;

	(void)state;
	if (!little_endian())
		skip();
	assert_int_equal(jv_len(frames), 7);
	for (i = 0; i < jv_len(frames); i++) {
		frame = jv_at(frames, i);
		want = jv_str(jv_get(frame, "payload_utf8"), &len);
		from_kernel(frame, &m);
		if (i == 0)
			first_from_kernel(file, frame, &first);
		assert_int_equal(measurement_text(&m, i == 0 ? &first : NULL,
		    text), len);
		assert_string_equal(text, want);
	}
	jv_free(file);
}

static void
test_frames_read_back(void **state)
{
	struct jv *file = jv_load(FRAMES);
	const struct jv *frames = jv_get(file, "frames");
	struct measurement_first first;
	char text[MEASUREMENT_TEXT_MAX];
	struct measurement m;
	const char *want;
	size_t i, len;

	(void)state;
	for (i = 0; i < jv_len(frames); i++) {
		want = jv_str(jv_get(jv_at(frames, i), "payload_utf8"), &len);
		assert_true(measurement_get(want, len, &m, &first));
		assert_string_equal(first.cc, i == 0 ? "bbr" : "");
		assert_int_equal(measurement_text(&m, &first, text), len);
		assert_string_equal(text, want);
		/* first is optional. */
		assert_true(measurement_get(want, len, &m, NULL));
		assert_int_equal(tcpinfo_at(&m.tcp, TCPINFO_MIN_RTT), 26);
	}
	jv_free(file);
}

/* Each byte of the structure, and each key, is where the table says. */
static void
test_layout(void **state)
{
	static const char *const names[] = { "u8", "u32", "i32", "i64" };
	static const size_t sizes[] = { 1, 4, 4, 8 };
	struct jv *file = jv_load("msak/tcp_info_layout.json");
	const struct jv *fields = jv_get(file, "fields"), *f;
	const struct tcpinfo_field *mine;
	struct tcpinfo t;
	size_t i, b;

	(void)state;
	assert_int_equal(jv_len(fields), TCPINFO_FIELDS);
	for (i = 0; i < TCPINFO_FIELDS; i++) {
		f = jv_at(fields, i);
		mine = tcpinfo_field(i);
		assert_string_equal(mine->key,
		    jv_str(jv_get(f, "json"), NULL));
		assert_int_equal(mine->offset, jv_int(jv_get(f, "offset")));
		assert_string_equal(names[mine->type],
		    jv_str(jv_get(f, "type"), NULL));
		assert_int_equal(sizes[mine->type],
		    jv_int(jv_get(f, "size")));
		memset(&t, 0, sizeof(t));
		memset(t.raw + mine->offset, 0xff, sizes[mine->type]);
		for (b = 0; b < TCPINFO_FIELDS; b++)
			assert_int_equal(tcpinfo_get(&t, tcpinfo_field(b)) != 0,
			    b == i);
	}
	jv_free(file);
}

/* Old kernels say less, other algorithms something else. */
static void
test_short_answers(void **state)
{
	uint8_t raw[TCPINFO_LEN + 16];
	struct tcpinfo t;
	struct bbrinfo b;

	(void)state;
	memset(raw, 0xff, sizeof(raw));
	tcpinfo_take(&t, raw, 104, 7);
	assert_int_equal(tcpinfo_get(&t, tcpinfo_field(31)), UINT32_MAX);
	assert_string_equal(tcpinfo_field(31)->key, "TotalRetrans");
	assert_int_equal(tcpinfo_get(&t, tcpinfo_field(32)), 0);
	assert_int_equal(t.elapsed_us, 7);
	tcpinfo_take(&t, raw, sizeof(raw), 8);
	assert_int_equal(tcpinfo_at(&t, 104), -1);
	assert_int_equal(t.elapsed_us, 8);
	tcpinfo_take(&t, NULL, 0, 9);
	assert_int_equal(tcpinfo_at(&t, TCPINFO_RTT), 0);
	bbrinfo_take(&b, raw, 16);
	assert_int_equal(b.bw, 0);
	assert_int_equal(b.cwnd_gain, 0);
	bbrinfo_take(&b, raw, 24);
	assert_int_equal(b.min_rtt_us, 0);
	bbrinfo_take(&b, raw, BBRINFO_LEN);
	assert_int_equal(b.bw, -1);
	assert_int_equal(b.cwnd_gain, UINT32_MAX);
}

static void
test_cc_names(void **state)
{
	struct measurement_first f;
	char longest[16], longer[100];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	memset(longer, 'y', sizeof(longer));
	measurement_cc(&f, longest, sizeof(longest));
	assert_int_equal(strlen(f.cc), sizeof(longest));
	measurement_cc(&f, longer, sizeof(longer));
	assert_int_equal(strlen(f.cc), MEASUREMENT_CC_MAX - 1);
	measurement_cc(&f, "", 0);
	assert_string_equal(f.cc, "");
}

/* The longest text there can be has room. */
static void
test_longest_text(void **state)
{
	char text[MEASUREMENT_TEXT_MAX];
	struct measurement_first f;
	struct measurement m, back;
	size_t i, n;

	(void)state;
	memset(&f, '<', sizeof(f));
	f.cc[sizeof(f.cc) - 1] = f.uuid[sizeof(f.uuid) - 1] = '\0';
	f.local[sizeof(f.local) - 1] = f.remote[sizeof(f.remote) - 1] = '\0';
	memset(&m, 0, sizeof(m));
	m.app_sent = m.app_received = m.net_sent = m.net_received = INT64_MIN;
	m.elapsed_us = m.tcp.elapsed_us = INT64_MIN;
	m.has_bbr = m.has_tcp = true;
	m.bbr = (struct bbrinfo){ INT64_MIN, UINT32_MAX, UINT32_MAX,
		UINT32_MAX };
	for (i = 0; i < TCPINFO_FIELDS; i++)
		if (!tcpinfo_set(&m.tcp, tcpinfo_field(i), INT64_MIN) &&
		    !tcpinfo_set(&m.tcp, tcpinfo_field(i), INT32_MIN) &&
		    !tcpinfo_set(&m.tcp, tcpinfo_field(i), UINT32_MAX))
			assert_true(tcpinfo_set(&m.tcp, tcpinfo_field(i),
			    UINT8_MAX));
	n = measurement_text(&m, &f, text);
	assert_true(n > 4000 && n < sizeof(text) - 1);
	assert_int_equal(text[n - 1], '}');
	assert_true(measurement_get(text, n, &back, &f));
	assert_memory_equal(&back.tcp, &m.tcp, sizeof(m.tcp));
	assert_int_equal(back.app_sent, INT64_MIN);
}

/* Any figures at all come back as they were. */
static void
test_any_read_back(void **state)
{
	char text[MEASUREMENT_TEXT_MAX];
	struct measurement m, back;
	struct measurement_first f;
	int round;
	size_t i, n;

	(void)state;
	unit_seed();
	for (round = 0; round < 2000; round++) {
		memset(&m, 0, sizeof(m));
		m.app_sent = random() & 1 ? random() : 0;
		m.net_received = random() & 1 ? random() << 20 : 0;
		m.elapsed_us = random() & 1 ? random() : 0;
		if ((m.has_bbr = random() & 1))
			m.bbr = (struct bbrinfo){ random(), 1, 2,
				(uint32_t)random() };
		if ((m.has_tcp = random() & 1))
			for (i = 0; i < sizeof(m.tcp.raw); i++)
				m.tcp.raw[i] = (uint8_t)random();
		n = measurement_text(&m, NULL, text);
		assert_true(measurement_get(text, n, &back, &f));
		assert_memory_equal(&back.tcp, &m.tcp, sizeof(m.tcp));
		assert_int_equal(back.has_bbr, m.has_bbr);
		assert_int_equal(back.has_tcp, m.has_tcp);
		assert_int_equal(back.bbr.cwnd_gain, m.bbr.cwnd_gain);
		assert_int_equal(back.app_sent, m.app_sent);
		assert_int_equal(back.net_received, m.net_received);
		assert_int_equal(back.elapsed_us, m.elapsed_us);
		assert_string_equal(f.cc, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames_from_kernel),
		cmocka_unit_test(test_frames_read_back),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_short_answers),
		cmocka_unit_test(test_cc_names),
		cmocka_unit_test(test_longest_text),
		cmocka_unit_test(test_any_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
