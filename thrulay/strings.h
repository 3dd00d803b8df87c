/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_STRINGS_H
#define THRULAY_STRINGS_H

#include <stdbool.h>

/* The library's own copies of strings in option structs, whose members are
 * const for their users. */

/* NULL stays NULL. Without memory *failed becomes true. */
const char *strings_copy(const char *s, bool *failed);
void	strings_free(const char *s);
/* The same for a secret, which is cleared. */
void	strings_free_secret(const char *s);

#endif
