/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_WIRE_H
#define THRULAY_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The messages of protocol thrulay/2 (spec thrulay.md section 3). Control
 * messages are ASCII on TCP, not newline-terminated:
 *
 *	server	thrulay/2+				greeting
 *	client	thrulay/2:t:<window>:<block>+		TCP proposal
 *	server	<window>:<block>+
 *	client	thrulay/2:u:<port>:<size>:<rate>:<packets>+
 *	server	<port>:<size>:<rate>:<packets>:<8 nonce bytes>+	  or u:-
 *	client	+<packets sent>:	or -		end of a UDP test
 *
 * A parser is given all bytes read so far and says WIRE_MORE until it can
 * tell. final says that nothing more will come (end of file, or a pause that
 * is longer than any sender's): what the 0.9 programs accepted without its
 * terminator is then accepted too. Pure: no I/O, no clock, no allocation.
 */
enum wire_status { WIRE_OK, WIRE_MORE, WIRE_BAD, WIRE_REJECTED };

#define WIRE_GREETING_LEN	10
#define WIRE_CONTROL_MAX	1023	/* longest control message */
#define WIRE_NONCE_LEN		8
#define WIRE_HEADER_LEN		16	/* of a TCP block */
#define WIRE_PACKET_LEN		24	/* of a UDP test packet */
#define WIRE_IPV4_UDP		28	/* bytes of headers in "packet size" */
#define WIRE_IPV6_UDP		48

/* Why a proposal is bad, in the order of the checks; the texts are those of
 * the 0.9 server's log (spec 5.5). */
enum wire_fault {
	WIRE_FAULT_NONE,
	WIRE_FAULT_INDICATOR,
	WIRE_FAULT_SLASH,
	WIRE_FAULT_VERSION,
	WIRE_FAULT_COLON,
	WIRE_FAULT_TYPE,
	WIRE_FAULT_MALFORMED,
	WIRE_FAULT_WINDOW,
	WIRE_FAULT_BLOCK,
	WIRE_FAULT_UDP
};
const char *wire_fault_text(enum wire_fault f);

struct wire_proposal {
	bool		udp;
	bool		extended;	/* every number has a leading zero */
	int64_t		window, block;	/* TCP; saturated, >= 0 */
	uint64_t	port, size, rate, packets; /* UDP; saturated */
};

struct wire_tcp_response {
	bool		extended;
	int64_t		window, block;
};

struct wire_udp_response {
	bool		extended;
	uint64_t	port, size, packets;
	uint64_t	rate;		/* packets per 1000 s */
	uint8_t		nonce[WIRE_NONCE_LEN];
};

/* Encoders return the length written, 0 when size is too small. */
size_t	wire_greeting_put(void *buf, size_t size);
size_t	wire_rejection_put(const char *reason, void *buf, size_t size);
size_t	wire_proposal_put(const struct wire_proposal *p, void *buf,
	    size_t size);
size_t	wire_tcp_response_put(const struct wire_tcp_response *r, void *buf,
	    size_t size);
size_t	wire_udp_response_put(const struct wire_udp_response *r, void *buf,
	    size_t size);
size_t	wire_udp_refusal_put(void *buf, size_t size);	/* u:- */
size_t	wire_end_put(uint64_t sent, void *buf, size_t size);

/*
 * WIRE_OK: accepted. WIRE_REJECTED: any tenth byte but '+'; the reason is what
 * follows the ten bytes. WIRE_BAD: not a thrulay server. WIRE_MORE: fewer than
 * ten bytes, whatever they are.
 */
enum wire_status wire_greeting_get(const void *buf, size_t len);

/*
 * The lenient scanner of spec 3.2: white space and a '+' before numbers are
 * taken, numbers saturate, what follows the last number is ignored. On
 * WIRE_BAD *fault says why. WIRE_MORE with *enough set: would be accepted
 * with final.
 */
enum wire_status wire_proposal_get(const void *buf, size_t len, bool final,
	    struct wire_proposal *out, enum wire_fault *fault, bool *enough);

/* Negative numbers and anything but two integers are WIRE_BAD; *used gets the
 * length of the message (terminator included) on WIRE_OK, or all of len when
 * the numbers are followed by something else, as 0.9 throws it away. */
enum wire_status wire_tcp_response_get(const void *buf, size_t len, bool final,
	    struct wire_tcp_response *out, size_t *used);

/* WIRE_REJECTED: exactly "u:-". WIRE_BAD also: anything after the message, a
 * packet size above 65536, rate 0, a port that is none. */
enum wire_status wire_udp_response_get(const void *buf, size_t len, bool final,
	    struct wire_udp_response *out, size_t *used);

/*
 * The end of a UDP test: WIRE_OK with *sent, WIRE_REJECTED for '-' (abort),
 * WIRE_BAD for '+' without a number and for anything else.
 */
enum wire_status wire_end_get(const void *buf, size_t len, bool final,
	    uint64_t *sent, size_t *used);

/*
 * UDP test packet:
 *
 *	 0  nonce (8)		8  sequence u64 BE
 *	16  NTP seconds u32 BE	20  NTP fraction u32 BE	24 padding
 */
struct wire_packet {
	uint8_t		nonce[WIRE_NONCE_LEN];
	uint64_t	sequence;
	uint32_t	ntp_seconds, ntp_fraction;
};

void	wire_packet_put(const struct wire_packet *p,
	    uint8_t buf[WIRE_PACKET_LEN]);
/* Only the sequence and stamp of a packet whose nonce is already there. */
void	wire_packet_stamp(uint8_t buf[WIRE_PACKET_LEN], uint64_t sequence,
	    int64_t wall_ns);
/* False when shorter than WIRE_PACKET_LEN. */
bool	wire_packet_get(const void *buf, size_t len, struct wire_packet *out);
/* Constant time. */
bool	wire_equal(const uint8_t *a, const uint8_t *b, size_t n);
bool	wire_nonce_equal(const uint8_t *a, const uint8_t *b);

/* Unix ns <-> NTP (RFC 5905 short of the era): the era nearest to near_ns
 * (1749 to 2191) is assumed when decoding. Fractions round to nearest, 0.23
 * ns. */
void	wire_ntp_from_unix(int64_t wall_ns, uint32_t *s, uint32_t *f);
int64_t	wire_ntp_to_unix(uint32_t s, uint32_t f, int64_t near_ns);

/*
 * Header of a TCP block, opaque to the peer: sequence u64 BE, monotonic send
 * time in ns u64 BE.
 */
void	wire_header_put(uint8_t buf[WIRE_HEADER_LEN], uint64_t sequence,
	    int64_t mono_ns);
void	wire_header_get(const uint8_t buf[WIRE_HEADER_LEN], uint64_t *sequence,
	    int64_t *mono_ns);

#endif
