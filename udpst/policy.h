/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_POLICY_H
#define UDPST_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udpst/auth.h"
#include "udpst/options.h"
#include "udpst/srate.h"
#include "udpst/wire.h"

/*
 * What a server allows, spec 3.3, 3.5 and 3.9, without a socket: datagram and
 * clock in, answer out.
 */
enum policy_answer {
	POLICY_SILENCE,		/* malformed; ALERT when verbose */
	POLICY_REJECT,		/* response holds the code */
	POLICY_ACCEPT		/* so far; the caller allocates */
};

struct policy_setup {
	enum policy_answer answer;
	enum wire_setup_code code;	/* of the response, so far */
	struct wire_setup request;	/* decoded, when not SILENCE */
	unsigned int	version;	/* of the session: 10, 11.., 20;
					 * of WIRE_SETUP_VERSION: wanted */
	size_t		len;		/* of request and response */
	bool		authenticated;	/* digest was right */
	const char	*key;		/* that proved right, or NULL */
	bool		upstream;
	unsigned int	bandwidth;	/* Mbit/s requested */
	bool		ours;		/* WIRE_MOD_OFFER was set, in 20 */
};

/*
 * Judge a setup request in the order of spec 3.3 (9.0: authentication first;
 * protocol 10 the same). used[0] upstream and used[1] downstream are Mbit/s
 * already allocated. A request with a nonzero cmdResponse, or that is a
 * response, gets SILENCE (spec 7.2.12).
 */
void	policy_setup(const struct options *o, const uint8_t *buf, size_t len,
	    int64_t now_wall_ns, const unsigned int used[2],
	    struct policy_setup *out);
/*
 * The response datagram (request modified in place, spec 3.2 and 3.9): code
 * and, when accepted, port; signed where protocol 20 signs. buf has
 * WIRE_SETUP_LEN bytes; returns its length.
 */
size_t	policy_setup_response(const struct options *o,
	    const struct policy_setup *s, enum wire_setup_code code,
	    uint16_t port, int64_t now_wall_ns, uint8_t *buf);
/* The null request of an accepted protocol 20 setup; 0: none is sent. */
size_t	policy_null(const struct options *o, const struct policy_setup *s,
	    int64_t now_wall_ns, uint8_t *buf);
/* The original's line for a rejection (without the address), spec 3.3. */
void	policy_rejection_text(const struct policy_setup *s,
	    enum wire_setup_code code, char *buf, size_t len);

enum policy_activation { POLICY_ACT_SILENCE,	/* not an activation request */
	POLICY_ACT_AUTH, POLICY_ACT_TIME,	/* ignored with an error line */
	POLICY_ACT_ACCEPT };

/* What protects a session's activation: from the accepted setup. */
struct policy_session {
	unsigned int	version;
	bool		authenticated;
	const char	*key;
	uint32_t	setup_time;	/* authUnixTime of the setup request */
	bool		ours;		/* tests of 1 to 4 s are allowed */
};

/* The key stays the options'. */
void	policy_session_from(const struct policy_setup *s,
	    struct policy_session *out);

/*
 * Judge an activation request and bring its parameters within what the server
 * allows (the table of spec 3.5): *out is the response's content, its row not
 * yet set.
 */
enum policy_activation policy_activate(const struct options *o,
	    const struct policy_session *s, const uint8_t *buf, size_t len,
	    int64_t now_wall_ns, struct wire_activation *out);
/* Encode and sign the response. buf has WIRE_CONTROL_MAX bytes. */
size_t	policy_activation_response(const struct options *o,
	    const struct policy_session *s, const struct wire_activation *a,
	    int64_t now_wall_ns, uint8_t *buf);

#endif
