/* SPDX-License-Identifier: BSD-2-Clause */
/* Peers that do what no peer should: spec section 6 and random bytes. */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "pathrate/rcv.h"
#include "pathrate/snd.h"

#define IDLE_NS		(60 * CLOCK_NS_PER_S)
#define HELLO_NS	(10 * CLOCK_NS_PER_S)
#define EVENTS		4000

struct said {
	int	 count[SND_SILENT + 1];
	int	 last;
};

static void
say(void *arg, enum snd_kind kind, int number)
{
	struct said *said = arg;

	said->count[kind]++;
	said->last = number;
}

static void
start(struct snd *s, struct said *said, uint8_t features)
{
	struct snd_config config = {
		.max_payload = 16384, .max_len = 1000,
		.max_spacing_ns = 60 * CLOCK_NS_PER_S, .idle_ns = IDLE_NS,
		.features = features
	};

	memset(said, 0, sizeof(*said));
	snd_start(s, &config, say, said, 0);
}

static void
word(struct snd *s, uint32_t value)
{
	uint8_t b[WIRE_WORD_MAX];

	snd_bytes(s, 1000, b, wire_word_put(value, WIRE_W8, b));
	snd_written(s, s->out_len);
}

/* A session in the command state. */
static void
commands(struct snd *s, struct said *said, uint8_t features)
{
	int i;

	start(s, said, features);
	for (i = 0; i < 9; i++)
		word(s, WIRE_RTT);
	word(s, features != 0 ? WIRE_EXT_ASK : WIRE_RTT);
	assert_int_equal(s->state, SND_IN_COMMAND);
	assert_int_equal(said->count[SND_STARTED], 1);
}

static void
numbers_out_of_range(void **state)
{
	static const struct {
		enum wire_code	code;
		uint32_t	argument;
		bool		good;
	} cases[] = {
		{ WIRE_PCK_LEN, 11, false }, { WIRE_PCK_LEN, 12, true },
		{ WIRE_PCK_LEN, 16384, true }, { WIRE_PCK_LEN, 16385, false },
		{ WIRE_PCK_LEN, 0x800000, false },
		{ WIRE_TRAIN_LEN, 0, true }, { WIRE_TRAIN_LEN, 1000, true },
		{ WIRE_TRAIN_LEN, 1001, false },
		{ WIRE_TRAIN_LEN, 8388607, false },
		{ WIRE_TRAIN_LEN, 0xffffff, false },
		{ WIRE_TRAIN_SPACING, 0, true },
		{ WIRE_TRAIN_SPACING, 60000, true },
		{ WIRE_TRAIN_SPACING, 60001, false },
		{ WIRE_MAX_PCK_LEN, 0xffffff, true },
		{ WIRE_NO_TRAINS, 9, true }, { WIRE_ACK_TRAIN, 0, true },
		{ WIRE_NEG_ACK_TRAIN, 0, true }, { WIRE_CONTINUE, 0, true },
		{ WIRE_RTT, 0, false }, { WIRE_SENT_TRAIN, 0, false },
		{ (enum wire_code)0x0a, 0, false },
		{ (enum wire_code)0xff, 0xffffff, false },
		{ WIRE_NONCE, 1, false }, { WIRE_DATA_PORT, 1, false },
		{ WIRE_QUEUED, 0, false }, { WIRE_DEPARTED, 1, false },
	};
	struct said said;
	struct snd s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		commands(&s, &said, 0);
		word(&s, wire_value(cases[i].code, cases[i].argument));
		assert_int_equal(snd_is_over(&s), !cases[i].good);
		assert_int_equal(said.count[SND_UNKNOWN], !cases[i].good);
	}
}

static void
extension_commands(void **state)
{
	struct said said;
	struct snd s;

	(void)state;
	commands(&s, &said, WIRE_EXT_NONCE | WIRE_EXT_DATA_PORT);
	assert_true(s.extended);
	word(&s, wire_value(WIRE_DATA_PORT, 4242));
	word(&s, wire_value(WIRE_NONCE, 0x001122));
	word(&s, wire_value(WIRE_NONCE, 0x334455));
	word(&s, wire_value(WIRE_NONCE, 0x667788));
	word(&s, wire_value(WIRE_SEND, 2));
	assert_non_null(snd_train(&s));
	assert_int_equal(snd_train(&s)->port, 4242);
	assert_true(snd_train(&s)->nonce == 0x1122334455667788ULL);
	commands(&s, &said, WIRE_EXT_DATA_PORT);
	word(&s, wire_value(WIRE_DATA_PORT, 65536));
	assert_true(snd_is_over(&s));
}

/* Words that come while a train is out wait until they are asked for. */
static void
words_too_early(void **state)
{
	struct said said;
	struct snd s;

	(void)state;
	commands(&s, &said, 0);
	word(&s, wire_value(WIRE_SEND, 2));
	word(&s, wire_value(WIRE_ACK_TRAIN, 0));
	word(&s, wire_value(WIRE_SEND, 3));
	assert_int_equal(said.count[SND_ROUND], 1);
	assert_int_equal(snd_train(&s)->train_id, 1);
	snd_sent(&s, 2000, 2000, 0);
	assert_int_equal(said.count[SND_ACKED], 1);
	assert_int_equal(snd_train(&s)->train_id, 2);
	assert_int_equal(snd_train(&s)->round_id, 3);
	snd_sent(&s, 3000, 3000, 0);
	/* another command in place of a verdict */
	word(&s, wire_value(WIRE_TRAIN_LEN, 5));
	assert_int_equal(said.count[SND_UNEXPECTED], 1);
	assert_int_equal(s.train.len, 5);
	assert_int_equal(s.state, SND_IN_COMMAND);
}

/* A receiver that is interrupted while a train is under way says so. */
static void
leave_too_early(void **state)
{
	struct said said;
	struct snd s;

	(void)state;
	commands(&s, &said, 0);
	word(&s, wire_value(WIRE_TRAIN_SPACING, 500));
	word(&s, wire_value(WIRE_SEND, 2));
	snd_sent(&s, 2000, 2000, 0);
	assert_int_equal(s.state, SND_IN_SPACING);
	word(&s, wire_value(WIRE_CONTINUE, 0));
	word(&s, wire_value(WIRE_GAME_OVER, 0));
	snd_closed(&s);
	assert_int_equal(said.count[SND_TERMINATED], 1);
	assert_int_equal(said.count[SND_UNKNOWN], 0);
}

/* That is when patience ends. */
static void
ends_at(struct snd *s, int64_t when_ns)
{
	assert_true(snd_deadline_ns(s) == when_ns);
	snd_timer(s, when_ns - 1);
	assert_false(snd_is_over(s));
	snd_timer(s, when_ns);
	assert_true(snd_is_over(s));
}

/* Nothing, one byte, three bytes, one word of ten. */
static void
silence(void **state)
{
	struct said said;
	struct snd s;
	size_t n;

	(void)state;
	for (n = 0; n < 4; n++) {
		start(&s, &said, 0);
		snd_bytes(&s, 5, (const uint8_t *)"\0\0\0", n);
		ends_at(&s, HELLO_NS);
		assert_int_equal(said.count[SND_SILENT], 1);
	}
	start(&s, &said, 0);
	snd_bytes(&s, 5, (const uint8_t[8]){ 0 }, 8);
	ends_at(&s, 5 + HELLO_NS);
	commands(&s, &said, 0);
	ends_at(&s, 1000 + IDLE_NS);
	assert_int_equal(said.count[SND_SILENT], 1);
	commands(&s, &said, 0);
	snd_closed(&s);
	snd_closed(&s);
	assert_true(snd_is_over(&s));
	assert_int_equal(said.count[SND_UNKNOWN], 1);
}

/* In the grace after a lossy train verdicts change nothing. */
static void
verdicts_in_the_grace(void **state)
{
	struct said said;
	struct snd s;

	(void)state;
	commands(&s, &said, 0);
	word(&s, wire_value(WIRE_SEND, 2));
	snd_sent(&s, 1000, 1000, 0);
	word(&s, wire_value(WIRE_NEG_ACK_TRAIN, 0));
	assert_int_equal(s.state, SND_IN_GRACE);
	word(&s, wire_value(WIRE_ACK_TRAIN, 0));
	word(&s, wire_value(WIRE_NEG_ACK_TRAIN, 0));
	assert_int_equal(s.state, SND_IN_GRACE);
	snd_timer(&s, snd_deadline_ns(&s));
	assert_int_equal(snd_train(&s)->train_id, 2);
	assert_int_equal(said.last, 2);
}

/* Random bytes and moments: no state without an end, no room overrun. */
static void
any_receiver(void **state)
{
	uint8_t b[64];
	struct said said;
	struct snd s;
	int64_t now = 0;
	size_t i, n;
	int turn;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 300; turn++) {
		start(&s, &said, turn % 2 ? 31 : 0);
		for (i = 0; i < EVENTS && !snd_is_over(&s); i++) {
			for (n = 0; n < sizeof(b); n++)
				b[n] = random() % 4 ? (uint8_t)(random() % 18) :
				    0;
			now += random() % CLOCK_NS_PER_S;
			n = (size_t)random() % 12;
			if (n <= snd_room(&s))
				snd_bytes(&s, now, b, n);
			if (snd_train(&s) != NULL)
				snd_sent(&s, now, now, (uint32_t)random());
			if (random() % 8 == 0)
				snd_timer(&s, now);
			if (random() % 2)
				snd_written(&s, (size_t)random() % 40);
			assert_in_range(s.train.payload, 12, 16384);
			assert_in_range(s.train.len, 0, 1000);
			assert_true(snd_is_over(&s) || s.state ==
			    SND_IN_TRAIN || snd_deadline_ns(&s) <= now +
			    60 * CLOCK_NS_PER_S);
		}
	}
}

/* The receiver among random senders and packets from anywhere. */
static void
random_packet(struct rcv *r, int64_t now)
{
	struct wire_probe p = {
		(uint32_t)random() % 60, (uint32_t)random() % 4,
		r->ask.round + (uint32_t)(random() % 8 == 0)
	};
	uint8_t b[1500] = { 0 };
	size_t len = random() % 4 ? r->ask.payload :
	    (size_t)random() % sizeof(b);

	wire_probe_put(&p, b, len);
	rcv_packet(r, now, random() - 1000000, b, len);
}

static void
any_sender(void **state)
{
	struct rcv_config config = {
		.extend = true, .first_ns = IDLE_NS, .limit_ns = 0
	};
	struct train_ask ask = { .payload = 100, .len = 50, .round = 2 };
	uint8_t b[16] = { 0 };
	enum rcv_event e;
	struct rcv r;
	int64_t now;
	int turn, i;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 300; turn++) {
		rcv_start(&r, &config, now = 0);
		rcv_bytes(&r, now, b, WIRE_PROBE_LEN);
		for (i = 0; i < EVENTS && r.state != RCV_OVER; i++) {
			now += random() % CLOCK_NS_PER_MS * 30;
			b[3] = random() % 32 ? WIRE_SENT_TRAIN :
			    (uint8_t)random();
			if (random() % 3 == 0)
				rcv_bytes(&r, now, b, random() % 32 ? 8 :
				    (size_t)random() % 16);
			random_packet(&r, now);
			if (random() % 8 == 0)
				rcv_timer(&r, now);
			rcv_written(&r, random() % 2 ? r.out_len : 3);
			e = rcv_next(&r);
			ask.len = 1 + (size_t)random() % 50;
			ask.again = random() % 2;
			ask.round += !ask.again;
			ask.pause_ns = random() % 4 ? 0 : CLOCK_NS_PER_S;
			if (e == RCV_READY || e == RCV_TRAIN)
				rcv_ask(&r, now, &ask);
			assert_true(rcv_deadline_ns(&r) < INT64_MAX ||
			    r.state == RCV_OVER);
			assert_true(r.received <= r.ask.len + 1);
		}
		rcv_finish(&r);
		assert_int_equal(r.state, RCV_OVER);
	}
}

static void
not_a_sender(void **state)
{
	struct rcv_config config = { .first_ns = IDLE_NS };
	struct rcv r;

	(void)state;
	rcv_start(&r, &config, 0);
	rcv_bytes(&r, 1, (const uint8_t *)"SSH-", 4);
	assert_int_equal(rcv_next(&r), RCV_NOTHING);
	rcv_bytes(&r, 1, (const uint8_t *)"2.0-", 4);
	assert_int_equal(rcv_next(&r), RCV_FAILED);
	assert_int_equal(r.why, RCV_NOT_A_SENDER);
	rcv_start(&r, &config, 0);
	rcv_closed(&r);
	assert_int_equal(rcv_next(&r), RCV_FAILED);
	assert_int_equal(r.why, RCV_CLOSED);
}

/* A clock that is set during a train spoils its stamps, either way. */
static void
clock_steps(void **state)
{
	static const int64_t steps[] = { 0, 999999, -999999, 1000000,
		-1000000, 3600 * CLOCK_NS_PER_S, INT64_MIN, INT64_MAX };
	static struct rcv r;
	size_t i, j, missing;

	(void)state;
	for (i = 0; i < NELEM(steps); i++) {
		r = (struct rcv){ .ask.len = 3, .end = TRAIN_GOOD };
		for (j = 0; j < 5; j++)
			r.arrival_ns[j] = (int64_t)j;
		rcv_clock_stepped(&r, steps[i]);
		for (j = 0, missing = 0; j < 4; j++)
			missing += r.arrival_ns[j] == TRAIN_MISSING;
		assert_int_equal(missing, i < 3 ? 0 : 4);
		assert_int_equal(r.end, i < 3 ? TRAIN_GOOD : TRAIN_STALE);
		assert_int_equal(r.arrival_ns[4], 4);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_out_of_range),
		cmocka_unit_test(extension_commands),
		cmocka_unit_test(words_too_early),
		cmocka_unit_test(leave_too_early),
		cmocka_unit_test(silence),
		cmocka_unit_test(verdicts_in_the_grace),
		cmocka_unit_test(any_receiver),
		cmocka_unit_test(any_sender),
		cmocka_unit_test(not_a_sender),
		cmocka_unit_test(clock_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
