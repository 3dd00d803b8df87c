/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recorded sessions of the original: our end of a connection is fed with what
 * the original's peer sent, at the recorded times, and has to see what the
 * original saw and printed.
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "tests/unit/recorded.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "udpst/conn.h"
#include "udpst/result.h"
#include "udpst/srate.h"

#define FILE_MAX	100000
#define PACKETS_MAX	300
#define FILE_HEADER	24
#define RECORD_HEADER	16
#define UDP_AT		34		/* Ethernet, IPv4 without options */
#define PAYLOAD_AT	42
#define SUBINTS		5

struct packet {
	int64_t		ns;		/* Unix time */
	bool		from_client;
	int		tos;
	const uint8_t	*data;
	size_t		have, len;
};

struct session {
	const char	*name;		/* in runs.json, of the file */
	bool		upstream;
	unsigned int	version;
	unsigned int	ce_thresh;
	uint8_t		file[FILE_MAX];
	struct packet	packets[PACKETS_MAX];
	size_t		count;
	int64_t		activated_ns;	/* the response */
};

struct run {
	struct conn	conn;
	struct conn_news subint[SUBINTS + 1];
	unsigned int	subints, stopped, stopping, other;
	bool		ended;
};

static struct srate_table table;
static struct session session;

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[1] << 8 | p[0];
}

static unsigned int
be16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static size_t
read_file(struct session *s)
{
	char path[512];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/udpst/pcap/%s.pcap", VECTORS,
	    s->name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(s->file, 1, sizeof(s->file), f);
	fclose(f);
	assert_true(n > FILE_HEADER && n < sizeof(s->file));
	assert_true(le32(s->file) == UINT32_C(0xa1b2c3d4));
	return n;
}

static void
read_packet(struct packet *p, const uint8_t *record, size_t have,
    unsigned int client_port)
{
	const uint8_t *frame = record + RECORD_HEADER;

	assert_true(have >= PAYLOAD_AT + WIRE_LOAD_LEN);
	assert_int_equal(be16(frame + 12), 0x0800);
	assert_int_equal(frame[14], 0x45);
	p->ns = le32(record) * CLOCK_NS_PER_S +
	    le32(record + 4) * CLOCK_NS_PER_US;
	p->tos = frame[15];
	p->from_client = be16(frame + UDP_AT) == client_port;
	p->data = frame + PAYLOAD_AT;
	p->have = have - PAYLOAD_AT;
	p->len = be16(frame + UDP_AT + 4) - 8;
	assert_true(p->have <= p->len);
}

static void
read_session(struct session *s)
{
	size_t size = read_file(s), at = FILE_HEADER, have;
	unsigned int client_port;
	struct packet *p;

	/* The first one is the setup request. */
	client_port = be16(s->file + at + RECORD_HEADER + UDP_AT);
	for (s->count = 0; at < size; at += RECORD_HEADER + have) {
		assert_true(s->count < PACKETS_MAX);
		have = le32(s->file + at + 8);
		assert_true(at + RECORD_HEADER + have <= size);
		p = &s->packets[s->count++];
		read_packet(p, s->file + at, have, client_port);
		if (wire_id(p->data, p->have) == WIRE_ACTIVATION)
			s->activated_ns = p->ns;
	}
}

static void
take_news(struct run *r)
{
	struct conn_news n;

	while (conn_next_news(&r->conn, &n)) {
		if (n.kind == CONN_NEWS_SUBINT) {
			assert_true(r->subints <= SUBINTS);
			r->subint[r->subints++] = n;
		}
		r->stopped += n.kind == CONN_NEWS_STOPPED;
		r->stopping += n.kind == CONN_NEWS_STOPPING;
		r->ended |= n.kind == CONN_NEWS_END;
		/* Warnings. */
		r->other += n.kind == CONN_NEWS_QUIET ||
		    n.kind == CONN_NEWS_LOST || n.kind == CONN_NEWS_BLEACHED;
	}
}

static void
start(struct run *r, const struct session *s, bool is_server)
{
	struct conn_conf conf = {
		.is_server = is_server, .upstream = s->upstream,
		.version = s->version, .ce_thresh = s->ce_thresh,
		.test_s = 5, .period_ms = 1000, .trial_ms = 50,
		.table = &table,
		.adjust = {
			.low_ms = 30, .upper_ms = 90, .seq_thresh = 10,
			.slow_thresh = 3, .high_speed_delta = 10,
			.ce_thresh = s->ce_thresh, .limit_index = -1
		}
	};

	memset(r, 0, sizeof(*r));
	conf.first_row = table.rows[0];
	conn_init(&r->conn, &conf, s->activated_ns, s->activated_ns);
}

/* What our end sends, up to this time; returns the last status PDU if any. */
static void
send_until(struct run *r, int64_t now_ns, struct conn_out *out)
{
	struct conn_out o;
	enum conn_step step;
	int64_t due_ns;

	while ((due_ns = conn_due(&r->conn)) <= now_ns) {
		if (due_ns < r->conn.start_ns)
			due_ns = now_ns;
		step = conn_poll(&r->conn, due_ns, due_ns, &o);
		if (step != CONN_WAIT)
			*out = o;
		if (step == CONN_SEND_BURST)
			conn_sent(&r->conn, &o, o.count);
		take_news(r);
	}
}

/* Our end sends load: recorded status PDUs come in. */
static unsigned int
run_sender(struct run *r, const struct session *s)
{
	unsigned int statuses = 0;
	const struct packet *p;
	struct conn_out out;
	size_t i;

	for (i = 0; i < s->count; i++) {
		p = &s->packets[i];
		if (p->from_client == s->upstream ||
		    wire_id(p->data, p->have) != WIRE_STATUS)
			continue;
		send_until(r, p->ns, &out);
		assert_true(conn_status(&r->conn, p->data, p->len, p->ns,
		    p->ns));
		take_news(r);
		statuses++;
	}
	send_until(r, s->packets[s->count - 1].ns + CLOCK_NS_PER_MS, &out);
	return statuses;
}

/*
 * A time by the capture's clock against what the original made of it, which
 * read its clock when it got round to it: up to more_ms later.
 */
static void
near(uint32_t got, uint32_t want, uint32_t more_ms, const char *what)
{
	if (got > want + 2 || want > got + 2 + more_ms)
		fail_msg("%s: %" PRIu32 ", recorded %" PRIu32, what, got,
		    want);
}

/* Our status PDU against the original's, which had the same load. */
static void
check_status(const struct session *s, const struct conn_out *out,
    const struct packet *p)
{
	struct wire_status own, theirs;

	assert_true(wire_status_get(out->pdu, out->len, s->version, &own));
	assert_true(wire_status_get(p->data, p->len, s->version, &theirs));
	assert_int_equal(own.action, theirs.action);
	assert_int_equal(own.rx_stopped, theirs.rx_stopped);
	assert_int_equal(own.seq, theirs.seq);
	assert_memory_equal(&own.row, &theirs.row, sizeof(own.row));
	assert_int_equal(own.subint_seq, theirs.subint_seq);
	assert_int_equal(own.subint.datagrams, theirs.subint.datagrams);
	assert_int_equal(own.subint.bytes, theirs.subint.bytes);
	assert_int_equal(own.subint.owd_cnt, theirs.subint.owd_cnt);
	near(own.subint.accum_ms, theirs.subint.accum_ms, 0, "accumTime");
	assert_int_equal(own.loss, theirs.loss);
	assert_int_equal(own.ooo, theirs.ooo);
	assert_int_equal(own.dup, theirs.dup);
	assert_int_equal(own.ti_datagrams, theirs.ti_datagrams);
	assert_int_equal(own.ti_bytes, theirs.ti_bytes);
	assert_int_equal(own.ti_ce, theirs.ti_ce);
	assert_int_equal(own.owd_cnt, theirs.owd_cnt);
	assert_int_equal(own.modifier, theirs.modifier);
	assert_int_equal(own.rtt_sample == WIRE_NO_SAMPLE,
	    theirs.rtt_sample == WIRE_NO_SAMPLE);
	if (own.rtt_sample != WIRE_NO_SAMPLE)
		near(own.rtt_sample, theirs.rtt_sample, 5, "RTT");
}

/* Our end sends its status PDUs when the original did, with its times. */
static void
status_like(struct run *r, const struct session *s, const struct packet *p)
{
	struct wire_status theirs;
	struct conn_out out;

	assert_true(wire_status_get(p->data, p->len, s->version, &theirs));
	if (!r->conn.confirm)
		r->conn.next_status_ns = p->ns;
	assert_int_equal(conn_poll(&r->conn, p->ns, p->ns, &out),
	    CONN_SEND_PDU);
	check_status(s, &out, p);
	rxstat_sent(&r->conn.rx, theirs.time);
	take_news(r);
}

static unsigned int
run_receiver(struct run *r, const struct session *s)
{
	struct rxstat_event e;
	unsigned int loads = 0;
	const struct packet *p;
	struct wire_load load;
	size_t i;

	for (i = 0; i < s->count; i++) {
		p = &s->packets[i];
		if (wire_id(p->data, p->have) == WIRE_STATUS)
			status_like(r, s, p);
		if (wire_id(p->data, p->have) != WIRE_LOAD)
			continue;
		assert_true(conn_load(&r->conn, p->data, p->have, p->len,
		    p->ns, p->ns, p->tos, &load, &e));
		take_news(r);
		loads++;
	}
	return loads;
}

/* The lines that this end printed of its connection. */
static unsigned int
recorded_lines(const struct session *s, bool is_server,
    struct recorded lines[SUBINTS + 1])
{
	struct jv *runs = jv_load("udpst/outputs/runs.json");
	const char *text = jv_str(jv_get(jv_get(runs, s->name),
	    is_server ? "server_stdout" : "client_stdout"), NULL);
	unsigned int n = 0;
	struct recorded line;

	for (; text != NULL; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (recorded_subint(text, &line) && line.conn > 0) {
			assert_true(n <= SUBINTS);
			lines[n++] = line;
		}
	}
	jv_free(runs);
	return n;
}

/* exact: what came over the wire; else times of the capture were used. */
static void
check_subints(const struct run *r, const struct session *s, bool is_server,
    bool exact)
{
	struct recorded lines[SUBINTS + 1];
	struct result_line got;
	unsigned int i;

	assert_int_equal(recorded_lines(s, is_server, lines), SUBINTS);
	assert_int_equal(r->subints, SUBINTS);
	for (i = 0; i < SUBINTS; i++) {
		const struct result_line *want = &lines[i].line;

		result_line_make(&r->subint[i].subint,
		    s->version == WIRE_V_LEGACY, 0, &got);
		assert_int_equal(got.s.number, i + 1);
		assert_int_equal((got.s.accum_ms + 50) / 100,
		    (want->s.accum_ms + 50) / 100);
		assert_int_equal(got.s.loss, 0);
		assert_int_equal(got.s.ooo + got.s.dup + got.s.ce, 0);
		/* Two decimals were printed. */
		assert_true(fabs(got.rates.l3 - want->rates.l3) <
		    (exact ? 0.00501 : 0.006));
		if (!exact)
			continue;
		assert_int_equal(got.s.owd_min, want->s.owd_min);
		assert_int_equal(got.owd_avg, want->owd_avg);
		assert_int_equal(got.s.owd_max, want->s.owd_max);
		assert_int_equal(got.s.rtt_min, want->s.rtt_min);
		assert_int_equal(got.s.rtt_max, want->s.rtt_max);
		if (s->version == WIRE_V_CURRENT)
			assert_int_equal(got.rtt_avg, want->rtt_avg);
	}
}

static void
check_end(const struct run *r, bool is_server)
{
	assert_true(r->ended);
	assert_int_equal(r->conn.ended, CONN_GRACEFUL);
	assert_int_equal(r->stopping, is_server);
	assert_int_equal(r->stopped, !is_server);
	assert_int_equal(r->other, 0);
}

static void
replay(const char *name, bool upstream, unsigned int version,
    unsigned int ce_thresh)
{
	struct session *s = &session;
	bool sender_is_server = !upstream;
	struct run r;

	s->name = name;
	s->upstream = upstream;
	s->version = version;
	s->ce_thresh = ce_thresh;
	read_session(s);
	start(&r, s, sender_is_server);
	assert_true(run_sender(&r, s) > 100);
	check_end(&r, sender_is_server);
	check_subints(&r, s, sender_is_server, true);
	start(&r, s, !sender_is_server);
	assert_true(run_receiver(&r, s) > 100);
	check_subints(&r, s, !sender_is_server, false);
	/* The client's answer to the stop is not in the capture upstream. */
	if (!upstream)
		check_end(&r, false);
	else
		assert_int_equal(r.stopping, 1);
}

static void
test_v11_down(void **state)
{
	(void)state;
	replay("v11-down", false, WIRE_V_LEGACY, 0);
}

static void
test_v20_down(void **state)
{
	(void)state;
	replay("v20-down-auth", false, WIRE_V_CURRENT, 0);
}

static void
test_v20_up(void **state)
{
	(void)state;
	replay("v20-up-ecn", true, WIRE_V_CURRENT, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v11_down),
		cmocka_unit_test(test_v20_down),
		cmocka_unit_test(test_v20_up)
	};

	srate_build(&table, true, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
