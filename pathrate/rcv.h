/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_RCV_H
#define PATHRATE_RCV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pathrate/train.h"
#include "pathrate/wire.h"

/*
 * The receiver's side of a session (spec section 3): width and extension of
 * the sender, round-trip time, then a train at a time. Time, control bytes
 * and packets come in, control bytes and one event at a time go out; nothing
 * is waited for without a deadline. Pure.
 *
 * Retransmission after 3.5: a lossy train that the estimator wants again is
 * NEG_ACKed and nothing else is sent, because every sender retransmits by
 * itself; one that it does not want again is ACKed, which keeps every sender
 * in step.
 */
enum rcv_event {
	RCV_NOTHING,
	RCV_READY,		/* rtt_ms and features are known; rcv_begin */
	RCV_TRAIN,		/* end, arrival_ns; then rcv_ask, rcv_finish */
	RCV_TERMINATED,		/* the sender ended the session */
	RCV_FAILED		/* why */
};

enum rcv_failure {
	RCV_NO_FAILURE,
	RCV_NOT_A_SENDER,	/* what answers is something else */
	RCV_SILENT,		/* no answer in time */
	RCV_CLOSED,		/* the connection ended */
	RCV_LATE		/* the whole run took too long */
};

enum rcv_state {
	RCV_IN_WIDTH,
	RCV_IN_RTT,
	RCV_IDLE,		/* an event is out; it is the caller's turn */
	RCV_IN_PAUSE,
	RCV_IN_TRAIN,
	RCV_IN_GRACE,		/* SENT_TRAIN came, late packets may too */
	RCV_OVER
};

struct rcv_config {
	bool		extend;		/* ask for the extension */
	uint64_t	nonce;		/* random, for peers that know it */
	uint16_t	data_port;	/* of ours */
	int64_t		first_ns;	/* patience for the first answer */
	int64_t		limit_ns;	/* for the run; 0: none */
};

#define RCV_OUT_MAX	256

struct rcv {
	struct rcv_config config;
	enum rcv_state	 state;
	enum rcv_event	 event;
	enum rcv_failure why;
	int64_t		 deadline_ns, end_ns;	/* INT64_MAX: none */
	uint8_t		 out[RCV_OUT_MAX];	/* to be written */
	size_t		 out_len;
	/* of the peer */
	uint8_t		 probe[WIRE_PROBE_LEN];
	size_t		 probe_len;
	struct wire_words words;
	enum wire_layout layout;
	uint8_t		 features;		/* of the extension */
	/* round-trip time */
	int		 echoes, timed;
	int64_t		 asked_ns, sum_us;
	double		 rtt_ms;
	/* the train */
	struct train_ask ask;
	bool		 unanswered;		/* lossy, no verdict sent yet */
	uint32_t	 train_id;
	size_t		 expected;		/* next packet, if in order */
	size_t		 received;		/* distinct packets */
	int64_t		 oldest_ns, newest_ns;	/* of them */
	bool		 stale, begun;
	enum train_end	 end;
	int64_t		 arrival_ns[TRAIN_LEN_MAX + 1];
	uint32_t	 departure_us;		/* at the sender; 0: unknown */
	int32_t		 departed_us;		/* by its clock; -1: unknown */
};

void	rcv_start(struct rcv *r, const struct rcv_config *config,
	    int64_t now_ns);
/* Control bytes. Packets that have arrived before go to rcv_packet first. */
void	rcv_bytes(struct rcv *r, int64_t now_ns, const uint8_t *p, size_t n);
/* End of the control stream or an error on it. */
void	rcv_closed(struct rcv *r);
/*
 * After RCV_TRAIN: the clock of the stamps moved so far against a steady one
 * during the train. More than a little, and no stamp of it counts.
 */
void	rcv_clock_stepped(struct rcv *r, int64_t step_ns);
/* A datagram from the sender's address; arrival_ns by whatever clock. */
void	rcv_packet(struct rcv *r, int64_t now_ns, int64_t arrival_ns,
	    const void *data, size_t len);
/* To be called when the deadline has passed; earlier does no harm. */
void	rcv_timer(struct rcv *r, int64_t now_ns);
int64_t	rcv_deadline_ns(const struct rcv *r);
/* So many bytes of out were written. */
void	rcv_written(struct rcv *r, size_t n);
/* The event, once. */
enum rcv_event rcv_next(struct rcv *r);

/* After RCV_READY: spacing and sizes of the run. */
void	rcv_begin(struct rcv *r, int64_t spacing_ns, size_t max_payload);
/* After rcv_begin or RCV_TRAIN: the next train; ask is copied. */
void	rcv_ask(struct rcv *r, int64_t now_ns, const struct train_ask *ask);
/* After any event: the polite end; out is then written and closed. */
void	rcv_finish(struct rcv *r);

#endif
