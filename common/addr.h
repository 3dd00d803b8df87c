/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_ADDR_H
#define PL_ADDR_H

#include <sys/socket.h>

#include <netinet/in.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A socket address that owns its storage. len is 0 when unset. The members
 * of the union are the same bytes; sa.sa_family says which one is valid.
 */
struct addr {
	union {
		struct sockaddr_storage	ss;
		struct sockaddr		sa;
		struct sockaddr_in	in;
		struct sockaddr_in6	in6;
	};
	socklen_t		len;
};

/* An address prefix as in an allow list. */
struct addr_prefix {
	uint8_t		bytes[16];	/* IPv4 as v4-mapped IPv6 */
	unsigned int	bits;		/* 0..128, of the mapped form */
	bool		is_v4;
};

/* Longest text of addr_format: [v6%scope]:port and NUL. */
#define ADDR_STRLEN	80

/*
 * Split "host", "host:port", "v6", "[v6]" or "[v6]:port" into host (hostlen
 * bytes, NUL-terminated) and port; port stays untouched when the text has
 * none. Text with two or more colons and no brackets is an IPv6 address.
 * Returns 0, or -1 when malformed or too long.
 */
int	addr_split(const char *text, char *host, size_t hostlen,
	    uint16_t *port);

/*
 * Resolve host to at most max addresses, in the resolver's order. family is
 * AF_INET, AF_INET6 or AF_UNSPEC, socktype SOCK_STREAM or SOCK_DGRAM; host
 * NULL asks for wildcard addresses (passive). Returns the number (>= 1), or 0
 * with *gai_error set for gai_strerror(3).
 */
size_t	addr_resolve(const char *host, uint16_t port, int family, int socktype,
	    struct addr *out, size_t max, int *gai_error);

/*
 * The same for numeric text only; no name look-up. IPv4 takes four decimal
 * parts, IPv6 may carry a %scope. 0 or -1.
 */
int	addr_numeric(const char *host, uint16_t port, struct addr *out);

/*
 * "192.0.2.1", "2001:db8::1%eth0"; v4-mapped addresses print as IPv4, an
 * unset address as "?". Returns buf, cut to len bytes.
 */
const char *addr_host(const struct addr *a, char *buf, size_t len);

/* "192.0.2.1:5003", "[2001:db8::1]:5003". Returns buf. */
const char *addr_format(const struct addr *a, char *buf, size_t len);

/* Host byte order; 0 when unset. */
uint16_t addr_port(const struct addr *a);
void	addr_set_port(struct addr *a, uint16_t port);
/* AF_INET, AF_INET6 or, when unset, AF_UNSPEC. */
int	addr_family(const struct addr *a);

/* Same host, port ignored; v4-mapped equals IPv4; scope ignored. */
bool	addr_same_host(const struct addr *a, const struct addr *b);
bool	addr_is_multicast(const struct addr *a);
bool	addr_is_mapped(const struct addr *a);

/* IPv4 becomes v4-mapped IPv6, so that it fits an AF_INET6 socket. */
void	addr_map(struct addr *a);

/*
 * Parse "addr" or "addr/bits", numeric, host bits allowed and ignored; /0 is
 * legal. Returns 0, or -1 with *why pointing at static text.
 */
int	addr_prefix_parse(const char *text, struct addr_prefix *out,
	    const char **why);

/*
 * v4-mapped peers match IPv4 prefixes and the other way round; 0.0.0.0/0
 * matches every IPv4 peer (mapped ones included), ::/0 every IPv6 peer.
 */
bool	addr_prefix_match(const struct addr_prefix *p, const struct addr *a);

#endif
