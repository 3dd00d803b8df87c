/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_REPORT_H
#define THRULAY_REPORT_H

#include <stdio.h>

#include "thrulay/options.h"
#include "thrulay/thrulay.h"

/*
 * Results to text (0.9 or hd), JSON or JSON Lines. Everything goes through the
 * writer interface of common/writer.h; the legacy layouts are writers too.
 */
struct report;

/* out: results; err: warnings (JSON collects nothing on err but messages).
 * NULL with errno. */
struct report *report_new(const struct client_options *o, FILE *out, FILE *err);

/* The callbacks for thrulay_client_init; their arg is the report. */
const struct thrulay_handlers *report_handlers(void);

/*
 * The test is over: code 0 or a negative error and the phase it struck
 * ("While initializing", "During test", "While generating final report").
 * Prints the fatal line or the error object, the final document, flushes.
 * Returns the exit status of the program: 0, or 1 on any error, a failed
 * write included.
 */
int	report_finish(struct report *r, const char *phase, int code);
void	report_free(struct report *r);

#endif
