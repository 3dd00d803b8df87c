/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPORT_CSV_H
#define PATHRATE_REPORT_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "common/writer.h"
#include "pathrate/train.h"

/*
 * The rows of --csv, one for each packet of a train: round, payload, packet,
 * its arrival after the first that is there, gap to the packet
 * before it and the rate of that gap; empty where a packet is missing. w is
 * writer_csv's; headers is what stands before the payload, IP's included.
 */
void	report_csv(struct writer *w, const struct train_ask *ask,
	    size_t headers, const int64_t *arrival_ns);

#endif
