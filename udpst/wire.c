/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udpst/wire.h"

/* What all kinds have in common: ids, lengths, places, the checksum. */

size_t
wire_len(enum wire_kind kind, unsigned int version)
{
	bool current = version >= WIRE_V_CURRENT;
	bool old = version <= WIRE_V_OLD;

	switch (kind) {
	case WIRE_SETUP:
		return old ? WIRE_SETUP_OLD_LEN : WIRE_SETUP_LEN;
	case WIRE_ACTIVATION:
		if (current)
			return WIRE_ACTIVATION_LEN;
		return old ? WIRE_ACTIVATION_OLD_LEN :
		    WIRE_ACTIVATION_LEGACY_LEN;
	case WIRE_NULL:
		return current ? WIRE_NULL_LEN : 0;
	case WIRE_LOAD:
		return WIRE_LOAD_LEN;
	case WIRE_STATUS:
		return current ? WIRE_STATUS_LEN : WIRE_STATUS_LEGACY_LEN;
	case WIRE_FIGURES:
		return current ? WIRE_FIGURES_LEN : 0;
	}
	return 0;
}

static unsigned int
get16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

unsigned int
wire_id(const uint8_t *buf, size_t len)
{
	return len < 2 ? 0 : get16(buf);
}

size_t
wire_digest_offset(const uint8_t *buf, size_t len)
{
	switch (wire_id(buf, len)) {
	case WIRE_SETUP:
		return len == WIRE_SETUP_LEN || len == WIRE_SETUP_OLD_LEN ?
		    20 : 0;
	case WIRE_NULL:
		return len == WIRE_NULL_LEN ? 12 : 0;
	case WIRE_ACTIVATION:
		return len == WIRE_ACTIVATION_LEN ? 68 : 0;
	}
	return 0;
}

static size_t
status_checksum_offset(size_t len)
{
	switch (len) {
	case WIRE_STATUS_LEN:
		return 202;
	case WIRE_STATUS_LEGACY_LEN:
		return 146;
	case WIRE_STATUS_PACKED_LEN:
		return 138;
	}
	return 0;
}

size_t
wire_checksum_offset(const uint8_t *buf, size_t len)
{
	switch (wire_id(buf, len)) {
	case WIRE_SETUP:
		return len == WIRE_SETUP_LEN ? 54 : 0;
	case WIRE_NULL:
		return len == WIRE_NULL_LEN ? 46 : 0;
	case WIRE_ACTIVATION:
		if (len == WIRE_ACTIVATION_LEN)
			return 102;
		return len == WIRE_ACTIVATION_LEGACY_LEN ? 58 : 0;
	case WIRE_LOAD:
		return len >= WIRE_LOAD_LEN ? 30 : 0;
	case WIRE_STATUS:
		return status_checksum_offset(len);
	}
	return 0;
}

/*
 * The Internet checksum's sum (RFC 1071) of an even number of bytes, 0xffff
 * when one of their words is a right checksum of the rest.
 */
static unsigned int
sum16(const uint8_t *buf, size_t len)
{
	uint32_t sum = 0;		/* of 102 words at most */
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get16(buf + i);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* The filler of a load PDU is not summed. */
static size_t
summed_len(const uint8_t *buf, size_t len)
{
	return wire_id(buf, len) == WIRE_LOAD ? WIRE_LOAD_LEN : len;
}

void
wire_checksum_set(uint8_t *buf, size_t len)
{
	size_t at = wire_checksum_offset(buf, len);
	unsigned int sum;

	if (at == 0)
		return;
	buf[at] = buf[at + 1] = 0;
	/* A sum of 0xffff leaves 0: this one PDU goes without. */
	sum = ~sum16(buf, summed_len(buf, len)) & 0xffff;
	buf[at] = (uint8_t)(sum >> 8);
	buf[at + 1] = (uint8_t)sum;
}

bool
wire_checksum_ok(const uint8_t *buf, size_t len)
{
	size_t at = wire_checksum_offset(buf, len);

	return at == 0 || get16(buf + at) == 0 ||
	    sum16(buf, summed_len(buf, len)) == 0xffff;
}

unsigned int
wire_peek(const uint8_t *buf, size_t len, size_t offset)
{
	if (offset == 0 || offset + 2 > len)
		return 0;
	return get16(buf + offset);
}
