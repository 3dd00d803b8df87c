/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "common/stats.h"
#include "thrulay/block_kernel.h"
#include "thrulay/client.h"
#include "thrulay/strings.h"

#define WARNING_MAX	1400

void
thrulay_client_options_init(thrulay_opt_t *opt)
{
	memset(opt, 0, sizeof(*opt));
	opt->num_streams = 1;
	opt->test_duration = 60;
	opt->reporting_interval = 1;
	opt->window = THRULAY_DEFAULT_WINDOW;
	opt->port = THRULAY_DEFAULT_PORT;
	opt->ttl = 1;
	opt->family = AF_UNSPEC;
	opt->forward = true;
	opt->spacing = THRULAY_POISSON;
	opt->report_style = THRULAY_STYLE_09;
	opt->timeout = 30;
}

bool
client_is_udp(const struct thrulay_client *c)
{
	return c->opt.rate != 0;
}

/* All streams of a test together keep QUANT_EXACT samples. */
size_t
client_exact(const struct thrulay_client *c)
{
	return QUANT_EXACT / (size_t)c->nstreams;
}

void
client_warn(struct thrulay_client *c, bool bare, const char *fmt, ...)
{
	char text[WARNING_MAX];
	va_list ap;

	if (c->on.warning == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->on.warning(c->arg, bare, text);
}

void
client_warn_errno(struct thrulay_client *c, const char *call, int error)
{
	client_warn(c, true, "%s: %s", call, strerror(error));
}

bool
client_alive(const struct thrulay_client *c)
{
	return c->stop == 0 && c->running > 0;
}

void
client_stream_done(struct stream *s)
{
	struct thrulay_client *c = s->client;

	if (s->finished)
		return;
	s->finished = true;
	s->end_ns = clock_mono();
	loop_timer_clear(c->loop, &s->timer);
	if (--c->running == 0)
		loop_stop(c->loop);
}

void
client_stream_broken(struct stream *s)
{
	s->broken = true;
	client_warn(s->client, false, "premature end of test");
	client_stream_done(s);
}

/* The test's own copy of the options. 0 or a negative error. */
static int
copy_options(struct thrulay_client *c, const thrulay_opt_t *opt)
{
	bool failed = false;

	c->opt = *opt;
	c->opt.server_name = strings_copy(opt->server_name, &failed);
	c->opt.mcast_group = strings_copy(opt->mcast_group, &failed);
	c->opt.bind_address = strings_copy(opt->bind_address, &failed);
	c->opt.bind_device = strings_copy(opt->bind_device, &failed);
	c->opt.congestion = strings_copy(opt->congestion, &failed);
	c->opt.auth_name = strings_copy(opt->auth_name, &failed);
	c->opt.auth_key = strings_copy(opt->auth_key, &failed);
	if (c->opt.block_size == 0)
		c->opt.block_size = opt->rate != 0 ? THRULAY_DEFAULT_PACKET :
		    THRULAY_DEFAULT_BLOCK;
	return failed ? -THRULAY_E_MEMORY : 0;
}

static int
check_options(const thrulay_opt_t *o)
{
	if (o->server_name == NULL || o->num_streams < 1 ||
	    o->num_streams > THRULAY_MAX_STREAMS || o->port < 1 ||
	    o->port > 65535 || o->window < 1 || o->block_size < 0)
		return -THRULAY_E_OPTION;
	if (!(o->test_duration > 0 && o->test_duration <= 1e9) ||
	    !(o->reporting_interval >= 0 && o->reporting_interval <= 1e9) ||
	    !(o->timeout > 0 && o->timeout <= 1e9))
		return -THRULAY_E_OPTION;
	if (o->dscp < 0 || o->dscp > 63 || o->ttl < 0)
		return -THRULAY_E_OPTION;
	if (!o->forward && !o->reverse)
		return -THRULAY_E_OPTION;
	if ((o->auth_name == NULL) != (o->auth_key == NULL))
		return -THRULAY_E_OPTION;
	return 0;
}

static void
stream_init(struct thrulay_client *c, int id, enum thrulay_direction direction)
{
	struct stream *s = &c->streams[id];

	s->client = c;
	s->id = id;
	s->direction = direction;
	s->ctl.fd = -1;
	s->udp_fd = -1;
	block_kernel_unknown(&s->kernel);
	loop_timer_init(&s->timer, NULL, s);
}

static int
make_streams(struct thrulay_client *c)
{
	int n = c->opt.num_streams, i;

	c->nstreams = c->opt.forward && c->opt.reverse ? 2 * n : n;
	c->streams = calloc((size_t)c->nstreams, sizeof(c->streams[0]));
	if (c->streams == NULL)
		return -THRULAY_E_MEMORY;
	for (i = 0; i < c->nstreams; i++)
		stream_init(c, i, c->opt.forward && i < n ? THRULAY_FORWARD :
		    THRULAY_REVERSE);
	return 0;
}

/*
 * One that survives being read as a double, as readers of JSON do with numbers:
 * 53 bits. It can be given back as an option.
 */
static void
choose_seed(struct thrulay_client *c)
{
	c->seed = c->opt.seed;
	while (c->seed == 0) {
		arc4random_buf(&c->seed, sizeof(c->seed));
		c->seed >>= 11;
	}
}

static int
client_setup(struct thrulay_client *c, const thrulay_opt_t *opt)
{
	int rc;

	rc = check_options(opt);
	if (rc == 0)
		rc = copy_options(c, opt);
	if (rc == 0)
		rc = make_streams(c);
	if (rc != 0)
		return rc;
	choose_seed(c);
	loop_timer_init(&c->tick, NULL, c);
	loop_timer_init(&c->deadline, NULL, c);
	c->idle_rtt_ns = -1;
	c->want_ext = opt->reverse || opt->auth_name != NULL ||
	    (opt->rate != 0 && (opt->feedback || opt->want_record ||
	    opt->report_style == THRULAY_STYLE_HD));
	c->loop = loop_new();
	return c->loop == NULL ? -THRULAY_E_SYSTEM : 0;
}

int
thrulay_client_init(struct thrulay_client **out, const thrulay_opt_t *opt,
    const struct thrulay_handlers *handlers, void *arg)
{
	struct thrulay_client *c;
	int rc;

	*out = NULL;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return -THRULAY_E_MEMORY;
	c->on = *handlers;
	c->arg = arg;
	rc = client_setup(c, opt);
	if (rc != 0) {
		thrulay_client_exit(c);
		return rc;
	}
	*out = c;
	return 0;
}

static void
on_signal(struct loop *l, int signo, void *arg)
{
	struct thrulay_client *c = arg;

	(void)l;
	c->signo = signo;
	thrulay_client_stop(c);
}

int
thrulay_client_stop_on(struct thrulay_client *c, int signo)
{
	return loop_signal(c->loop, signo, on_signal, c) == -1 ?
	    -THRULAY_E_SYSTEM : 0;
}

void
thrulay_client_stop(struct thrulay_client *c)
{
	c->stop++;
	loop_stop(c->loop);
}

int
thrulay_client_signal(const struct thrulay_client *c)
{
	return c->signo;
}

/* A wait that a stop ended is no fault of the peer. */
static int
unless_stopped(const struct thrulay_client *c, int rc)
{
	return rc != 0 && c->stop != 0 ? -THRULAY_E_INTERRUPTED : rc;
}

int
thrulay_client_connect(struct thrulay_client *c)
{
	return unless_stopped(c, handshake_connect(c));
}

/* What was agreed, for the head of the report. */
static void
tell_setup(struct thrulay_client *c)
{
	const struct stream *s = &c->streams[0];
	uint16_t ports[2 * THRULAY_MAX_STREAMS];
	struct thrulay_setup u;
	struct addr local;
	int i, rcv;

	for (i = 0; i < c->nstreams; i++)
		ports[i] = (uint16_t)c->streams[i].udp.port;
	memset(&u, 0, sizeof(u));
	u.udp = client_is_udp(c);
	u.extended = s->extended;
	u.streams = c->nstreams;
	u.bidirectional = c->opt.forward && c->opt.reverse;
	addr_host(&c->peer, u.peer, sizeof(u.peer));
	if (sock_local(s->ctl.fd, &local) == 0)
		addr_host(&local, u.local, sizeof(u.local));
	u.duration = c->opt.test_duration;
	u.interval = c->opt.reporting_interval;
	u.requested_block = c->opt.block_size;
	u.idle_rtt_ns = c->idle_rtt_ns;
	u.idle_samples = c->idle_samples;
	if (u.udp) {
		u.udp_ports = ports;
		u.packet_size = (int)s->udp.size;
		sock_get_buffers(s->udp_fd, &u.client_buffer, &rcv);
		u.packets = s->udp.packets;
		u.rate_bps = (double)s->udp.rate * (double)s->udp.size / 125;
		u.seed = c->seed;
	} else {
		u.local_window = s->local_window;
		u.remote_window = s->tcp.window < INT_MAX ?
		    (int)s->tcp.window : INT_MAX;
		u.block = (int)s->tcp.block;
		u.mss = s->mss;
		u.mtu = s->mtu;
		u.mtu_guessed = s->mtu_guessed;
		u.topology = thrulay_topology(s->mtu);
		sock_get_cc(s->ctl.fd, u.congestion, sizeof(u.congestion));
	}
	if (c->on.setup != NULL)
		c->on.setup(c->arg, &u);
}

/* The kernel's RTT of an idle connection, where probes were not asked for. */
static void
idle_from_kernel(struct thrulay_client *c)
{
	struct sock_tcp_info info;

	if (c->idle_rtt_ns < 0 &&
	    sock_tcp_info(c->streams[0].ctl.fd, &info) == 0)
		c->idle_rtt_ns = info.min_rtt_ns;
}

/* A test that brought nothing, or broke on every stream, has failed. */
static int
client_verdict(const struct thrulay_client *c)
{
	bool data = false;
	int broken = 0, i;

	for (i = 0; i < c->nstreams; i++) {
		broken += c->streams[i].broken;
		data = data || client_is_udp(c) ||
		    c->streams[i].tally.all_bytes > 0;
	}
	if (broken > 0 && broken == c->nstreams)
		return -THRULAY_E_PREMATURE;
	return data ? 0 : -THRULAY_E_NO_DATA;
}

int
thrulay_client_start(struct thrulay_client *c)
{
	int rc;

	clock_sharpen();
	c->running = c->nstreams;
	rc = handshake_agree(c);
	if (rc == 0 && !client_is_udp(c))
		rc = client_tcp_prepare(c);
	if (rc == 0 && !client_is_udp(c) && c->opt.measure_idle)
		rc = client_tcp_probe(c);
	if (rc != 0)
		return unless_stopped(c, rc);
	idle_from_kernel(c);
	tell_setup(c);
	host_begin(&c->host);
	c->host.spins = client_is_udp(c) && c->opt.busywait;
	c->started = true;
	c->start_ns = clock_mono();
	rc = client_is_udp(c) ? client_udp_run(c) : client_tcp_run(c);
	c->end_ns = clock_mono();
	host_end(&c->host);
	return rc != 0 ? rc : c->error != 0 ? c->error : client_verdict(c);
}

static void
host_result(const struct thrulay_client *c, struct thrulay_host *out)
{
	out->cpu_user_s = (double)c->host.cpu_user_ns / 1e9;
	out->cpu_sys_s = (double)c->host.cpu_sys_ns / 1e9;
	out->cpu_share = host_cpu_share(&c->host);
	out->clock_step_ns = host_clock_step(&c->host);
	out->limit = host_limit(&c->host);
}

int
thrulay_client_report_final(struct thrulay_client *c)
{
	struct thrulay_result r;
	int i;

	if (!c->started || c->reported)
		return 0;
	c->reported = true;
	memset(&r, 0, sizeof(r));
	if (client_is_udp(c))
		client_udp_report(c, &r);
	else
		client_tcp_report(c, &r);
	for (i = 0; i < c->nstreams; i++)
		r.broken_streams += c->streams[i].broken;
	r.start_wall_ns = c->host.start_wall_ns;
	r.end_wall_ns = c->host.end_wall_ns;
	r.interrupted = c->stop != 0;
	host_result(c, &r.host);
	if (c->on.result != NULL)
		c->on.result(c->arg, &r);
	return 0;
}

static void
stream_free(struct thrulay_client *c, struct stream *s)
{
	block_send_free(s->send);
	block_echo_free(s->echo);
	dgram_send_free(s->dsend);
	dgram_recv_free(s->drecv);
	tally_free(&s->tally);
	if (c->loop != NULL) {
		loop_fd_del(c->loop, &s->watch);
		loop_timer_clear(c->loop, &s->timer);
	}
	if (s->udp_fd != -1)
		close(s->udp_fd);
	control_close(&s->ctl);
}

void
thrulay_client_exit(struct thrulay_client *c)
{
	int i;

	if (c == NULL)
		return;
	for (i = 0; i < c->nstreams && c->streams != NULL; i++)
		stream_free(c, &c->streams[i]);
	free(c->streams);
	if (c->loop != NULL)
		loop_free(c->loop);
	strings_free(c->opt.server_name);
	strings_free(c->opt.mcast_group);
	strings_free(c->opt.bind_address);
	strings_free(c->opt.bind_device);
	strings_free(c->opt.congestion);
	strings_free(c->opt.auth_name);
	strings_free_secret(c->opt.auth_key);
	free(c);
}
