/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_CONN_PRIVATE_H
#define UDPST_CONN_PRIVATE_H

#include "udpst/conn.h"

/* What conn.c and conn_in.c share. */
#define CONN_INTERVAL_MIN_US	100

/* Room for a piece of news of this kind; the oldest gives way. */
struct conn_news *conn_tell(struct conn *c, enum conn_news_kind kind);
/* The same for a warning, of which a connection has CONN_WARNINGS. */
void	conn_warn(struct conn *c, enum conn_news_kind kind, bool remote,
	    uint32_t value);
void	conn_end(struct conn *c, enum conn_end how);
/* The rate search takes a step; returns the index. */
unsigned int conn_adjust(struct conn *c, const struct adjust_input *in);
/* News of that step, with the status that it was made from. */
void	conn_tell_adjusted(struct conn *c, const struct wire_status *s);
/* The sub-interval that this side has just finished as a receiver. */
void	conn_subint_own(const struct conn *c, struct result_subint *s);
/* A row from the network within what any table of any release holds. */
struct wire_row conn_sane_row(const struct wire_row *from);

/* conn_load.c: what is due of load, or of a stop. */
enum conn_step conn_poll_load(struct conn *c, int64_t now_ns, int64_t wall_ns,
	    struct conn_out *out);
/* A PDU of the smallest size that carries nothing but its header. */
enum conn_step conn_emit_single(struct conn *c, int64_t wall_ns,
	    struct conn_out *out);
/* Nothing from the other side for a second: told once, and sent along. */
void	conn_check_quiet(struct conn *c, int64_t now_ns);

#endif
