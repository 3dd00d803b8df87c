/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_OPTIONS_H
#define MSAK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "msak/goflag.h"

/* What came of a command line. EXIT: print nothing more, exit status given. */
enum options_status { OPTIONS_RUN, OPTIONS_EXIT };

/* What the five are drop-ins for: second line of --version. */
#define OPTIONS_COMPATIBLE	"compatible with msak v0.4.7-1-g772318a"

/* Where the clients ask for a server. */
#define OPTIONS_LOCATE	"https://locate.measurementlab.net/v2/nearest/"
/* The UDP port of latency1. */
#define OPTIONS_LATENCY_PORT	1053
#define OPTIONS_STREAMS_MAX	4

/* Oldest TLS that is spoken; in the order of options_tls_names. */
enum options_tls { OPTIONS_TLS_1_0, OPTIONS_TLS_1_1, OPTIONS_TLS_1_2,
	OPTIONS_TLS_1_3 };
/* In the order of options_format_names; the last is not for msak-latency. */
enum options_format { OPTIONS_HUMAN, OPTIONS_JSON, OPTIONS_LEGACY };

extern const char *const options_tls_names[];

/* How a client reaches its server. */
struct options_net {
	bool		 ipv4, ipv6;	/* honoured or fail; not both */
	const char	*bind;		/* source address, "" none */
	const char	*interface;	/* "" any */
	int		 dscp;
	int		 tls_min;	/* enum options_tls */
};

/* How a client reports. */
struct options_output {
	int		 format;	/* enum options_format */
	bool		 json;		/* one final object, nothing else */
	bool		 quiet;		/* results only */
};

/* Entries of a table for a struct type that has these as net and output. */
#define OPTIONS_NET_FLAGS(type)						\
	{ GOFLAG_BOOL, "4", .offset = offsetof(type, net.ipv4),		\
	    .help = "Use IPv4 only" },					\
	{ GOFLAG_BOOL, "6", .offset = offsetof(type, net.ipv6),		\
	    .help = "Use IPv6 only" },					\
	{ GOFLAG_BOOL, "ipv4", .offset = offsetof(type, net.ipv4),	\
	    .help = "The same as -4" },					\
	{ GOFLAG_BOOL, "ipv6", .offset = offsetof(type, net.ipv6),	\
	    .help = "The same as -6" },					\
	{ GOFLAG_STRING, "bind", "address", NULL,			\
	    offsetof(type, net.bind), .help = "Source address to use" },\
	{ GOFLAG_STRING, "interface", "name", NULL,			\
	    offsetof(type, net.interface),				\
	    .help = "Network interface to use" },			\
	{ GOFLAG_STRING, "bind-dev", "IF", NULL,			\
	    offsetof(type, net.interface),				\
	    .help = "The same as -interface" },				\
	{ GOFLAG_VALUE, "dscp", "dscp", NULL,				\
	    offsetof(type, net.dscp), .take = options_take_dscp,	\
	    .help = "DSCP of what is sent: 0 to 63 or EF, AF41, CS1, LE" },\
	{ GOFLAG_CHOICE, "tls.min-version", NULL, "1.2",		\
	    offsetof(type, net.tls_min), .choices = options_tls_names,	\
	    .help = "Oldest version of TLS to speak" }

#define OPTIONS_OUTPUT_FLAGS(type, formats)				\
	{ GOFLAG_CHOICE, "format", NULL, "human",			\
	    offsetof(type, output.format), .choices = formats,		\
	    .help = "Form of the output; json: a line an event, then one "\
	    "object" },							\
	{ GOFLAG_BOOL, "json", .offset = offsetof(type, output.json),	\
	    .help = "Print one JSON object at the end, nothing else" },	\
	{ GOFLAG_BOOL, "quiet", .offset = offsetof(type, output.quiet),	\
	    .help = "Print results only" }

/* Entries that say no more than that they are accepted. */
#define OPTIONS_ANONYMIZE_FLAG(type)					\
	{ GOFLAG_VALUE, "anonymize.ip", NULL, "none",			\
	    offsetof(type, anonymize), .take = options_take_anonymize,	\
	    .help = "Valid values are \"none\" and \"netblock\"." }

/* human, json, legacy */
extern const char *const options_format_names[];

/* Functions of the tables. */
bool	options_take_url(const struct goflag *f, void *config,
	    const char *arg, FILE *why);
bool	options_take_anonymize(const struct goflag *f, void *config,
	    const char *arg, FILE *why);
bool	options_take_dscp(const struct goflag *f, void *config,
	    const char *arg, FILE *why);
/* The field is a char[UUID_PREFIX_MAX] and gets the content of a file. */
bool	options_take_prefix(const struct goflag *f, void *config,
	    const char *arg, FILE *why);

/*
 * A whole file of at most max bytes with a NUL behind it, to be freed; NULL:
 * why got the reason, worded as Go does.
 */
char	*options_read_file(const char *path, size_t max, size_t *len,
	    FILE *why);

/* What is wrong with -streams 5, with -4 -6. */
#define OPTIONS_STREAMS		\
	"Invalid configuration: the number of streams must be between 1 and 4."
#define OPTIONS_FAMILIES	\
	"Invalid configuration: -4 and -6 exclude each other."

/* A dated line on stderr; OPTIONS_EXIT with status 1. */
enum options_status options_fail(int *status, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
