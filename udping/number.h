/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_NUMBER_H
#define UDPING_NUMBER_H

#include "common/opt.h"

/*
 * The integers of the command lines (spec 2): leading blanks, a sign, digits;
 * the rest is ignored, and so is text without a digit: 0. What an int does not
 * hold is taken modulo 2^32, as the original's atoi(3) does on its machines.
 */
int	number_int(const char *text);
/* The same into an int field, for option tables; never an error. */
enum opt_call number_take(const struct opt *o, void *config, const char *arg,
	    const char **why);

#endif
