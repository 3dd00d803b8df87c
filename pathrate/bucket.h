/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_BUCKET_H
#define PATHRATE_BUCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A token bucket lets the first packets of a long train pass at a peak rate
 * and the rest at the sustained one.
 */
struct bucket {
	double	peak_ns, sustained_ns;	/* a packet */
	double	packets;		/* that the bucket held when full */
};

/*
 * arrival_ns[n] of packets 0 .. n-1, TRAIN_MISSING where one is lost. False:
 * one rate explains the train.
 */
bool	bucket_find(const int64_t *arrival_ns, size_t n, struct bucket *b);

#endif
