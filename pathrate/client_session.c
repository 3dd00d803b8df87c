/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/sock.h"
#include "pathrate/client_private.h"
#include "pathrate/report_csv.h"

#define BATCH		64
#define BATCHES_MAX	64	/* at a time, whatever else comes */
#define SNAP		64	/* of a packet: its head */
#define PATIENCE_NS	(60 * CLOCK_NS_PER_S)	/* for the first answer */
#define CLOSE_NS	CLOCK_NS_PER_S	/* for the last words */
/* The estimator's own limits, where the user sets none. */
#define FAST_NS		(18 * CLOCK_NS_PER_S)
#define FAST_BYTES	100000000
#define TARGET		0.01
/* Of 4.1: the payload is what TCP has in a segment and this. */
#define ABOVE_MSS	12
#define PAYLOAD_DEFAULT	1472

static size_t
headers(const struct client *c)
{
	bool ipv4 = addr_family(&c->peer) == AF_INET;

	return ipv4 ? TRAIN_HEADERS : TRAIN_HEADERS_6;
}

static size_t
max_payload(const struct client *c)
{
	int mss = sock_mss(c->tcp);

	if (mss <= 0)
		return PAYLOAD_DEFAULT;
	return mss + ABOVE_MSS < TRAIN_PAYLOAD_MAX ? (size_t)mss + ABOVE_MSS :
	    TRAIN_PAYLOAD_MAX;
}

static void
begin_classic(struct client *c, size_t payload)
{
	struct classic_config config = {
		.quick = c->o->quick,
		.ipv6 = headers(c) == TRAIN_HEADERS_6, .max_payload = payload,
		.rtt_ms = c->rcv.rtt_ms,
		.latency_us = client_latency_us(payload)
	};

	rcv_begin(&c->rcv, classic_spacing_ns(c->rcv.rtt_ms), payload);
	method_classic(&c->method, &config, (uint64_t)c->o->max_bytes,
	    report_classic, &c->report);
}

static void
begin_fast(struct client *c, size_t payload)
{
	int64_t now = clock_mono(), left_ns = c->stop_ns - now;
	struct fast_config config = {
		.max_payload = payload, .headers = headers(c),
		.quick = c->o->quick,
		.limit_ns = c->o->timeout_ns == 0 && left_ns > FAST_NS ?
		    FAST_NS : left_ns,
		.limit_bytes = c->o->max_bytes == 0 ? FAST_BYTES :
		    (uint64_t)c->o->max_bytes,
		.target = TARGET
	};

	rcv_begin(&c->rcv, 0, payload);
	method_fast(&c->method, &config, now);
	client_fast_start(c);
}

/* The next train, or the polite end. */
static void
go_on(struct client *c)
{
	const struct train_ask *ask = method_ask(&c->method);

	c->asked = false;
	if (ask != NULL)
		rcv_ask(&c->rcv, clock_mono(), ask);
	else
		client_end(c);
}

static void
ready(struct client *c)
{
	size_t payload = max_payload(c);

	report_rtt(&c->report, c->rcv.rtt_ms);
	c->measuring = true;
	if (c->o->classic)
		begin_classic(c, payload);
	else
		begin_fast(c, payload);
	go_on(c);
}

/* When this train left, by the clock of the stamps. */
static int64_t
sent_ns(struct client *c)
{
	int64_t came_ns = c->rcv.arrival_ns[0];

	return depart_ns(&c->depart, c->asked_ns, came_ns == TRAIN_MISSING ?
	    c->asked_ns : came_ns, c->rcv.departed_us);
}

static void
train(struct client *c)
{
	struct method_train t = {
		.now_ns = clock_mono(),
		.departure_us = c->rcv.departure_us,
		.arrival_ns = c->rcv.arrival_ns
	};

	host_end(&c->train_host);
	rcv_clock_stepped(&c->rcv, host_clock_step(&c->train_host));
	t.end = c->rcv.end;
	t.sent_ns = sent_ns(c);
	if (c->files.rows != NULL)
		report_csv(c->files.rows, &c->rcv.ask, headers(c),
		    c->rcv.arrival_ns);
	if (!c->method.is_classic)
		client_fast_train(c, c->rcv.arrival_ns);
	method_take(&c->method, &t);
	if (t.now_ns >= c->stop_ns)
		method_stop(&c->method);
	go_on(c);
}

/* No estimate, but --json has what was known by then. */
static void
keep_what_is_known(struct client *c)
{
	if (c->measuring && !c->method.is_classic)
		method_stop(&c->method);
}

/* A run that took too long ends with what is known. */
static void
failed(struct client *c)
{
	static const char *const why[] = {
		[RCV_NO_FAILURE] = "",
		[RCV_NOT_A_SENDER] = "what answers there is no pathrate_snd",
		[RCV_SILENT] = "the sender is silent",
		[RCV_CLOSED] = "the sender closed the connection",
		[RCV_LATE] = "the sender is silent"
	};

	if (c->rcv.why == RCV_LATE && c->measuring) {
		method_stop(&c->method);
	} else {
		keep_what_is_known(c);
		client_fail(c, "recv control message failed: %s",
		    why[c->rcv.why]);
	}
	client_end(c);
}

static void
terminated(struct client *c)
{
	report_terminated(&c->report);
	keep_what_is_known(c);
	client_note(c, "the sender ended the session");
	client_end(c);
}

static void
handle(struct client *c, enum rcv_event event)
{
	switch (event) {
	case RCV_READY:
		ready(c);
		break;
	case RCV_TRAIN:
		train(c);
		break;
	case RCV_TERMINATED:
		terminated(c);
		break;
	case RCV_FAILED:
		failed(c);
		break;
	case RCV_NOTHING:
		break;
	}
}

/* What the machine has to say, as far as the connection takes it. */
static void
send_out(struct client *c)
{
	ssize_t n;

	if (c->rcv.state == RCV_IN_TRAIN && !c->asked) {
		host_begin(&c->train_host);
		c->asked_ns = clock_wall();
		c->asked = true;
	}
	while (c->rcv.out_len > 0) {
		n = send(c->tcp, c->rcv.out, c->rcv.out_len, MSG_NOSIGNAL);
		if (n >= 0)
			rcv_written(&c->rcv, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	if (c->rcv.out_len > 0 && errno != EAGAIN) {
		rcv_written(&c->rcv, c->rcv.out_len);
		rcv_closed(&c->rcv);
	}
}

/* What is waited for now. */
static void
watch(struct client *c)
{
	int64_t when_ns = c->over ? c->close_ns : rcv_deadline_ns(&c->rcv);
	unsigned int want = c->over ? 0 : LOOP_READ;

	if (c->rcv.out_len > 0)
		want |= LOOP_WRITE;
	if (loop_fd_set(c->loop, &c->tcp_watch, want) == -1 ||
	    loop_timer_set(c->loop, &c->timer, when_ns) == -1) {
		client_fail_errno(c, "loop");
		loop_stop(c->loop);
	}
}

/* Everything that follows from what has come. */
static void
pump(struct client *c)
{
	enum rcv_event event;

	do {
		while ((event = rcv_next(&c->rcv)) != RCV_NOTHING)
			handle(c, event);
		send_out(c);
	} while (c->rcv.event != RCV_NOTHING);
	if (c->over && c->rcv.out_len == 0)
		loop_stop(c->loop);
	else
		watch(c);
}

void
client_end(struct client *c)
{
	c->over = true;
	c->close_ns = clock_mono() + CLOSE_NS;
	rcv_finish(&c->rcv);
}

/* Of each the head is enough, and its length as it was sent. */
static void
packets(struct client *c, int n)
{
	const struct udpio_msg *m;
	int64_t now = clock_mono();
	int i;

	for (i = 0; i < n; i++) {
		m = udpio_msg(c->rx, i);
		if (!addr_same_host(&m->from, &c->peer))
			continue;
		c->kernel_stamps = m->kernel_stamp;
		rcv_packet(&c->rcv, now, m->wall_ns, m->data, m->wire_len);
	}
}

/* All that has come so far. */
static void
drain(struct client *c)
{
	int batches, n;

	for (batches = 0; batches < BATCHES_MAX; batches++) {
		n = udpio_recv(c->rx, c->udp);
		if (n > 0)
			packets(c, n);
		if (n == 0)
			break;
	}
}

static void
on_udp(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct client *c = f->arg;

	(void)l;
	(void)events;
	drain(c);
	pump(c);
}

/* Packets that arrived before a control word count before it. */
static void
on_tcp(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct client *c = f->arg;
	uint8_t buf[RCV_OUT_MAX];
	ssize_t n;

	(void)l;
	if ((events & LOOP_READ) && !c->over) {
		n = recv(c->tcp, buf, sizeof(buf), 0);
		drain(c);
		if (n > 0)
			rcv_bytes(&c->rcv, clock_mono(), buf, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			rcv_closed(&c->rcv);
	}
	pump(c);
}

static void
on_timer(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct client *c = t->arg;

	(void)now_ns;
	if (c->over) {
		loop_stop(l);
		return;
	}
	drain(c);
	rcv_timer(&c->rcv, clock_mono());
	pump(c);
}

void
client_interrupted(struct client *c)
{
	if (c->over) {
		loop_stop(c->loop);
		return;
	}
	if (c->measuring)
		method_stop(&c->method);
	client_end(c);
	pump(c);
}

static int
prepare(struct client *c)
{
	c->rx = udpio_rx_new(BATCH, SNAP);
	loop_timer_init(&c->timer, on_timer, c);
	if (c->rx == NULL || loop_fd_add(c->loop, &c->tcp_watch, c->tcp,
	    LOOP_READ, on_tcp, c) == -1)
		return -1;
	return loop_fd_add(c->loop, &c->udp_watch, c->udp, LOOP_READ, on_udp,
	    c);
}

void
client_session(struct client *c)
{
	int64_t now = clock_mono();
	struct rcv_config config = {
		.extend = true, .data_port = c->o->udp_port,
		.limit_ns = c->end_ns - now
	};

	config.first_ns = config.limit_ns < PATIENCE_NS ? config.limit_ns :
	    PATIENCE_NS;
	arc4random_buf(&config.nonce, sizeof(config.nonce));
	client_await_stamps();
	host_begin(&c->host);
	if (prepare(c) == -1) {
		client_fail_errno(c, "session");
		return;
	}
	c->in_session = true;
	rcv_start(&c->rcv, &config, now);
	pump(c);
	if (loop_run(c->loop) == -1)
		client_fail_errno(c, "loop");
	host_end(&c->host);
	c->host.socket_drops = udpio_rx_drops(c->rx);
}
