/* SPDX-License-Identifier: BSD-2-Clause */
/* The original's texts: JSON line, line of -v, both kinds of statsd. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "udping/report.h"

void
report_name(char out[REPORT_NAME], const char *name)
{
	size_t i;

	for (i = 0; name[i] != '\0' && i + 1 < REPORT_NAME; i++)
		out[i] = name[i] == '.' ? '_' : name[i];
	out[i] = '\0';
}

bool
report_name_ok(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < REPORT_NAME && strspn(name, "0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") == n;
}

void
report_line(FILE *out, const struct session_record *r,
    const struct report_names *n)
{
	fprintf(out, "{\"from_host\":\"%s\",\"from_port\":\"%u\","
	    "\"to_host\":\"%s\",\"to_port\":\"%d\",\"guid\":\"%s\","
	    "\"count\":\"%d\",\"targetCount\":\"%d\",\"sum\":\"%f\","
	    "\"sumOfSquares\":\"%f\",\"max\":\"%f\"}\n",
	    n->from, n->from_port, n->to, n->to_port, r->guid,
	    (int)r->count, (int)r->expected, r->sum, r->sos, r->max);
}

void
report_probe(FILE *out, const struct wire_probe *p)
{
	fprintf(out, "%s:%" PRId64 ":%d - %" PRId64 ":%" PRId64 "\n",
	    p->guid, p->start_s, (int)p->seq, p->sent_s, p->sent_ns);
}

/* The five figures, in their order. */
static const struct {
	const char	*name;
	char		 type;
} figures[] = {
	{ "count", 'c' }, { "targetCount", 'c' }, { "sum", 'c' },
	{ "sos", 'c' }, { "max", 'g' }
};
#define FIGURES	(sizeof(figures) / sizeof(figures[0]))
#define NUMBER	32

static void
number(char buf[NUMBER], const struct session_record *r, size_t figure)
{
	const double v[] = { r->sum, r->sos, r->max };

	if (figure == 0)
		(void)snprintf(buf, NUMBER, "%d", (int)r->count);
	else if (figure == 1)
		(void)snprintf(buf, NUMBER, "%" PRIu32, r->expected);
	else
		(void)snprintf(buf, NUMBER, "%g", v[figure - 2]);
}

/* A datagram that is being written. */
struct text {
	char	*buf;
	size_t	 len;		/* REPORT_STATSD: it was too long */
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->len == REPORT_STATSD)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, REPORT_STATSD - t->len, fmt, ap);
	va_end(ap);
	t->len = n < 0 || (size_t)n >= REPORT_STATSD - t->len ?
	    REPORT_STATSD : t->len + (size_t)n;
}

static size_t
done(const struct text *t)
{
	return t->len == REPORT_STATSD ? 0 : t->len;
}

size_t
report_statsd(char *buf, const struct session_record *r,
    const struct report_names *n, bool host)
{
	struct text t = { buf, 0 };
	char value[NUMBER];
	size_t i;

	for (i = 0; i < FIGURES; i++) {
		number(value, r, i);
		if (host)
			add(&t, "%s.%s", n->from, n->to);
		else
			add(&t, "%s.%u.%s.%d", n->from, n->from_port, n->to,
			    n->to_port);
		add(&t, ".%s:%s|%c\n", figures[i].name, value,
		    figures[i].type);
	}
	return done(&t);
}

size_t
report_statsd_tags(char *buf, const char *metric,
    const struct session_record *r, const struct report_names *n, bool host)
{
	struct text t = { buf, 0 };
	char value[NUMBER];
	size_t i;

	for (i = 0; i < FIGURES; i++) {
		number(value, r, i);
		add(&t, "%s.%s,from_host=%s", metric, figures[i].name,
		    n->from);
		if (!host)
			add(&t, ",from_port=%u", n->from_port);
		add(&t, ",to_host=%s", n->to);
		if (!host)
			add(&t, ",to_port=%d", n->to_port);
		add(&t, ":%s|%c\n", value, figures[i].type);
	}
	return done(&t);
}

size_t
report_dogstatsd(char *buf, const char *metric,
    const struct session_record *r, const struct report_names *n, bool host)
{
	struct text t = { buf, 0 };
	char value[NUMBER];
	size_t i;

	for (i = 0; i < FIGURES; i++) {
		number(value, r, i);
		add(&t, "%s.%s:%s|%c|#from_host:%s,to_host:%s", metric,
		    figures[i].name, value, figures[i].type, n->from, n->to);
		if (!host)
			add(&t, ",from_port:%u,to_port:%d", n->from_port,
			    n->to_port);
		add(&t, "\n");
	}
	return done(&t);
}

void
report_table_head(FILE *out)
{
	fprintf(out, "%-32s %5s %9s %9s %8s %5s %9s %9s %9s\n", "from",
	    "port", "received", "expected", "lost", "dup", "min ms",
	    "mean ms", "max ms");
}

void
report_table_row(FILE *out, const struct session_record *r,
    const struct report_names *n)
{
	double mean = r->count > 0 ? r->sum / (double)r->count : 0;

	fprintf(out, "%-32.32s %5u %9" PRIu64 " %9" PRIu32 " %8" PRId64
	    " %5" PRIu64 " %9.3f %9.3f %9.3f\n", n->from, n->from_port,
	    r->count, r->expected, r->lost, r->duplicates, r->min, mean,
	    r->max);
}
