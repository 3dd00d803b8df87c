/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "udpst/auth.h"
#include "udpst/options_table.h"

/*
 * The original's letters, spec 2.2: what each takes in which mode and dialect,
 * and what it says to the rest.
 */

#define INTERFACE_MAX		15	/* characters */
#define SERVER_BANDWIDTH_MAX	100000
#define BIMODAL_MAX_8		3600	/* 8.2 */
#define PERIOD_SECONDS_MAX	10	/* -P of 8.2, in seconds */

/* Letters that one mode alone takes. */
static const struct role {
	char		 letter;
	bool		 server;	/* else client */
	const char	*error;
} roles[] = {
	{ '1', true, "One test execution only valid when server" },
	{ 'C', false, "Multi-connection count only set by client" },
	{ 'x', true, "Execution as daemon only valid when server" },
	{ 'f', false, "Ouput format options only available to client" },
	{ 'i', false, "Bimodal option only available to client" },
	{ 'o', false, "One-Way Delay option only set by client" },
	{ 'R', false, "Option to ignore Out-of-Order/Duplicates only set by "
	    "client" },
	{ 'y', false, "Authentication key ID only set by client" },
	{ 'G', true, "Performance statistics file only valid when server" },
	{ 'P', false, "Sub-interval period only set by client" },
	{ 'A', false, "Rate adjustment algorithm only set by client" },
	{ 'L', false, "Low delay variation threshold only set by client" },
	{ 'U', false, "Upper delay variation threshold only set by client" },
	{ 'F', false, "Status feedback/trial interval only set by client" },
	{ 'c', false, "Congestion slow adjustment threshold only set by "
	    "client" },
	{ 'h', false, "High-speed delta only set by client" },
	{ 'q', false, "Sequence error threshold only set by client" },
	{ 'E', false, "Local interface option only available to client" },
	{ 'M', false, "Maximum from local interface only available to "
	    "client" },
	{ 'l', true, "Log file only valid when server" },
	{ 'k', true, "Log file maximum size only valid when server" },
	{ 'Z', false, "ECN CE threshold only set by client" },
};

bool
options_role(struct parse *p, int letter)
{
	bool server = p->o.mode == MODE_SERVER;
	size_t i;

	/* A server of 8.2 takes it, and does nothing with it. */
	if (letter == 'i' && p->o.compat_8)
		return true;
	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (roles[i].letter == letter && roles[i].server != server) {
			options_error(p, "ERROR: %s", roles[i].error);
			return false;
		}
	return true;
}

const char *
options_file(struct parse *p, const char *name)
{
	/* Room for ".tmp", ".old" and a short expansion. */
	const size_t max = PATH_MAX - 64;

	if (name[0] == '\0')
		options_error(p, "ERROR: File name missing");
	else if (strlen(name) > max)
		options_error(p, "ERROR: File name exceeds %zu characters",
		    max);
	return name;
}

void
options_interface(struct parse *p, const char *name)
{
	size_t n = strlen(name);

	if (n < 1 || n > INTERFACE_MAX || strchr(name, '/') != NULL ||
	    strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		options_error(p, "ERROR: Invalid interface name");
}

int
options_number(const char *s, int base)
{
	long v = strtol(s, NULL, base);

	return v > INT_MAX ? INT_MAX : v < INT_MIN ? INT_MIN : (int)v;
}

static enum opt_call
stop_at_error(const struct parse *p)
{
	return p->status == 0 ? OPT_CALL_OK : OPT_CALL_STOP;
}

/* The table has the ranges of a client of 9.0; these differ. */
static void
limits(const struct parse *p, const struct opt *e, int *lo, int *hi)
{
	*lo = (int)e->lo;
	*hi = (int)e->hi;
	if (e->letter == 'B' && p->o.mode == MODE_SERVER)
		*hi = SERVER_BANDWIDTH_MAX;
	if (e->letter == 'B' && p->o.compat_8)
		*lo = 1;
	if (e->letter == 'i' && p->o.compat_8)
		*hi = BIMODAL_MAX_8;
	if (e->letter == 'P' && p->o.compat_8) {
		*lo = 1;
		*hi = PERIOD_SECONDS_MAX;
	}
}

/* What stands before the number of some letters. */
static const char *
skip_prefix(struct parse *p, int letter, const char *arg)
{
	bool minus = letter == 'i' && !p->o.compat_8 && arg[0] == '-';
	bool at = letter == 'I' && arg[0] == '@';

	if (letter == 'i')
		p->o.suppress = minus;
	if (letter == 'I')
		p->o.index_is_start = at;
	return minus || at ? arg + 1 : arg;
}

/* -P in seconds: in 8.2, and what 9.0 has no use for. */
static bool
is_seconds(const struct parse *p, int letter, int v)
{
	return letter == 'P' &&
	    (p->o.compat_8 || (v >= 1 && v <= PERIOD_SECONDS_MAX));
}

/* The port is looked at in the first pass too, before all else. */
static bool
is_early(const struct parse *p, int letter)
{
	return p->pass == PARSE_ALL || letter == 'p';
}

enum opt_call
options_take_number(const struct opt *e, void *config, const char *arg,
    const char **why)
{
	struct parse *p = config;
	int letter = e->letter, lo, hi, v;

	(void)why;
	if (arg == e->deflt) {
		p->number[letter] = options_number(arg, 10);
		return OPT_CALL_OK;
	}
	if (!is_early(p, letter))
		return OPT_CALL_OK;
	if (!options_role(p, letter))
		return OPT_CALL_STOP;
	arg = skip_prefix(p, letter, arg);
	v = options_number(arg, letter == 'm' ? 0 : 10);
	limits(p, e, &lo, &hi);
	if (is_seconds(p, letter, v) && v >= 1 && v <= PERIOD_SECONDS_MAX)
		v *= 1000;
	else if (v < lo || v > hi)
		options_range_error(p, v, lo, hi);
	p->number[letter] = v;
	p->given[letter] = true;
	return stop_at_error(p);
}

/* -C: count or count-max; what is not given depends on the servers. */
static void
take_connections(struct parse *p, const char *arg)
{
	const char *dash = strchr(arg, '-');
	/* Nothing in front of the dash is 0, not a sign of what follows. */
	int n = dash == arg ? 0 : options_number(arg, 10), max;
	int servers = (int)p->o.nservers;

	max = dash == NULL ? n : options_number(dash + 1, 10);
	if (n < 1 || n > OPTIONS_CONNS_MAX)
		options_range_error(p, n, 1, OPTIONS_CONNS_MAX);
	else if (max < 1 || max > OPTIONS_CONNS_MAX)
		options_range_error(p, max, 1, OPTIONS_CONNS_MAX);
	else if (dash != NULL && max < servers)
		options_error(p, "ERROR: Maximum multi-connection count must "
		    "be >= server count");
	p->o.conns_min = (unsigned int)n;
	p->o.conns_max = (unsigned int)(max < servers ? servers : max);
}

static void
take_format(struct parse *p, const char *arg)
{
	static const struct {
		const char		*name;
		enum options_format	 format;
	} formats[] = {
		{ "json", FORMAT_JSON }, { "jsonb", FORMAT_JSON_BRIEF },
		{ "jsonf", FORMAT_JSON_TABS },
	};
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcasecmp(arg, formats[i].name) == 0) {
			p->o.format = formats[i].format;
			return;
		}
	options_error(p, "ERROR: '%s' is not a valid output format", arg);
}

void
options_export(struct parse *p, const char *name, bool all)
{
	if (p->o.mode == MODE_UPSTREAM)
		options_error(p, "ERROR: Client output file only valid for "
		    "downstream testing");
	else
		p->o.export_file = options_file(p, name);
	p->o.export_all = all;
}

static void
take_export(struct parse *p, const char *arg)
{
	bool plus = !p->o.compat_8 && arg[0] == '+';

	options_export(p, arg + plus, plus || p->o.compat_8);
}

/* Overwrite an argument where ps(1) would show it; ends tell where it is. */
static void
hide(struct parse *p, const char *arg)
{
	size_t n, len = strlen(arg);
	int i;

	for (i = 0; i < p->argc; i++) {
		n = strlen(p->argv[i]);
		if (p->argv[i] + n == arg + len) {
			auth_wipe(p->argv[i] + n - len, len);
			return;
		}
	}
}

static void
take_key(struct parse *p, const char *arg)
{
	if (strlen(arg) > AUTH_KEY_MAX)
		options_error(p, "ERROR: Authentication key exceeds %d "
		    "characters", AUTH_KEY_MAX);
	else
		strlcpy(p->o.key, arg, sizeof(p->o.key));
	hide(p, arg);
}

static void
take_algorithm(struct parse *p, const char *arg)
{
	if (strcasecmp(arg, "B") == 0)
		p->o.algorithm = 0;
	else if (strcasecmp(arg, "C") == 0)
		p->o.algorithm = 1;
	else
		options_error(p, "ERROR: '%s' is not a valid rate adjustment "
		    "algorithm", arg);
}

/* -A's table default comes through here in any mode. */
static void
take(struct parse *p, int letter, const char *arg)
{
	switch (letter) {
	case '1':
		p->o.once = true;
		break;
	case '4':
	case '6':
		p->o.family = letter == '4' ? AF_INET : AF_INET6;
		break;
	case 'A':
		take_algorithm(p, arg);
		break;
	case 'C':
		take_connections(p, arg);
		break;
	case 'E':
		options_interface(p, arg);
		p->o.interface = arg;
		break;
	case 'G':
		p->o.stats_file = options_file(p, arg);
		break;
	case 'K':
		p->key_file = arg;
		break;
	case 'M':
		p->o.interface_max = true;
		break;
	case 'O':
		take_export(p, arg);
		break;
	case 'R':
		p->o.count_ooo = true;
		break;
	case 'a':
		take_key(p, arg);
		break;
	case 'f':
		take_format(p, arg);
		break;
	case 'l':
		p->o.log_file = options_file(p, arg);
		break;
	case 'o':
		p->o.use_owd = true;
		break;
	case 'x':
		p->o.daemon = true;
		break;
	}
}

enum opt_call
options_take_letter(const struct opt *e, void *config, const char *arg,
    const char **why)
{
	struct parse *p = config;
	bool is_default = arg != NULL && arg == e->deflt;

	(void)why;
	if (p->pass != PARSE_ALL)
		return OPT_CALL_OK;
	if (!is_default && !options_role(p, e->letter))
		return OPT_CALL_STOP;
	take(p, e->letter, arg);
	if (!is_default)
		p->given[e->letter] = true;
	return stop_at_error(p);
}
