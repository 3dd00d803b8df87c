/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_FIXED_H
#define PL_FIXED_H

#include <stddef.h>

/* Room for any double with 9 decimals, the NUL included. */
#define FIXED_MAX	330

/*
 * v in fixed notation with this many decimals (0..9), rounded as printf(3)
 * rounds, the point a '.' in every locale, no "-0.000". What is not a number
 * becomes "nan", "inf" or "-inf". At most size - 1 bytes and a NUL; returns
 * the length of the whole text, as snprintf(3) does.
 */
size_t	fixed_put(double v, int decimals, char *buf, size_t size);

#endif
