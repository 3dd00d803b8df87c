/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_TCPINFO_H
#define MSAK_TCPINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the kernel says of a TCP connection, spec 3.4: kept as it came, the
 * first 232 bytes of Linux's struct tcp_info in host order, so that taking it
 * costs a copy and keeping it little. A table knows where each figure lies,
 * in order of their places, which is that of the JSON keys.
 */
#define TCPINFO_LEN	232
#define TCPINFO_FIELDS	54
#define BBRINFO_LEN	20

/* The fields that our own code asks for, by place. */
#define TCPINFO_RTT		68	/* us */
#define TCPINFO_BYTES_ACKED	120
#define TCPINFO_BYTES_RECEIVED	128
#define TCPINFO_MIN_RTT		148	/* us */
#define TCPINFO_BYTES_SENT	200
#define TCPINFO_BYTES_RETRANS	208

enum tcpinfo_type { TCPINFO_U8, TCPINFO_U32, TCPINFO_I32, TCPINFO_I64 };

struct tcpinfo_field {
	const char		*key;		/* of the JSON */
	unsigned int		 offset;
	enum tcpinfo_type	 type;
};

struct tcpinfo {
	uint8_t	raw[TCPINFO_LEN];
	int64_t	elapsed_us;		/* since accept or connect */
};

struct bbrinfo {
	int64_t		bw;		/* bytes/s */
	uint32_t	min_rtt_us;
	uint32_t	pacing_gain;	/* 256: 1.0 */
	uint32_t	cwnd_gain;
};

/* i < TCPINFO_FIELDS. */
const struct tcpinfo_field *tcpinfo_field(size_t i);
/* From what getsockopt(TCP_INFO) gave; what it did not give is 0. */
void	tcpinfo_take(struct tcpinfo *t, const void *raw, size_t len,
	    int64_t elapsed_us);
/* From what getsockopt(TCP_CC_INFO) gave: all 0 unless it is BBR's. */
void	bbrinfo_take(struct bbrinfo *b, const void *raw, size_t len);
int64_t	tcpinfo_get(const struct tcpinfo *t, const struct tcpinfo_field *f);
/* False when v is not in the range of the field's type. */
bool	tcpinfo_set(struct tcpinfo *t, const struct tcpinfo_field *f,
	    int64_t v);
/* The field at this place, one of those above. */
int64_t	tcpinfo_at(const struct tcpinfo *t, unsigned int offset);

#endif
