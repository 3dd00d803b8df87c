/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "udping/frame.h"
#include "udping/probe.h"

/* Where the fields are that change: spec 3.1, and 3.7 for the first
 * generation. */
struct layout {
	size_t	seq, sent_s, sent_ns, size;
};

static const struct layout layouts[] = {
	{ 40, 48, 56, 64 },
	{ 28, 40, 48, 56 },
};

static uint32_t
put_le32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
	return (v & 0xffff) + (v >> 16);
}

static uint32_t
put_le64(uint8_t *p, uint64_t v)
{
	return put_le32(p, (uint32_t)v) + put_le32(p + 4, (uint32_t)(v >> 32));
}

/* The bytes of a sum are those of its words: swapped words, swapped sum. */
static uint16_t
swap(uint16_t v)
{
	return (uint16_t)(v << 8 | v >> 8);
}

void
probe_init(struct probe *p, bool first, int64_t start_s, const char *guid)
{
	struct wire_probe w = {
		.layout = first ? WIRE_FIRST : WIRE_LP64,
		.start_s = start_s,
		.size = first ? WIRE_FIRST_MIN : WIRE_PROBE_LEN,
	};

	memset(p, 0, sizeof(*p));
	p->first = first;
	p->len = first ? WIRE_FIRST_LEN : WIRE_PROBE_LEN;
	memcpy(w.guid, guid, WIRE_GUID);
	wire_put(&w, p->head, sizeof(p->head));
	put_le32(p->head + layouts[first].size, 0);
	p->sum = swap(frame_fold(frame_sum(p->head, p->len)));
}

uint16_t
probe_put(const struct probe *p, uint8_t *out, uint32_t seq, size_t size)
{
	const struct layout *l = &layouts[p->first];
	uint32_t sum = p->sum;

	memcpy(out, p->head, p->len);
	sum += put_le32(out + l->seq, seq);
	sum += put_le32(out + l->size, (uint32_t)size);
	return swap(frame_fold(sum));
}

uint16_t
probe_stamp(const struct probe *p, uint8_t *out, int64_t wall_ns)
{
	const struct layout *l = &layouts[p->first];
	int64_t s = wall_ns / CLOCK_NS_PER_S;
	uint32_t sum;

	sum = put_le64(out + l->sent_s, (uint64_t)s);
	sum += put_le64(out + l->sent_ns,
	    (uint64_t)(wall_ns - s * CLOCK_NS_PER_S));
	return swap(frame_fold(sum));
}
