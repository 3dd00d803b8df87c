/* SPDX-License-Identifier: BSD-2-Clause */
/* From the sessions to stdout, statsd and files. */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"
#include "udping/server_host.h"
#include "udping/server_private.h"

#define SCREEN_ROWS	24	/* when the terminal does not say */

/* The name of an address in reports: what the net says, else its number. */
static void
name_of(struct server *s, const struct addr *a, const char *number,
    char out[REPORT_NAME])
{
	char name[RESOLVE_NAME];

	if (s->names != NULL && resolve_name(s->names, a, name) &&
	    report_name_ok(name))
		report_name(out, name);
	else
		report_name(out, number);
}

static void
name_both(struct server *s, const struct session_record *r)
{
	char number[ADDR_STRLEN];

	s->who.from_port = addr_port(r->from);
	name_of(s, r->from, addr_host(r->from, number, sizeof(number)),
	    s->who.from);
	if (s->to.len != 0)
		name_of(s, &s->to, s->o->receiver != NULL ? s->o->receiver :
		    s->o->listen, s->who.to);
}

/* Errors are nobody's business, as ever (5.5). */
static void
send_off(const struct server_sink *sink, const char *buf, size_t len)
{
	if (len > 0)
		(void)sendto(sink->fd, buf, len, MSG_DONTWAIT, &sink->to.sa,
		    sink->to.len);
}

static void
send_statsd(struct server *s, const struct session_record *r, bool host)
{
	char buf[REPORT_STATSD];
	const char *metric = s->o->metric;

	if (s->statsd.fd != -1)
		send_off(&s->statsd, buf, report_statsd(buf, r, &s->who,
		    host));
	if (s->tags.fd == -1)
		return;
	send_off(&s->tags, buf, s->o->dogstatsd ?
	    report_dogstatsd(buf, metric, r, &s->who, host) :
	    report_statsd_tags(buf, metric, r, &s->who, host));
}

void
server_flush(struct server *s)
{
	int error;

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return;
	error = errno;
	clearerr(stdout);
	server_say_limited(s, "stdout: %s", strerror(error));
	if (error != EPIPE)
		return;
	s->status = SERVER_STATUS_ERROR;
	loop_stop(s->loop);
}

static void
put_record(struct server *s, const struct session_record *r)
{
	struct report_clock clock;

	if (s->json != NULL) {
		server_host_clock(&clock);
		report_record(s->json, r, &s->who, &clock, s->drops);
	} else if (!s->o->quiet && !s->o->json && !s->o->top) {
		report_line(stdout, r, &s->who);
	} else {
		return;
	}
	server_flush(s);
}

void
server_report(void *arg, const struct session_record *r)
{
	struct server *s = arg;

	name_both(s, r);
	report_add(&s->totals, r);
	put_record(s, r);
	if (s->o->level != REPORT_HOST)
		send_statsd(s, r, false);
	if (s->o->level != REPORT_HOST_PORT)
		send_statsd(s, r, true);
}

void
server_opened(void *arg, const struct addr *from)
{
	struct server *s = arg;

	if (s->names != NULL)
		resolve_want(s->names, from);
}

void
server_show(void *arg, const struct session_record *r)
{
	struct server *s = arg;

	name_both(s, r);
	report_table_row(stderr, r, &s->who);
}

static void
show_row(void *arg, const struct session_record *r)
{
	struct server *s = arg;

	if (s->rows == 0)
		return;
	s->rows--;
	name_both(s, r);
	report_table_row(stdout, r, &s->who);
}

void
server_redraw(struct server *s)
{
	struct session_counts c;
	struct winsize size;

	s->rows = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_row > 0 ? size.ws_row : SCREEN_ROWS;
	s->rows = s->rows > 4 ? s->rows - 3 : 1;
	session_counts(s->sessions, &c);
	fputs("\033[H\033[J", stdout);
	printf("%zu periods open, %llu packets, %llu malformed\n", c.sessions,
	    (unsigned long long)s->totals.packets,
	    (unsigned long long)s->totals.malformed);
	report_table_head(stdout);
	session_each(s->sessions, show_row, s);
	server_flush(s);
}

static void
put_config(struct server *s, struct writer *w)
{
	writer_start(w, "config");
	writer_str(w, "listen", s->o->listen);
	writer_int(w, "port", s->o->port);
	writer_int(w, "keepalive_s", s->o->keepalive_s);
	writer_int(w, "max_sessions", s->o->max_sessions);
	writer_int(w, "next_hops", s->o->hops);
	writer_end(w);
}

static void
put_host(struct server *s, struct writer *w)
{
	host_end(&s->host);
	s->host.socket_drops = s->drops;
	writer_start(w, "host");
	host_write(w, &s->host);
	writer_end(w);
}

static void
put_last(struct server *s, struct writer *w, const char *name)
{
	char buf[TEXT_MAX];

	writer_start(w, name);
	writer_str(w, "tool", "udping_server");
	writer_str(w, "version", PACKAGE_VERSION);
	writer_str(w, "start", text_rfc3339(s->host.start_wall_ns, buf,
	    sizeof(buf)));
	host_end(&s->host);
	writer_str(w, "end", text_rfc3339(s->host.end_wall_ns, buf,
	    sizeof(buf)));
	put_config(s, w);
	writer_start(w, "result");
	report_totals(w, &s->totals);
	writer_end(w);
	put_host(s, w);
	report_error(w, s->status, s->why);
	writer_end(w);
}

void
server_last(struct server *s)
{
	struct writer *w = s->json;

	if (w == NULL && (s->o->json || s->o->json_lines) &&
	    (w = writer_json(stdout, s->o->json ? 2 : 0)) == NULL) {
		server_say(s, LOG_LEVEL_ERROR, "%s", strerror(errno));
		s->status = SERVER_STATUS_ERROR;
	}
	if (w != NULL) {
		put_last(s, w, s->o->json ? NULL : "summary");
		if (writer_finish(w) == -1) {
			server_say(s, LOG_LEVEL_ERROR, "stdout: %s",
			    strerror(errno));
			s->status = SERVER_STATUS_ERROR;
		}
	}
	s->json = NULL;
}
