/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/recorded.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

const char *
recorded_prefix(const char *line, int *conn)
{
	int n = 0;

	*conn = -1;
	if (sscanf(line, "[%d]%n", conn, &n) != 1 || n == 0)
		return line;
	return line + n;
}

/* What follows the label in this line, NULL when it is not there. */
static const char *
after(const char *line, const char *label)
{
	const char *at = strstr(line, label), *end = strchr(line, '\n');

	if (at == NULL || (end != NULL && at > end))
		return NULL;
	return at + strlen(label);
}

static double
number(const char *line, const char *label)
{
	const char *at = after(line, label);

	assert_non_null(at);
	return strtod(at, NULL);
}

/* So many datagrams that the percentage comes out. */
static void
datagrams(struct result_subint *s, double percent)
{
	if (percent <= 0)
		s->datagrams = 0;
	else if (s->loss == 0)
		s->datagrams = 1;
	else
		s->datagrams = (uint64_t)lround((double)s->loss * percent /
		    (100 - percent));
}

static void
losses(const char *text, struct recorded *r)
{
	struct result_subint *s = &r->line.s;
	const char *at = after(text, "Loss/OoO/Dup/CE: ");

	r->ce = at != NULL;
	if (at == NULL)
		at = after(text, "Loss/OoO/Dup: ");
	assert_non_null(at);
	assert_true(sscanf(at, "%" SCNu64 "/%" SCNu64 "/%" SCNu64 "/%" SCNu64,
	    &s->loss, &s->ooo, &s->dup, &s->ce) >= 3);
	r->loss_ratio = after(text, "LossRatio: ") != NULL;
	if (r->loss_ratio)
		datagrams(s, 100 - 100 * number(text, "LossRatio: "));
	else
		datagrams(s, number(text, "Delivered(%): "));
}

static void
delays(const char *text, struct recorded *r)
{
	struct result_line *l = &r->line;
	const char *at = after(text, "OWDVar(ms): ");

	assert_non_null(at);
	assert_int_equal(sscanf(at, "%u/%u/%u", &l->s.owd_min, &l->owd_avg,
	    &l->s.owd_max), 3);
	at = after(text, "RTTVar(ms): ");
	assert_non_null(at);
	r->compat_8 = sscanf(at, "%u-%u", &l->s.rtt_min, &l->s.rtt_max) == 2;
	if (!r->compat_8)
		assert_int_equal(sscanf(at, "%u/%u/%u", &l->s.rtt_min,
		    &l->rtt_avg, &l->s.rtt_max), 3);
}

static void
figures(const char *text, struct recorded *r)
{
	losses(text, r);
	delays(text, r);
	r->line.rates.l3 = number(text, "Mbps(L3/IP): ");
	r->line.rates.interface = -1;
}

bool
recorded_subint(const char *line, struct recorded *r)
{
	memset(r, 0, sizeof(*r));
	r->text = recorded_prefix(line, &r->conn);
	if (sscanf(r->text, "Sub-Interval[%u](sec):", &r->line.s.number) != 1)
		return false;
	r->line.s.accum_ms = (uint32_t)lround(1000 *
	    number(r->text, "(sec): "));
	figures(r->text, r);
	return true;
}

/* "Upstream Sum[1-2] ...": one of these two words behind the direction. */
static bool
result(const char *line, const char *whole, const char *mode,
    struct recorded *r)
{
	const char *at;
	size_t n = strlen(mode);

	memset(r, 0, sizeof(*r));
	r->text = recorded_prefix(line, &r->conn);
	r->upstream = strncmp(r->text, "Upstream ", 9) == 0;
	if (!r->upstream && strncmp(r->text, "Downstream ", 11) != 0)
		return false;
	at = strchr(r->text, ' ') + 1;
	if (strncmp(at, mode, n) == 0 && at[n] == '[')
		return sscanf(at + n, "[%u-%u]", &r->first, &r->last) == 2;
	return strncmp(at, whole, strlen(whole)) == 0;
}

bool
recorded_summary(const char *line, struct recorded *r)
{
	if (!result(line, "Summary ", "Sum", r))
		return false;
	figures(r->text, r);
	return true;
}

bool
recorded_minimum(const char *line, struct recorded *r)
{
	if (!result(line, "Minimum One-Way", "Minimum", r))
		return false;
	r->line.s.have_clock_delta = true;
	r->line.s.clock_delta_min = (int32_t)number(r->text, "Delay(ms): ");
	r->line.s.rtt_minimum = (uint32_t)number(r->text, "Time(ms): ");
	r->line.active = (unsigned int)number(r->text, "Connections: ");
	return true;
}

bool
recorded_maximum(const char *line, struct recorded *r)
{
	if (!result(line, "Maximum ", "Max", r))
		return false;
	r->line.rates = (struct result_rates){
		number(r->text, "(L3/IP): "), number(r->text, "(L2/Eth): "),
		number(r->text, "(L1/Eth): "),
		number(r->text, "(L1/Eth+VLAN): "), -1
	};
	return true;
}

static unsigned int
whole(const char *line, const char *label)
{
	return (unsigned int)number(line, label);
}

static void
second_line(const char *line, struct options *o, struct report_test *t)
{
	const char *th = o->compat_8 ? "Cong. Thresh: " : "Cong. Th: ";
	const char *index = after(line, "SR Index: ");

	if (index == NULL) {
		fail_msg("no SR Index: %s", line);
		return;
	}
	t->ident = (uint16_t)whole(line, "ID: ");
	t->index_is_start = *index == '@';
	t->index = *index == '<' ? -1 :
	    (int)strtol(index + t->index_is_start, NULL, 10);
	t->slow_thresh = whole(line, th);
	t->high_speed_delta = whole(line, "HS Delta: ");
	t->seq_thresh = whole(line, o->compat_8 ? "SeqErr Thresh: " :
	    "SeqErr Th: ");
	t->algorithm = after(line, "Algo: C") != NULL;
	t->conns_max = whole(line, "Conn: ");
	t->ipv6 = after(line, "IPv6 TClass: ") != NULL;
	if (o->compat_8)
		t->dscp_ecn = whole(line, "IPv4 ToS: ");
	else
		t->dscp_ecn = whole(line, "DSCP+ECN: ");
	if (!o->compat_8)
		t->ce_thresh = whole(line, "CE Th: ");
}

bool
recorded_header(const char *lines, struct options *o, struct report_test *t)
{
	const char *text = recorded_prefix(lines, &t->conn), *at;
	const char *second = strchr(lines, '\n');

	if (after(text, " Test Int(sec): ") == NULL || second == NULL)
		return false;
	o->mode = strncmp(text, "Up", 2) == 0 ? MODE_UPSTREAM :
	    MODE_DOWNSTREAM;
	o->compat_8 = after(text, "DelayVar Thresh(ms): ") != NULL;
	t->test_s = whole(text, "Test Int(sec): ");
	at = after(text, o->compat_8 ? "Thresh(ms): " : "Th(ms): ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "%u-%u", &t->low_ms, &t->upper_ms), 2);
	t->use_owd = after(text, "[OWD]") != NULL;
	t->trial_ms = whole(text, "Trial Int(ms): ");
	t->ignore_ooo = after(text, "Dup: Enabled") != NULL;
	t->random_payload = after(text, "Payload: random") != NULL;
	second_line(second + 1, o, t);
	return true;
}

void
recorded_files(void (*each)(const char *text))
{
	static const char *const names[] = {
		"loopback-9.0.0", "loopback-d9",
		"shaped-50mbit-9.0.0-d", "shaped-50mbit-9.0.0-u",
		"shaped-100mbit-9.0.0-d", "shaped-100mbit-9.0.0-u",
		"shaped-500mbit-9.0.0-d", "shaped-500mbit-9.0.0-u"
	};
	char path[128], *text;
	size_t i;

	for (i = 0; i < NELEM(names); i++) {
		snprintf(path, sizeof(path), "udpst/outputs/%s.txt", names[i]);
		text = vectors_text(path);
		each(text);
		free(text);
	}
}
