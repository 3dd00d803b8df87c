/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "udping/wire.h"

#define NONE	0xff

/* Where a layout has its fields: offset, and length where that varies. */
struct layout {
	uint8_t	total;
	uint8_t	version;	/* NONE: there is none */
	uint8_t	start, start_len;
	uint8_t	guid;
	uint8_t	control;	/* NONE, or of the first generation */
	uint8_t	seq;
	uint8_t	sec, sec_len;
	uint8_t	nsec, nsec_len;
	uint8_t	size;
	bool	big;
};

static const struct layout layouts[] = {
	[WIRE_LP64] = { 72, 0, 8, 8, 16, NONE, 40, 48, 8, 56, 8, 64, false },
	[WIRE_BIG] = { 72, 0, 8, 8, 16, NONE, 40, 48, 8, 56, 8, 64, true },
	[WIRE_FORK] = { 56, 0, 4, 4, 8, NONE, 32, 36, 4, 40, 8, 48, false },
	[WIRE_FIRST] = { 64, NONE, 0, 0, 0, 24, 28, 40, 8, 48, 8, 56, false },
	[WIRE_I386] = { 48, 0, 4, 4, 8, NONE, 32, 36, 4, 40, 4, 44, false },
	[WIRE_I386_TIME64] =
	    { 60, 0, 4, 8, 12, NONE, 36, 40, 8, 48, 4, 56, false },
	[WIRE_I386_PACKED] =
	    { 56, 0, 4, 8, 12, NONE, 36, 40, 8, 48, 4, 52, false }
};
#define LAYOUTS	(sizeof(layouts) / sizeof(layouts[0]))

static uint32_t
get32(const struct layout *y, const uint8_t *buf, size_t at)
{
	struct wire_rd r;

	wire_rd_init(&r, buf + at, sizeof(uint32_t));
	return y->big ? wire_rd_be32(&r) : wire_rd_le32(&r);
}

/* A time of 32 bits is without sign, as the fork means it. */
static int64_t
get_time(const struct layout *y, const uint8_t *buf, size_t at, size_t len)
{
	struct wire_rd r;

	if (len == 0)
		return 0;
	if (len == sizeof(uint32_t))
		return get32(y, buf, at);
	wire_rd_init(&r, buf + at, sizeof(uint64_t));
	return (int64_t)(y->big ? wire_rd_be64(&r) : wire_rd_le64(&r));
}

static bool
is_guid(const uint8_t *guid)
{
	int i;

	for (i = 0; i < WIRE_GUID; i++) {
		if (!(guid[i] >= '0' && guid[i] <= '9') &&
		    !(guid[i] >= 'a' && guid[i] <= 'f'))
			return false;
	}
	return guid[WIRE_GUID] == '\0';
}

/* Is this its layout? Then all of it is there. */
static enum wire_error
fits(const struct layout *y, const uint8_t *buf, size_t have, size_t len,
    int64_t *value)
{
	*value = (int64_t)len;
	if (have < y->total)
		return WIRE_SHORT;
	*value = (int32_t)get32(y, buf, y->size);
	if (*value != (int64_t)len)
		return WIRE_SIZE;
	if (y->version != NONE && buf[y->version] != WIRE_VERSION) {
		*value = buf[y->version];
		return WIRE_BAD_VERSION;
	}
	if (!is_guid(buf + y->guid) ||
	    (y->control != NONE && get32(y, buf, y->control) > 1))
		return WIRE_BAD_GUID;
	return WIRE_OK;
}

static void
take(enum wire_layout layout, const uint8_t *buf, size_t len,
    struct wire_probe *p)
{
	const struct layout *y = &layouts[layout];

	p->layout = layout;
	p->control = y->control != NONE && get32(y, buf, y->control) == 1;
	p->start_s = get_time(y, buf, y->start, y->start_len);
	memcpy(p->guid, buf + y->guid, sizeof(p->guid));
	p->seq = get32(y, buf, y->seq);
	p->sent_s = get_time(y, buf, y->sec, y->sec_len);
	p->sent_ns = get_time(y, buf, y->nsec, y->nsec_len);
	p->size = (uint32_t)len;
}

enum wire_error
wire_get_head(const void *buf, size_t have, size_t len, struct wire_probe *out,
    int64_t *value)
{
	size_t i;

	if (len > WIRE_MAX)
		len = WIRE_MAX;
	if (have > len)
		have = len;
	for (i = 0; i < LAYOUTS; i++) {
		if (fits(&layouts[i], buf, have, len, value) == WIRE_OK) {
			take((enum wire_layout)i, buf, len, out);
			return WIRE_OK;
		}
	}
	return fits(&layouts[WIRE_LP64], buf, have, len, value);
}

enum wire_error
wire_get(const void *buf, size_t len, struct wire_probe *out, int64_t *value)
{
	return wire_get_head(buf, len, len, out, value);
}

static void
put_zeros(struct wire_wr *w, size_t n)
{
	while (n-- > 0)
		wire_wr_u8(w, 0);
}

static void
put_lp64(struct wire_wr *w, const struct wire_probe *p)
{
	wire_wr_u8(w, WIRE_VERSION);
	put_zeros(w, 7);
	wire_wr_le64(w, (uint64_t)p->start_s);
	wire_wr_bytes(w, p->guid, sizeof(p->guid));
	put_zeros(w, 3);
	wire_wr_le32(w, p->seq);
	put_zeros(w, 4);
	wire_wr_le64(w, (uint64_t)p->sent_s);
	wire_wr_le64(w, (uint64_t)p->sent_ns);
	wire_wr_le32(w, p->size);
}

static void
put_first(struct wire_wr *w, const struct wire_probe *p)
{
	wire_wr_bytes(w, p->guid, sizeof(p->guid));
	put_zeros(w, 3);
	wire_wr_le32(w, p->control ? 1 : 0);
	wire_wr_le32(w, p->seq);
	wire_wr_le32(w, p->control ? 0 : 1);
	put_zeros(w, 4);
	wire_wr_le64(w, p->control ? 0 : (uint64_t)p->sent_s);
	wire_wr_le64(w, p->control ? 0 : (uint64_t)p->sent_ns);
	wire_wr_le32(w, p->size);
}

static size_t
shortest(const struct wire_probe *p)
{
	if (p->layout == WIRE_LP64)
		return WIRE_PROBE_LEN;
	return p->control ? WIRE_FIRST_LEN : WIRE_FIRST_MIN;
}

size_t
wire_put(const struct wire_probe *p, void *buf, size_t len)
{
	struct wire_wr w;

	if ((p->layout != WIRE_LP64 && p->layout != WIRE_FIRST) ||
	    p->size < shortest(p) || p->size > len ||
	    (p->control && p->size != WIRE_FIRST_LEN))
		return 0;
	wire_wr_init(&w, buf, p->size);
	if (p->layout == WIRE_LP64)
		put_lp64(&w, p);
	else
		put_first(&w, p);
	put_zeros(&w, p->size - w.len);
	return p->size;
}

int64_t
wire_sent(const struct wire_probe *p)
{
	int64_t v;

	if (p->sent_s > INT64_MAX / CLOCK_NS_PER_S)
		return INT64_MAX;
	if (p->sent_s < INT64_MIN / CLOCK_NS_PER_S)
		return INT64_MIN;
	v = p->sent_s * CLOCK_NS_PER_S;
	if (p->sent_ns > 0 && v > INT64_MAX - p->sent_ns)
		return INT64_MAX;
	if (p->sent_ns < 0 && v < INT64_MIN - p->sent_ns)
		return INT64_MIN;
	return v + p->sent_ns;
}
