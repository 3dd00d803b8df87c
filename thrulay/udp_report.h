/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_UDP_REPORT_H
#define THRULAY_UDP_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "thrulay/thrulay.h"

/* Longest report text in any style. */
#define UDP_REPORT_MAX	8192

/*
 * The report of a UDP test as text (spec 5.3, 5.4, 5.6). Returns the length,
 * without a NUL being counted, always below UDP_REPORT_MAX. inf and nan appear
 * by the loss rules of spec 4.3 only: delay is inf above 50 % loss; jitter is
 * inf from 25 % and nan above 75 %; quantiles are those of the packets that
 * came, 0.000 when none did. The point is a '.' in every locale.
 */
size_t	udp_report_text(const struct thrulay_udp_result *r,
	    enum thrulay_report style, bool verbose, char buf[UDP_REPORT_MAX]);

/*
 * Read a report of style 0.9 or hd, from any server, as far as it is
 * understood, and what follows from it. complete is false, and what the text
 * does not tell, or tells as inf or nan, is THRULAY_NO_COUNT, THRULAY_NO_TIME,
 * NaN or (buffer, socket_drops) -1. Returns true when at least delay and loss
 * were found.
 */
bool	udp_report_parse(const char *text, size_t len,
	    struct thrulay_udp_result *out);

#endif
