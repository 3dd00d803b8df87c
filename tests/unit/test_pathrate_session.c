/* SPDX-License-Identifier: BSD-2-Clause */
/* The two recorded sessions, once with each of our sides in them. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "common/clock.h"
#include "pathrate/classic.h"
#include "pathrate/rcv.h"
#include "pathrate/report_snd.h"
#include "pathrate/snd.h"

#define TRAINS	81

struct session {
	const char	*name;
	enum wire_width	 width;
	char		*text, *at;
	struct jv	*line;		/* of the recording */
};

static void
session_open(struct session *s, const char *name, enum wire_width width)
{
	*s = (struct session){ .name = name, .width = width };
	s->text = s->at = vectors_text(name);
}

/* The next line that one side sent, or the end. */
static const struct jv *
session_next(struct session *s)
{
	char *line;

	do {
		jv_free(s->line);
		s->line = NULL;
		line = strsep(&s->at, "\n");
		if (line == NULL || *line == '\0')
			return NULL;
		s->line = jv_parse(s->name, line);
	} while (jv_find(s->line, "tcp") != NULL);
	return s->line;
}

static void
session_close(struct session *s)
{
	assert_null(s->line);
	free(s->text);
}

static bool
is_from(const struct jv *line, const char *dir)
{
	return strcmp(jv_str(jv_get(line, "dir"), NULL), dir) == 0;
}

static int64_t
time_ns(const struct jv *line)
{
	return (int64_t)(jv_num(jv_get(line, "t")) * 1e9);
}

/* What is written next is the word of this line; it is taken from out. */
static void
out_is(const struct jv *line, const uint8_t *out, size_t out_len)
{
	uint8_t want[WIRE_WORD_MAX];
	size_t n = jv_hex(jv_get(line, "hex"), want, sizeof(want));

	assert_true(out_len >= n);
	assert_memory_equal(out, want, n);
}

/*
 * Our receiver, with the original sender's recorded words. The first RTT
 * message asks for its width, so one or two echoes answer it.
 */

struct receiver {
	struct session	 s;
	struct rcv	 r;
	struct classic	 c;
	int		 trains, rtts;
};

static void
no_text(void *arg, const struct classic_event *e)
{
	(void)arg;
	(void)e;
}

static void
receiver_next(struct receiver *v, int64_t now_ns)
{
	if (classic_ask(&v->c) == NULL)
		rcv_finish(&v->r);
	else
		rcv_ask(&v->r, now_ns, classic_ask(&v->c));
}

static void
receiver_event(struct receiver *v, int64_t now_ns)
{
	struct classic_config config = {
		.quick = true, .max_payload = 1460, .latency_us = 1
	};

	switch (rcv_next(&v->r)) {
	case RCV_NOTHING:
		break;
	case RCV_READY:
		config.rtt_ms = v->r.rtt_ms;
		assert_in_range(v->r.rtt_ms * 1000, 20, 300);
		assert_int_equal(v->r.features, 0);
		classic_start(&v->c, &config, no_text, NULL);
		rcv_begin(&v->r, v->c.ask.spacing_ns, 1460);
		receiver_next(v, now_ns);
		break;
	case RCV_TRAIN:
		assert_int_equal(v->r.end, TRAIN_GOOD);
		v->trains++;
		classic_take(&v->c, v->r.end, v->r.arrival_ns);
		receiver_next(v, now_ns);
		break;
	case RCV_TERMINATED:
	case RCV_FAILED:
		fail_msg("after %d trains", v->trains);
	}
}

/* A recorded train: its ends as they were, the rest between them. */
static void
receiver_train(struct receiver *v, const struct jv *train, int64_t now_ns)
{
	size_t n = (size_t)jv_uint(jv_get(train, "n")), i;
	size_t len = (size_t)jv_uint(jv_get(train, "len"));
	int64_t span_ns = jv_int(jv_get(train, "span_us")) * CLOCK_NS_PER_US;
	uint8_t packet[1460] = { 0 };
	struct wire_probe p;

	assert_int_equal(len, sizeof(packet));
	for (i = 0; i < n; i++) {
		jv_hex(jv_at(jv_get(train, "hdr"), i == n - 1), packet, 24);
		assert_true(wire_probe_get(WIRE_H4, packet, len, &p));
		p.pack_id = (uint32_t)i;
		wire_probe_put(&p, packet, 8);
		rcv_packet(&v->r, now_ns, now_ns +
		    span_ns * (int64_t)i / (int64_t)(n - 1), packet, len);
	}
}

/* The ten echoes, of which the first one or two answer the probe. */
static void
receiver_rtt(struct receiver *v, const struct jv *line)
{
	uint8_t probe[WIRE_PROBE_LEN], bytes[WIRE_WORD_MAX];
	size_t n = jv_hex(jv_get(line, "hex"), bytes, sizeof(bytes));

	if (is_from(line, "R>S"))
		return;
	if (v->rtts++ == 0) {
		wire_width_probe(probe);
		assert_int_equal(v->r.out_len, sizeof(probe));
		rcv_written(&v->r, sizeof(probe));
	}
	/* W4 echoes both halves of it */
	if (v->rtts == 2 && v->s.width == WIRE_W4)
		memcpy(bytes, probe + WIRE_W4, WIRE_W4);
	else
		rcv_written(&v->r, v->s.width);
	rcv_bytes(&v->r, time_ns(line), bytes, n);
}

static void
receiver_line(struct receiver *v, const struct jv *line)
{
	uint8_t bytes[WIRE_WORD_MAX];
	size_t n;

	if (jv_find(line, "udp_train") != NULL) {
		receiver_train(v, jv_get(line, "udp_train"), time_ns(line));
	} else if (strcmp(jv_str(jv_get(line, "code"), NULL), "RTT") == 0) {
		receiver_rtt(v, line);
	} else if (is_from(line, "R>S")) {
		out_is(line, v->r.out, v->r.out_len);
		rcv_written(&v->r, v->s.width);
	} else {
		n = jv_hex(jv_get(line, "hex"), bytes, sizeof(bytes));
		rcv_bytes(&v->r, time_ns(line), bytes, n);
	}
	receiver_event(v, time_ns(line));
}

static void
receiver(const char *name, enum wire_width width)
{
	struct rcv_config config = {
		.extend = true, .data_port = WIRE_UDP_PORT,
		.first_ns = CLOCK_NS_PER_S
	};
	struct receiver *v = calloc(1, sizeof(*v));
	const struct jv *line;

	assert_non_null(v);
	session_open(&v->s, name, width);
	rcv_start(&v->r, &config, 0);
	while ((line = session_next(&v->s)) != NULL)
		receiver_line(v, line);
	assert_int_equal(v->trains, TRAINS);
	assert_int_equal(v->r.words.width, width);
	assert_int_equal(v->r.layout, WIRE_H4);
	assert_int_equal(v->r.state, RCV_OVER);
	assert_int_equal(v->r.out_len, 0);
	assert_int_equal(v->c.phase, CLASSIC_DONE);
	session_close(&v->s);
	free(v);
}

static void
receiver_w8(void **state)
{
	(void)state;
	receiver("pathrate/session-w8-10mbit-Q.jsonl", WIRE_W8);
}

static void
receiver_w4(void **state)
{
	(void)state;
	receiver("pathrate/session-w4-10mbit-Q.jsonl", WIRE_W4);
}

/*
 * Our sender, with the original receiver's recorded words.
 */

struct sender {
	struct session		 s;
	struct snd		 e;
	struct report_snd	 text;
	int			 trains;
};

static void
sender_word(struct sender *v, const struct jv *line)
{
	uint8_t bytes[WIRE_WORD_MAX];
	size_t n = jv_hex(jv_get(line, "hex"), bytes, sizeof(bytes));
	int64_t now_ns = time_ns(line);

	assert_true(snd_room(&v->e) >= n);
	snd_bytes(&v->e, now_ns, bytes, n);
	/* nothing but patience tells that W4 has no second half */
	if (v->s.width == WIRE_W4 && v->e.state == SND_IN_WIDTH) {
		assert_int_equal(v->e.out_len, 0);
		assert_true(snd_deadline_ns(&v->e) ==
		    now_ns + 200 * CLOCK_NS_PER_MS);
		snd_timer(&v->e, snd_deadline_ns(&v->e));
	}
}

static void
sender_train(struct sender *v, const struct jv *want, int64_t now_ns)
{
	const struct snd_train *t = snd_train(&v->e);
	struct wire_probe p;
	uint8_t head[24], ours[WIRE_H4_LEN];
	size_t i;

	assert_non_null(t);
	assert_int_equal(t->len + 1, jv_uint(jv_get(want, "n")));
	assert_int_equal(t->payload, jv_uint(jv_get(want, "len")));
	assert_false(t->has_nonce);
	for (i = 0; i < 2; i++) {
		jv_hex(jv_at(jv_get(want, "hdr"), i), head, sizeof(head));
		p = (struct wire_probe){ i == 0 ? 0 : (uint32_t)t->len,
		    t->train_id, t->round_id };
		wire_probe_put(&p, ours, sizeof(ours));
		assert_memory_equal(ours, head, 12);
	}
	v->trains++;
	snd_sent(&v->e, now_ns, now_ns, 100);
	assert_null(snd_train(&v->e));
}

static void
sender_line(struct sender *v, const struct jv *line)
{
	if (jv_find(line, "udp_train") != NULL) {
		sender_train(v, jv_get(line, "udp_train"), time_ns(line));
	} else if (is_from(line, "R>S")) {
		sender_word(v, line);
	} else {
		if (v->e.state == SND_IN_SPACING) {
			assert_int_equal(v->e.out_len, 0);
			snd_timer(&v->e, snd_deadline_ns(&v->e));
		}
		out_is(line, v->e.out, v->e.out_len);
		snd_written(&v->e, v->s.width);
	}
}

/* The dates in the sample are those of its run. */
static void
text_is(const char *got, const char *sample)
{
	char *want = vectors_text(sample);
	const char *g = strstr(got, "Measurements are"),
	    *w = strstr(want, "Measurements are"),
	    *end = strstr(want, " measurements on Sun Nov 22 02:14:19");

	assert_non_null(g);
	assert_non_null(w);
	assert_non_null(end);
	assert_memory_equal(g, w, end - w);
	assert_string_equal(g + (end - w),
	    " measurements on Thu Jan  1 00:00:00 1970\n");
	free(want);
}

static void
sender(const char *name, enum wire_width width)
{
	struct snd_config config = {
		.max_payload = 16384, .max_len = 1000,
		.max_spacing_ns = 60 * CLOCK_NS_PER_S,
		.idle_ns = 60 * CLOCK_NS_PER_S,
		.features = WIRE_EXT_NONCE | WIRE_EXT_DEPARTURE
	};
	struct sender *v = calloc(1, sizeof(*v));
	const struct jv *line;
	char *text;
	size_t len;

	assert_non_null(v);
	v->text.r = (struct report){
		.out = open_memstream(&text, &len), .normal = true,
		.verbose = true
	};
	session_open(&v->s, name, width);
	snd_start(&v->e, &config, report_snd, &v->text, 0);
	while ((line = session_next(&v->s)) != NULL)
		sender_line(v, line);
	assert_int_equal(v->trains, TRAINS);
	assert_true(snd_is_over(&v->e));
	assert_int_equal(v->e.out_len, 0);
	fclose(v->text.r.out);
	text_is(text, "pathrate/samples/sender-v-Q-10mbit.stdout.txt");
	free(text);
	session_close(&v->s);
	free(v);
}

static void
sender_w8(void **state)
{
	(void)state;
	sender("pathrate/session-w8-10mbit-Q.jsonl", WIRE_W8);
}

static void
sender_w4(void **state)
{
	(void)state;
	sender("pathrate/session-w4-10mbit-Q.jsonl", WIRE_W4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(receiver_w8),
		cmocka_unit_test(receiver_w4),
		cmocka_unit_test(sender_w8),
		cmocka_unit_test(sender_w4),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
