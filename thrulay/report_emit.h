/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_REPORT_EMIT_H
#define THRULAY_REPORT_EMIT_H

#include "common/writer.h"
#include "thrulay/options.h"
#include "thrulay/thrulay.h"

/*
 * Results as named values, the same for every writer. key is the name of the
 * group, NULL in a list. Times are ms, rates bit/s.
 */
void	emit_config(struct writer *w, const char *key,
	    const struct client_options *o, const struct thrulay_setup *u);
void	emit_setup(struct writer *w, const char *key,
	    const struct thrulay_setup *u);
/* idle_rtt_ns: before load; negative where unknown. */
void	emit_interval(struct writer *w, const char *key,
	    const struct thrulay_interval *iv, bool udp, int64_t idle_rtt_ns);
void	emit_udp(struct writer *w, const char *key,
	    const struct thrulay_udp_result *r);
void	emit_pacing(struct writer *w, const char *key, int id,
	    const struct thrulay_pacing *p);
void	emit_host(struct writer *w, const char *key,
	    const struct thrulay_host *h);
/* A text report of a server as it is. */
void	emit_text(struct writer *w, const char *key, int id, const char *text);
/* null, or {code, message}. */
void	emit_error(struct writer *w, const char *key, int code,
	    const char *message);

#endif
