/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_UUID_H
#define MSAK_UUID_H

#include <stddef.h>
#include <stdint.h>

/*
 * UUIDs of connections, spec 3.4: a prefix that names the host and its boot,
 * and the cookie that the kernel gives a socket.
 */
#define UUID_PREFIX_MAX	256	/* with its NUL */
#define UUID_MAX	(UUID_PREFIX_MAX + 17)

/* buf has UUID_MAX bytes. Returns it. */
const char *uuid_text(const char *prefix, uint64_t cookie, char *buf);

/*
 * The default prefix, from the name of the host (NULL: not known) and what
 * /proc/uptime says (NULL: nothing) at wall_ns.
 */
void	uuid_prefix(const char *host, const char *uptime, int64_t wall_ns,
	    char prefix[UUID_PREFIX_MAX]);
/* That of this host now; $POD_NAME, where there is one, is its name. */
void	uuid_prefix_default(char prefix[UUID_PREFIX_MAX]);
/*
 * The content of a file, white space at its end left out. 0, or -1 with errno:
 * EFBIG when it is longer than a prefix may be.
 */
int	uuid_prefix_file(const char *path, char prefix[UUID_PREFIX_MAX]);

#endif
