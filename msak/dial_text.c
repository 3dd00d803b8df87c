/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes wrong, in the words of the original. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/sock.h"
#include "msak/dial.h"

const char *
dial_strerror(int error, char *buf, size_t len)
{
	if (error == ETIMEDOUT)
		snprintf(buf, len, "connection timed out");
	else
		snprintf(buf, len, "%s", strerror(error));
	buf[0] = (char)tolower((unsigned char)buf[0]);
	return buf;
}

void
dial_ends(int fd, const struct addr *peer, char text[DIAL_ENDS])
{
	char from[ADDR_STRLEN], to[ADDR_STRLEN];
	struct addr local = { .len = 0 };

	(void)sock_local(fd, &local);
	snprintf(text, DIAL_ENDS, "%s->%s",
	    addr_format(&local, from, sizeof(from)),
	    addr_format(peer, to, sizeof(to)));
}
