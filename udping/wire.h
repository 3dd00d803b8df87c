/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_WIRE_H
#define UDPING_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The probe of udping (spec udping.md section 3), which was a C structure
 * once and so has several layouts. Pure: no I/O, no clock, no allocation.
 */
#define WIRE_GUID	20	/* hex digits; a NUL follows */
#define WIRE_PROBE_LEN	72	/* header, and the shortest probe of it */
#define WIRE_FIRST_LEN	64	/* the same of the first generation */
#define WIRE_FIRST_MIN	65	/* its shortest probe; 64 is a control packet */
#define WIRE_FORK_LEN	56
#define WIRE_MAX	2000	/* longer datagrams are cut on arrival */
#define WIRE_VERSION	1

enum wire_layout {
	WIRE_LP64,		/* 3.1, little endian */
	WIRE_BIG,		/* the same from a big-endian host */
	WIRE_FORK,		/* 3.6, 56 bytes */
	WIRE_FIRST,		/* 3.7, the first generation */
	WIRE_I386,		/* 48 bytes, time of 32 bits */
	WIRE_I386_TIME64,	/* 60 bytes */
	WIRE_I386_PACKED	/* 56 bytes, timespec not padded */
};

struct wire_probe {
	enum wire_layout layout;
	bool		control;	/* FIRST: the period has ended */
	int64_t		start_s;	/* of the sender's port; 0 in FIRST */
	char		guid[WIRE_GUID + 1];
	uint32_t	seq;		/* FIRST: from 1 for each GUID */
	int64_t		sent_s, sent_ns; /* as they came, in any range */
	uint32_t	size;		/* UDP payload, header included */
};

enum wire_error {
	WIRE_OK,
	WIRE_SHORT,	/* value: bytes of the datagram */
	WIRE_SIZE,	/* no layout's size is right; value: that of LP64 */
	WIRE_BAD_VERSION, /* value: the version */
	WIRE_BAD_GUID	/* not 20 lower-case hex digits and NUL */
};

/*
 * Which layout a datagram has shows in its size field, which must be len
 * (3.6). *value says more about an error, as the original prints it; out is
 * filled only when all is well. Where no layout fits the error is that of
 * LP64. A datagram of more than WIRE_MAX bytes counts as cut to that (4.3).
 */
enum wire_error wire_get(const void *buf, size_t len, struct wire_probe *out,
	    int64_t *value);
/* The same of a datagram of len bytes that was kept to have bytes, of which
 * WIRE_PROBE_LEN are enough. */
enum wire_error wire_get_head(const void *buf, size_t have, size_t len,
	    struct wire_probe *out, int64_t *value);

/*
 * Layout LP64 or FIRST, zeros up to p->size, which is within
 * WIRE_PROBE_LEN..len or WIRE_FIRST_MIN..len; a control packet has
 * WIRE_FIRST_LEN bytes and no time. Returns the bytes written; 0 when it does
 * not fit.
 */
size_t	wire_put(const struct wire_probe *p, void *buf, size_t len);

/* When it was sent, ns since 1970; the ends of the range for what is beyond. */
int64_t	wire_sent(const struct wire_probe *p);

#endif
