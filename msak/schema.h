/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_SCHEMA_H
#define MSAK_SCHEMA_H

#include <stdio.h>

/*
 * The columns of the archive's records as BigQuery wants them, spec 2.6.
 * Without a newline at the end; what failed is in the stream's error flag.
 */
void	schema_throughput1(FILE *out);
void	schema_latency1(FILE *out);

#endif
