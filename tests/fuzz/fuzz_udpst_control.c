/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "udpst/auth.h"
#include "udpst/wire.h"

/*
 * Input: the session's version (a byte), then a datagram. What was read is
 * written with the same bytes again the second time; what was signed verifies,
 * also with a checksum.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_signed(uint8_t *buf, size_t len)
{
	static const struct auth_secret secret = { { 'k', 'e', 'y' }, 3 };

	if (wire_digest_offset(buf, len) == 0)
		return;
	if (auth_sign(&secret, buf, len) == -1)
		abort();
	wire_checksum_set(buf, len);
	if (!auth_verify(&secret, buf, len))
		abort();
}

static void
fuzz_setup(const uint8_t *data, size_t size)
{
	uint8_t one[WIRE_CONTROL_MAX], two[WIRE_CONTROL_MAX];
	struct wire_setup p;
	size_t len;

	if (!wire_setup_get(data, size, &p))
		return;
	len = wire_setup_put(&p, one);
	if (len != wire_len(WIRE_SETUP, p.version))
		abort();
	if (!wire_setup_get(one, len, &p) || wire_setup_put(&p, two) != len ||
	    memcmp(one, two, len) != 0)
		abort();
	fuzz_signed(one, len);
	if (!wire_setup_get(one, len, &p))
		abort();
}

static void
fuzz_null(const uint8_t *data, size_t size)
{
	uint8_t one[WIRE_CONTROL_MAX];
	struct wire_null p;

	if (!wire_null_get(data, size, &p))
		return;
	if (wire_null_put(&p, one) != size ||
	    memcmp(one, data, 6) != 0 || one[6] != 0 ||
	    memcmp(one + 7, data + 7, size - 2 - 7) != 0)
		abort();
	fuzz_signed(one, size);
	if (!wire_null_get(one, size, &p))
		abort();
}

static void
fuzz_activation(const uint8_t *data, size_t size, unsigned int version)
{
	uint8_t one[WIRE_CONTROL_MAX], two[WIRE_CONTROL_MAX];
	struct wire_activation p;

	if (!wire_activation_get(data, size, version, &p))
		return;
	if (wire_activation_put(&p, version, one) != size ||
	    !wire_activation_get(one, size, version, &p) ||
	    wire_activation_put(&p, version, two) != size ||
	    memcmp(one, two, size) != 0)
		abort();
	fuzz_signed(one, size);
	wire_checksum_set(one, size);
	if (!wire_activation_get(one, size, version, &p))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct auth_secret secret = { { 'k' }, 1 };

	if (size == 0)
		return 0;
	fuzz_setup(data + 1, size - 1);
	fuzz_null(data + 1, size - 1);
	fuzz_activation(data + 1, size - 1, data[0]);
	auth_verify(&secret, data + 1, size - 1);
	return 0;
}
