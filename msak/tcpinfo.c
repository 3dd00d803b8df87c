/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/tcpinfo.h"

static const struct tcpinfo_field fields[TCPINFO_FIELDS] = {
	{ "State", 0, TCPINFO_U8 },
	{ "CAState", 1, TCPINFO_U8 },
	{ "Retransmits", 2, TCPINFO_U8 },
	{ "Probes", 3, TCPINFO_U8 },
	{ "Backoff", 4, TCPINFO_U8 },
	{ "Options", 5, TCPINFO_U8 },
	{ "WScale", 6, TCPINFO_U8 },
	{ "AppLimited", 7, TCPINFO_U8 },
	{ "RTO", 8, TCPINFO_U32 },
	{ "ATO", 12, TCPINFO_U32 },
	{ "SndMSS", 16, TCPINFO_U32 },
	{ "RcvMSS", 20, TCPINFO_U32 },
	{ "Unacked", 24, TCPINFO_U32 },
	{ "Sacked", 28, TCPINFO_U32 },
	{ "Lost", 32, TCPINFO_U32 },
	{ "Retrans", 36, TCPINFO_U32 },
	{ "Fackets", 40, TCPINFO_U32 },
	{ "LastDataSent", 44, TCPINFO_U32 },
	{ "LastAckSent", 48, TCPINFO_U32 },
	{ "LastDataRecv", 52, TCPINFO_U32 },
	{ "LastAckRecv", 56, TCPINFO_U32 },
	{ "PMTU", 60, TCPINFO_U32 },
	{ "RcvSsThresh", 64, TCPINFO_U32 },
	{ "RTT", 68, TCPINFO_U32 },
	{ "RTTVar", 72, TCPINFO_U32 },
	{ "SndSsThresh", 76, TCPINFO_U32 },
	{ "SndCwnd", 80, TCPINFO_U32 },
	{ "AdvMSS", 84, TCPINFO_U32 },
	{ "Reordering", 88, TCPINFO_U32 },
	{ "RcvRTT", 92, TCPINFO_U32 },
	{ "RcvSpace", 96, TCPINFO_U32 },
	{ "TotalRetrans", 100, TCPINFO_U32 },
	{ "PacingRate", 104, TCPINFO_I64 },
	{ "MaxPacingRate", 112, TCPINFO_I64 },
	{ "BytesAcked", 120, TCPINFO_I64 },
	{ "BytesReceived", 128, TCPINFO_I64 },
	{ "SegsOut", 136, TCPINFO_I32 },
	{ "SegsIn", 140, TCPINFO_I32 },
	{ "NotsentBytes", 144, TCPINFO_U32 },
	{ "MinRTT", 148, TCPINFO_U32 },
	{ "DataSegsIn", 152, TCPINFO_U32 },
	{ "DataSegsOut", 156, TCPINFO_U32 },
	{ "DeliveryRate", 160, TCPINFO_I64 },
	{ "BusyTime", 168, TCPINFO_I64 },
	{ "RWndLimited", 176, TCPINFO_I64 },
	{ "SndBufLimited", 184, TCPINFO_I64 },
	{ "Delivered", 192, TCPINFO_U32 },
	{ "DeliveredCE", 196, TCPINFO_U32 },
	{ "BytesSent", 200, TCPINFO_I64 },
	{ "BytesRetrans", 208, TCPINFO_I64 },
	{ "DSackDups", 216, TCPINFO_U32 },
	{ "ReordSeen", 220, TCPINFO_U32 },
	{ "RcvOooPack", 224, TCPINFO_U32 },
	{ "SndWnd", 228, TCPINFO_U32 },
};

const struct tcpinfo_field *
tcpinfo_field(size_t i)
{
	return &fields[i];
}

void
tcpinfo_take(struct tcpinfo *t, const void *raw, size_t len,
    int64_t elapsed_us)
{
	memset(t, 0, sizeof(*t));
	if (len > 0)
		memcpy(t->raw, raw, len < TCPINFO_LEN ? len : TCPINFO_LEN);
	t->elapsed_us = elapsed_us;
}

void
bbrinfo_take(struct bbrinfo *b, const void *raw, size_t len)
{
	uint32_t words[BBRINFO_LEN / sizeof(uint32_t)];

	memset(b, 0, sizeof(*b));
	if (len != BBRINFO_LEN)
		return;
	memcpy(words, raw, sizeof(words));
	b->bw = (int64_t)((uint64_t)words[1] << 32 | words[0]);
	b->min_rtt_us = words[2];
	b->pacing_gain = words[3];
	b->cwnd_gain = words[4];
}

int64_t
tcpinfo_get(const struct tcpinfo *t, const struct tcpinfo_field *f)
{
	const uint8_t *at = t->raw + f->offset;
	uint32_t u32;
	int32_t i32;
	int64_t i64;

	switch (f->type) {
	case TCPINFO_U8:
		return *at;
	case TCPINFO_U32:
		memcpy(&u32, at, sizeof(u32));
		return u32;
	case TCPINFO_I32:
		memcpy(&i32, at, sizeof(i32));
		return i32;
	case TCPINFO_I64:
	default:
		memcpy(&i64, at, sizeof(i64));
		return i64;
	}
}

static bool
in_range(enum tcpinfo_type type, int64_t v)
{
	switch (type) {
	case TCPINFO_U8:
		return v >= 0 && v <= UINT8_MAX;
	case TCPINFO_U32:
		return v >= 0 && v <= UINT32_MAX;
	case TCPINFO_I32:
		return v >= INT32_MIN && v <= INT32_MAX;
	case TCPINFO_I64:
	default:
		return true;
	}
}

bool
tcpinfo_set(struct tcpinfo *t, const struct tcpinfo_field *f, int64_t v)
{
	uint8_t *at = t->raw + f->offset;
	uint32_t low = (uint32_t)v;	/* of an i32 too: the same bits */

	if (!in_range(f->type, v))
		return false;
	if (f->type == TCPINFO_U8)
		*at = (uint8_t)v;
	else if (f->type == TCPINFO_I64)
		memcpy(at, &v, sizeof(v));
	else
		memcpy(at, &low, sizeof(low));
	return true;
}

int64_t
tcpinfo_at(const struct tcpinfo *t, unsigned int offset)
{
	size_t i = 0;

	while (i < TCPINFO_FIELDS - 1 && fields[i].offset != offset)
		i++;
	return tcpinfo_get(t, &fields[i]);
}
