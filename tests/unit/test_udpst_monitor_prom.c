/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "tests/unit/monitor_run.h"
#include "tests/unit/unit.h"

#define S		CLOCK_NS_PER_S
#define SERIES_MAX	200
#define NAME_LEN	160

/* What a text of the exposition format says, checked as promtool does. */
struct family {
	char	name[NAME_LEN];
	bool	counter;
};
struct exposition {
	struct family	families[SERIES_MAX];
	size_t		nfamilies;
	char		series[SERIES_MAX][NAME_LEN];	/* with labels */
	char		value[SERIES_MAX][32];
	size_t		n;
};

static bool
is_name(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isalpha((unsigned char)s[i]) && s[i] != '_' &&
		    (i == 0 || !isdigit((unsigned char)s[i])))
			return false;
	return n > 0;
}

/* # HELP and # TYPE lines, in this order, once a family. */
static void
parse_head(struct exposition *e, char *line, char *next)
{
	struct family *f = &e->families[e->nfamilies++];
	char name[NAME_LEN], type[16];
	size_t i;
	int at = 0;

	assert_in_range(e->nfamilies, 1, SERIES_MAX);
	assert_int_equal(sscanf(line, "# HELP %159s %n", f->name, &at), 1);
	assert_true(at > 0 && line[at] != '\0');
	assert_true(is_name(f->name, strlen(f->name)));
	assert_int_equal(strncmp(f->name, "udpst_", 6), 0);
	assert_int_equal(sscanf(next, "# TYPE %159s %15s", name, type), 2);
	assert_string_equal(name, f->name);
	f->counter = strcmp(type, "counter") == 0;
	assert_true(f->counter || strcmp(type, "gauge") == 0);
	/* Counters, and nothing else, end so. */
	i = strlen(name);
	assert_true(f->counter == (strcmp(name + i - 6, "_total") == 0));
	for (i = 0; i + 1 < e->nfamilies; i++)
		assert_string_not_equal(e->families[i].name, name);
}

/* {name="value",...}; returns what follows. */
static const char *
parse_labels(const char *p)
{
	size_t n;

	do {
		p++;
		n = strcspn(p, "=");
		assert_true(is_name(p, n));
		p += n;
		assert_int_equal(strncmp(p, "=\"", 2), 0);
		p += 2;
		n = strcspn(p, "\"\\\n");
		p += n;
		assert_int_equal(*p++, '"');
	} while (*p == ',');
	assert_int_equal(*p, '}');
	return p + 1;
}

/* A sample belongs to the family whose head came last. */
static void
parse_sample(struct exposition *e, const char *line)
{
	const struct family *f = &e->families[e->nfamilies - 1];
	const char *p = line + strlen(f->name);
	char *end;
	size_t i;

	assert_in_range(e->n, 0, SERIES_MAX - 1);
	assert_true(e->nfamilies > 0);
	assert_int_equal(strncmp(line, f->name, strlen(f->name)), 0);
	if (*p == '{')
		p = parse_labels(p);
	assert_int_equal(*p, ' ');
	strtod(p + 1, &end);
	assert_true(end > p + 1 && *end == '\0');
	snprintf(e->series[e->n], NAME_LEN, "%.*s", (int)(p - line), line);
	snprintf(e->value[e->n], 32, "%s", p + 1);
	for (i = 0; i < e->n; i++)
		assert_string_not_equal(e->series[i], e->series[e->n]);
	e->n++;
}

static struct exposition *
parse(const char *name)
{
	struct exposition *e = calloc(1, sizeof(*e));
	char *text = run_file(name), *line, *next;

	assert_non_null(e);
	assert_non_null(text);
	for (line = text; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		assert_non_null(next);
		*next++ = '\0';
		if (strncmp(line, "# TYPE ", 7) == 0)
			continue;
		if (line[0] == '#')
			parse_head(e, line, next);
		else
			parse_sample(e, line);
	}
	free(text);
	return e;
}

static const char *
value(const struct exposition *e, const char *series)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (strcmp(e->series[i], series) == 0)
			return e->value[i];
	return "(none)";
}

static void
test_values(void **state)
{
	struct exposition *e;
	struct run r;

	(void)state;
	run_begin(&r, "h", 30);
	monitor_sample(r.m, 3, 20, 30000);
	r.c.setup_received = UINT64_MAX;
	r.c.setup_rejected[7] = 4;
	r.c.tests_up = 5;
	r.c.tests_down = 6;
	r.c.load_invalid[MONITOR_CHECKSUM] = 7;
	monitor_size(&r.c, MONITOR_TX_OVERRUN, 8);
	monitor_size(&r.c, MONITOR_TX_OVERRUN, 9);
	assert_int_equal(run_tick(&r, 10 * S), 0);
	e = parse(RUN_PROM);
	assert_string_equal(value(e, "udpst_sessions"), "3");
	assert_string_equal(value(e, "udpst_info{version=\"9.0.0\"}"), "1");
	assert_string_equal(value(e, "udpst_start_time_seconds"),
	    "1795312763");
	assert_string_equal(value(e, "udpst_allocated_bandwidth_bits_per_"
	    "second{direction=\"upstream\"}"), "20000000");
	assert_string_equal(value(e, "udpst_allocated_bandwidth_bits_per_"
	    "second{direction=\"downstream\"}"), "30000000000");
	assert_string_equal(value(e, "udpst_setup_requests_total"),
	    "18446744073709551615");
	assert_string_equal(value(e, "udpst_setup_rejected_total{reason="
	    "\"authentication_failed\"}"), "4");
	assert_string_equal(value(e, "udpst_tests_started_total{direction="
	    "\"upstream\"}"), "5");
	assert_string_equal(value(e, "udpst_tests_started_total{direction="
	    "\"downstream\"}"), "6");
	assert_string_equal(value(e, "udpst_invalid_datagrams_total{message="
	    "\"load\",fault=\"checksum\"}"), "7");
	assert_string_equal(value(e, "udpst_load_refused_datagrams_total"),
	    "17");
	assert_string_equal(value(e, "udpst_socket_drops_total"), "0");
	free(e);
	run_end(&r);
}

/*
 * Every counter is there, and once: with each member set to a number of its
 * own, all but the maxima and the numbers of events come out.
 */
static void
test_all_counters(void **state)
{
	uint64_t numbers[sizeof(struct monitor_counters) / sizeof(uint64_t)];
	bool seen[NELEM(numbers)] = { false };
	struct exposition *e;
	size_t i, n = 0;
	struct run r;

	(void)state;
	run_begin(&r, "h", 30);
	for (i = 0; i < NELEM(numbers); i++)
		numbers[i] = 1000 + i;
	memcpy(&r.c, numbers, sizeof(numbers));
	assert_int_equal(run_tick(&r, 10 * S), 0);
	e = parse(RUN_PROM);
	for (i = 0; i < e->n; i++) {
		if (strstr(e->series[i], "_total") == NULL)
			continue;
		n = strtoul(e->value[i], NULL, 10) - 1000;
		assert_in_range(n, 0, NELEM(numbers) - 1);
		assert_false(seen[n]);
		seen[n] = true;
	}
	/* Codes 0 and 1 are no rejections. */
	n = offsetof(struct monitor_counters, setup_rejected) / 8;
	seen[n] = seen[n + 1] = true;
	for (i = 0; i < offsetof(struct monitor_counters, sizes) / 8; i++)
		assert_true(seen[i]);
	free(e);
	run_end(&r);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, run_folder, run_clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_values),
		TEST(test_all_counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
