/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "udpst/options_table.h"

/* The port after an operand's colon. 0 or -1 after an error. */
static int
take_port(struct parse *p, const char *text, struct options_server *s)
{
	int v = options_number(text, 10);

	if (v < 1 || v > UINT16_MAX) {
		options_range_error(p, v, 1, UINT16_MAX);
		return -1;
	}
	s->port = (uint16_t)v;
	s->port_given = true;
	return 0;
}

static int
take_host(struct parse *p, const char *text, size_t n,
    struct options_server *s)
{
	if (n >= sizeof(s->host)) {
		options_error(p,
		    "ERROR: Server hostname or IP address exceeds %zu "
		    "characters", sizeof(s->host) - 1);
		return -1;
	}
	memcpy(s->host, text, n);
	s->host[n] = '\0';
	return 0;
}

/*
 * "[v6]:port", "name:port" with a single colon, else a host alone, as the
 * original tells them apart.
 */
static int
take_operand(struct parse *p, const char *text, struct options_server *s)
{
	const char *colon = strchr(text, ':'), *end;

	if (text[0] == '[') {
		end = strstr(text, "]:");
		if (end == NULL) {
			options_error(p, "ERROR: Invalid format for IPv6 "
			    "address with port number");
			return -1;
		}
		return take_host(p, text + 1, (size_t)(end - text - 1), s) ==
		    -1 ? -1 : take_port(p, end + 2, s);
	}
	if (colon != NULL && strchr(colon + 1, ':') == NULL)
		return take_host(p, text, (size_t)(colon - text), s) == -1 ?
		    -1 : take_port(p, colon + 1, s);
	return take_host(p, text, strlen(text), s);
}

int
options_operands(struct parse *p, int argc, char **argv)
{
	struct options *o = &p->o;
	int i;

	for (i = 0; i < argc; i++) {
		if (o->nservers == OPTIONS_SERVERS_MAX) {
			options_error(p,
			    "ERROR: Server count exceeds maximum (%d)",
			    OPTIONS_SERVERS_MAX);
			return -1;
		}
		if (take_operand(p, argv[i], &o->servers[o->nservers]) == -1)
			return -1;
		o->nservers++;
	}
	return 0;
}

/* A client's servers have names. */
static bool
names_missing(const struct options *o)
{
	size_t i;

	for (i = 0; i < o->nservers; i++)
		if (o->servers[i].host[0] == '\0')
			return true;
	return o->nservers == 0;
}

int
options_mode(struct parse *p)
{
	struct options *o = &p->o;

	o->mode = p->up ? MODE_UPSTREAM : p->down ? MODE_DOWNSTREAM :
	    MODE_SERVER;
	if (p->up && p->down)
		options_error(p, "ERROR: Upstream and Downstream options are "
		    "mutually exclusive");
	else if (o->mode != MODE_SERVER && names_missing(o))
		options_error(p, "ERROR: Server hostname or IP address "
		    "required when client");
	else if (o->mode == MODE_SERVER && o->nservers > 1)
		options_error(p, "ERROR: Server only allows one local bind "
		    "address or hostname");
	return p->status == 0 ? 0 : -1;
}
