/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/fixed.h"
#include "common/wire.h"
#include "udpst/export.h"

/* Rows wait here for a write(2) of many at once. */
#define BUFFER		((size_t)128 * 1024)
/* The longest row: numbers, and two rates of any size. */
#define ROW_MAX		(256 + 2 * FIXED_MAX)

static const char header[] = "SeqNo,PayLoad,ECNValue,SrcTxTime,DstRxTime,OWD,"
    "IntfMbps,IntfMbpsAlt,RTTTxTime,RTTRxTime,RTTRespDelay,RTT,StatusLoss\n";
static const char header_8[] = "SeqNo,PayLoad,SrcTxTime,DstRxTime,OWD,"
    "IntfMbps,RTTTxTime,RTTRxTime,RTTRespDelay,RTT,StatusLoss\n";

/* A rate stays the same over thousands of rows; its text is kept. */
struct export_rate {
	double	mbps;
	char	text[FIXED_MAX];
};

struct export {
	int		fd;
	bool		all, compat_8;
	int		error;		/* of the first write that failed */
	struct export_rate rate, alternate;
	struct wire_wr	w;		/* over buffer */
	uint8_t		buffer[BUFFER];
};

static void
set_rate(struct export_rate *r, double mbps)
{
	r->mbps = mbps;
	fixed_put(mbps, 2, r->text, sizeof(r->text));
}

struct export *
export_open(const char *path, bool all, bool compat_8)
{
	struct export *x = malloc(sizeof(*x));

	if (x == NULL)
		return NULL;
	x->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (x->fd == -1) {
		free(x);
		return NULL;
	}
	x->all = all || compat_8;
	x->compat_8 = compat_8;
	x->error = 0;
	set_rate(&x->rate, 0);
	set_rate(&x->alternate, 0);
	wire_wr_init(&x->w, x->buffer, sizeof(x->buffer));
	wire_wr_str(&x->w, compat_8 ? header_8 : header);
	return x;
}

/* After a failed write nothing more is written: a file has no gap. */
static void
flush(struct export *x)
{
	size_t done = 0;
	ssize_t n;

	while (x->error == 0 && done < x->w.len) {
		n = write(x->fd, x->buffer + done, x->w.len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			x->error = errno;
	}
	wire_wr_init(&x->w, x->buffer, sizeof(x->buffer));
}

/* A comma and the number. */
static void
put_number(struct wire_wr *w, int64_t v)
{
	wire_wr_u8(w, ',');
	if (v < 0)
		wire_wr_u8(w, '-');
	wire_wr_dec(w, (uint64_t)(v < 0 ? -v : v));
}

/* Microseconds are cut, not rounded; at least six digits. */
static void
put_time(struct wire_wr *w, struct wire_time t)
{
	uint32_t us = t.nsec / 1000, next;

	put_number(w, t.sec);
	wire_wr_u8(w, '.');
	for (next = 100000; next > 1 && us < next; next /= 10)
		wire_wr_u8(w, '0');
	wire_wr_dec(w, us);
}

static void
put_rate(struct wire_wr *w, struct export_rate *r, double mbps)
{
	if (mbps != r->mbps)
		set_rate(r, mbps);
	wire_wr_u8(w, ',');
	wire_wr_str(w, r->text);
}

static void
put_rtt(struct wire_wr *w, const struct wire_load *p, struct wire_time arrival,
    const struct rxstat_event *e)
{
	if (!e->new_rtt) {
		wire_wr_str(w, ",,,,,\n");
		return;
	}
	put_time(w, p->status_time);
	put_time(w, arrival);
	put_number(w, p->rtt_delay_ms);
	put_number(w, e->rtt_ms);
	put_number(w, e->status_lost);
	wire_wr_u8(w, '\n');
}

void
export_row(struct export *x, const struct wire_load *p, int64_t wall_ns,
    int tos, const struct rxstat_event *e, double mbps, double mbps_alternate)
{
	struct wire_time arrival = wire_time_from_ns(wall_ns);
	struct wire_wr *w = &x->w;

	if (!x->all && !e->new_rtt)
		return;
	if (w->size - w->len < ROW_MAX)
		flush(x);
	wire_wr_dec(w, p->seq);
	put_number(w, p->payload);
	if (!x->compat_8)
		put_number(w, tos < 0 ? 0 : tos & 3);
	put_time(w, p->time);
	put_time(w, arrival);
	put_number(w, e->owd_ms);
	put_rate(w, &x->rate, mbps);
	if (!x->compat_8)
		put_rate(w, &x->alternate, mbps_alternate);
	put_rtt(w, p, arrival, e);
}

int
export_close(struct export *x)
{
	int error;

	if (x == NULL)
		return 0;
	flush(x);
	if (close(x->fd) == -1 && x->error == 0)
		x->error = errno;
	error = x->error;
	free(x);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}
