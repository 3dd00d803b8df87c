/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udpst/auth.h"
#include "udpst/options_table.h"

#define SERVER_TEST_MAX		3600	/* s */
#define SERVER_INDEX_MAX	1152
#define SERVER_OCTET_MAX	255

/* Numbers that mean something else when the user gave none. */
static void
fill_open_numbers(const struct parse *p, struct options *o)
{
	bool server = o->mode == MODE_SERVER;

	o->test_s = (unsigned int)p->number['t'];
	if (server && !p->given['t'])
		o->test_s = SERVER_TEST_MAX;
	o->dscp_ecn = (unsigned int)p->number['m'];
	if (server && !p->given['m'])
		o->dscp_ecn = SERVER_OCTET_MAX;
	o->index = p->number['I'];
	if (!p->given['I'])
		o->index = server ? SERVER_INDEX_MAX : -1;
	o->port = (uint16_t)p->number['p'];
	o->port_given = p->given['p'];
	if (!o->port_given && o->compat_8)
		o->port = OPTIONS_PORT_8;
}

static void
fill_numbers(const struct parse *p, struct options *o)
{
	o->bandwidth = (unsigned int)p->number['B'];
	o->bimodal = (unsigned int)p->number['i'];
	o->key_id = (unsigned int)p->number['y'];
	o->period_ms = (unsigned int)p->number['P'];
	o->buffer = p->number['b'];
	o->low_ms = (unsigned int)p->number['L'];
	o->upper_ms = (unsigned int)p->number['U'];
	o->trial_ms = (unsigned int)p->number['F'];
	o->slow_thresh = (unsigned int)p->number['c'];
	o->high_speed_delta = (unsigned int)p->number['h'];
	o->seq_thresh = (unsigned int)p->number['q'];
	o->log_kbytes = (unsigned int)p->number['k'];
	o->ce_thresh = (unsigned int)p->number['Z'];
	o->protocol = (unsigned int)p->protocol;
	o->auth_window_s = (unsigned int)p->auth_window;
	o->threads = (unsigned int)p->threads;
	o->max_sessions = (unsigned int)p->max_sessions;
	o->max_per_source = (unsigned int)p->max_per_source;
	o->jumbo = !p->no_jumbo;
	o->gso = !p->no_gso;
	o->gro = !p->no_gro;
}

/* Ports of operands without one; -C unless given. */
static void
fill_servers(const struct parse *p, struct options *o)
{
	size_t i;

	for (i = 0; i < o->nservers; i++)
		if (!o->servers[i].port_given)
			o->servers[i].port = o->port;
	if (o->mode == MODE_SERVER && o->nservers == 1 &&
	    o->servers[0].port_given) {
		o->port = o->servers[0].port;
		o->port_given = true;
	}
	if (!p->given['C'])
		o->conns_min = o->conns_max =
		    o->nservers > 1 ? (unsigned int)o->nservers : 1;
}

/* The environment's key takes the place of -a. */
static void
fill_key(struct parse *p)
{
	const char *key = opt_env("PLUMBLINE_UDPST_KEY");
	bool client = p->o.mode != MODE_SERVER;

	if (key != NULL && !p->given['a'] && !(client && p->key_file != NULL)) {
		if (strlen(key) > AUTH_KEY_MAX)
			options_error(p, "ERROR: Authentication key exceeds "
			    "%d characters", AUTH_KEY_MAX);
		else
			strlcpy(p->o.key, key, sizeof(p->o.key));
	}
	p->o.have_key = p->o.key[0] != '\0';
}

/* What is wrong with the sub-intervals, or NULL. */
static const char *
period_error(const struct options *o)
{
	if (o->period_ms > o->test_s * 1000)
		return "Sub-interval period is greater than test interval "
		    "time";
	if (!o->compat_8 && o->period_ms < 2 * o->trial_ms)
		return "Sub-interval period must be at least 2x status "
		    "feedback/trial interval";
	if (!o->compat_8 && o->period_ms % o->trial_ms != 0)
		return "Sub-interval period must be a multiple of status "
		    "feedback/trial interval";
	if (o->low_ms > o->upper_ms)
		return "Low delay variation threshold > upper delay variation "
		    "threshold";
	if (o->bimodal > 0 && o->bimodal >= o->test_s * 1000 / o->period_ms)
		return "Bimodal count must be less than total sub-intervals";
	return NULL;
}

/* Octet with ECT(0) or ECT(1), and not both bits. */
static bool
is_ect(unsigned int octet)
{
	return (octet & 3) == 1 || (octet & 3) == 2;
}

/* The original's cross checks in its order; NULL or what is wrong. */
static const char *
cross_error(const struct parse *p, const struct options *o)
{
	bool client = o->mode != MODE_SERVER;
	const char *why;

	if (o->log_file != NULL && !o->daemon)
		return "Log file only supported when executing as daemon";
	if (o->debug && !o->verbose)
		return "Debug only available when used with verbose";
	if (o->verbose && o->format != FORMAT_TEXT)
		return "Verbose not available with JSON output format option";
	why = period_error(o);
	if (why != NULL)
		return why;
	if (o->interface_max && o->interface == NULL)
		return "Maximum from local interface requires local interface "
		    "option";
	if (o->conns_min > o->conns_max)
		return "Minimum connection count > maximum connection count";
	if (client && p->given['a'] && o->have_key && p->key_file != NULL)
		return "Authentication key and key file are mutually "
		    "exclusive";
	if (o->key_id != 0 && !o->have_key && p->key_file == NULL)
		return "Authentication key ID requires authentication key or "
		    "key file";
	if (o->ce_thresh > 0 && !is_ect(o->dscp_ecn))
		return "Packet marking octet must set ECN bits to "
		    "ECT(0)/Classic [10] or ECT(1)/L4S [01]";
	return NULL;
}

/* One of our options that is for the other mode alone, or NULL. */
static const char *
misplaced(const struct options *o)
{
	bool server = o->mode == MODE_SERVER;
	const struct {
		const char	*name;
		bool		 set, server;
	} ours[] = {
		{ "--probe", o->probe, false },
		{ "--progress", o->progress, false },
		{ "--allow-downgrade", o->allow_downgrade, false },
		{ "--bind", o->bind_addr.len > 0, false },
		{ "--rate-limit", o->rate_limit, true },
		{ "--threads", o->threads > 1, true },
		{ "--max-sessions", o->max_sessions != OPTIONS_SESSIONS_MAX,
		    true },
		{ "--max-per-source", o->max_per_source > 0, true },
		{ "--port-range", o->port_first > 0, true },
		{ "--allow", o->nallow > 0, true },
		{ "--user", o->user != NULL, true },
		{ "--pidfile", o->pidfile != NULL, true },
		{ "--syslog", o->syslog, true },
		{ "--prometheus", o->prometheus != NULL, true },
	};
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (ours[i].set && ours[i].server != server)
			return ours[i].name;
	return NULL;
}

/* The same for our options. 0 or -1. */
static int
check_ours(struct parse *p)
{
	struct options *o = &p->o;
	const char *name = misplaced(o);

	if (name != NULL)
		options_error(p, "ERROR: %s only valid when %s", name,
		    o->mode == MODE_SERVER ? "client" : "server");
	else if (o->syslog && o->log_file != NULL)
		options_error(p,
		    "ERROR: --syslog and log file are mutually exclusive");
	else if (o->bind_addr.len > 0 && o->family != AF_UNSPEC &&
	    o->family != addr_family(&o->bind_addr))
		options_error(p, "ERROR: --bind does not match address "
		    "family");
	else if (o->bind_addr.len > 0)
		o->family = addr_family(&o->bind_addr);
	return p->status == 0 ? 0 : -1;
}

/* A client's key is the one of its id, or the only one there is. */
static int
choose_key(struct parse *p)
{
	struct options *o = &p->o;
	const char *key = auth_keys_find(o->keys, o->key_id);

	if (key == NULL && o->keys->n == 1 && o->key_id == 0) {
		o->key_id = o->keys->entries[0].id;
		key = o->keys->entries[0].key;
	}
	if (key == NULL) {
		options_error(p, "ERROR: Authentication key ID (%u) not found "
		    "in key file", o->key_id);
		p->status = UDPST_KEY_FILE;
		return -1;
	}
	strlcpy(o->key, key, sizeof(o->key));
	o->have_key = true;
	return 0;
}

static int
read_keys(struct parse *p)
{
	char error[PARSE_LINE];

	if (p->key_file == NULL)
		return 0;
	p->o.keys = calloc(1, sizeof(*p->o.keys));
	if (p->o.keys == NULL) {
		options_error(p, "ERROR: Out of memory for the keys");
		return -1;
	}
	if (auth_keys_read(p->key_file, p->o.keys, error, sizeof(error)) ==
	    -1) {
		options_error(p, "%s", error);
		p->status = UDPST_KEY_FILE;
		return -1;
	}
	return p->o.mode == MODE_SERVER ? 0 : choose_key(p);
}

int
options_finish(struct parse *p)
{
	const char *why;

	fill_open_numbers(p, &p->o);
	fill_numbers(p, &p->o);
	fill_servers(p, &p->o);
	fill_key(p);
	why = cross_error(p, &p->o);
	if (why != NULL)
		options_error(p, "ERROR: %s", why);
	if (p->status != 0 || check_ours(p) == -1)
		return -1;
	return read_keys(p);
}
