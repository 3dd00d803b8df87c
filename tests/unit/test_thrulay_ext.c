/* SPDX-License-Identifier: BSD-2-Clause */
/* What is written is read again. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "thrulay/ext.h"

#define ROOM	(EXT_PAYLOAD_MAX + 16)
#define ROUNDS	2000

/* From memory that ends with the message, so that a sanitizer sees a look
 * beyond it. */
static enum wire_status
get(const void *bytes, size_t len, struct ext_message *m, size_t *used)
{
	enum wire_status s;
	uint8_t *p = malloc(len > 0 ? len : 1);

	assert_non_null(p);
	if (len > 0)
		memcpy(p, bytes, len);
	s = ext_get(p, len, m, used);
	free(p);
	return s;
}

/* Write m, read it into back, and check that back is written the same. */
static size_t
round_trip(const struct ext_message *m, struct ext_message *back)
{
	static uint8_t text[ROOM], again[ROOM];
	size_t len, used;

	len = ext_put(m, text, sizeof(text));
	assert_in_range(len, 1, sizeof(text));
	assert_int_equal(get(text, len, back, &used), WIRE_OK);
	assert_int_equal(used, len);
	assert_int_equal(back->kind, m->kind);
	assert_int_equal(ext_put(back, again, sizeof(again)), len);
	assert_memory_equal(again, text, len);
	return len;
}

static uint64_t
random_u64(void)
{
	uint64_t v = (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^
	    (uint64_t)random();

	return v >> random() % 64;
}

static int64_t
random_i64(void)
{
	int64_t v = (int64_t)(random_u64() >> 1);

	return random() % 2 == 0 ? v : -v - 1;
}

static void
random_times(struct thrulay_times *t)
{
	t->n = random_u64();
	t->min = random_i64();
	t->max = random_i64();
	t->mean = (double)(random_i64() >> 12);	/* whole in a double */
	t->p01 = random_i64();
	t->p05 = random_i64();
	t->p25 = random_i64();
	t->p50 = random_i64();
	t->p75 = random_i64();
	t->p95 = random_i64();
	t->p99 = random_i64();
	t->p999 = random_i64();
}

static void
times_equal(const struct thrulay_times *a, const struct thrulay_times *b)
{
	assert_true(a->n == b->n && a->min == b->min && a->max == b->max);
	assert_true(a->mean == b->mean);
	assert_true(a->p01 == b->p01 && a->p05 == b->p05);
	assert_true(a->p25 == b->p25 && a->p50 == b->p50);
	assert_true(a->p75 == b->p75 && a->p95 == b->p95);
	assert_true(a->p99 == b->p99 && a->p999 == b->p999);
}

static void
test_request(void **state)
{
	struct ext_message m = { .kind = EXT_REQUEST }, back;
	struct ext_request *r = &m.u.request, *b = &back.u.request;
	size_t len;

	(void)state;
	r->direction = THRULAY_REVERSE;
	r->report = EXT_REPORT_RECORD;
	r->feedback_ns = 500 * CLOCK_NS_PER_MS;
	r->duration_ns = 60 * CLOCK_NS_PER_S;
	r->spacing = THRULAY_CONSTANT;
	r->dscp = 46;
	memset(r->cc, 'c', sizeof(r->cc) - 1);
	memset(r->auth_name, 'n', sizeof(r->auth_name) - 1);
	len = round_trip(&m, &back);
	assert_in_range(len, 1, EXT_REQUEST_MAX);
	assert_int_equal(b->direction, r->direction);
	assert_int_equal(b->report, r->report);
	assert_true(b->feedback_ns == r->feedback_ns);
	assert_true(b->duration_ns == r->duration_ns);
	assert_int_equal(b->spacing, r->spacing);
	assert_int_equal(b->dscp, r->dscp);
	assert_string_equal(b->cc, r->cc);
	assert_string_equal(b->auth_name, r->auth_name);
}

/* Milliseconds on the wire: a short time must not become none. */
static void
test_times_round_up_to_ms(void **state)
{
	static const struct {
		int64_t	ns, back;
	} rows[] = {
		{ 0, 0 }, { -5, 0 }, { 1, 1000000 }, { 1000000, 1000000 },
		{ 1000001, 2000000 },
		{ INT64_MAX - CLOCK_NS_PER_MS,
		    INT64_MAX / CLOCK_NS_PER_MS * CLOCK_NS_PER_MS },
	};
	struct ext_message m = { .kind = EXT_REQUEST }, back;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		m.u.request.duration_ns = rows[i].ns;
		round_trip(&m, &back);
		assert_true(back.u.request.duration_ns == rows[i].back);
	}
}

static void
test_challenge_and_proof(void **state)
{
	struct ext_message m = { .kind = EXT_CHALLENGE }, back;
	size_t i;

	(void)state;
	for (i = 0; i < EXT_CHALLENGE_LEN; i++)
		m.u.challenge[i] = (uint8_t)(i * 17);
	round_trip(&m, &back);
	assert_memory_equal(back.u.challenge, m.u.challenge,
	    EXT_CHALLENGE_LEN);
	m.kind = EXT_PROOF;
	for (i = 0; i < EXT_PROOF_LEN; i++)
		m.u.proof[i] = (uint8_t)(255 - i * 7);
	round_trip(&m, &back);
	assert_memory_equal(back.u.proof, m.u.proof, EXT_PROOF_LEN);
}

static void
test_verdict(void **state)
{
	struct ext_message m = { .kind = EXT_VERDICT }, back;
	uint8_t buf[64];
	size_t len;

	(void)state;
	len = ext_put(&m, buf, sizeof(buf));
	assert_int_equal(len, 24);
	assert_memory_equal(buf, "x:18:type=verdict\nok=1\n+", len);
	round_trip(&m, &back);
	assert_string_equal(back.u.error, "");
	strlcpy(m.u.error, "no\nreverse\x7ftests \xc3\xa9",
	    sizeof(m.u.error));
	round_trip(&m, &back);
	assert_string_equal(back.u.error, "no?reverse?tests \xc3\xa9");
	memset(m.u.error, 'e', sizeof(m.u.error));	/* no NUL */
	round_trip(&m, &back);
	assert_int_equal(strlen(back.u.error), sizeof(m.u.error) - 1);
}

static void
test_feedback(void **state)
{
	struct ext_message m = { .kind = EXT_FEEDBACK }, back;
	struct ext_feedback *f = &m.u.feedback, *b = &back.u.feedback;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		f->begin_ns = (int64_t)(random_u64() >> 1);
		f->end_ns = (int64_t)(random_u64() >> 1);
		f->received = random_u64();
		f->unique = random_u64();
		f->duplicates = random_u64();
		f->reordered = random_u64();
		f->lost = random_u64();
		random_times(&f->delay);
		round_trip(&m, &back);
		assert_true(b->begin_ns == f->begin_ns);
		assert_true(b->end_ns == f->end_ns);
		assert_true(b->received == f->received);
		assert_true(b->unique == f->unique);
		assert_true(b->duplicates == f->duplicates);
		assert_true(b->reordered == f->reordered);
		assert_true(b->lost == f->lost);
		times_equal(&b->delay, &f->delay);
	}
}

/* Every count is another number, so that no two can be mixed up. */
static void
fill(struct thrulay_udp_result *r)
{
	size_t j, n = (size_t)random() % (THRULAY_REORDER_MAX + 1);

	r->buffer = (int)(random() % 2147483647);
	r->proposed = random_u64();
	r->sent = random_u64();
	r->total = random_u64();
	r->unique = random_u64();
	r->duplicates = random_u64();
	r->lost = random_u64();
	r->bad_sequence = random_u64();
	r->bad_nonce = random_u64();
	r->bad_source = random_u64();
	r->too_short = random_u64();
	r->socket_drops = random() % 2 == 0 ? -1 : random();
	r->loss_pct = (double)(random() % 100001) / 1000;
	r->duplication_pct = (double)(random() % 100001) / 1000;
	r->reordering_pct = (double)(random() % 100001) / 1000;
	random_times(&r->delay);
	r->jitter_ns = random_i64();
	r->jitter_rfc3550_ns = random_i64();
	random_times(&r->ipdv);
	r->reordered = random_u64();
	r->reorder_extent_max = random_u64();
	memset(r->reorder_j, 0, sizeof(r->reorder_j));
	for (j = 0; j < n; j++)
		r->reorder_j[j] = random_u64();
	r->loss_periods = random_u64();
	r->loss_period_max = random_u64();
	r->first_ns = random_i64();
	r->last_ns = random_i64();
	r->kernel_stamps = random() % 2 == 0;
	r->host_limit = random() % 2 == 0 ? NULL : "clock went backwards";
}

static void
results_equal(const struct thrulay_udp_result *a,
    const struct thrulay_udp_result *b)
{
	assert_int_equal(a->buffer, b->buffer);
	assert_true(a->proposed == b->proposed && a->sent == b->sent);
	assert_true(a->total == b->total && a->unique == b->unique);
	assert_true(a->duplicates == b->duplicates && a->lost == b->lost);
	assert_true(a->bad_sequence == b->bad_sequence);
	assert_true(a->bad_nonce == b->bad_nonce);
	assert_true(a->bad_source == b->bad_source);
	assert_true(a->too_short == b->too_short);
	assert_true(a->socket_drops == b->socket_drops);
	assert_true(fabs(a->loss_pct - b->loss_pct) < 1e-9);
	assert_true(fabs(a->duplication_pct - b->duplication_pct) < 1e-9);
	assert_true(fabs(a->reordering_pct - b->reordering_pct) < 1e-9);
	times_equal(&a->delay, &b->delay);
	assert_true(a->jitter_ns == b->jitter_ns);
	assert_true(a->jitter_rfc3550_ns == b->jitter_rfc3550_ns);
	times_equal(&a->ipdv, &b->ipdv);
	assert_true(a->reordered == b->reordered);
	assert_true(a->reorder_extent_max == b->reorder_extent_max);
	assert_memory_equal(a->reorder_j, b->reorder_j, sizeof(a->reorder_j));
	assert_true(a->loss_periods == b->loss_periods);
	assert_true(a->loss_period_max == b->loss_period_max);
	assert_true(a->first_ns == b->first_ns && a->last_ns == b->last_ns);
	assert_int_equal(a->kernel_stamps, b->kernel_stamps);
	if (a->host_limit == NULL || b->host_limit == NULL)
		assert_ptr_equal(a->host_limit, b->host_limit);
	else
		assert_string_equal(a->host_limit, b->host_limit);
}

static void
test_record(void **state)
{
	struct ext_message m = { .kind = EXT_RECORD }, back;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		fill(&m.u.record);
		round_trip(&m, &back);
		assert_true(back.u.record.complete);
		results_equal(&back.u.record, &m.u.record);
	}
}

static void
test_record_without_figures(void **state)
{
	struct ext_message m = { .kind = EXT_RECORD }, back;

	(void)state;
	m.u.record.loss_pct = NAN;
	m.u.record.duplication_pct = 200;
	m.u.record.reordering_pct = -1;
	m.u.record.delay.mean = NAN;
	m.u.record.ipdv.mean = INFINITY;
	m.u.record.buffer = -1;
	round_trip(&m, &back);
	assert_true(isnan(back.u.record.loss_pct));
	assert_true(back.u.record.duplication_pct == 100);
	assert_true(back.u.record.reordering_pct == 0);
	assert_true(back.u.record.delay.mean == 0);
	assert_int_equal(back.u.record.buffer, -1);
	assert_null(back.u.record.host_limit);
}

static void
test_every_split_waits_for_the_rest(void **state)
{
	struct ext_message m = { .kind = EXT_RECORD }, back;
	uint8_t buf[ROOM];
	size_t len, n, used;

	(void)state;
	unit_seed();
	fill(&m.u.record);
	len = ext_put(&m, buf, sizeof(buf) - 1);
	for (n = 0; n < len; n++)
		assert_int_equal(get(buf, n, &back, &used), WIRE_MORE);
	/* and what follows the message is not part of it */
	buf[len] = 'x';
	assert_int_equal(get(buf, len + 1, &back, &used), WIRE_OK);
	assert_int_equal(used, len);
	results_equal(&back.u.record, &m.u.record);
}

static void
test_no_room(void **state)
{
	struct ext_message m = { .kind = EXT_FEEDBACK };
	uint8_t whole[ROOM], *part;
	size_t len, n;

	(void)state;
	len = ext_put(&m, whole, sizeof(whole));
	for (n = 0; n <= len; n++) {
		part = malloc(n > 0 ? n : 1);
		assert_non_null(part);
		assert_int_equal(ext_put(&m, part, n), n < len ? 0 : len);
		free(part);
	}
}

/* The largest record there can be fits. */
static void
test_largest_record(void **state)
{
	struct ext_message m = { .kind = EXT_RECORD }, back;
	char limit[EXT_ERROR_MAX];
	size_t j;

	(void)state;
	unit_seed();
	fill(&m.u.record);
	for (j = 0; j < THRULAY_REORDER_MAX; j++)
		m.u.record.reorder_j[j] = UINT64_MAX;
	m.u.record.sent = THRULAY_NO_COUNT;
	m.u.record.jitter_ns = THRULAY_NO_TIME;
	memset(limit, 'l', sizeof(limit) - 1);
	limit[sizeof(limit) - 1] = '\0';
	m.u.record.host_limit = limit;
	round_trip(&m, &back);
	results_equal(&back.u.record, &m.u.record);
}

/* A valid message with some bytes changed is read or refused, and what was
 * read is written and read the same again. */
static void
test_noise(void **state)
{
	struct ext_message m, back, again;
	uint8_t buf[ROOM];
	size_t len, used, k;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS * 5; i++) {
		memset(&m, 0, sizeof(m));
		m.kind = (enum ext_kind)(random() % (EXT_RECORD + 1));
		if (m.kind == EXT_RECORD)
			fill(&m.u.record);
		len = ext_put(&m, buf, sizeof(buf));
		for (k = (size_t)random() % 4; k > 0; k--)
			buf[(size_t)random() % len] = random() % 2 == 0 ?
			    (uint8_t)random() :
			    (uint8_t)"0123456789:+=\n -"[random() % 16];
		if (get(buf, len, &back, &used) == WIRE_OK)
			round_trip(&back, &again);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_times_round_up_to_ms),
		cmocka_unit_test(test_challenge_and_proof),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_feedback),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_record_without_figures),
		cmocka_unit_test(test_every_split_waits_for_the_rest),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_largest_record),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
