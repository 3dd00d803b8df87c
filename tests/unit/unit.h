/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UNIT_H
#define PL_UNIT_H

/* cmocka wants these four before it, in this order. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * UNIT_LINUX is 1 when the files X_linux.c are under test, 0 when their
 * portable twins are.
 */

/*
 * Seed random(3) for a property test and print what repeats the run:
 * UNIT_SEED in the environment, else the time.
 */
static inline void
unit_seed(void)
{
	const char *text = getenv("UNIT_SEED");
	unsigned int seed;

	seed = (unsigned int)(text == NULL ? (unsigned long)time(NULL) :
	    strtoul(text, NULL, 10));
	print_message("# UNIT_SEED=%u\n", seed);
	srandom(seed);
}

#endif
