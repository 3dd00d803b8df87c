/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_EXT_H
#define THRULAY_EXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thrulay/thrulay.h"
#include "thrulay/wire.h"

/*
 * The extension channel (spec section 9.8). Both sides are ours when every
 * number of the proposal and every number of the response carries a leading
 * zero. From then on messages of this form may pass on the control
 * connection, before test data and after its end:
 *
 *	x:<length>:<payload>+
 *
 * The payload is lines "key=value\n" (values: ext_field.h), "type=<kind>" the
 * first; unknown keys are ignored. Sequence:
 *
 *	client	request		direction, report, feedback_ms, ... auth_name
 *	server	[challenge	when auth_name was given]
 *	client	[proof]
 *	server	verdict		ok=1, or error=<text> and close
 *
 * then forward TCP data as in plain thrulay/2; or reverse TCP data (server
 * sends blocks, client echoes); or a UDP test: server sends feedback messages
 * meanwhile; after the end message "+N:" the server sends a record (or, when
 * asked for, the text report as in plain thrulay/2) and closes. In a reverse
 * UDP test the client sends hello packets (a test packet with the nonce and
 * sequence 2^64-1) from its port until data arrives; the server sends to that
 * address if its host is that of the control connection, then "+N:".
 *
 * Pure, as wire.h.
 */
#define EXT_PAYLOAD_MAX		16384
#define EXT_REQUEST_MAX		1000	/* of a request message */
#define EXT_CHALLENGE_LEN	16
#define EXT_PROOF_LEN		32	/* HMAC-SHA-256 */
#define EXT_NAME_MAX		64
#define EXT_ERROR_MAX		200
#define EXT_HELLO_SEQUENCE	UINT64_MAX

enum ext_report { EXT_REPORT_DEFAULT, EXT_REPORT_09, EXT_REPORT_HD,
	EXT_REPORT_RECORD };

struct ext_request {
	enum thrulay_direction	direction;
	enum ext_report		report;		/* UDP */
	int64_t			feedback_ns;	/* UDP; 0: none; ms on wire */
	int64_t			duration_ns;	/* reverse TCP; ms on wire */
	enum thrulay_spacing	spacing;	/* reverse UDP */
	int			dscp;		/* reverse; 0: none */
	char			cc[16];		/* reverse TCP; "" none */
	char			auth_name[EXT_NAME_MAX];	/* "" none */
};

/* Interval results of a UDP receiver: what came since the last one. */
struct ext_feedback {
	int64_t		begin_ns, end_ns;	/* since the session began */
	uint64_t	received, unique, duplicates, reordered;
	uint64_t	lost;			/* holes below the highest seq
						 * seen, minus late fills */
	struct thrulay_times delay;
};

enum ext_kind { EXT_REQUEST, EXT_CHALLENGE, EXT_PROOF, EXT_VERDICT,
	EXT_FEEDBACK, EXT_RECORD };

struct ext_message {
	enum ext_kind	kind;
	union {
		struct ext_request	request;
		uint8_t			challenge[EXT_CHALLENGE_LEN];
		uint8_t			proof[EXT_PROOF_LEN];
		char			error[EXT_ERROR_MAX]; /* "": ok */
		struct ext_feedback	feedback;
		struct thrulay_udp_result record;
	} u;
	char	host_limit[EXT_ERROR_MAX];	/* text of record.host_limit */
};

/* Length written (frame included), 0 when size is too small. A record takes
 * the text of u.record.host_limit, not of host_limit. */
size_t	ext_put(const struct ext_message *m, void *buf, size_t size);

/* WIRE_OK with *used, WIRE_MORE, or WIRE_BAD. Never looks past len. Of a
 * record, u.record.host_limit points into *out; id and direction are not sent.
 */
enum wire_status ext_get(const void *buf, size_t len, struct ext_message *out,
	    size_t *used);

/*
 * proof = HMAC-SHA-256(key, "thrulay extension 1" NUL challenge request),
 * request being the whole request message as it was sent.
 */
void	ext_proof(const char *key, const uint8_t challenge[EXT_CHALLENGE_LEN],
	    const void *request, size_t len, uint8_t proof[EXT_PROOF_LEN]);
bool	ext_proof_equal(const uint8_t *a, const uint8_t *b); /* constant time */

/*
 * Reverse TCP: the sender tells its peer what it measured inside the blocks,
 * after the 16-byte header, as far as there is room:
 *
 *	16  RTT u32 BE smoothed, 20 min RTT, 24 RTT variation (us; all ones:
 *	    unknown), 28 retransmits u32, 32 cwnd u32 bytes, 36 delivery rate
 *	    u64 bit/s, 44 count u16, 46 count x RTT of a block u32, unit 100 ns
 */
#define EXT_NOTE_FIXED		46	/* to the first RTT */
#define EXT_REVERSE_MIN_BLOCK	64

struct ext_note {
	struct thrulay_kernel	kernel;
	uint16_t		count;
	const uint8_t		*rtts;	/* count x 4 bytes, in place */
};

/* Note into a block of this size (header included, its first 16 bytes are not
 * touched); takes at most *n of the RTTs (ns), *n gets how many went in.
 * Returns the bytes used up to the end of the note. */
size_t	ext_note_put(const struct thrulay_kernel *k, const int64_t *rtt_ns,
	    size_t *n, uint8_t *block, size_t size);
/* len bytes of a block are there. WIRE_MORE until the note is complete. */
enum wire_status ext_note_get(const uint8_t *block, size_t len, size_t size,
	    struct ext_note *out);
int64_t	ext_note_rtt(const struct ext_note *n, size_t i);	/* ns */

#endif
