/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of -a (spec 2.3). */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "udping/macs.h"

static const struct {
	const char	*text;
	size_t		 n;		/* 0: no list */
	const char	*last;
} cases[] = {
	{ "02:00:00:00:0b:02", 1, "02:00:00:00:0b:02" },
	{ "1:2:3:4:5:6", 1, "01:02:03:04:05:06" },
	{ "0x2:0:0:0:0xb:2", 1, "02:00:00:00:0b:02" },
	{ "102:00:00:00:0b:02", 1, "02:00:00:00:0b:02" },
	{ "02:00:00:00:0b:-2", 1, "02:00:00:00:0b:fe" },
	{ "AA:bB:cc:dd:ee:fF", 1, "aa:bb:cc:dd:ee:ff" },
	{ "02:00:00:00:0b:02:03", 1, "02:00:00:00:0b:02" },
	{ "02:00:00:00:0b:02 junk", 1, "02:00:00:00:0b:02" },
	{ "02:00:00:00:0b:02;02:00:00:00:0b:03", 1, "02:00:00:00:0b:02" },
	{ " 02:00:00:00:0b:02, 02:00:00:00:0c:03", 2, "02:00:00:00:0c:03" },
	{ "1:2:3:4:5:6,1:2:3:4:5:6,1:2:3:4:5:7", 3, "01:02:03:04:05:07" },
	{ "", 0, NULL },
	{ "x", 0, NULL },
	{ ",", 0, NULL },
	{ ",02:00:00:00:0b:02", 0, NULL },
	{ "02:00:00:00:0b:02,", 0, NULL },
	{ "02:00:00:00:0b:02,,02:00:00:00:0b:02", 0, NULL },
	{ "02:00:00:00:0b:02,02:00:00:00:0b", 0, NULL },
	{ "02:00:00:00:0b:", 0, NULL },
	{ "02:00:00:00:0b:,02", 0, NULL },
	{ "02-00-00-00-0b-02", 0, NULL },
	{ "0200.0000.0b02", 0, NULL },
	{ "g2:00:00:00:0b:02", 0, NULL },
	{ "02 :00:00:00:0b:02", 0, NULL },
};

static void
test_cases(void **state)
{
	char text[MACS_STRLEN];
	struct macs m;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		errno = 0;
		if (cases[i].n == 0) {
			assert_int_equal(macs_parse(cases[i].text, &m), -1);
			assert_int_equal(errno, EINVAL);
			continue;
		}
		assert_int_equal(macs_parse(cases[i].text, &m), 0);
		assert_int_equal(m.n, cases[i].n);
		assert_string_equal(macs_format(m.mac[m.n - 1], text),
		    cases[i].last);
		macs_free(&m);
	}
}

/* The original's unit tests. */
static void
test_recorded(void **state)
{
	struct jv *file = jv_load("udping/unit.json");
	const struct jv *all = jv_get(file, "maclist_unit"), *one;
	struct macs m;
	size_t i, n;

	(void)state;
	assert_int_equal(jv_len(all), 3);
	for (i = 0; i < jv_len(all); i++) {
		one = jv_at(all, i);
		n = (size_t)jv_uint(jv_get(one, "count"));
		assert_int_equal(macs_parse(jv_str(jv_get(one, "in"), NULL),
		    &m), n == 0 ? -1 : 0);
		assert_int_equal(m.n, n);
		macs_free(&m);
	}
	jv_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
