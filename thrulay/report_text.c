/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "thrulay/report_record.h"
#include "thrulay/report_text.h"

struct text_writer {
	struct writer		 w;	/* first */
	FILE			*out;
	int			 verbosity;
	bool			 quiet;
	bool			 hd;
	bool			 many;	/* more than one stream */
	bool			 both;	/* directions */
	bool			 udp;
	bool			 announced;	/* head of UDP intervals */
	int			 error;	/* of the first failed write */
	struct record		 rec;
};

static void
header_tcp_09(struct text_writer *t)
{
	const struct record *r = &t->rec;
	int asked = (int)record_int(r, "requested_block_bytes");
	int block = (int)record_int(r, "block_bytes");
	double interval = record_num(r, "interval_s");

	fprintf(t->out, "# local window = %dB; remote window = %dB\n",
	    (int)record_int(r, "local_window_bytes"),
	    (int)record_int(r, "remote_window_bytes"));
	if (asked == block)
		fprintf(t->out, "# block size = %dB\n", block);
	else
		fprintf(t->out, "# requested block size = %dB; actual block "
		    "size = %dB\n", asked, block);
	fprintf(t->out, "# MTU: %dB; MSS: %dB; Topology guess: %s\n",
	    (int)record_int(r, "mtu_bytes"), (int)record_int(r, "mss_bytes"),
	    record_str(r, "topology"));
	fprintf(t->out, "# MTU = %s; MSS = getsockopt(TCP_MAXSEG)\n",
	    record_bool(r, "mtu_guessed") ? "MSS + 40" : "getsockopt(IP_MTU)");
	fprintf(t->out, "# test duration = %gs; ", record_num(r, "duration_s"));
	if (interval > 0)
		fprintf(t->out, "reporting interval = %gs\n", interval);
	else
		fputs("intermediate reporting disabled\n", t->out);
	fputs("# delay (median) and jitter (interquartile spread of delay) "
	    "are reported in ms\n", t->out);
	if (t->verbosity > 1 && record_known(r, "idle_rtt_ms"))
		fprintf(t->out, "# idle RTT = %.3fms\n",
		    record_num(r, "idle_rtt_ms"));
	fputs("#(ID) begin, s   end, s   Mb/s  RTT delay,ms jitter", t->out);
	if (t->verbosity > 0)
		fputs("     min      avg      max", t->out);
	if (t->verbosity > 1)
		fputs("     krtt     kmin     retr     cwnd", t->out);
	fputc('\n', t->out);
}

static void
header_hd(struct text_writer *t)
{
	const struct record *r = &t->rec;
	int64_t port;
	size_t i;

	if (t->udp) {
		fprintf(t->out, "# client buffer size = %dB\n"
		    "# packet size = %dB\n",
		    (int)record_int(r, "client_buffer_bytes"),
		    (int)record_int(r, "packet_bytes"));
		for (i = 0; record_member(r, "server_ports.port", i,
		    &port); i++)
			fprintf(t->out, "# (%zu) remote UDP port = %d\n", i,
			    (int)port);
		return;
	}
	fprintf(t->out, "# local window = %dB; remote window = %dB\n"
	    "# block size = %dB\n",
	    (int)record_int(r, "local_window_bytes"),
	    (int)record_int(r, "remote_window_bytes"),
	    (int)record_int(r, "block_bytes"));
	fprintf(t->out, "# Path MTU = %dB, MSS = %dB, matchs %s\n",
	    (int)record_int(r, "mtu_bytes"), (int)record_int(r, "mss_bytes"),
	    record_str(r, "topology"));
	fprintf(t->out,
	    "# test duration = %gs; reporting interval = %gs\n",
	    record_num(r, "duration_s"), record_num(r, "interval_s"));
	fputs("SID begin,s end,s Mb/s RTT,ms: min avg max\n", t->out);
}

static void
print_setup(struct text_writer *t)
{
	t->udp = strcmp(record_str(&t->rec, "protocol"), "udp") == 0;
	t->many = record_int(&t->rec, "streams") > 1;
	t->both = record_bool(&t->rec, "bidirectional");
	if (t->quiet)
		return;
	if (t->hd)
		header_hd(t);
	else if (!t->udp)
		header_tcp_09(t);
	writer_flush(t->out, &t->error);
}

/* Columns that all lines of a TCP test share, in the 0.9 layout. */
static void
columns_tcp_09(struct text_writer *t)
{
	const struct record *r = &t->rec;
	const char *mean = record_known(r, "rtt_mean_of_streams_ms") ?
	    "rtt_mean_of_streams_ms" : "rtt_ms.mean";

	fprintf(t->out, " %8.3f %8.3f %8.3f %8.3f %8.3f",
	    record_num(r, "begin_s"), record_num(r, "end_s"),
	    record_num(r, "rate_bps") / 1e6, record_num(r, "rtt_ms.p50"),
	    record_num(r, "rtt_ms.p75") - record_num(r, "rtt_ms.p25"));
	if (t->verbosity > 0)
		fprintf(t->out, " %8.3f %8.3f %8.3f",
		    record_num(r, "rtt_ms.min"), record_num(r, mean),
		    record_num(r, "rtt_ms.max"));
	if (t->verbosity > 1)
		fprintf(t->out, " %8.3f %8.3f %8d %8d",
		    record_num(r, "kernel.rtt_ms"),
		    record_num(r, "kernel.min_rtt_ms"),
		    (int)record_int(r, "kernel.retransmits"),
		    (int)record_int(r, "kernel.cwnd_bytes"));
	fputc('\n', t->out);
}

/* One-way delay where TCP tests have the RTT, then counts. */
static void
columns_udp(struct text_writer *t)
{
	const struct record *r = &t->rec;

	fprintf(t->out, " %8.3f %8.3f %8.3f %8.3f %8.3f %8d %8d %8d %8d\n",
	    record_num(r, "begin_s"), record_num(r, "end_s"),
	    record_num(r, "rate_bps") / 1e6, record_num(r, "delay_ms.p50"),
	    record_num(r, "delay_ms.p75") - record_num(r, "delay_ms.p25"),
	    (int)record_int(r, "packets_received"),
	    (int)record_int(r, "packets_lost"),
	    (int)record_int(r, "duplicates"),
	    (int)record_int(r, "reordered"));
}

static void
columns_hd(struct text_writer *t)
{
	const struct record *r = &t->rec;

	fprintf(t->out, " %8.3f %8.3f %8.3f %8.3f %8.3f %8.3f\n",
	    record_num(r, "begin_s"), record_num(r, "end_s"),
	    record_num(r, "rate_bps") / 1e6, record_num(r, "rtt_ms.min"),
	    record_num(r, "rtt_ms.mean"), record_num(r, "rtt_ms.max"));
}

static void
columns(struct text_writer *t)
{
	if (t->udp)
		columns_udp(t);
	else if (t->hd)
		columns_hd(t);
	else
		columns_tcp_09(t);
}

static void
print_interval(struct text_writer *t)
{
	int id = (int)record_int(&t->rec, "stream");

	if (t->udp && !t->announced && !t->quiet)
		fputs("#(ID) begin, s   end, s   Mb/s    delay,ms jitter "
		    "received     lost      dup reorder\n", t->out);
	t->announced = true;
	fprintf(t->out, t->hd ? "(%d)" : " (%2d)", id);
	columns(t);
	/* A line is for whoever watches, also through a pipe. */
	writer_flush(t->out, &t->error);
}

/* Whole streams: in the 0.9 layout only where there are several. */
static void
print_stream(struct text_writer *t)
{
	int id = (int)record_int(&t->rec, "stream");

	if (t->hd)
		fprintf(t->out, "(%d)#", id);
	else if (t->many)
		fprintf(t->out, "#(%2d)", id);
	else
		return;
	columns(t);
}

static void
print_load_rtt(struct text_writer *t)
{
	const struct record *r = &t->rec;

	if (t->verbosity > 1 && record_known(r, "rtt_added_ms"))
		fprintf(t->out, "# RTT under load = idle RTT + %.3fms\n",
		    record_num(r, "rtt_added_ms"));
}

/* The last line of stdout, known to many scripts. */
static void
print_total(struct text_writer *t)
{
	bool reverse = strcmp(record_str(&t->rec, "direction"),
	    "reverse") == 0;

	if (t->udp || t->hd)
		return;
	print_load_rtt(t);
	fputs(!t->both ? "#(**)" : reverse ? "#(<<)" : "#(>>)", t->out);
	columns_tcp_09(t);
}

static void
print_text(struct text_writer *t)
{
	int id = (int)record_int(&t->rec, "stream");

	if (t->many)
		fprintf(t->out, "#(%2d)\n", id);
	fputs(record_str(&t->rec, "text"), t->out);
}

static void
print_pacing(struct text_writer *t)
{
	if (t->verbosity > 0)
		fprintf(t->out, "Client runtime: %8.3fs\n",
		    record_num(&t->rec, "runtime_s"));
	if (t->verbosity > 1)
		fprintf(t->out, "Client rate error: %.3f%%, gaps: coefficient "
		    "of variation %.3f\n",
		    record_num(&t->rec, "rate_error_pct"),
		    record_num(&t->rec, "gap_cv"));
}

static const struct {
	const char	*group;
	void		(*print)(struct text_writer *);
} layout[] = {
	{ "setup", print_setup },
	{ "interval", print_interval },
	{ "stream", print_stream },
	{ "total", print_total },
	{ "text", print_text },
	{ "pacing", print_pacing },
};

static void
text_start(struct writer *w, const char *key)
{
	struct text_writer *t = (struct text_writer *)w;

	if (t->rec.depth == 0)
		record_clear(&t->rec);
	record_open(&t->rec, key);
}

static void
text_value(struct writer *w, const char *key, const struct writer_value *v)
{
	struct text_writer *t = (struct text_writer *)w;

	record_add(&t->rec, key, v);
}

static void
text_end(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;
	size_t i;

	if (record_close(&t->rec) != 0)
		return;
	for (i = 0; i < sizeof(layout) / sizeof(layout[0]); i++)
		if (strcmp(t->rec.path[0], layout[i].group) == 0)
			layout[i].print(t);
}

static int
text_finish(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;
	int error;

	writer_flush(t->out, &t->error);
	error = t->error;
	free(t);
	errno = error;
	return error == 0 ? 0 : -1;
}

static const struct writer_ops text_ops = {
	text_start, text_start, text_value, text_end, text_finish
};

static struct writer *
text_new(FILE *out, bool hd, int verbosity, bool quiet)
{
	struct text_writer *t;

	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->w.ops = &text_ops;
	t->out = out;
	t->hd = hd;
	t->verbosity = verbosity;
	t->quiet = quiet;
	return &t->w;
}

struct writer *
report_text_09(FILE *out, int verbosity, bool quiet)
{
	return text_new(out, false, verbosity, quiet);
}

struct writer *
report_text_hd(FILE *out, int verbosity, bool quiet)
{
	return text_new(out, true, verbosity, quiet);
}
