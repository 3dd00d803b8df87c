/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_CLIENT_PROXY_H
#define MSAK_CLIENT_PROXY_H

#include "msak/url.h"

enum client_proxy { CLIENT_PROXY_NONE, CLIENT_PROXY_USE, CLIENT_PROXY_BAD };

/*
 * The HTTP proxy that HTTP_PROXY or HTTPS_PROXY, and NO_PROXY, name for u;
 * upper case first, then lower. What is on this host never has one. NO_PROXY
 * is read as Go reads it: "*", addresses, prefixes, domains, what is below a
 * domain, some with a port. BAD: why names the variable that is of no use and
 * says why, without a password.
 */
enum client_proxy client_proxy(const struct url *u, struct url *proxy,
	    char why[URL_WHY_MAX]);

#endif
