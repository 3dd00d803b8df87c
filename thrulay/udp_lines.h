/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_UDP_LINES_H
#define THRULAY_UDP_LINES_H

#include <stddef.h>

/*
 * The lines of UDP reports, for the writer and for the parser alike. A form
 * is text with one value at most:
 *
 *	%i	int			%u	uint64_t
 *	%t	time, ms		%q	time, ms, 8 columns
 *	%d	median, ms, by loss	%j	jitter, ms, by loss
 *	%p	percentage		%l	percentage, 6 decimals
 *	%%	a percent sign
 *
 * Decimals are 3 otherwise.
 */
enum udp_line_style {
	UDP_LINE_READ = 0,		/* never written */
	UDP_LINE_PLAIN = 1,		/* 0.9 */
	UDP_LINE_VERBOSE = 2,		/* 0.9, server -v */
	UDP_LINE_HD = 4
};

struct udp_line {
	unsigned int	 styles;
	const char	*form;
	size_t		 offset;	/* in struct thrulay_udp_result */
};

/* In the order of a report, ended by form NULL. */
extern const struct udp_line udp_lines[];

#endif
