/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_WIRE_H
#define UDPST_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The messages of UDPSTP (RFC 9946, and what came before it): bytes to structs
 * and back, spec section 3. All integers are big-endian. Three layouts are
 * known, by protocol version: 10 (releases 8.0, 8.1), 11 to 19 (8.2) and 20
 * (9.0). A get function reads every field and checks size, id, and checksum;
 * what a value means is the caller's business.
 */
#define WIRE_V_OLD	10		/* releases 8.0 and 8.1 */
#define WIRE_V_LEGACY	11		/* 8.2; 11 to 19 have its layout */
#define WIRE_V_CURRENT	20		/* 9.0, RFC 9946 */

enum wire_kind {
	WIRE_SETUP = 0xace1,
	WIRE_ACTIVATION = 0xace2,
	WIRE_NULL = 0xdead,
	WIRE_LOAD = 0xbeef,
	WIRE_STATUS = 0xfeed,
	/* From the range for private use; only between ends of ours. */
	WIRE_FIGURES = 0x7fe1
};

#define WIRE_SETUP_LEN		56	/* protocol 10: 52 */
#define WIRE_SETUP_OLD_LEN	52
#define WIRE_NULL_LEN		48
#define WIRE_ACTIVATION_LEN	104	/* protocol 20 */
#define WIRE_ACTIVATION_LEGACY_LEN 60	/* 11..19 */
#define WIRE_ACTIVATION_OLD_LEN	56	/* 10 */
#define WIRE_LOAD_LEN		32	/* the header */
#define WIRE_STATUS_LEN		204	/* protocol 20 */
#define WIRE_STATUS_LEGACY_LEN	168	/* 10..19 */
#define WIRE_STATUS_PACKED_LEN	160	/* 8.2 built for some 32-bit ABIs */
#define WIRE_FIGURES_LEN	132
#define WIRE_CONTROL_MAX	WIRE_STATUS_LEN	/* of all but load */
#define WIRE_DIGEST_LEN		32

/* cmdRequest and cmdResponse of a setup PDU (spec 3.3). */
enum { WIRE_SETUP_REQUEST = 1, WIRE_SETUP_RESPONSE = 2 };
enum wire_setup_code {
	WIRE_SETUP_NONE = 0,
	WIRE_SETUP_ACCEPTED = 1,
	WIRE_SETUP_VERSION = 2,
	WIRE_SETUP_JUMBO = 3,
	WIRE_SETUP_NO_KEY_HERE = 4,
	WIRE_SETUP_KEY_NEEDED = 5,
	WIRE_SETUP_AUTH_MODE = 6,
	WIRE_SETUP_AUTH_FAILED = 7,
	WIRE_SETUP_AUTH_TIME = 8,
	WIRE_SETUP_NO_BANDWIDTH = 9,
	WIRE_SETUP_CAPACITY = 10,
	WIRE_SETUP_MTU = 11,
	WIRE_SETUP_MULTI = 12,
	WIRE_SETUP_NO_CONNECTION = 13
};
/* cmdRequest and cmdResponse of an activation PDU. */
enum { WIRE_ACTIVATE_UP = 1, WIRE_ACTIVATE_DOWN = 2 };
enum { WIRE_ACTIVATE_ACCEPTED = 1, WIRE_ACTIVATE_BAD = 2 };
/* testAction of load and status PDUs. */
enum { WIRE_TEST = 0, WIRE_STOP_1 = 1, WIRE_STOP_2 = 2 };

#define WIRE_MOD_JUMBO		0x01	/* setup */
#define WIRE_MOD_TRADITIONAL	0x02
/*
 * Ends of ours know each other by these bits of a protocol 20 setup PDU. The
 * client offers the first; other servers ignore it and send it back as it was.
 * A server of ours answers with both, and may then send figures PDUs and be
 * sent them.
 */
#define WIRE_MOD_OFFER		0x40
#define WIRE_MOD_AGREED		0x80
#define WIRE_MOD_START_INDEX	0x01	/* activation */
#define WIRE_MOD_RANDOM		0x02
#define WIRE_MOD_BLEACHED	0x01	/* status */

#define WIRE_UPSTREAM		0x8000	/* bit of the requested bandwidth */
#define WIRE_SEARCH		0xffff	/* srIndexConf: no fixed index */
#define WIRE_NO_SAMPLE		UINT32_MAX
#define WIRE_REORDERED		0xffff	/* spduSeqErr */
#define WIRE_RANDOM_SIZE	UINT32_C(0x80000000)	/* of a row's size */

struct wire_time {
	uint32_t	sec, nsec;	/* Unix time, UTC */
};

/* Authentication fields that setup, null and activation PDUs share. */
struct wire_auth {
	uint8_t		mode;
	uint32_t	unix_time;
	uint8_t		digest[WIRE_DIGEST_LEN];
	uint8_t		key_id;		/* not in protocol 10 */
	uint8_t		reserved;
};

struct wire_setup {
	uint16_t	version;
	uint8_t		mc_index, mc_count;
	uint16_t	mc_ident;
	uint8_t		request, response;
	uint16_t	bandwidth;	/* Mbit/s, WIRE_UPSTREAM */
	uint16_t	port;
	uint8_t		modifier;
	struct wire_auth auth;
};

struct wire_null {
	uint16_t	version;
	uint8_t		request, response;
	struct wire_auth auth;
};

/* A row of the sending rate table: two transmitters (spec 3.5, 4.1). */
struct wire_row {
	uint32_t	interval1_us, payload1, burst1;
	uint32_t	interval2_us, payload2, burst2, addon2;
};

struct wire_activation {
	uint16_t	version;
	uint8_t		request, response;
	uint16_t	low_ms, upper_ms, trial_ms, test_s;
	uint8_t		period_s;	/* sub-interval, protocol 10..19 */
	uint8_t		dscp_ecn;
	uint16_t	index;		/* srIndexConf */
	uint8_t		use_owd;
	uint8_t		high_speed_delta;
	uint16_t	slow_thresh, seq_thresh;
	uint8_t		ignore_ooo;
	uint8_t		modifier;
	uint8_t		algorithm;	/* 0 B, 1 C */
	uint8_t		ce_thresh;	/* protocol 20; else 0 */
	struct wire_row	row;
	uint16_t	period_ms;	/* protocol 20 */
	uint16_t	suppress;	/* protocol 20 */
	struct wire_auth auth;		/* protocol 20 */
};

struct wire_load {
	uint8_t		action;
	uint8_t		rx_stopped;
	uint32_t	seq;
	uint16_t	payload;
	uint16_t	status_err;	/* spduSeqErr */
	struct wire_time status_time;	/* of the last status PDU received */
	struct wire_time time;
	uint16_t	rtt_delay_ms;
	/* What rounding took from it, ns; from peers of ours, else 0. Not part
	 * of the 32 bytes: the caller reads it. */
	int32_t		rtt_delay_more_ns;
};

/* A finished sub-interval, sisSav (spec 3.7). */
struct wire_subint {
	uint32_t	datagrams;
	uint64_t	bytes;		/* UDP payload */
	uint32_t	delta_us;
	uint32_t	loss, ooo, dup;
	uint32_t	owd_min, owd_max, owd_sum, owd_cnt;	/* of ms */
	uint32_t	rtt_min, rtt_max;			/* the same */
	uint32_t	accum_ms;
};

struct wire_status {
	uint8_t		action;
	uint8_t		rx_stopped;
	uint32_t	seq;
	struct wire_row	row;
	uint32_t	subint_seq;
	struct wire_subint subint;
	uint32_t	loss, ooo, dup;
	int32_t		clock_delta_min;	/* ms */
	uint32_t	owd_min, owd_max, owd_sum, owd_cnt;
	uint32_t	rtt_minimum, rtt_sample;	/* WIRE_NO_SAMPLE */
	uint8_t		min_updated;
	uint32_t	ti_delta_us, ti_datagrams, ti_bytes;
	struct wire_time time;
	/* protocol 20 */
	uint8_t		auth_mode;
	uint32_t	ti_ce, subint_ce;
	uint8_t		modifier;
};

/* Delays in ns: of a finished sub-interval and minima of the whole test. */
struct wire_delay {
	int64_t		min_ns, max_ns, sum_ns;
	uint32_t	count;		/* 0: the others mean nothing */
};

/*
 * What a status PDU has no room for, sent by its side right before it when both
 * ends are ours (132 bytes, followed by nothing):
 *
 *	 0 id 7FE1      2 version 1      3 flags      4 subIntSeqNo
 *	 8 one-way delay minimum, ns (signed, clock difference included)
 *	16 RTT minimum, ns (-1: none yet)
 *	24 OWD variation: min, max, sum (8 each), count (4)
 *	52 RTT variation: the same
 *	80 datagrams that the host dropped at the socket (8; -1: unknown)
 *	88 datagrams not sent for want of time, or missed ticks (8)
 *	96 CPU share of the process, parts per million (4)
 *	100 to 131 reserved, 0
 */
struct wire_figures {
	uint8_t		flags;		/* WIRE_FIG_* */
	uint32_t	subint_seq;
	int64_t		owd_minimum_ns;
	int64_t		rtt_minimum_ns;
	struct wire_delay owd_var, rtt_var;
	int64_t		socket_drops;
	int64_t		pacing_missed;
	uint32_t	cpu_ppm;
};
#define WIRE_FIG_GSO	0x01		/* this end sends with GSO */
#define WIRE_FIG_GRO	0x02		/* this end receives with GRO */
#define WIRE_FIG_STAMPS	0x04		/* its stamps are the kernel's */

/* The length of a PDU in this version's layout; 0 where it has none. */
size_t	wire_len(enum wire_kind kind, unsigned int version);
/* The id that a datagram begins with, 0 when it is shorter than that. */
unsigned int wire_id(const uint8_t *buf, size_t len);

/*
 * Each get returns whether the datagram is one of its kind: exactly as long as
 * a layout allows, with the right id and, when its checksum field is not zero,
 * a right checksum. Fields that the layout lacks are 0.
 */
/* 52 bytes (protocol 10, checksum-less) or 56. */
bool	wire_setup_get(const uint8_t *buf, size_t len, struct wire_setup *p);
bool	wire_null_get(const uint8_t *buf, size_t len, struct wire_null *p);
/* Exactly the length of the session's version. */
bool	wire_activation_get(const uint8_t *buf, size_t len,
	    unsigned int version, struct wire_activation *p);
/*
 * At least 32 bytes; also action and rx_stopped are in range (spec 3.6). In
 * protocol 10 there is no checksum. version is the session's.
 */
bool	wire_load_get(const uint8_t *buf, size_t len, unsigned int version,
	    struct wire_load *p);
/*
 * version is the session's: 20 takes 204 bytes, older ones 168 or 160. A wrong
 * checksum at 202 of protocol 20 is forgiven where release 9.0.0 is to blame
 * (spec 3.8). action and rx_stopped are in range.
 */
bool	wire_status_get(const uint8_t *buf, size_t len, unsigned int version,
	    struct wire_status *p);
bool	wire_figures_get(const uint8_t *buf, size_t len,
	    struct wire_figures *p);
/* Its sub-interval in ms, from whichever field the version has it in. */
unsigned int wire_activation_period(const struct wire_activation *p,
	    unsigned int version);
/* Add what more has seen; a sum stays at its largest value, 0 or above. */
void	wire_delay_merge(struct wire_delay *d, const struct wire_delay *more);

/*
 * Each put writes all of the layout, reserved bytes and checksum as zero, and
 * returns its length. buf has WIRE_CONTROL_MAX bytes (WIRE_LOAD_LEN for load).
 */
size_t	wire_setup_put(const struct wire_setup *p, uint8_t *buf);
size_t	wire_null_put(const struct wire_null *p, uint8_t *buf);
size_t	wire_activation_put(const struct wire_activation *p,
	    unsigned int version, uint8_t *buf);
size_t	wire_load_put(const struct wire_load *p, uint8_t *buf);
size_t	wire_status_put(const struct wire_status *p, unsigned int version,
	    uint8_t *buf);
size_t	wire_figures_put(const struct wire_figures *p, uint8_t *buf);

/*
 * The optional checksum (spec 3.8): put it into a PDU of len bytes that is
 * complete, digest included (a load PDU: its 32 header bytes); the kind comes
 * from the id, the layout from len. PDUs of protocol 10 have none.
 */
void	wire_checksum_set(uint8_t *buf, size_t len);
/* The checksum is right, zero (not used), or the layout has none. */
bool	wire_checksum_ok(const uint8_t *buf, size_t len);

/* Where the digest is, and where the checksum; 0: this layout has none. */
size_t	wire_digest_offset(const uint8_t *buf, size_t len);
size_t	wire_checksum_offset(const uint8_t *buf, size_t len);

/* The 16 bits at an offset, 0 for offset 0 and past the end: for messages
 * about what is wrong. */
unsigned int wire_peek(const uint8_t *buf, size_t len, size_t offset);

/* ns of Unix time to the wire and back; a nonsense nsec is taken as it is. */
struct wire_time wire_time_from_ns(int64_t wall_ns);
int64_t	wire_time_to_ns(struct wire_time t);

#endif
