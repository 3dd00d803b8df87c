/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UNIT_H
#define PL_UNIT_H

/* cmocka wants these four before it, in this order. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#endif
