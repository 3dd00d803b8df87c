/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "pathrate/report_private.h"

#define RULE	"-------------------------------------------------\n"

const char *
report_rate(double x, char *buf, size_t len)
{
	if (x < 1)
		snprintf(buf, len, " %.0f kbps ", 1000 * x);
	else if (x < 15)
		snprintf(buf, len, " %.1f Mbps ", x);
	else
		snprintf(buf, len, " %.0f Mbps ", x);
	return buf;
}

/* The original flushes stdout after each piece, so a pipe sees progress. */
void
report_say(const struct report *r, unsigned int where, const char *format, ...)
{
	va_list ap;

	if (r->log != NULL && (where & LOG)) {
		va_start(ap, format);
		vfprintf(r->log, format, ap);
		va_end(ap);
	}
	if ((where & ALWAYS) || (r->normal && (where & NORMAL)) ||
	    (r->verbose && (where & VERBOSE))) {
		va_start(ap, format);
		vfprintf(r->out, format, ap);
		va_end(ap);
		fflush(r->out);
	}
}

void
report_command(const struct report *r, int argc, char *const *argv)
{
	int i;

	for (i = 0; i < argc; i++)
		report_say(r, LOG, "%s ", argv[i]);
	report_say(r, LOG, "\n");
}

void
report_time(int64_t wall_ns, char when[REPORT_TIME_MAX])
{
	time_t t = (time_t)(wall_ns / CLOCK_NS_PER_S);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || strftime(when, REPORT_TIME_MAX,
	    "%a %b %e %T %Y\n", &tm) == 0)
		snprintf(when, REPORT_TIME_MAX, "\n");
}

void
report_start(const struct report *r, const char *sender, const char *receiver,
    int64_t wall_ns)
{
	char when[REPORT_TIME_MAX];

	report_time(wall_ns, when);
	report_say(r, LOG | NORMAL, "\tpathrate run from %s to %s on %s",
	    sender, receiver, when);
}

void
report_rtt(const struct report *r, double rtt_ms)
{
	report_say(r, LOG | NORMAL,
	    "\t--> Average round-trip time: %.1fms\n\n", rtt_ms);
}

void
report_final(const struct report *r, double lo, double hi)
{
	char a[REPORT_RATE_MAX], b[REPORT_RATE_MAX];

	report_rate(lo, a, sizeof(a));
	report_rate(hi, b, sizeof(b));
	report_say(r, NORMAL, RULE "Final capacity estimate : %s to %s \n"
	    RULE, a, b);
	report_say(r, LOG, "\n\n" RULE "Final capacity estimate : %s to %s\n"
	    RULE "\n", a, b);
}

void
report_terminated(const struct report *r)
{
	report_say(r, NORMAL,
	    "\n\nSender sent terminate signal. Exiting...\n");
}

void
report_ulm(FILE *f, int64_t wall_ns, const char *host, const char *sender,
    double lo, double hi)
{
	time_t t = (time_t)(wall_ns / CLOCK_NS_PER_S);
	char when[32] = "";
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		strftime(when, sizeof(when), "%Y%m%d%H%M%S", &tm);
	fprintf(f, "DATE=%s.%06d HOST=%s PROG=pathrate LVL=Usage "
	    "PATHRATE.SNDR=%s PATHRATE.CAPL=%.1fMbps PATHRATE.CAPH=%.1fMbps\n",
	    when, (int)(wall_ns % CLOCK_NS_PER_S / CLOCK_NS_PER_US),
	    host[0] == '\0' ? "NO_NAME" : host, sender, lo, hi);
}
