/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_BLOCK_KERNEL_H
#define THRULAY_BLOCK_KERNEL_H

#include "thrulay/thrulay.h"

/* What the kernel says of a TCP connection now; all unknown (negative) where
 * it says nothing. */
void	block_kernel(int fd, struct thrulay_kernel *out);
void	block_kernel_unknown(struct thrulay_kernel *out);

#endif
