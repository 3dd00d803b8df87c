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
 * by the loss rules of spec 4.3 only.
 */
size_t	udp_report_text(const struct thrulay_udp_result *r,
	    enum thrulay_report style, bool verbose, char buf[UDP_REPORT_MAX]);

/*
 * Read a report of style 0.9 or hd, from any server, as far as it is
 * understood: fields that it tells are set, complete is false. Returns true
 * when at least delay and loss were found.
 */
bool	udp_report_parse(const char *text, size_t len,
	    struct thrulay_udp_result *out);

#endif
