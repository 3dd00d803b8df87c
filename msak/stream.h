/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_STREAM_H
#define MSAK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/loop.h"
#include "msak/measurement.h"
#include "msak/scale.h"
#include "msak/ticker.h"
#include "msak/transport.h"
#include "msak/ws.h"

/*
 * One throughput1 stream from the 101 to its end, on either side (spec 3.3,
 * 3.4, 4.1 to 4.3), in a loop. Noise to send and a scratch buffer belong
 * to the thread and serve all its streams.
 */
/* No test is longer, unless both ends want it so (spec 8). */
#define STREAM_LIMIT_NS	INT64_C(25000000000)
/* The last message of one that long, up to an eighth of what it sent, still
 * has to go out, and what waits in the kernel. */
#define STREAM_LAST_NS	INT64_C(4000000000)
#define STREAM_CLOSE_NS	INT64_C(1000000000)	/* for the peer's close */
#define STREAM_WAITS	3	/* as many in vain once more has come */
/* A client waits so long for what is still on the path to it, where that is
 * slow, as the close is behind it. */
#define STREAM_DRAIN_NS	INT64_C(10000000000)

struct stream_io;

/* NULL with errno. */
struct stream_io *stream_io_new(struct loop *l);
void	stream_io_free(struct stream_io *io);

enum stream_end {
	STREAM_RUNNING,
	STREAM_TIMEOUT,		/* time over: final measurement, close */
	STREAM_LIMIT,		/* the byte limit was reached, the same */
	STREAM_PEER_CLOSE,	/* close 1000, or FIN without one */
	STREAM_PEER_CODE,	/* a close with another code, or with none */
	STREAM_ERROR,		/* reset, protocol error, bad text; see error */
	STREAM_CUT		/* stream_cut */
};

struct stream;

struct stream_ops {
	/* Ours was sent (or taken at the end), or the peer's came. The first
	 * of either has its names; NULL later. */
	void	(*measured)(struct stream *, bool ours,
		    const struct measurement *,
		    const struct measurement_first *);
	/* It is over and off the loop, the connection closed. */
	void	(*ended)(struct stream *);
};

struct stream_conf {
	bool		 server;
	bool		 sender;	/* of bulk data */
	int64_t		 end_ns;	/* monotonic; ours or the peer's time */
	int64_t		 limit_ns;	/* longest; 0: STREAM_LIMIT_NS */
	int64_t		 drain_ns;	/* a client's; 0: STREAM_DRAIN_NS */
	int64_t		 bytes;		/* limit, 0: none; see spec 4.3 */
	int64_t		 connected_ns;	/* accept or connect, monotonic */
	const char	*uuid_prefix;
	uint64_t	 seed;
};

struct stream {
	struct stream_conf conf;
	enum stream_end	 end;
	char		 error[192];	/* of STREAM_ERROR, PEER_CODE */
	int		 error_number;	/* errno, where that is the error */
	char		 cc[MEASUREMENT_CC_MAX]; /* read back from the socket */
	char		 uuid[UUID_MAX];
	int64_t		 app_sent;
	_Atomic int64_t	 app_received;	/* other threads may look */
	int64_t		 start_ns, end_ns;	/* monotonic */
	struct measurement last_own, last_peer;
	bool		 have_own, have_peer;
	bool		 clean;		/* both sides' close frames were seen */
	bool		 given_up;	/* the peer's did not come in time */
	void		*arg;		/* the owner's */

	/* private */
	struct stream_io *io;
	const struct stream_ops *ops;
	struct transport t;
	struct ws_parser ws;
	struct loop_fd	 watch;
	struct loop_timer timer;
	struct scale	 scale;
	struct ticker	 ticker;
	bool		 first_told, peer_first_told;
	bool		 tick_due, want_close, close_queued, close_sent;
	bool		 peer_closed, silent, over, big_frames, small_frames;
	unsigned int	 close_code;
	char		 close_reason[WS_REASON_MAX + 1];
	int64_t		 rest_ns;	/* no read before that, 0: none */
	int64_t		 linger_ns;	/* when the wait for a close ends, 0 */
	int		 unacked;	/* bytes, when that wait began */
	int64_t		 lingered;	/* bytes received by then */
	int		 waits;		/* in vain, that are left */
	int		 unsent;	/* most that may wait in the kernel */
	int64_t		 cut_ns;	/* the end in any case */
	/* A frame under way: header or whole small frames, then bulk. */
	uint8_t		*head;		/* MEASUREMENT_TEXT_MAX + some */
	size_t		 head_len, head_done;
	uint64_t	 bulk_left;
	int64_t		 bulk_size;	/* of the message under way */
	uint8_t		 pong[WS_CONTROL_MAX];
	size_t		 pong_len;
	bool		 have_pong;
};

/*
 * Begin. t is taken over; rest (len bytes) is what was read behind the head of
 * the handshake. Zero s before and set arg then. 0, or -1 with errno: nothing
 * has been taken.
 */
int	stream_start(struct stream *s, struct stream_io *io,
	    struct transport *t, const void *rest, size_t len,
	    const struct stream_conf *conf, const struct stream_ops *ops);
/* Take a measurement now, without sending it: for a report. */
void	stream_measure(struct stream *s, struct measurement *m);
/* The time is over now, whatever conf said. */
void	stream_finish(struct stream *s);
/* End at once, without a close frame; ended() is called. */
void	stream_cut(struct stream *s);

#endif
