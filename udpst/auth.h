/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_AUTH_H
#define UDPST_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Authentication of control PDUs, spec 3.9. Keys are secrets as typed. */
#define AUTH_KEY_MAX	64		/* characters of a key */
#define AUTH_KEYS_MAX	256		/* entries of a key file */
#define AUTH_WINDOW_S	5		/* clocks may differ by this, 9.x */

struct auth_entry {
	uint8_t	id;
	char	key[AUTH_KEY_MAX + 1];
};

struct auth_keys {
	struct auth_entry	entries[AUTH_KEYS_MAX];
	size_t			n;
};

/*
 * Read a key file (spec 2.3). 0, or -1 with the original's error line (no
 * newline) in error.
 */
int	auth_keys_read(const char *path, struct auth_keys *out, char *error,
	    size_t errorlen);
/* The same of an open file, from where it stands. */
int	auth_keys_parse(FILE *f, struct auth_keys *out, char *error,
	    size_t errorlen);
/* The key with this id, or NULL. */
const char *auth_keys_find(const struct auth_keys *k, unsigned int id);
/* Overwrite in a way that the compiler keeps. */
void	auth_wipe(void *p, size_t n);

/* Which of the two keys derived for a test signs. */
enum auth_side { AUTH_CLIENT, AUTH_SERVER };

/*
 * One side's signing key of one test. Protocol 20: 32 derived bytes (KBKDF,
 * counter mode, NIST SP 800-108) from the shared key and the time in the setup
 * request; older: the shared key itself.
 */
struct auth_secret {
	uint8_t	bytes[AUTH_KEY_MAX];
	size_t	len;
};

/* 0, or -1 when the cryptographic library failed. */
int	auth_derive(const char *key, uint32_t setup_time, unsigned int version,
	    enum auth_side side, struct auth_secret *out);

/*
 * Put the digest of a whole PDU into it, before any checksum. 0, or -1 when
 * the layout has no digest or the library failed.
 */
int	auth_sign(const struct auth_secret *s, uint8_t *pdu, size_t len);
/* Compare in constant time; checksum and digest count as zero. */
bool	auth_verify(const struct auth_secret *s, const uint8_t *pdu,
	    size_t len);

/* |now - then| <= window, in seconds that may wrap (32 bit). */
bool	auth_in_window(int64_t now_wall_ns, uint32_t then, uint32_t window_s);

#endif
