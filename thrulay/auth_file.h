/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_AUTH_FILE_H
#define THRULAY_AUTH_FILE_H

#include <stddef.h>

#include "thrulay/ext.h"

#define AUTH_KEY_MAX	128

/* A line "name key" of a file of shared secrets. */
struct auth_entry {
	char	name[EXT_NAME_MAX];
	char	key[AUTH_KEY_MAX + 1];
};

struct auth_keys {
	struct auth_entry	*entry;
	size_t			 n;
};

/*
 * Read a file of keys. Empty lines and lines that begin with # are skipped;
 * name and key are words of printable characters. Returns 0, or -1 with errno:
 * of open(2), read(2) or memory; EINVAL, a malformed line (too long, or with a
 * NUL byte) or none at all; EPERM, others may access the file. Free with
 * auth_keys_free.
 */
int	auth_keys_load(struct auth_keys *k, const char *path);
void	auth_keys_free(struct auth_keys *k);	/* clears them */

/* The entry of that name (NULL: the first), or NULL. */
const struct auth_entry *auth_keys_find(const struct auth_keys *k,
	    const char *name);

/* What such an errno means, for messages. */
const char *auth_keys_strerror(int error);

#endif
