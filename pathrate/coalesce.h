/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_COALESCE_H
#define PATHRATE_COALESCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Interrupt coalescence as pathrate 2.4.1 treats it (spec 4.2 and 4.5).
 * arrival_us has len + 1 times, the first of them of the warm-up packet;
 * latency_us is what it takes to receive a packet that is there already.
 */
bool	coalesce_detect(const int64_t *arrival_us, size_t len,
	    double latency_us);

/*
 * Rates in Mbit/s from burst to burst, those below 0.9 of the train's own
 * rate left out: at most room of them go to rate. Returns how many; *jumps
 * gets the number of bursts.
 */
size_t	coalesce_rates(const int64_t *arrival_us, size_t len,
	    double latency_us, double *rate, size_t room, size_t *jumps);

#endif
