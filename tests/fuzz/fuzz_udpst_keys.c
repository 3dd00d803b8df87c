/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udpst/auth.h"

/*
 * Input: a key file. One that is taken has entries with different ids and
 * keys that are no longer than they may be; one that is not leaves nothing
 * behind but a message.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_taken(const struct auth_keys *k)
{
	size_t i;

	if (k->n == 0 || k->n > AUTH_KEYS_MAX)
		abort();
	for (i = 0; i < k->n; i++)
		if (auth_keys_find(k, k->entries[i].id) != k->entries[i].key ||
		    k->entries[i].key[0] == '\0' ||
		    strnlen(k->entries[i].key, AUTH_KEY_MAX + 1) > AUTH_KEY_MAX)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct auth_keys none;
	struct auth_keys k;
	char error[80] = "";
	FILE *f;

	if (size == 0)
		return 0;
	f = fmemopen((void *)(uintptr_t)data, size, "r");
	if (f == NULL)
		abort();
	if (auth_keys_parse(f, &k, error, sizeof(error)) == 0)
		fuzz_taken(&k);
	else if (strncmp(error, "ERROR: ", 7) != 0 ||
	    memcmp(&k, &none, sizeof(k)) != 0)
		abort();
	fclose(f);
	return 0;
}
