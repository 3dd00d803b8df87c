/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "thrulay/client.h"
#include "thrulay/ext.h"
#include "thrulay/wire.h"

/* Addresses of a name that are tried. */
#define ADDRESSES_MAX	32
/* A peer that pauses this long in the middle of a message has ended it. */
#define PAUSE_NS	(1 * CLOCK_NS_PER_S)
/* How long the reason of a rejection may take to arrive. */
#define REASON_NS	(5 * CLOCK_NS_PER_S)

static int64_t
handshake_deadline(const struct thrulay_client *c)
{
	return clock_mono() + (int64_t)(c->opt.timeout * 1e9);
}

/* A connected descriptor, or -1 with errno and the call that failed. */
static int
connect_one(struct thrulay_client *c, const struct addr *to,
    int64_t deadline_ns, const char **what)
{
	struct sock_connect_opts o;
	struct addr from;
	bool wait;
	int error, fd, gai;

	memset(&o, 0, sizeof(o));
	o.what = what;
	o.device = c->opt.bind_device;
	o.cc = c->opt.congestion;
	o.dscp = c->opt.dscp > 0 ? c->opt.dscp : -1;
	if (!client_is_udp(c))
		o.sndbuf = o.rcvbuf = c->opt.window;
	if (c->opt.bind_address != NULL) {
		if (addr_resolve(c->opt.bind_address, 0, addr_family(to),
		    SOCK_STREAM, &from, 1, &gai) == 0) {
			*what = "bind";
			errno = EADDRNOTAVAIL;
			return -1;
		}
		o.bind = &from;
	}
	fd = sock_connect_start(to, &o, &wait);
	if (fd == -1 || !wait)
		return fd;
	if (control_wait(c, fd, LOOP_WRITE, deadline_ns) == -1)
		error = errno;
	else
		error = sock_connect_result(fd);
	if (error == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

/*
 * Each address in turn, the first that answers wins. One that is silent leaves
 * the others their share of the time.
 */
static int
connect_list(struct thrulay_client *c, const struct addr *list, size_t n)
{
	int64_t now, deadline = handshake_deadline(c);
	const char *what = "connect";
	int fd = -1;
	size_t i;

	for (i = 0; i < n && fd == -1 && !c->stop; i++) {
		now = clock_mono();
		what = "connect";
		fd = connect_one(c, &list[i], now + (deadline - now) /
		    (int64_t)(n - i), &what);
		if (fd != -1)
			c->peer = list[i];
	}
	/* A refusal goes without saying, as ever. */
	if (fd == -1 && !c->stop && errno != ECONNREFUSED)
		client_warn_errno(c, what, errno);
	return fd;
}

/* The first stream decides on the address, all further ones go there. */
static int
connect_any(struct thrulay_client *c)
{
	struct addr list[ADDRESSES_MAX];
	size_t n;
	int gai;

	if (c->peer.len != 0)
		return connect_list(c, &c->peer, 1);
	n = addr_resolve(c->opt.server_name, (uint16_t)c->opt.port,
	    c->opt.family, SOCK_STREAM, list, ADDRESSES_MAX, &gai);
	if (n == 0) {
		client_warn(c, true, "getaddrinfo(): %s", gai_strerror(gai));
		return -THRULAY_E_RESOLVE;
	}
	return connect_list(c, list, n);
}

/* The reason of a rejection, as far as it comes, made fit for a terminal. */
static int
rejected(struct thrulay_client *c, struct control *k)
{
	int64_t deadline = clock_mono() + REASON_NS;
	char reason[WIRE_CONTROL_MAX + 1];
	size_t i, n;

	while (control_read(c, k, SIZE_MAX, deadline) > 0)
		;
	n = k->len - WIRE_GREETING_LEN;
	if (n > WIRE_CONTROL_MAX)
		n = WIRE_CONTROL_MAX;
	memcpy(reason, k->buf + WIRE_GREETING_LEN, n);
	while (n > 0 && (reason[n - 1] == '\n' || reason[n - 1] == '\r'))
		n--;
	for (i = 0; i < n; i++)
		if ((unsigned char)reason[i] < ' ' || reason[i] == 0x7f)
			reason[i] = ' ';
	reason[n] = '\0';
	client_warn(c, false, "connection rejected");
	client_warn(c, true, "server said: %s", reason);
	return -THRULAY_E_REJECTED;
}

static int
greeting(struct thrulay_client *c, struct stream *s)
{
	int64_t deadline = handshake_deadline(c);

	for (;;) {
		switch (wire_greeting_get(s->ctl.buf, s->ctl.len)) {
		case WIRE_OK:
			control_consume(&s->ctl, WIRE_GREETING_LEN);
			return 0;
		case WIRE_REJECTED:
			return rejected(c, &s->ctl);
		case WIRE_BAD:
			return -THRULAY_E_NOT_THRULAY;
		case WIRE_MORE:
			break;
		}
		if (control_read(c, &s->ctl, SIZE_MAX, deadline) <= 0)
			return -THRULAY_E_BANNER;
	}
}

int
handshake_connect(struct thrulay_client *c)
{
	struct stream *s;
	int fd, i, rc;

	for (i = 0; i < c->nstreams; i++) {
		s = &c->streams[i];
		fd = connect_any(c);
		if (fd < -1)
			return fd;
		if (fd == -1)
			return -THRULAY_E_CONNECT;
		if (control_open(&s->ctl, fd, CLIENT_REPORT_MAX) == -1)
			return -THRULAY_E_MEMORY;
		sock_set_nodelay(fd, true);
		rc = greeting(c, s);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/*
 * Read until a parser is content. A pause after enough bytes for it counts as
 * the end of a message that lacks its terminator.
 */
static int
response(struct thrulay_client *c, struct stream *s)
{
	int64_t deadline = handshake_deadline(c), until;
	bool udp = client_is_udp(c), final = false;
	enum wire_status st;
	size_t used = 0;
	ssize_t n;

	for (;;) {
		st = udp ?
		    wire_udp_response_get(s->ctl.buf, s->ctl.len, final,
		    &s->udp, &used) :
		    wire_tcp_response_get(s->ctl.buf, s->ctl.len, final,
		    &s->tcp, &used);
		if (st == WIRE_OK) {
			control_consume(&s->ctl, used);
			return 0;
		}
		if (st == WIRE_REJECTED)
			return -THRULAY_E_UDP_REJECTED;
		if (st == WIRE_BAD || final)
			return -THRULAY_E_MALFORMED;
		until = s->ctl.len > 0 ? clock_mono() + PAUSE_NS : deadline;
		n = control_read(c, &s->ctl, SIZE_MAX, until);
		if (n <= 0 && s->ctl.len == 0)
			return n == 0 ? -THRULAY_E_CLOSED :
			    -THRULAY_E_READ_RESPONSE;
		final = n <= 0;
	}
}

static int
check_tcp(const struct thrulay_client *c, const struct stream *s)
{
	const struct stream *first = &c->streams[0];

	if (s->tcp.block < THRULAY_MIN_BLOCK)
		return -THRULAY_E_BLOCK_SMALL;
	if (s->tcp.block > THRULAY_MAX_BLOCK)
		return -THRULAY_E_BLOCK_LARGE;
	if (s->tcp.window < THRULAY_MIN_WINDOW)
		return -THRULAY_E_WINDOW_SMALL;
	if (s->local_window != first->local_window)
		return -THRULAY_E_LOCAL_WINDOW;
	if (s->tcp.window != first->tcp.window)
		return -THRULAY_E_WINDOW_DIFFERS;
	if (s->tcp.block != first->tcp.block)
		return -THRULAY_E_BLOCK_DIFFERS;
	if (s->mss != first->mss)
		return -THRULAY_E_MSS_DIFFERS;
	if (s->mtu != first->mtu)
		return -THRULAY_E_MTU_DIFFERS;
	return 0;
}

/*
 * The server's word counts (spec 3.5), but not for a test that is out of all
 * proportion to what was asked.
 */
static int
check_udp(const struct thrulay_client *c, const struct stream *s)
{
	double seconds;

	if (s->udp.port == 0 || s->udp.port > UINT16_MAX || s->udp.rate == 0 ||
	    s->udp.size > 65536)
		return -THRULAY_E_MALFORMED;
	seconds = (double)s->udp.packets * 1000 / (double)s->udp.rate;
	if (seconds > 10 * c->opt.test_duration + 60)
		return -THRULAY_E_MALFORMED;
	return 0;
}

static int
propose_tcp(struct thrulay_client *c, struct stream *s, struct wire_proposal *p)
{
	int snd, rcv;

	if (sock_get_buffers(s->ctl.fd, &snd, &rcv) == -1)
		return -THRULAY_E_SYSTEM;
	s->local_window = snd < rcv ? snd : rcv;
	s->mss = sock_mss(s->ctl.fd);
	s->mtu = sock_path_mtu(s->ctl.fd);
	s->mtu_guessed = s->mtu == -1;
	if (s->mtu_guessed)
		s->mtu = s->mss + 40;
	if (c->opt.notsent_lowat > 0)
		sock_set_notsent_lowat(s->ctl.fd, c->opt.notsent_lowat);
	p->window = c->opt.window;
	p->block = c->opt.block_size;
	return 0;
}

static int
propose_udp(struct thrulay_client *c, struct stream *s, struct wire_proposal *p)
{
	int rc;

	rc = client_udp_socket(s);
	if (rc != 0)
		return rc;
	p->udp = true;
	p->port = addr_port(&s->udp_local);
	p->size = (uint64_t)c->opt.block_size;
	p->rate = pace_rate(c->opt.rate, p->size);
	p->packets = pace_packets(c->opt.test_duration, c->opt.rate, p->size);
	if (p->rate == 0) {
		client_warn(c, true, "rate is below one packet in 1000 s or "
		    "above what the protocol can carry");
		return -THRULAY_E_OPTION;
	}
	return 0;
}

static int
propose(struct thrulay_client *c, struct stream *s)
{
	uint8_t buf[WIRE_CONTROL_MAX];
	struct wire_proposal p;
	size_t n;
	int rc;

	memset(&p, 0, sizeof(p));
	p.extended = c->want_ext;
	rc = client_is_udp(c) ? propose_udp(c, s, &p) : propose_tcp(c, s, &p);
	if (rc != 0)
		return rc;
	n = wire_proposal_put(&p, buf, sizeof(buf));
	if (control_write(c, &s->ctl, buf, n, handshake_deadline(c)) == -1)
		return -THRULAY_E_SEND_PROPOSAL;
	rc = response(c, s);
	if (rc != 0)
		return rc;
	s->extended = c->want_ext &&
	    (client_is_udp(c) ? s->udp.extended : s->tcp.extended);
	return client_is_udp(c) ? check_udp(c, s) : check_tcp(c, s);
}

/* What the extension channel is asked for; the text on the wire goes to buf,
 * because a proof covers it. */
static size_t
request(const struct thrulay_client *c, const struct stream *s, uint8_t *buf,
    size_t size)
{
	struct ext_message m;
	struct ext_request *r = &m.u.request;

	memset(&m, 0, sizeof(m));
	m.kind = EXT_REQUEST;
	r->direction = s->direction;
	r->report = c->opt.want_record ? EXT_REPORT_RECORD :
	    c->opt.report_style == THRULAY_STYLE_HD ? EXT_REPORT_HD :
	    EXT_REPORT_DEFAULT;
	if (c->opt.feedback)
		r->feedback_ns = (int64_t)(c->opt.reporting_interval * 1e9);
	r->duration_ns = (int64_t)(c->opt.test_duration * 1e9);
	r->spacing = c->opt.spacing;
	r->dscp = c->opt.dscp;
	if (c->opt.congestion != NULL)
		strlcpy(r->cc, c->opt.congestion, sizeof(r->cc));
	if (c->opt.auth_name != NULL)
		strlcpy(r->auth_name, c->opt.auth_name, sizeof(r->auth_name));
	return ext_put(&m, buf, size);
}

/* Byte by byte: behind a verdict there may be block data, for other hands. */
static int
extension_read(struct thrulay_client *c, struct stream *s,
    struct ext_message *m)
{
	int64_t deadline = handshake_deadline(c);
	size_t used;
	ssize_t n;

	for (;;) {
		switch (ext_get(s->ctl.buf, s->ctl.len, m, &used)) {
		case WIRE_OK:
			control_consume(&s->ctl, used);
			return 0;
		case WIRE_BAD:
		case WIRE_REJECTED:
			return -THRULAY_E_EXTENSION;
		case WIRE_MORE:
			break;
		}
		n = control_read(c, &s->ctl, 1, deadline);
		if (n <= 0)
			return n == 0 ? -THRULAY_E_CLOSED : -THRULAY_E_TIMEOUT;
	}
}

/* Answer a challenge; the proof covers the request as it was sent. */
static int
prove(struct thrulay_client *c, struct stream *s, const uint8_t *challenge,
    const uint8_t *text, size_t len)
{
	struct ext_message m;
	uint8_t buf[256];
	size_t n;

	if (c->opt.auth_key == NULL)
		return -THRULAY_E_AUTH;
	memset(&m, 0, sizeof(m));
	m.kind = EXT_PROOF;
	ext_proof(c->opt.auth_key, challenge, text, len, m.u.proof);
	n = ext_put(&m, buf, sizeof(buf));
	if (control_write(c, &s->ctl, buf, n, handshake_deadline(c)) == -1)
		return -THRULAY_E_EXTENSION;
	return 0;
}

static int
verdict(struct thrulay_client *c, struct stream *s, const uint8_t *text,
    size_t len)
{
	struct ext_message m;
	int rc;

	rc = extension_read(c, s, &m);
	if (rc == 0 && m.kind == EXT_CHALLENGE) {
		rc = prove(c, s, m.u.challenge, text, len);
		if (rc == 0)
			rc = extension_read(c, s, &m);
	}
	if (rc != 0)
		return rc;
	if (m.kind != EXT_VERDICT)
		return -THRULAY_E_EXTENSION;
	if (m.u.error[0] == '\0')
		return 0;
	client_warn(c, true, "server said: %s", m.u.error);
	return c->opt.auth_name != NULL ? -THRULAY_E_AUTH :
	    -THRULAY_E_REJECTED;
}

/*
 * All requests go out before the first verdict is read, so that reverse
 * streams start together.
 */
static int
extend(struct thrulay_client *c)
{
	uint8_t buf[EXT_REQUEST_MAX];
	struct stream *s;
	size_t n;
	int i, rc;

	for (i = 0; i < c->nstreams; i++) {
		s = &c->streams[i];
		if (!s->extended && (s->direction == THRULAY_REVERSE ||
		    c->opt.auth_name != NULL))
			return -THRULAY_E_NO_EXTENSION;
		if (!s->extended)
			continue;
		n = request(c, s, buf, sizeof(buf));
		if (control_write(c, &s->ctl, buf, n,
		    handshake_deadline(c)) == -1)
			return -THRULAY_E_EXTENSION;
	}
	for (i = 0; i < c->nstreams; i++) {
		s = &c->streams[i];
		if (!s->extended)
			continue;
		n = request(c, s, buf, sizeof(buf));
		rc = verdict(c, s, buf, n);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
handshake_agree(struct thrulay_client *c)
{
	int i, rc;

	for (i = 0; i < c->nstreams; i++) {
		rc = propose(c, &c->streams[i]);
		if (rc != 0)
			return rc;
	}
	return extend(c);
}
