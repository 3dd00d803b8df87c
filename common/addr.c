/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/addr.h"

#define MAPPED_BYTES	12	/* of ::ffff:0:0/96 */
#define MAPPED_BITS	(MAPPED_BYTES * 8)

static const uint8_t mapped_prefix[MAPPED_BYTES] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
};

/* Decimal digits and nothing else; strtonum alone takes blanks and signs. */
static int
parse_decimal(const char *s, long long max, long long *out)
{
	const char *why;

	if (*s == '\0' || s[strspn(s, "0123456789")] != '\0')
		return -1;
	*out = strtonum(s, 0, max, &why);
	return why == NULL ? 0 : -1;
}

static int
copy_span(char *dst, size_t dstlen, const char *src, size_t n)
{
	if (n == 0 || n >= dstlen)
		return -1;
	memcpy(dst, src, n);
	dst[n] = '\0';
	return 0;
}

int
addr_split(const char *text, char *host, size_t hostlen, uint16_t *port)
{
	const char *rest, *colon = strchr(text, ':');
	long long n;
	size_t len;

	if (text[0] == '[') {
		text++;
		len = strcspn(text, "]");
		if (text[len] == '\0')
			return -1;
		rest = text + len + 1;
	} else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		len = (size_t)(colon - text);
		rest = colon;
	} else {
		len = strlen(text);
		rest = text + len;
	}
	if (memchr(text, '[', len) != NULL || memchr(text, ']', len) != NULL)
		return -1;
	if (*rest != '\0' &&
	    (*rest != ':' || parse_decimal(rest + 1, UINT16_MAX, &n) == -1))
		return -1;
	if (copy_span(host, hostlen, text, len) == -1)
		return -1;
	if (*rest != '\0')
		*port = (uint16_t)n;
	return 0;
}

static int
lookup(const char *host, uint16_t port, const struct addrinfo *hints,
    struct addrinfo **list)
{
	char service[sizeof("65535")];

	snprintf(service, sizeof(service), "%u", (unsigned int)port);
	return getaddrinfo(host, service, hints, list);
}

static void
copy_info(struct addr *a, const struct addrinfo *ai)
{
	memset(a, 0, sizeof(*a));
	memcpy(&a->ss, ai->ai_addr, ai->ai_addrlen);
	a->len = ai->ai_addrlen;
}

size_t
addr_resolve(const char *host, uint16_t port, int family, int socktype,
    struct addr *out, size_t max, int *gai_error)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICSERV,
		.ai_family = family, .ai_socktype = socktype };
	struct addrinfo *list, *ai;
	size_t n = 0;

	if (host == NULL)
		hints.ai_flags |= AI_PASSIVE;
	*gai_error = lookup(host, port, &hints, &list);
	if (*gai_error != 0)
		return 0;
	for (ai = list; ai != NULL && n < max; ai = ai->ai_next) {
		if (ai->ai_family == AF_INET || ai->ai_family == AF_INET6)
			copy_info(&out[n++], ai);
	}
	freeaddrinfo(list);
	if (n == 0)
		*gai_error = EAI_FAMILY;
	return n;
}

int
addr_numeric(const char *host, uint16_t port, struct addr *out)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_family = AF_INET6, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;

	/* Not by getaddrinfo: it takes "10.1" and "0x7f000001" as well. */
	if (strchr(host, ':') == NULL) {
		memset(out, 0, sizeof(*out));
		if (inet_pton(AF_INET, host, &out->in.sin_addr) != 1)
			return -1;
		out->sa.sa_family = AF_INET;
		out->in.sin_port = htons(port);
		out->len = sizeof(out->in);
		return 0;
	}
	if (lookup(host, port, &hints, &list) != 0)
		return -1;
	copy_info(out, list);
	freeaddrinfo(list);
	return 0;
}

/* The host part as 16 bytes, IPv4 as v4-mapped. False when unset. */
static bool
host_bytes(const struct addr *a, uint8_t bytes[static 16])
{
	switch (addr_family(a)) {
	case AF_INET:
		memcpy(bytes, mapped_prefix, MAPPED_BYTES);
		memcpy(bytes + MAPPED_BYTES, &a->in.sin_addr, 4);
		return true;
	case AF_INET6:
		memcpy(bytes, &a->in6.sin6_addr, 16);
		return true;
	default:
		memset(bytes, 0, 16);
		return false;
	}
}

static bool
bytes_are_v4(const uint8_t bytes[static 16])
{
	return memcmp(bytes, mapped_prefix, MAPPED_BYTES) == 0;
}

const char *
addr_host(const struct addr *a, char *buf, size_t len)
{
	char text[ADDR_STRLEN];
	uint8_t bytes[16];

	if (!host_bytes(a, bytes) ||
	    getnameinfo(&a->sa, a->len, text, sizeof(text), NULL, 0,
	    NI_NUMERICHOST) != 0)
		strlcpy(text, "?", sizeof(text));
	else if (bytes_are_v4(bytes))
		inet_ntop(AF_INET, bytes + MAPPED_BYTES, text, sizeof(text));
	strlcpy(buf, text, len);
	return buf;
}

const char *
addr_format(const struct addr *a, char *buf, size_t len)
{
	char host[ADDR_STRLEN];
	bool v6;

	addr_host(a, host, sizeof(host));
	v6 = strchr(host, ':') != NULL;
	snprintf(buf, len, "%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "",
	    (unsigned int)addr_port(a));
	return buf;
}

uint16_t
addr_port(const struct addr *a)
{
	switch (addr_family(a)) {
	case AF_INET:
		return ntohs(a->in.sin_port);
	case AF_INET6:
		return ntohs(a->in6.sin6_port);
	default:
		return 0;
	}
}

void
addr_set_port(struct addr *a, uint16_t port)
{
	if (addr_family(a) == AF_INET)
		a->in.sin_port = htons(port);
	else if (addr_family(a) == AF_INET6)
		a->in6.sin6_port = htons(port);
}

int
addr_family(const struct addr *a)
{
	return a->len == 0 ? AF_UNSPEC : a->sa.sa_family;
}

bool
addr_same_host(const struct addr *a, const struct addr *b)
{
	uint8_t x[16], y[16];

	return host_bytes(a, x) && host_bytes(b, y) &&
	    memcmp(x, y, sizeof(x)) == 0;
}

bool
addr_is_multicast(const struct addr *a)
{
	uint8_t bytes[16];

	if (!host_bytes(a, bytes))
		return false;
	if (bytes_are_v4(bytes))
		return (bytes[MAPPED_BYTES] & 0xf0) == 0xe0;
	return bytes[0] == 0xff;
}

bool
addr_is_mapped(const struct addr *a)
{
	uint8_t bytes[16];

	return addr_family(a) == AF_INET6 && host_bytes(a, bytes) &&
	    bytes_are_v4(bytes);
}

void
addr_map(struct addr *a)
{
	uint8_t bytes[16];
	in_port_t port;

	if (addr_family(a) != AF_INET)
		return;
	host_bytes(a, bytes);
	port = a->in.sin_port;
	memset(a, 0, sizeof(*a));
	a->sa.sa_family = AF_INET6;
	a->in6.sin6_port = port;
	memcpy(&a->in6.sin6_addr, bytes, sizeof(bytes));
	a->len = sizeof(a->in6);
}

/* Clear what the prefix does not cover. */
static void
mask_bytes(uint8_t bytes[static 16], unsigned int bits)
{
	unsigned int i, keep;

	for (i = 0; i < 16; i++) {
		keep = bits > i * 8 ? bits - i * 8 : 0;
		if (keep < 8)
			bytes[i] &= (uint8_t)(0xff00u >> keep);
	}
}

int
addr_prefix_parse(const char *text, struct addr_prefix *out, const char **why)
{
	const char *slash = strchr(text, '/');
	char host[ADDR_STRLEN];
	struct addr a;
	long long bits;
	int max;

	*why = "not a numeric address";
	if (copy_span(host, sizeof(host), text, strcspn(text, "/")) == -1 ||
	    addr_numeric(host, 0, &a) == -1)
		return -1;
	max = addr_family(&a) == AF_INET ? 32 : 128;
	bits = max;
	*why = "invalid prefix length";
	if (slash != NULL && parse_decimal(slash + 1, max, &bits) == -1)
		return -1;
	if (max == 32)
		bits += MAPPED_BITS;
	host_bytes(&a, out->bytes);
	out->bits = (unsigned int)bits;
	out->is_v4 = bytes_are_v4(out->bytes) && out->bits >= MAPPED_BITS;
	mask_bytes(out->bytes, out->bits);
	*why = NULL;
	return 0;
}

bool
addr_prefix_match(const struct addr_prefix *p, const struct addr *a)
{
	uint8_t bytes[16];

	if (!host_bytes(a, bytes) || bytes_are_v4(bytes) != p->is_v4)
		return false;
	mask_bytes(bytes, p->bits);
	return memcmp(bytes, p->bytes, sizeof(bytes)) == 0;
}
