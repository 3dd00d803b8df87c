/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPORT_SND_H
#define PATHRATE_REPORT_SND_H

#include "pathrate/report.h"
#include "pathrate/snd.h"

/*
 * The texts of pathrate_snd 2.4.1, byte by byte (spec 5.1). Its log has the
 * normal lines always and the verbose ones with -v.
 */
struct report_snd {
	struct report	r;
	int64_t		wall_ns;	/* now, kept by the caller */
};

void	report_snd_waiting(const struct report_snd *t);
/* The receiver is there; name NULL when it has none. */
void	report_snd_accepted(const struct report_snd *t, const char *name);
/* A snd_say: arg is the struct report_snd. */
void	report_snd(void *arg, enum snd_kind kind, int number);

#endif
