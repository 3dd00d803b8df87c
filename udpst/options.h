/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_OPTIONS_H
#define UDPST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "udpst/auth.h"

#define OPTIONS_SERVERS_MAX	24
#define OPTIONS_CONNS_MAX	24
#define OPTIONS_SESSIONS_MAX	254
#define OPTIONS_PORT		24601	/* 9.x */
#define OPTIONS_PORT_8		25000	/* up to 8.2 */
#define OPTIONS_HOST_LEN	256

/* Exit statuses, which are also JSON's ErrorStatus (spec 2.5). */
enum udpst_status {
	UDPST_OK = 0,
	UDPST_TIMEOUT = 1,
	UDPST_STATUS_LOST_LOCAL = 2,
	UDPST_STATUS_LOST_REMOTE = 3,
	UDPST_STOPPED_LOCAL = 4,
	UDPST_STOPPED_REMOTE = 5,
	UDPST_BAD_DATA = 6,
	UDPST_BLEACHED_LOCAL = 7,
	UDPST_BLEACHED_REMOTE = 8,
	UDPST_USAGE = 50,
	UDPST_KEY_FILE = 51,
	UDPST_INIT = 75,
	UDPST_SETUP_REJECTED = 100,
	UDPST_ACTIVATION_REJECTED = 150,
	UDPST_CONNECTIONS = 200,
	UDPST_UNSPECIFIED = 255
};

enum options_mode { MODE_SERVER, MODE_UPSTREAM, MODE_DOWNSTREAM };
enum options_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSON_BRIEF,
	FORMAT_JSON_TABS };

/* A server operand; an address to bind in server mode, "" for any. */
struct options_server {
	char		host[OPTIONS_HOST_LEN];
	uint16_t	port;		/* that of options when not given */
	bool		port_given;	/* by suffix */
};

struct options {
	enum options_mode mode;
	int		family;		/* -4, -6: the last one; AF_UNSPEC */
	struct options_server servers[OPTIONS_SERVERS_MAX];
	size_t		nservers;
	unsigned int	conns_min, conns_max;
	bool		daemon, once;			/* -x -1 */
	bool		socket_errors;			/* -e */
	bool		verbose, debug;			/* -v -D */
	bool		summary_only;			/* -s */
	enum options_format format;
	bool		jumbo;				/* not -j */
	bool		traditional;			/* -T */
	bool		random_payload;			/* -X */
	bool		show_rates;			/* -S */
	const char	*export_file;			/* -O, NULL: none */
	bool		export_all;			/* -O + */
	unsigned int	bandwidth;			/* -B Mbit/s, 0: none */
	bool		loss_ratio;			/* -r */
	unsigned int	bimodal;			/* -i, 0: none */
	bool		suppress;			/* -i - */
	bool		use_owd, count_ooo;		/* -o -R */
	bool		have_key;	/* -a, environment; client: or -K */
	char		key[AUTH_KEY_MAX + 1];
	unsigned int	key_id;		/* -y, or of the only key of -K */
	struct auth_keys *keys;				/* -K, NULL: none */
	/* In a server dscp_ecn, index and test_s are what it allows at most. */
	unsigned int	dscp_ecn;			/* -m */
	const char	*stats_file;			/* -G */
	bool		keep_sequence;			/* -n */
	int		index;				/* -I, -1: search */
	bool		index_is_start;			/* -I @ */
	unsigned int	test_s;		/* -t; --duration: from 1 on */
	unsigned int	period_ms;			/* -P */
	uint16_t	port;		/* -p; server: or of the operand */
	bool		port_given;
	unsigned int	algorithm;			/* -A: 0 B, 1 C */
	int		buffer;				/* -b bytes, 0: leave */
	unsigned int	low_ms, upper_ms;		/* -L -U */
	unsigned int	trial_ms;			/* -F */
	unsigned int	slow_thresh;			/* -c */
	unsigned int	high_speed_delta, seq_thresh;	/* -h -q */
	const char	*interface;		/* -E */
	bool		interface_max;			/* -M */
	const char	*log_file;			/* -l */
	unsigned int	log_kbytes;			/* -k */
	unsigned int	ce_thresh;			/* -Z, 0: off */

	/* Ours. */
	bool		compat_8;		/* --compat 8 */
	unsigned int	protocol;		/* --protocol, 0: any */
	bool		allow_downgrade;	/* with a key */
	bool		probe;			/* --probe */
	bool		progress;		/* --progress */
	bool		quiet;			/* --quiet */
	bool		json_lines;	/* --json-lines; format is JSON too */
	bool		checksum;		/* --checksum: send them */
	bool		gso, gro;		/* not --no-gso, --no-gro */
	bool		rate_limit;		/* --rate-limit */
	unsigned int	auth_window_s;		/* --auth-window */
	struct addr	bind_addr;		/* --bind, client; len 0: any;
						 * else family is its own */
	const char	*bind_dev;		/* --bind-dev */
	unsigned int	threads;		/* --threads, server; 1.. */
	unsigned int	max_sessions;		/* 1..254 */
	unsigned int	max_per_source;		/* 0: no limit */
	uint16_t	port_first, port_last;	/* --port-range, 0: any */
	struct addr_prefix *allow;		/* --allow, repeated */
	size_t		nallow;
	const char	*user, *pidfile;
	bool		syslog;
	const char	*prometheus;		/* FILE */
};

/* What came of a command line. EXIT: print nothing more, exit *status. */
enum options_verdict { OPTIONS_RUN, OPTIONS_EXIT };

/*
 * Parse as spec section 2 says: two passes, the original's error lines and
 * usage text on stdout with status 50 or 51; --help and --version print what
 * they have to. -S is left to the caller: show_rates. Keys are taken out of
 * argv, so that ps(1) does not show them; argv has to outlive *out. With
 * OPTIONS_RUN *out owns memory; see options_free.
 */
enum options_verdict options_parse(int argc, char **argv, struct options *out,
	    int *status);
/* Wipes keys too. */
void	options_free(struct options *o);

/* The version that the banner and JSON show. */
const char *options_software_version(void);

#endif
