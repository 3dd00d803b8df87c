/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udpst/wire_row.h"

void
wire_row_get(struct wire_rd *r, struct wire_row *p)
{
	p->interval1_us = wire_rd_be32(r);
	p->payload1 = wire_rd_be32(r);
	p->burst1 = wire_rd_be32(r);
	p->interval2_us = wire_rd_be32(r);
	p->payload2 = wire_rd_be32(r);
	p->burst2 = wire_rd_be32(r);
	p->addon2 = wire_rd_be32(r);
}

void
wire_row_put(struct wire_wr *w, const struct wire_row *p)
{
	wire_wr_be32(w, p->interval1_us);
	wire_wr_be32(w, p->payload1);
	wire_wr_be32(w, p->burst1);
	wire_wr_be32(w, p->interval2_us);
	wire_wr_be32(w, p->payload2);
	wire_wr_be32(w, p->burst2);
	wire_wr_be32(w, p->addon2);
}
