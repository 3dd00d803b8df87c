/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_POLICY_AUTH_H
#define UDPST_POLICY_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udpst/options.h"
#include "udpst/wire.h"

/* What setup and activation share of authentication, spec 3.9; server side. */

/* Did the holder of key send this PDU of a test set up at setup_time? */
bool	policy_auth_proves(const char *key, uint32_t setup_time,
	    unsigned int version, const uint8_t *pdu, size_t len);
/*
 * The fields as an answer has them: all zero without authentication, the time
 * of sending in protocol 20, that of the request before. Never a digest that
 * the peer brought.
 */
void	policy_auth_answer(struct wire_auth *a, unsigned int version,
	    int64_t now_wall_ns);
/*
 * Finish an encoded answer: the digest of protocol 20 under key (NULL: none),
 * then the checksum if it is wanted.
 */
void	policy_auth_seal(const struct options *o, const char *key,
	    uint32_t setup_time, uint8_t *buf, size_t len);

#endif
