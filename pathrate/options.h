/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_OPTIONS_H
#define PATHRATE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* What came of a command line. EXIT: print nothing more, exit status given. */
enum options_verdict { OPTIONS_RUN, OPTIONS_EXIT };

/* The original's status of every failure, exit(-1). */
#define PATHRATE_FAILURE	255

/* The two levels of text; -q and -v switch them as they come (spec 2.1). */
struct options_levels {
	bool	normal, verbose;
};

struct snd_options {
	struct options_levels levels;
	bool		 iterative;
	const char	*log;		/* NULL: none; truncated */
	bool		 ipv4, ipv6;	/* at most one */
	const char	*bind;		/* NULL: any address */
	uint16_t	 port;
	const char	**allow;	/* NULL-terminated, allocated */
	int		 dscp;
	int64_t		 max_payload, max_train, max_sessions;
	int64_t		 max_spacing_ns, idle_ns, max_duration_ns;
	bool		 daemon, syslog;
	const char	*pidfile, *user;
};

enum rcv_log { RCV_LOG_DEFAULT, RCV_LOG_TRUNCATE, RCV_LOG_APPEND };

struct rcv_options {
	struct options_levels levels;
	bool		 wrong;		/* usage: say so once files are open */
	const char	*sender;	/* -s, NULL: none */
	bool		 quick;
	const char	*log;
	enum rcv_log	 log_how;	/* DEFAULT: may be out of reach */
	const char	*ulm;		/* NULL: none; appended */
	bool		 classic;
	bool		 json, histogram;
	const char	*csv, *replay;	/* NULL: none */
	bool		 ipv4, ipv6;	/* at most one */
	const char	*bind, *bind_dev;
	uint16_t	 port;		/* of the sender */
	uint16_t	 udp_port;	/* of ours */
	int		 dscp;		/* asked of both ends' sockets */
	int64_t		 timeout_ns;	/* 0: the method's own */
	int64_t		 max_bytes;	/* 0: no limit */
};

/*
 * Parse a command line as spec section 2 says, and our long options. --help,
 * --version, -h and errors print what they have to and yield OPTIONS_EXIT with
 * *status. Strings point into argv.
 */
enum options_verdict snd_options_parse(int argc, char **argv,
	    struct snd_options *out, int *status);
void	snd_options_free(struct snd_options *o);
enum options_verdict rcv_options_parse(int argc, char **argv,
	    struct rcv_options *out, int *status);
/* The receiver opens its files before it says what is wrong with its command
 * line: true when something is, and stderr has it. */
bool	rcv_options_wrong(const struct rcv_options *o);

#endif
