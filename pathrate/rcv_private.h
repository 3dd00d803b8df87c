/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_RCV_PRIVATE_H
#define PATHRATE_RCV_PRIVATE_H

#include "pathrate/rcv.h"

/* What the halves of the receiver's machine share. */
void	rcv_emit(struct rcv *r, enum rcv_event event);
void	rcv_fail(struct rcv *r, enum rcv_failure why);
void	rcv_word(struct rcv *r, uint32_t value);
/* A word while a train is awaited or measured. */
void	rcv_train_word(struct rcv *r, int64_t now_ns, uint32_t value);
/* The deadline of a train's state has passed. */
void	rcv_train_timer(struct rcv *r, int64_t now_ns);

#endif
