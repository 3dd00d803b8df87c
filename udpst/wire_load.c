/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udpst/wire.h"

/*
 * The header of a load PDU, millions of times a second: at fixed offsets,
 * without a cursor.
 */

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

bool
wire_load_get(const uint8_t *buf, size_t len, unsigned int version,
    struct wire_load *p)
{
	if (len < WIRE_LOAD_LEN || get16(buf) != WIRE_LOAD ||
	    buf[2] > WIRE_STOP_2 || buf[3] > 1)
		return false;
	if (get16(buf + 30) != 0 && version > WIRE_V_OLD &&
	    !wire_checksum_ok(buf, len))
		return false;
	p->action = buf[2];
	p->rx_stopped = buf[3];
	p->seq = get32(buf + 4);
	p->payload = get16(buf + 8);
	p->status_err = get16(buf + 10);
	p->status_time.sec = get32(buf + 12);
	p->status_time.nsec = get32(buf + 16);
	p->time.sec = get32(buf + 20);
	p->time.nsec = get32(buf + 24);
	p->rtt_delay_ms = get16(buf + 28);
	return true;
}

size_t
wire_load_put(const struct wire_load *p, uint8_t *buf)
{
	put16(buf, WIRE_LOAD);
	buf[2] = p->action;
	buf[3] = p->rx_stopped;
	put32(buf + 4, p->seq);
	put16(buf + 8, p->payload);
	put16(buf + 10, p->status_err);
	put32(buf + 12, p->status_time.sec);
	put32(buf + 16, p->status_time.nsec);
	put32(buf + 20, p->time.sec);
	put32(buf + 24, p->time.nsec);
	put16(buf + 28, p->rtt_delay_ms);
	put16(buf + 30, 0);
	return WIRE_LOAD_LEN;
}
