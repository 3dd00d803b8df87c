/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "common/wire.h"
#include "udpst/export.h"
#include "udpst/timename.h"

static const char *
number(unsigned int v, char *buf, size_t len)
{
	snprintf(buf, len, "%u", v);
	return buf;
}

/* What #c stands for; NULL: nothing. */
static const char *
conversion(char c, const struct export_names *n, char *buf, size_t len)
{
	switch (c) {
	case 'i':
		return number(n->mc_index, buf, len);
	case 'c':
		return number(n->mc_count, buf, len);
	case 'I':
		return number(n->mc_ident, buf, len);
	case 'l':
		return addr_host(&n->local, buf, len);
	case 'r':
		return addr_host(&n->remote, buf, len);
	case 's':
		return number(addr_port(&n->remote), buf, len);
	case 'd':
		return number(addr_port(&n->local), buf, len);
	case 'M':
		return n->is_server ? "S" : "C";
	case 'D':
		return n->upstream ? "U" : "D";
	case 'H':
		return n->host == NULL ? "InAddrAny" : n->host;
	case 'p':
		return number(n->control_port, buf, len);
	case 'E':
		return n->interface;
	default:
		return NULL;
	}
}

/* Text that strftime leaves as it is; an address may have a %scope. */
static void
put_literal(struct wire_wr *w, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '%')
			wire_wr_u8(w, '%');
		wire_wr_u8(w, (uint8_t)*s);
	}
}

int
export_name(const char *pattern, const struct export_names *n, int64_t wall_ns,
    char *buf, size_t len)
{
	char format[TIMENAME_MAX], text[ADDR_STRLEN];
	const char *p, *value;
	struct wire_wr w;

	wire_wr_init(&w, format, sizeof(format));
	for (p = pattern; *p != '\0'; p++) {
		value = *p == '#' ? conversion(p[1], n, text, sizeof(text)) :
		    NULL;
		if (value == NULL) {
			wire_wr_u8(&w, (uint8_t)*p);
			continue;
		}
		put_literal(&w, value);
		p++;
	}
	wire_wr_u8(&w, '\0');
	if (wire_wr_ok(&w))
		return timename_expand(format, wall_ns, buf, len);
	errno = ENAMETOOLONG;
	return -1;
}
