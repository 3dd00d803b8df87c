/* SPDX-License-Identifier: BSD-2-Clause */
/* The complete recorded runs: every result and every byte of text. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "pathrate/replay.h"
#include "pathrate/report.h"

#define DIR	"pathrate/"
#define SAMPLES	DIR "samples/"

/* A run with what it printed. */
struct run {
	struct classic	 c;
	struct report	 r;
	char		*out, *log;
	size_t		 out_len, log_len;
	struct mode	 modes_2[MODES_MAX];
	size_t		 nmodes_2;
	bool		 in_phase_2;
	int		 trains;
};

static void
say(void *arg, const struct classic_event *e)
{
	struct run *run = arg;

	if (e->kind == CLASSIC_MODES_2)
		run->in_phase_2 = true;
	if (e->kind == CLASSIC_MODE && run->in_phase_2)
		run->modes_2[run->nmodes_2++] = *e->mode;
	report_classic(&run->r, e);
}

static void
start(struct run *run, const struct replay_line *l, bool quick)
{
	struct classic_config config = {
		.quick = quick, .max_payload = l->max_payload,
		.rtt_ms = l->rtt_ms, .latency_us = l->min_gap_us / 3
	};

	report_start(&run->r, "10.66.0.2", "vm", 0);
	report_rtt(&run->r, l->rtt_ms);
	classic_start(&run->c, &config, say, run);
}

static void
feed(struct run *run, const struct replay_line *l)
{
	const struct train_ask *ask = classic_ask(&run->c);

	assert_non_null(ask);
	assert_int_equal(ask->len, l->len);
	assert_int_equal(ask->round, l->round);
	run->trains++;
	classic_take(&run->c, l->end, l->arrival_ns);
}

static void
same(const struct jv *line, const char *key, double got)
{
	double want = jv_num(jv_get(line, key));

	if (got != want && fabs(got - want) > fabs(want) * 1e-14)
		fail_msg("%s is %.17g, not %.17g", key, got, want);
}

static void
mode_same(const struct jv *line, const struct mode *m)
{
	same(line, "mode_lo", m->lo);
	same(line, "mode_hi", m->hi);
	same(line, "mode_cnt", (double)m->count);
	same(line, "bell_cnt", (double)m->bell_count);
	same(line, "bell_lo", m->bell_lo);
	same(line, "bell_hi", m->bell_hi);
	same(line, "kurtosis", m->kurtosis);
}

/* A line of results against the run, all of which is over. */
static void
result(const struct run *run, const struct jv *line, size_t *m1, size_t *m2)
{
	const struct classic *c = &run->c;
	const char *type = jv_str(jv_get(line, "type"), NULL);

	if (strcmp(type, "prelim") == 0) {
		same(line, "n", (double)c->nprelim - 1);
		same(line, "max_train_len", (double)c->max_len);
		same(line, "avg", c->mean);
		same(line, "std", c->deviation);
		same(line, "bin", c->bin);
	} else if (strcmp(type, "phase1") == 0) {
		same(line, "n", (double)c->npair - 1);
		same(line, "abort", c->aborted);
		same(line, "modes", (double)c->nmode);
	} else if (strcmp(type, "phase1_mode") == 0) {
		assert_true(*m1 < c->nmode);
		mode_same(line, &c->mode[(*m1)++]);
	} else if (strcmp(type, "phase2") == 0) {
		same(line, "n", (double)c->ntrain - 1);
		same(line, "modes", (double)run->nmodes_2);
		same(line, "adr", c->adr);
		same(line, "std", c->adr_deviation);
		same(line, "narrow", c->adr_narrow);
	} else if (strcmp(type, "phase2_mode") == 0) {
		assert_true(*m2 < run->nmodes_2);
		mode_same(line, &run->modes_2[(*m2)++]);
	} else if (strcmp(type, "final") == 0) {
		same(line, "lo", c->lo);
		same(line, "hi", c->hi);
	} else {
		fail_msg("%s: what is that?", type);
	}
}

static void
results(const struct run *run, const char *name)
{
	char *text = vectors_text(name), *at = text, *line;
	struct replay_line l;
	size_t m1 = 0, m2 = 0, n = 0;
	const char *why;
	struct jv *v;

	while ((line = strsep(&at, "\n")) != NULL && *line != '\0') {
		if (replay_parse(line, strlen(line), &l, &why) != REPLAY_OTHER)
			continue;
		v = jv_parse(name, line);
		result(run, v, &m1, &m2);
		jv_free(v);
		n++;
	}
	assert_in_range(n, 2, 16);
	free(text);
}

static void
run_file(struct run *run, const char *name, bool quick, bool normal,
    bool verbose)
{
	char *text = vectors_text(name), *at = text, *line;
	struct replay_line l;
	const char *why;

	memset(run, 0, sizeof(*run));
	run->r = (struct report){
		open_memstream(&run->out, &run->out_len),
		open_memstream(&run->log, &run->log_len), normal, verbose
	};
	while ((line = strsep(&at, "\n")) != NULL && *line != '\0') {
		switch (replay_parse(line, strlen(line), &l, &why)) {
		case REPLAY_PARAM:
			start(run, &l, quick);
			break;
		case REPLAY_TRAIN:
			feed(run, &l);
			break;
		case REPLAY_BAD:
			fail_msg("%s: %s", line, why);
			break;
		case REPLAY_OTHER:
			break;
		}
	}
	fclose(run->r.out);
	fclose(run->r.log);
	free(text);
	assert_null(classic_ask(&run->c));
}

static void
run_free(struct run *run)
{
	free(run->out);
	free(run->log);
}

/* From the third line on: before it are host names and dates. */
static void
text_is(const char *got, const char *sample)
{
	char *want = vectors_text(sample);
	const char *g = strstr(got, "\t--> Average"),
	    *w = strstr(want, "\t--> Average");
	size_t i;

	assert_non_null(g);
	assert_non_null(w);
	for (i = 0; g[i] == w[i] && g[i] != '\0'; i++)
		continue;
	if (g[i] != w[i])
		fail_msg("%s differs: \"%.60s\", not \"%.60s\"", sample,
		    g + i - (i < 20 ? i : 20), w + i - (i < 20 ? i : 20));
	free(want);
}

static void
quick_termination(void **state)
{
	struct run *run = *state;

	run_file(run, DIR "replay-quick-10mbit-x50.jsonl", false, true, true);
	assert_int_equal(run->trains, 81);
	assert_int_equal(run->c.phase, CLASSIC_DONE);
	results(run, DIR "replay-quick-10mbit-x50.jsonl");
	text_is(run->out, SAMPLES "replay-quick-10mbit-x50.v.stdout.txt");
	run_free(run);
}

static void
full_run(void **state)
{
	struct run *run = *state;

	run_file(run, DIR "replay-full-100mbit.jsonl", false, true, true);
	assert_int_equal(run->trains, 1581);
	results(run, DIR "replay-full-100mbit.jsonl");
	text_is(run->out, SAMPLES "replay-full-100mbit.v.stdout.txt");
	text_is(run->log, SAMPLES "replay-full-100mbit.pathrate.output.txt");
	run_free(run);
}

static void
phase_1_aborted(void **state)
{
	struct run *run = *state;

	run_file(run, DIR "replay-phase1-aborted-1gbit.jsonl", false, true,
	    true);
	assert_int_equal(run->trains, 856);
	results(run, DIR "replay-phase1-aborted-1gbit.jsonl");
	text_is(run->out,
	    SAMPLES "replay-phase1-aborted-1gbit.v.stdout.txt");
	run_free(run);
}

/* -q and -v: what is printed does not change what is logged. */
static void
levels(void **state)
{
	struct run *run = *state;
	const char *name = DIR "replay-quick-10mbit-x50.jsonl";
	char *log;

	run_file(run, name, true, false, false);
	assert_string_equal(run->out, "");
	log = run->log;
	free(run->out);
	run_file(run, name, true, true, false);
	assert_string_equal(run->log, log);
	assert_non_null(strstr(run->out, "\n\n"
	    "\n\t--> Capacity Resolution:  149 kbps \n"
	    " - Requested Quick Termination\n\n"
	    "--> Coefficient of variation: 0.018 \n"
	    "-------------------------------------------------\n"
	    "Final capacity estimate :  9.7 Mbps  to  9.9 Mbps  \n"
	    "-------------------------------------------------\n"));
	run_free(run);
	run_file(run, name, true, false, true);
	assert_null(strstr(run->out, "Capacity Resolution"));
	assert_non_null(strstr(run->out, "Train length: 2"));
	run_free(run);
	free(log);
}

static int
setup(void **state)
{
	*state = malloc(sizeof(struct run));
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick_termination),
		cmocka_unit_test(full_run),
		cmocka_unit_test(phase_1_aborted),
		cmocka_unit_test(levels),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
