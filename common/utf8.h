/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UTF8_H
#define PL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Length of the character at s, or of the longest start of one when the rest
 * of the n (at least 1) bytes is missing or wrong: then *valid is false.
 * Overlong forms, surrogates and what is beyond U+10FFFF are not valid.
 */
size_t	utf8_next(const void *s, size_t n, bool *valid);

#endif
