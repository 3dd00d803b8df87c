/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_HTTPGET_H
#define UDPING_HTTPGET_H

#include <stddef.h>

/*
 * The least of HTTP/1.1 (RFC 9112) that a scraper needs: one GET of one page,
 * without a body. Pure.
 */
#define HTTPGET_MAX	4096	/* bytes of a request, all its fields */

/*
 * The status that a request of len bytes so far earns when path is all there
 * is to be had (a query behind it is no matter): 200, 400, 404, 405, 431, or
 * 505; 0: its end has not come yet.
 */
int	httpget_status(const char *in, size_t len, const char *path);
/* What is said of it: "OK", "Not Found". */
const char *httpget_reason(int status);

#endif
