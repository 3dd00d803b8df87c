/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_WS_LOG_H
#define PL_WS_LOG_H

#include <stdio.h>

#include "msak/ws.h"

/* Reads bytes as WebSocket frames and writes down what was in them. */
struct ws_log {
	struct ws_parser parser;
	FILE		*out;
	char		*text;		/* a line an event, once closed */
	size_t		 size;
};

void	ws_log_open(struct ws_log *l, bool server);
/* drop: payload of binary messages is not shown to the parser. */
void	ws_log_read(struct ws_log *l, const void *buf, size_t len, bool drop);
/* text is then for free(3). */
void	ws_log_close(struct ws_log *l);

#endif
