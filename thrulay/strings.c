/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "thrulay/strings.h"

const char *
strings_copy(const char *s, bool *failed)
{
	char *copy;

	if (s == NULL)
		return NULL;
	copy = strdup(s);
	if (copy == NULL)
		*failed = true;
	return copy;
}

void
strings_free(const char *s)
{
	free((void *)(uintptr_t)s);
}

void
strings_free_secret(const char *s)
{
	if (s != NULL)
		explicit_bzero((void *)(uintptr_t)s, strlen(s));
	strings_free(s);
}
