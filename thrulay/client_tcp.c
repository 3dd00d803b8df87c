/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/stats.h"
#include "thrulay/client.h"
#include "thrulay/block_kernel.h"

/* Round trips measured before load, and how long they may take in all. */
#define PROBE_COUNT	5
#define PROBE_NS	(2 * CLOCK_NS_PER_S)

static void
on_echoed(void *arg, size_t n, const int64_t *rtt_ns, size_t m)
{
	struct stream *s = arg;

	tally_add(&s->tally, n, n * (uint64_t)s->tcp.block, rtt_ns, m);
}

static void
on_ended(void *arg, const char *during, int error)
{
	struct stream *s = arg;

	if (error != 0)
		client_warn_errno(s->client, during, error);
	else
		client_warn(s->client, true, "%s: connection closed by server",
		    during);
	client_stream_broken(s);
	/* A probe, too, waits for nothing more. */
	loop_stop(s->client->loop);
}

static void
on_received(void *arg, size_t bytes)
{
	struct stream *s = arg;

	tally_add(&s->tally, 0, bytes, NULL, 0);
}

/* A reverse sender reports what it measured inside its blocks. */
static void
on_note(void *arg, const struct ext_note *note)
{
	struct stream *s = arg;
	int64_t rtt[1];
	size_t i;

	s->kernel = note->kernel;
	for (i = 0; i < note->count; i++) {
		rtt[0] = ext_note_rtt(note, i);
		tally_add(&s->tally, 1, 0, rtt, 1);
	}
}

static const struct block_send_events send_events = { on_echoed, on_ended };
static const struct block_echo_events echo_events = { on_received, on_note,
	on_ended };

static int
open_data(struct stream *s)
{
	struct loop *l = s->client->loop;
	size_t block = (size_t)s->tcp.block;

	if (tally_init(&s->tally, client_exact(s->client)) == -1)
		return -THRULAY_E_MEMORY;
	if (s->direction == THRULAY_FORWARD)
		s->send = block_send_new(l, s->ctl.fd, block, false,
		    &send_events, s);
	else
		s->echo = block_echo_new(l, s->ctl.fd, block, true,
		    &echo_events, s);
	return s->send == NULL && s->echo == NULL ? -THRULAY_E_MEMORY : 0;
}

int
client_tcp_prepare(struct thrulay_client *c)
{
	int i, rc;

	for (i = 0; i < c->nstreams; i++) {
		rc = open_data(&c->streams[i]);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static void
on_probed(void *arg, const int64_t *rtt_ns, size_t n)
{
	struct stream *s = arg;
	struct thrulay_client *c = s->client;
	size_t i;

	for (i = 0; i < n; i++)
		if (c->idle_rtt_ns < 0 || rtt_ns[i] < c->idle_rtt_ns)
			c->idle_rtt_ns = rtt_ns[i];
	c->idle_samples = n;
	loop_stop(c->loop);
}

int
client_tcp_probe(struct thrulay_client *c)
{
	struct stream *s = &c->streams[0];

	if (s->direction != THRULAY_FORWARD)
		return 0;
	if (block_send_probe(s->send, PROBE_COUNT, PROBE_NS, on_probed) == -1 ||
	    loop_run(c->loop) == -1)
		return -THRULAY_E_SYSTEM;
	return s->broken ? -THRULAY_E_PREMATURE : 0;
}

static void
fill_kernel(struct stream *s)
{
	if (s->direction == THRULAY_FORWARD && s->ctl.fd != -1)
		block_kernel(s->ctl.fd, &s->kernel);
}

/* More than half of the block RTT was spent in the local send buffer. */
static bool
mostly_buffer(const struct thrulay_interval *iv)
{
	return iv->kernel.rtt_ns > 0 && iv->rtt.n > 0 &&
	    iv->rtt.p50 > 2 * iv->kernel.rtt_ns;
}

static bool
fill_interval(struct stream *s, struct thrulay_interval *iv)
{
	tally_interval(&s->tally, iv);
	fill_kernel(s);
	iv->kernel = s->kernel;
	iv->sndbuf_limited = mostly_buffer(iv);
	return true;
}

static void
on_deadline(struct loop *l, struct loop_timer *t, int64_t now)
{
	struct thrulay_client *c = t->arg;
	int i;

	(void)l;
	client_ticks_end(c, now);
	for (i = 0; i < c->nstreams; i++) {
		if (c->streams[i].send != NULL)
			block_send_stop(c->streams[i].send);
		client_stream_done(&c->streams[i]);
	}
}

int
client_tcp_run(struct thrulay_client *c)
{
	struct stream *s;
	int i;

	loop_timer_init(&c->deadline, on_deadline, c);
	if (loop_timer_set(c->loop, &c->deadline, c->start_ns +
	    (int64_t)(c->opt.test_duration * 1e9)) == -1 ||
	    client_ticks_start(c, fill_interval) == -1)
		return -THRULAY_E_SYSTEM;
	for (i = 0; i < c->nstreams; i++) {
		s = &c->streams[i];
		if ((s->send != NULL ? block_send_start(s->send) :
		    block_echo_start(s->echo)) == -1)
			return -THRULAY_E_SYSTEM;
	}
	while (client_alive(c))
		if (loop_run(c->loop) == -1)
			return -THRULAY_E_SYSTEM;
	return 0;
}

static void
fill_total(struct stream *s, struct thrulay_interval *iv)
{
	int64_t end = s->end_ns != 0 ? s->end_ns : s->client->end_ns;

	memset(iv, 0, sizeof(*iv));
	tally_total(&s->tally, iv);
	fill_kernel(s);
	iv->id = s->id;
	iv->direction = s->direction;
	iv->end_ns = end - s->client->start_ns;
	iv->rate_bps = client_rate(iv);
	iv->kernel = s->kernel;
	iv->sndbuf_limited = mostly_buffer(iv);
	iv->broken = s->broken;
}

/* What has a sense for several connections together; the rest is unknown. */
static void
add_kernel(struct thrulay_kernel *sum, const struct thrulay_kernel *k)
{
	if (k->retransmits >= 0)
		sum->retransmits = k->retransmits +
		    (sum->retransmits > 0 ? sum->retransmits : 0);
	if (k->min_rtt_ns >= 0 && (sum->min_rtt_ns < 0 ||
	    k->min_rtt_ns < sum->min_rtt_ns))
		sum->min_rtt_ns = k->min_rtt_ns;
}

/* Add one stream to the total of its direction. */
static void
add_total(struct thrulay_interval *sum, const struct thrulay_interval *iv)
{
	sum->blocks += iv->blocks;
	sum->bytes += iv->bytes;
	if (iv->end_ns > sum->end_ns)
		sum->end_ns = iv->end_ns;
	sum->rtt_mean_of_means += iv->rtt.mean;
	add_kernel(&sum->kernel, &iv->kernel);
	sum->broken = sum->broken || iv->broken;
}

/* The RTTs of all streams of a direction together. */
static void
merge_times(struct thrulay_client *c, enum thrulay_direction d,
    struct thrulay_times *out)
{
	struct quant *all;
	int i;

	all = quant_new(QUANT_EXACT);
	if (all == NULL)
		return;
	for (i = 0; i < c->nstreams; i++)
		if (c->streams[i].direction == d)
			quant_merge(all, c->streams[i].tally.all_rtt);
	tally_times(all, out);
	quant_free(all);
}

static void
report_direction(struct thrulay_client *c, enum thrulay_direction d,
    struct thrulay_interval *sum)
{
	struct thrulay_interval iv;
	int i, n = 0;

	memset(sum, 0, sizeof(*sum));
	block_kernel_unknown(&sum->kernel);
	sum->id = -1;
	sum->direction = d;
	for (i = 0; i < c->nstreams; i++) {
		if (c->streams[i].direction != d)
			continue;
		fill_total(&c->streams[i], &iv);
		if (c->on.stream != NULL)
			c->on.stream(c->arg, &iv);
		add_total(sum, &iv);
		n++;
	}
	sum->rtt_mean_of_means /= n;
	sum->rate_bps = client_rate(sum);
	merge_times(c, d, &sum->rtt);
	if (n == 1)
		sum->kernel = iv.kernel;
	sum->sndbuf_limited = mostly_buffer(sum);
}

void
client_tcp_report(struct thrulay_client *c, struct thrulay_result *r)
{
	r->has[THRULAY_FORWARD] = c->opt.forward;
	r->has[THRULAY_REVERSE] = c->opt.reverse;
	if (c->opt.forward)
		report_direction(c, THRULAY_FORWARD,
		    &r->total[THRULAY_FORWARD]);
	if (c->opt.reverse)
		report_direction(c, THRULAY_REVERSE,
		    &r->total[THRULAY_REVERSE]);
}
