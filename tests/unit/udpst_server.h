/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPST_SERVER_H
#define PL_UDPST_SERVER_H

#include <string.h>

#include "udpst/options.h"
#include "udpst/srate.h"

/* A server's options as its command line leaves them when it is empty. */
static inline void
server_options(struct options *o)
{
	memset(o, 0, sizeof(*o));
	o->mode = MODE_SERVER;
	o->jumbo = true;
	o->dscp_ecn = 255;
	o->index = SRATE_LAST;
	o->test_s = 3600;
	o->auth_window_s = AUTH_WINDOW_S;
}

static inline void
server_key(struct options *o, const char *key)
{
	o->have_key = true;
	snprintf(o->key, sizeof(o->key), "%s", key);
}

#endif
