/* SPDX-License-Identifier: BSD-2-Clause */
/* Sending load on a connection. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "udpst/conn.h"
#include "udpst/conn_private.h"

/* While stopping, a load sender repeats its stop as often as this. */
#define STOP_GAP_NS	INT64_C(10000000)
#define SEQ_OFFSET	4	/* of a load header; the size is at 8 */
#define SIZE_OFFSET	8

static uint32_t
min_payload(const struct conn *c)
{
	/* The header that conn_fill writes has to fit. */
	return c->conf.ipv6 ? CONN_HEADER_LEN : SRATE_MIN_IPV4;
}

/* What of the delay is lost when it is rounded to whole ms. */
static uint16_t
response_delay(const struct conn *c, int64_t wall_ns, int32_t *more_ns)
{
	int64_t ns = wall_ns - c->status_wall_ns, ms;

	if (ns < 0)
		ns = 0;
	ms = (ns + CLOCK_NS_PER_MS / 2) / CLOCK_NS_PER_MS;
	if (ms > UINT16_MAX)
		ms = UINT16_MAX;
	*more_ns = ns - ms * CLOCK_NS_PER_MS > INT32_MAX ? 0 :
	    (int32_t)(ns - ms * CLOCK_NS_PER_MS);
	return (uint16_t)ms;
}

static void
put_be32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void
make_header(struct conn *c, int64_t wall_ns)
{
	struct wire_load p = {
		.action = c->action,
		.rx_stopped = c->quiet,
		.status_err = c->status_err,
		.status_time = c->status_time,
		.time = wire_time_from_ns(wall_ns)
	};
	int32_t more_ns;

	p.rtt_delay_ms = response_delay(c, wall_ns, &more_ns);
	(void)wire_load_put(&p, c->header);
	put_be32(c->header + WIRE_LOAD_LEN,
	    c->conf.ours ? (uint32_t)more_ns : 0);
}

void
conn_fill(struct conn *c, const struct conn_out *out, unsigned int i,
    uint8_t *header)
{
	size_t size = i + 1 == out->count && out->last != 0 ? out->last :
	    out->size;

	memcpy(header, c->header, CONN_HEADER_LEN);
	put_be32(header + SEQ_OFFSET, c->seq - out->count + 1 + i);
	header[SIZE_OFFSET] = (uint8_t)(size >> 8);
	header[SIZE_OFFSET + 1] = (uint8_t)size;
	if (c->conf.checksum)
		wire_checksum_set(header, WIRE_LOAD_LEN);
}

void
conn_sent(struct conn *c, const struct conn_out *out, unsigned int taken)
{
	unsigned int left = out->count - taken;
	uint64_t bytes = (uint64_t)taken * out->size;

	if (out->last != 0 && left == 0 && taken > 0)
		bytes = bytes - out->size + out->last;
	c->sent_datagrams += taken;
	c->sent_bytes += bytes;
	if (!c->conf.keep_sequence)
		c->seq -= left;
}

static enum conn_step
emit_burst(struct conn *c, int64_t wall_ns, struct conn_out *out)
{
	c->seq += out->count;
	make_header(c, wall_ns);
	return CONN_SEND_BURST;
}

/* A PDU of the smallest size that carries nothing but its header. */
enum conn_step
conn_emit_single(struct conn *c, int64_t wall_ns, struct conn_out *out)
{
	out->count = 1;
	out->size = min_payload(c);
	out->last = 0;
	return emit_burst(c, wall_ns, out);
}

static void
burst_sizes(const struct conn *c, const struct pace_burst *b,
    struct conn_out *out)
{
	uint32_t min = min_payload(c);
	uint32_t size = b->size < min ? min : b->size;
	uint32_t addon = b->addon == 0 || b->addon >= min ? b->addon : min;

	out->count = b->count + (addon != 0);
	out->size = b->count > 0 ? size : addon;
	out->last = b->count > 0 ? addon : 0;
}

/* Without feedback nobody has shown that the start row is wanted. */
static void
check_unanswered(struct conn *c, int64_t now_ns)
{
	if (c->first_load_ns == 0)
		c->first_load_ns = now_ns;
	if (!c->unanswered ||
	    (now_ns - c->first_load_ns < CONN_UNANSWERED_NS &&
	    c->sent_bytes < CONN_UNANSWERED_BYTES))
		return;
	c->unanswered = false;
	pace_set_row(&c->pace, &c->conf.table->rows[0], now_ns);
}

enum conn_step
conn_poll_load(struct conn *c, int64_t now_ns, int64_t wall_ns,
    struct conn_out *out)
{
	struct pace_burst b;

	if (c->action != WIRE_TEST) {
		if (now_ns < c->stop_pdu_ns)
			return CONN_WAIT;
		c->stop_pdu_ns = now_ns + STOP_GAP_NS;
		return conn_emit_single(c, wall_ns, out);
	}
	if (now_ns < pace_due(&c->pace))
		return CONN_WAIT;
	check_unanswered(c, now_ns);
	do
		if (!pace_next(&c->pace, now_ns, &b))
			return CONN_WAIT;
	while (b.count == 0 && b.addon == 0);
	conn_check_quiet(c, now_ns);
	burst_sizes(c, &b, out);
	return emit_burst(c, wall_ns, out);
}
