/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_RESULT_H
#define MSAK_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/host.h"

/* What the clients found, for those who report it. */
#define RESULT_STREAMS	4

enum result_direction { RESULT_DOWNLOAD, RESULT_UPLOAD, RESULT_DIRECTIONS };

/* One measurement: all streams of a direction together. */
struct result_rate {
	enum result_direction direction;
	int64_t	elapsed_ns;	/* since the first stream was connected */
	double	rate_bps;
	int64_t	bytes;		/* payload that the receiver has */
	int64_t	rtt_us, min_rtt_us;	/* 0: unknown */
};

/* The end of one stream. */
struct result_stream {
	int64_t	bytes;		/* payload that the receiver has */
	int64_t	duration_ns;
	double	rate_bps;
	double	steady_bps;	/* 0: unknown */
	int64_t	rtt_us, min_rtt_us;	/* 0: unknown */
	/* TCP's counters at the sender; -1: unknown. */
	int64_t	tcp_sent_bytes, tcp_retrans_bytes;
	char	cc[16];		/* of the sender; "": unknown */
	bool	clean;		/* it ended with a close handshake */
};

/* Round trips; all zero when there were none. */
struct result_rtt {
	uint64_t count;
	uint64_t sent, lost;
	int64_t	min_ns, mean_ns, p50_ns, p90_ns, p99_ns, max_ns;
	int64_t	jitter_ns;	/* mean change from one to the next */
};

struct result_way {
	bool	has;			/* any measurement came */
	struct result_rate last;
	double	steady_bps;		/* 0: unknown of some stream */
	/* The span of that rate, since the first stream was connected. */
	int64_t	steady_begin_ns, steady_end_ns;
	size_t	nstreams;
	struct result_stream streams[RESULT_STREAMS];
	bool	has_loaded;		/* latency meanwhile */
	struct result_rtt loaded;
};

/* code 0: none. */
struct result_error {
	int	code;		/* the exit status */
	char	message[256];
};

/* msak-client. */
struct result_client {
	int64_t	start_wall_ns, end_wall_ns;
	struct result_way ways[RESULT_DIRECTIONS];
	bool	has_idle;		/* latency before the streams */
	struct result_rtt idle;
	struct host host;
	struct result_error error;
};

/* minimal-download: a server's measurement of a stream. */
struct result_sample {
	int	stream;
	double	rate_bps;	/* of what TCP has acknowledged */
	int64_t	elapsed_us;	/* the server's */
	int64_t	rtt_us;
	int64_t	app_read, app_written;	/* bytes, the server's view */
	int64_t	net_read, net_written;
	int64_t	tcp_received, tcp_acked;
};

/* minimal-download: all streams over some time. */
struct result_average {
	double	rate_bps;
	int64_t	elapsed_ns;
	int64_t	bytes;		/* payload received */
	int64_t	min_rtt_us;	/* 0: unknown */
};

struct result_minimal {
	int64_t	start_wall_ns, end_wall_ns;
	bool	has;		/* any stream was connected */
	struct result_average total;
	/* With several streams: to the first close, and while all ran. */
	struct result_average first, center;
	struct host host;
	struct result_error error;
};

/* msak-latency. */
struct result_latency {
	int64_t	start_wall_ns, end_wall_ns;
	bool	has;		/* the server's summary came */
	struct result_rtt rtt;
	char	id[128];	/* the server's name for it, "" unknown */
	struct host host;
	struct result_error error;
};

#endif
