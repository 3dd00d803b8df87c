/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_REPORT_TEXT_H
#define THRULAY_REPORT_TEXT_H

#include <stdio.h>

#include "common/writer.h"
#include "thrulay/thrulay.h"

/*
 * Writers of the legacy text layouts (spec 5.1, 5.2, 5.6): the groups setup,
 * interval, stream, total, udp, pacing and text each become their lines.
 * verbosity and quiet as the options. NULL with errno when out of memory.
 */
struct writer *report_text_09(FILE *out, int verbosity, bool quiet);
struct writer *report_text_hd(FILE *out, int verbosity, bool quiet);

#endif
