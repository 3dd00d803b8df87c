/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "udpst/auth.h"
#include "udpst/policy_auth.h"

bool
policy_auth_proves(const char *key, uint32_t setup_time, unsigned int version,
    const uint8_t *pdu, size_t len)
{
	struct auth_secret secret;
	bool right;

	right = auth_derive(key, setup_time, version, AUTH_CLIENT,
	    &secret) == 0 && auth_verify(&secret, pdu, len);
	auth_wipe(&secret, sizeof(secret));
	return right;
}

void
policy_auth_answer(struct wire_auth *a, unsigned int version,
    int64_t now_wall_ns)
{
	if (a->mode == 0) {
		memset(a, 0, sizeof(*a));
		return;
	}
	memset(a->digest, 0, sizeof(a->digest));
	if (version >= WIRE_V_CURRENT)
		a->unix_time = wire_time_from_ns(now_wall_ns).sec;
}

void
policy_auth_seal(const struct options *o, const char *key,
    uint32_t setup_time, uint8_t *buf, size_t len)
{
	struct auth_secret secret;

	if (key != NULL) {
		/* A digest that could not be made stays zero: unproven. */
		if (auth_derive(key, setup_time, WIRE_V_CURRENT, AUTH_SERVER,
		    &secret) == 0)
			(void)auth_sign(&secret, buf, len);
		auth_wipe(&secret, sizeof(secret));
	}
	if (o->checksum)
		wire_checksum_set(buf, len);
}
