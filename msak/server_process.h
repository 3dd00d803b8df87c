/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_SERVER_PROCESS_H
#define MSAK_SERVER_PROCESS_H

#include <stdint.h>

#include "msak/metrics.h"

/* What the kernel says of this process, which began at that wall clock time;
 * unknown is what this system does not tell. */
void	server_process_read(struct metrics_process *p, int64_t start_wall_ns);

#endif
