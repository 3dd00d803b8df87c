/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/wire.h"
#include "udpst/wire.h"
#include "udpst/wire_row.h"

/* The PDUs that begin a test: setup, null request, activation. */

/* Protocol 10 ends with the digest. */
static void
auth_get(struct wire_rd *r, bool old, struct wire_auth *a)
{
	a->mode = wire_rd_u8(r);
	a->unix_time = wire_rd_be32(r);
	wire_rd_copy(r, a->digest, sizeof(a->digest));
	a->key_id = old ? 0 : wire_rd_u8(r);
	a->reserved = old ? 0 : wire_rd_u8(r);
}

/* With the checksum after it, which is 0. */
static void
auth_put(struct wire_wr *w, bool old, const struct wire_auth *a)
{
	wire_wr_u8(w, a->mode);
	wire_wr_be32(w, a->unix_time);
	wire_wr_bytes(w, a->digest, sizeof(a->digest));
	if (old)
		return;
	wire_wr_u8(w, a->key_id);
	wire_wr_u8(w, a->reserved);
	wire_wr_be16(w, 0);
}

bool
wire_setup_get(const uint8_t *buf, size_t len, struct wire_setup *p)
{
	struct wire_rd r;

	if ((len != WIRE_SETUP_LEN && len != WIRE_SETUP_OLD_LEN) ||
	    wire_id(buf, len) != WIRE_SETUP || !wire_checksum_ok(buf, len))
		return false;
	wire_rd_init(&r, buf + 2, len - 2);
	p->version = wire_rd_be16(&r);
	p->mc_index = wire_rd_u8(&r);
	p->mc_count = wire_rd_u8(&r);
	p->mc_ident = wire_rd_be16(&r);
	p->request = wire_rd_u8(&r);
	p->response = wire_rd_u8(&r);
	p->bandwidth = wire_rd_be16(&r);
	p->port = wire_rd_be16(&r);
	p->modifier = wire_rd_u8(&r);
	auth_get(&r, len == WIRE_SETUP_OLD_LEN, &p->auth);
	return wire_rd_ok(&r);
}

size_t
wire_setup_put(const struct wire_setup *p, uint8_t *buf)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_CONTROL_MAX);
	wire_wr_be16(&w, WIRE_SETUP);
	wire_wr_be16(&w, p->version);
	wire_wr_u8(&w, p->mc_index);
	wire_wr_u8(&w, p->mc_count);
	wire_wr_be16(&w, p->mc_ident);
	wire_wr_u8(&w, p->request);
	wire_wr_u8(&w, p->response);
	wire_wr_be16(&w, p->bandwidth);
	wire_wr_be16(&w, p->port);
	wire_wr_u8(&w, p->modifier);
	auth_put(&w, p->version <= WIRE_V_OLD, &p->auth);
	return w.len;
}

bool
wire_null_get(const uint8_t *buf, size_t len, struct wire_null *p)
{
	struct wire_rd r;

	if (len != WIRE_NULL_LEN || wire_id(buf, len) != WIRE_NULL ||
	    !wire_checksum_ok(buf, len))
		return false;
	wire_rd_init(&r, buf + 2, len - 2);
	p->version = wire_rd_be16(&r);
	p->request = wire_rd_u8(&r);
	p->response = wire_rd_u8(&r);
	wire_rd_skip(&r, 1);
	auth_get(&r, false, &p->auth);
	return wire_rd_ok(&r);
}

size_t
wire_null_put(const struct wire_null *p, uint8_t *buf)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_CONTROL_MAX);
	wire_wr_be16(&w, WIRE_NULL);
	wire_wr_be16(&w, p->version);
	wire_wr_u8(&w, p->request);
	wire_wr_u8(&w, p->response);
	wire_wr_u8(&w, 0);
	auth_put(&w, false, &p->auth);
	return w.len;
}

/* From offset 2 to 27, where versions differ in two bytes only. */
static void
parameters_get(struct wire_rd *r, bool current, struct wire_activation *p)
{
	uint8_t period, ce_thresh;

	p->version = wire_rd_be16(r);
	p->request = wire_rd_u8(r);
	p->response = wire_rd_u8(r);
	p->low_ms = wire_rd_be16(r);
	p->upper_ms = wire_rd_be16(r);
	p->trial_ms = wire_rd_be16(r);
	p->test_s = wire_rd_be16(r);
	period = wire_rd_u8(r);
	p->dscp_ecn = wire_rd_u8(r);
	p->index = wire_rd_be16(r);
	p->use_owd = wire_rd_u8(r);
	p->high_speed_delta = wire_rd_u8(r);
	p->slow_thresh = wire_rd_be16(r);
	p->seq_thresh = wire_rd_be16(r);
	p->ignore_ooo = wire_rd_u8(r);
	p->modifier = wire_rd_u8(r);
	p->algorithm = wire_rd_u8(r);
	ce_thresh = wire_rd_u8(r);
	p->period_s = current ? 0 : period;
	p->ce_thresh = current ? ce_thresh : 0;
}

static void
parameters_put(struct wire_wr *w, bool current,
    const struct wire_activation *p)
{
	wire_wr_be16(w, p->version);
	wire_wr_u8(w, p->request);
	wire_wr_u8(w, p->response);
	wire_wr_be16(w, p->low_ms);
	wire_wr_be16(w, p->upper_ms);
	wire_wr_be16(w, p->trial_ms);
	wire_wr_be16(w, p->test_s);
	wire_wr_u8(w, current ? 0 : p->period_s);
	wire_wr_u8(w, p->dscp_ecn);
	wire_wr_be16(w, p->index);
	wire_wr_u8(w, p->use_owd);
	wire_wr_u8(w, p->high_speed_delta);
	wire_wr_be16(w, p->slow_thresh);
	wire_wr_be16(w, p->seq_thresh);
	wire_wr_u8(w, p->ignore_ooo);
	wire_wr_u8(w, p->modifier);
	wire_wr_u8(w, p->algorithm);
	wire_wr_u8(w, current ? p->ce_thresh : 0);
}

/* From offset 56. */
static void
current_get(struct wire_rd *r, struct wire_activation *p)
{
	p->period_ms = wire_rd_be16(r);
	wire_rd_skip(r, 2);
	p->suppress = wire_rd_be16(r);
	wire_rd_skip(r, 1);
	auth_get(r, false, &p->auth);
}

static void
current_put(struct wire_wr *w, const struct wire_activation *p)
{
	wire_wr_be16(w, p->period_ms);
	wire_wr_be16(w, 0);
	wire_wr_be16(w, p->suppress);
	wire_wr_u8(w, 0);
	auth_put(w, false, &p->auth);
}

bool
wire_activation_get(const uint8_t *buf, size_t len, unsigned int version,
    struct wire_activation *p)
{
	static const struct wire_activation none = { 0 };
	bool current = version >= WIRE_V_CURRENT;
	struct wire_rd r;

	if (len != wire_len(WIRE_ACTIVATION, version) ||
	    wire_id(buf, len) != WIRE_ACTIVATION || !wire_checksum_ok(buf, len))
		return false;
	*p = none;
	wire_rd_init(&r, buf + 2, len - 2);
	parameters_get(&r, current, p);
	wire_row_get(&r, &p->row);
	if (current)
		current_get(&r, p);
	return wire_rd_ok(&r);
}

unsigned int
wire_activation_period(const struct wire_activation *p, unsigned int version)
{
	return version >= WIRE_V_CURRENT ? p->period_ms : p->period_s * 1000U;
}

size_t
wire_activation_put(const struct wire_activation *p, unsigned int version,
    uint8_t *buf)
{
	bool current = version >= WIRE_V_CURRENT;
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_CONTROL_MAX);
	wire_wr_be16(&w, WIRE_ACTIVATION);
	parameters_put(&w, current, p);
	wire_row_put(&w, &p->row);
	if (current)
		current_put(&w, p);
	else if (version > WIRE_V_OLD)
		wire_wr_be32(&w, 0);	/* reserved, and the checksum */
	return w.len;
}
