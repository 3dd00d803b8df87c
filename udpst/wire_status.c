/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/wire.h"
#include "udpst/wire.h"
#include "udpst/wire_row.h"

/*
 * Status PDUs, whose layout with pads is what a 64-bit struct of the old
 * releases left in memory; and figures PDUs.
 */
#define PAD_LEN		4
#define FIGURES_VERSION	1
#define FIGURES_RESERVED 32

static void
subint_get(struct wire_rd *r, bool pads, struct wire_subint *s)
{
	s->datagrams = wire_rd_be32(r);
	wire_rd_skip(r, pads ? PAD_LEN : 0);
	s->bytes = wire_rd_be64(r);
	s->delta_us = wire_rd_be32(r);
	s->loss = wire_rd_be32(r);
	s->ooo = wire_rd_be32(r);
	s->dup = wire_rd_be32(r);
	s->owd_min = wire_rd_be32(r);
	s->owd_max = wire_rd_be32(r);
	s->owd_sum = wire_rd_be32(r);
	s->owd_cnt = wire_rd_be32(r);
	s->rtt_min = wire_rd_be32(r);
	s->rtt_max = wire_rd_be32(r);
	s->accum_ms = wire_rd_be32(r);
	wire_rd_skip(r, pads ? PAD_LEN : 0);
}

static void
subint_put(struct wire_wr *w, bool pads, const struct wire_subint *s)
{
	static const uint8_t pad[PAD_LEN];

	wire_wr_be32(w, s->datagrams);
	wire_wr_bytes(w, pad, pads ? sizeof(pad) : 0);
	wire_wr_be64(w, s->bytes);
	wire_wr_be32(w, s->delta_us);
	wire_wr_be32(w, s->loss);
	wire_wr_be32(w, s->ooo);
	wire_wr_be32(w, s->dup);
	wire_wr_be32(w, s->owd_min);
	wire_wr_be32(w, s->owd_max);
	wire_wr_be32(w, s->owd_sum);
	wire_wr_be32(w, s->owd_cnt);
	wire_wr_be32(w, s->rtt_min);
	wire_wr_be32(w, s->rtt_max);
	wire_wr_be32(w, s->accum_ms);
	wire_wr_bytes(w, pad, pads ? sizeof(pad) : 0);
}

/* Since the last status PDU; the old layout's checksum stands among it. */
static void
trial_get(struct wire_rd *r, struct wire_status *p)
{
	p->loss = wire_rd_be32(r);
	p->ooo = wire_rd_be32(r);
	p->dup = wire_rd_be32(r);
	p->clock_delta_min = (int32_t)wire_rd_be32(r);
	p->owd_min = wire_rd_be32(r);
	p->owd_max = wire_rd_be32(r);
	p->owd_sum = wire_rd_be32(r);
	p->owd_cnt = wire_rd_be32(r);
	p->rtt_minimum = wire_rd_be32(r);
	p->rtt_sample = wire_rd_be32(r);
	p->min_updated = wire_rd_u8(r);
	wire_rd_skip(r, 3);
	p->ti_delta_us = wire_rd_be32(r);
	p->ti_datagrams = wire_rd_be32(r);
	p->ti_bytes = wire_rd_be32(r);
	p->time.sec = wire_rd_be32(r);
	p->time.nsec = wire_rd_be32(r);
}

static void
trial_put(struct wire_wr *w, const struct wire_status *p)
{
	wire_wr_be32(w, p->loss);
	wire_wr_be32(w, p->ooo);
	wire_wr_be32(w, p->dup);
	wire_wr_be32(w, (uint32_t)p->clock_delta_min);
	wire_wr_be32(w, p->owd_min);
	wire_wr_be32(w, p->owd_max);
	wire_wr_be32(w, p->owd_sum);
	wire_wr_be32(w, p->owd_cnt);
	wire_wr_be32(w, p->rtt_minimum);
	wire_wr_be32(w, p->rtt_sample);
	wire_wr_u8(w, p->min_updated);
	wire_wr_u8(w, 0);
	wire_wr_be16(w, 0);
	wire_wr_be32(w, p->ti_delta_us);
	wire_wr_be32(w, p->ti_datagrams);
	wire_wr_be32(w, p->ti_bytes);
	wire_wr_be32(w, p->time.sec);
	wire_wr_be32(w, p->time.nsec);
}

/*
 * From offset 160 of protocol 20 up to 186, where release 9.0.0 puts its
 * checksum; what follows there is not read: 9.0.0 leaves old memory in it.
 */
static void
current_get(struct wire_rd *r, struct wire_status *p)
{
	wire_rd_skip(r, 3);
	p->auth_mode = wire_rd_u8(r);
	wire_rd_skip(r, 12);
	p->ti_ce = wire_rd_be32(r);
	p->subint_ce = wire_rd_be32(r);
	wire_rd_skip(r, 1);
	p->modifier = wire_rd_u8(r);
}

static void
current_put(struct wire_wr *w, const struct wire_status *p)
{
	static const uint8_t zero[18];

	wire_wr_bytes(w, zero, 3);
	wire_wr_u8(w, p->auth_mode);
	wire_wr_bytes(w, zero, 12);
	wire_wr_be32(w, p->ti_ce);
	wire_wr_be32(w, p->subint_ce);
	wire_wr_u8(w, 0);
	wire_wr_u8(w, p->modifier);
	wire_wr_bytes(w, zero, sizeof(zero));
}

static bool
status_len_ok(size_t len, unsigned int version)
{
	return len == wire_len(WIRE_STATUS, version) ||
	    (len == WIRE_STATUS_PACKED_LEN && version < WIRE_V_CURRENT);
}

/*
 * Release 9.0.0 puts its checksum at 186 and does not clear what follows, so
 * that a piece of a load PDU may stand where the checksum is read.
 */
static bool
checksum_forgiven(const uint8_t *buf)
{
	uint8_t copy[WIRE_STATUS_LEN] = { 0 };

	if (wire_id(buf + 192, 2) == WIRE_LOAD)
		return true;
	/* Of the bytes up to 188 alone, as though the rest were clear. */
	memcpy(copy, buf, 186);
	memcpy(copy + 202, buf + 186, 2);
	return wire_id(copy + 202, 2) != 0 &&
	    wire_checksum_ok(copy, sizeof(copy));
}

static bool
status_checksum_ok(const uint8_t *buf, size_t len, unsigned int version)
{
	return version <= WIRE_V_OLD || wire_checksum_ok(buf, len) ||
	    (len == WIRE_STATUS_LEN && checksum_forgiven(buf));
}

bool
wire_status_get(const uint8_t *buf, size_t len, unsigned int version,
    struct wire_status *p)
{
	static const struct wire_status none = { 0 };
	struct wire_rd r;

	if (!status_len_ok(len, version) ||
	    wire_id(buf, len) != WIRE_STATUS || buf[2] > WIRE_STOP_2 ||
	    buf[3] > 1 || !status_checksum_ok(buf, len, version))
		return false;
	*p = none;
	wire_rd_init(&r, buf + 2, len - 2);
	p->action = wire_rd_u8(&r);
	p->rx_stopped = wire_rd_u8(&r);
	p->seq = wire_rd_be32(&r);
	wire_row_get(&r, &p->row);
	p->subint_seq = wire_rd_be32(&r);
	subint_get(&r, len == WIRE_STATUS_LEGACY_LEN, &p->subint);
	trial_get(&r, p);
	if (len == WIRE_STATUS_LEN)
		current_get(&r, p);
	return wire_rd_ok(&r);
}

size_t
wire_status_put(const struct wire_status *p, unsigned int version,
    uint8_t *buf)
{
	bool current = version >= WIRE_V_CURRENT;
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_CONTROL_MAX);
	wire_wr_be16(&w, WIRE_STATUS);
	wire_wr_u8(&w, p->action);
	wire_wr_u8(&w, p->rx_stopped);
	wire_wr_be32(&w, p->seq);
	wire_row_put(&w, &p->row);
	wire_wr_be32(&w, p->subint_seq);
	subint_put(&w, !current, &p->subint);
	trial_put(&w, p);
	if (current)
		current_put(&w, p);
	return w.len;
}

static void
delay_get(struct wire_rd *r, struct wire_delay *d)
{
	d->min_ns = (int64_t)wire_rd_be64(r);
	d->max_ns = (int64_t)wire_rd_be64(r);
	d->sum_ns = (int64_t)wire_rd_be64(r);
	d->count = wire_rd_be32(r);
}

static void
delay_put(struct wire_wr *w, const struct wire_delay *d)
{
	wire_wr_be64(w, (uint64_t)d->min_ns);
	wire_wr_be64(w, (uint64_t)d->max_ns);
	wire_wr_be64(w, (uint64_t)d->sum_ns);
	wire_wr_be32(w, d->count);
}

void
wire_delay_merge(struct wire_delay *d, const struct wire_delay *more)
{
	if (more->count == 0)
		return;
	if (d->count == 0) {
		*d = *more;
		return;
	}
	if (more->min_ns < d->min_ns)
		d->min_ns = more->min_ns;
	if (more->max_ns > d->max_ns)
		d->max_ns = more->max_ns;
	d->sum_ns = d->sum_ns > INT64_MAX - more->sum_ns ? INT64_MAX :
	    d->sum_ns + more->sum_ns;
	d->count += more->count;
}

bool
wire_figures_get(const uint8_t *buf, size_t len, struct wire_figures *p)
{
	struct wire_rd r;

	if (len != WIRE_FIGURES_LEN || wire_id(buf, len) != WIRE_FIGURES ||
	    buf[2] != FIGURES_VERSION)
		return false;
	wire_rd_init(&r, buf + 3, len - 3);
	p->flags = wire_rd_u8(&r);
	p->subint_seq = wire_rd_be32(&r);
	p->owd_minimum_ns = (int64_t)wire_rd_be64(&r);
	p->rtt_minimum_ns = (int64_t)wire_rd_be64(&r);
	delay_get(&r, &p->owd_var);
	delay_get(&r, &p->rtt_var);
	p->socket_drops = (int64_t)wire_rd_be64(&r);
	p->pacing_missed = (int64_t)wire_rd_be64(&r);
	p->cpu_ppm = wire_rd_be32(&r);
	return wire_rd_ok(&r);
}

size_t
wire_figures_put(const struct wire_figures *p, uint8_t *buf)
{
	static const uint8_t reserved[FIGURES_RESERVED];
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_CONTROL_MAX);
	wire_wr_be16(&w, WIRE_FIGURES);
	wire_wr_u8(&w, FIGURES_VERSION);
	wire_wr_u8(&w, p->flags);
	wire_wr_be32(&w, p->subint_seq);
	wire_wr_be64(&w, (uint64_t)p->owd_minimum_ns);
	wire_wr_be64(&w, (uint64_t)p->rtt_minimum_ns);
	delay_put(&w, &p->owd_var);
	delay_put(&w, &p->rtt_var);
	wire_wr_be64(&w, (uint64_t)p->socket_drops);
	wire_wr_be64(&w, (uint64_t)p->pacing_missed);
	wire_wr_be32(&w, p->cpu_ppm);
	wire_wr_bytes(&w, reserved, sizeof(reserved));
	return w.len;
}
