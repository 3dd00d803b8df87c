/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "udpst/options_table.h"

/* Our long options, as far as they need more than a place to be stored. */

#define DURATION_MAX	3600		/* s */
#define PERIOD_MIN	100		/* ms */
#define PERIOD_MAX	10000		/* ms */

/* A duration in whole units of unit_ns, lo..hi of them. */
static enum opt_call
take_duration(const char *arg, int64_t unit_ns, int lo, int hi, int *out,
    const char **why)
{
	int64_t ns;

	if (opt_duration(arg, lo * unit_ns, hi * unit_ns, &ns, why) == -1)
		return OPT_CALL_BAD;
	if (ns % unit_ns != 0) {
		*why = "too precise";
		return OPT_CALL_BAD;
	}
	*out = (int)(ns / unit_ns);
	return OPT_CALL_OK;
}

/* --duration: also the 1 to 4 s that -t refuses. */
enum opt_call
options_call_duration(void *config, const char *arg, const char **why)
{
	struct parse *p = config;

	p->given['t'] = true;
	return take_duration(arg, CLOCK_NS_PER_S, 1, DURATION_MAX,
	    &p->number['t'], why);
}

enum opt_call
options_call_interval(void *config, const char *arg, const char **why)
{
	struct parse *p = config;

	if (!options_role(p, 'P'))
		return OPT_CALL_STOP;
	return take_duration(arg, CLOCK_NS_PER_MS, PERIOD_MIN, PERIOD_MAX,
	    &p->number['P'], why);
}

static enum opt_call
take_json(struct parse *p, bool by_lines)
{
	if (!options_role(p, 'f'))
		return OPT_CALL_STOP;
	p->o.format = FORMAT_JSON;
	p->o.json_lines = by_lines;
	return OPT_CALL_OK;
}

enum opt_call
options_call_json(void *config, const char *arg, const char **why)
{
	(void)arg;
	(void)why;
	return take_json(config, false);
}

enum opt_call
options_call_json_lines(void *config, const char *arg, const char **why)
{
	(void)arg;
	(void)why;
	return take_json(config, true);
}

static enum opt_call
stop_at_error(const struct parse *p)
{
	return p->status == 0 ? OPT_CALL_OK : OPT_CALL_STOP;
}

/* --csv: -O with +. */
enum opt_call
options_call_csv(void *config, const char *arg, const char **why)
{
	struct parse *p = config;

	(void)why;
	options_export(p, arg, true);
	return stop_at_error(p);
}

/* --dscp: the upper six bits of -m. */
enum opt_call
options_call_dscp(void *config, const char *arg, const char **why)
{
	struct parse *p = config;
	int dscp, ecn;

	if (opt_dscp(arg, &dscp, why) == -1)
		return OPT_CALL_BAD;
	/* A server's maximum, unless -m said less, allows every ECN. */
	ecn = p->o.mode == MODE_SERVER && !p->given['m'] ? 3 :
	    p->number['m'] & 3;
	p->number['m'] = dscp << 2 | ecn;
	p->given['m'] = true;
	return OPT_CALL_OK;
}

enum opt_call
options_call_bind(void *config, const char *arg, const char **why)
{
	struct parse *p = config;

	if (addr_numeric(arg, 0, &p->o.bind_addr) == 0)
		return OPT_CALL_OK;
	*why = "no address";
	return OPT_CALL_BAD;
}

enum opt_call
options_call_bind_dev(void *config, const char *arg, const char **why)
{
	struct parse *p = config;

	(void)why;
	options_interface(p, arg);
	p->o.bind_dev = arg;
	return stop_at_error(p);
}

enum opt_call
options_call_allow(void *config, const char *arg, const char **why)
{
	struct addr_prefix prefix, *more;
	struct parse *p = config;

	if (addr_prefix_parse(arg, &prefix, why) == -1)
		return OPT_CALL_BAD;
	more = reallocarray(p->o.allow, p->o.nallow + 1, sizeof(*more));
	if (more == NULL) {
		*why = "one too many for the memory";
		return OPT_CALL_BAD;
	}
	p->o.allow = more;
	p->o.allow[p->o.nallow++] = prefix;
	return OPT_CALL_OK;
}

enum opt_call
options_call_port_range(void *config, const char *arg, const char **why)
{
	struct parse *p = config;

	return opt_port_range(arg, &p->o.port_first, &p->o.port_last, why) ==
	    0 ? OPT_CALL_OK : OPT_CALL_BAD;
}

enum opt_call
options_call_pidfile(void *config, const char *arg, const char **why)
{
	struct parse *p = config;

	(void)why;
	p->o.pidfile = options_file(p, arg);
	return stop_at_error(p);
}

enum opt_call
options_call_prometheus(void *config, const char *arg, const char **why)
{
	struct parse *p = config;

	(void)why;
	p->o.prometheus = options_file(p, arg);
	return stop_at_error(p);
}

enum opt_call
options_take_long(const struct opt *e, void *config, const char *arg,
    const char **why)
{
	const struct parse *p = config;

	return p->pass == PARSE_ALL ? e->call(config, arg, why) : OPT_CALL_OK;
}

static bool
dialect(const char *name, bool *compat_8)
{
	*compat_8 = strcmp(name, "8") == 0;
	return *compat_8 || strcmp(name, "9") == 0;
}

enum opt_call
options_take_compat(const struct opt *e, void *config, const char *arg,
    const char **why)
{
	struct parse *p = config;

	(void)e;
	if (dialect(arg, &p->o.compat_8))
		return OPT_CALL_OK;
	*why = "neither 8 nor 9";
	return OPT_CALL_BAD;
}

int
options_compat_env(struct parse *p)
{
	const char *value = opt_env("PLUMBLINE_UDPST_COMPAT");

	if (value == NULL || value[0] == '\0' ||
	    dialect(value, &p->o.compat_8))
		return 0;
	options_error(p, "ERROR: PLUMBLINE_UDPST_COMPAT is neither 8 nor 9");
	return -1;
}
