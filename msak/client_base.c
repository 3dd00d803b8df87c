/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/utsname.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "msak/client_base.h"

static void
on_signal(struct loop *l, int signo, void *arg)
{
	struct client_base *b = arg;

	(void)l;
	(void)signo;
	b->interrupts++;
}

int
client_base_init(struct client_base *b, const struct options_net *net,
    bool verify)
{
	b->interrupts = 0;
	b->loop = loop_new();
	if (b->loop == NULL)
		return -1;
	if (dialer_init(&b->dialer, b->loop, net, verify) == 0 &&
	    loop_signal(b->loop, SIGINT, on_signal, b) == 0 &&
	    loop_signal(b->loop, SIGTERM, on_signal, b) == 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		return 0;
	}
	client_base_free(b);
	return -1;
}

void
client_base_free(struct client_base *b)
{
	dialer_free(&b->dialer);
	loop_free(b->loop);
	b->loop = NULL;
}

bool
client_base_wait(struct client_base *b, bool (*done)(void *), void *arg,
    unsigned int interrupts, int64_t until_ns)
{
	while (!done(arg)) {
		if (b->interrupts > interrupts || clock_mono() >= until_ns ||
		    loop_once(b->loop, until_ns) == -1)
			return false;
	}
	return true;
}

static bool
is_fetched(void *arg)
{
	const struct client_fetch *f = arg;

	return f->is_done;
}

enum locate_verdict
client_base_locate(struct client_base *b, const char *base,
    const char *service, const char *agent, int64_t until_ns,
    struct locate *l, char error[CLIENT_FETCH_ERROR])
{
	enum locate_verdict v = LOCATE_BAD;
	struct client_fetch f = { .how = NULL };
	char url[URL_MAX];

	error[0] = '\0';
	if (locate_request(base, service, url, sizeof(url)) == -1) {
		snprintf(error, CLIENT_FETCH_ERROR, "URL too long");
		return v;
	}
	client_fetch_start(&f, &b->dialer, url, agent, LOCATE_BODY_MAX, NULL,
	    NULL);
	client_fetch_limit(&f, until_ns);
	if (!client_base_wait(b, is_fetched, &f, 0, CLOCK_NEVER))
		snprintf(error, CLIENT_FETCH_ERROR, "interrupted");
	else if (f.error[0] != '\0')
		snprintf(error, CLIENT_FETCH_ERROR, "%s", f.error);
	else
		v = locate_read(l, f.status, f.body.data == NULL ? "" :
		    f.body.data, f.body.len, error, CLIENT_FETCH_ERROR);
	client_fetch_free(&f);
	return v;
}

void
client_base_error(struct result_error *e, int code, const char *text)
{
	if (e->code != 0)
		return;
	e->code = code;
	snprintf(e->message, sizeof(e->message), "%s", text);
}

/* client_arch and client_os as Go names them. */
static void
get_system(char *arch, size_t archlen, char *os, size_t oslen)
{
	static const char *const names[][2] = {
		{ "x86_64", "amd64" }, { "aarch64", "arm64" },
		{ "i686", "386" }, { "i586", "386" }, { "i386", "386" },
		{ "armv7l", "arm" }, { "armv6l", "arm" },
		{ "armv8l", "arm" }, { "loongarch64", "loong64" }
	};
	struct utsname u;
	size_t i;

	if (uname(&u) == -1)
		memset(&u, 0, sizeof(u));
	snprintf(arch, archlen, "%s", u.machine);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(u.machine, names[i][0]) == 0)
			snprintf(arch, archlen, "%s", names[i][1]);
	snprintf(os, oslen, "%s", u.sysname);
	for (i = 0; os[i] != '\0'; i++)
		os[i] = (char)tolower((unsigned char)os[i]);
}

static int
put_parameters(struct url *u, const struct client_ask *a)
{
	char arch[65], os[65], bytes[24], streams[24], duration[24];
	struct query_pair set[11];
	size_t n = 0;

	get_system(arch, sizeof(arch), os, sizeof(os));
	snprintf(bytes, sizeof(bytes), "%" PRId64, a->bytes);
	snprintf(streams, sizeof(streams), "%" PRId64, a->streams);
	snprintf(duration, sizeof(duration), "%" PRId64,
	    a->duration_ns / CLOCK_NS_PER_MS);
	set[n++] = query_pair("bytes", bytes);
	set[n++] = query_pair("cc", a->cc);
	set[n++] = query_pair("client_arch", arch);
	set[n++] = query_pair("client_library_name", a->library);
	set[n++] = query_pair("client_library_version", a->library_release);
	set[n++] = query_pair("client_name", a->name);
	set[n++] = query_pair("client_os", os);
	set[n++] = query_pair("client_version", a->release);
	set[n++] = query_pair("duration", duration);
	set[n++] = query_pair("streams", streams);
	if (a->mid != NULL)
		set[n++] = query_pair("mid", a->mid);
	return url_set(u, set, n);
}

int
client_base_url(struct url *u, const char *text, const struct client_ask *a,
    char why[URL_WHY_MAX])
{
	if (url_parse(text, u, why) == -1)
		return -1;
	if (put_parameters(u, a) == 0)
		return 0;
	snprintf(why, URL_WHY_MAX, "%s", errno == E2BIG ?
	    "the query has too many parameters or is too long" :
	    "out of memory");
	return -1;
}

bool
client_base_is_ws(const struct url *u)
{
	return u->user[0] == '\0' && (strcmp(u->scheme, "ws") == 0 ||
	    strcmp(u->scheme, "wss") == 0);
}

const char *
client_base_failure(const struct stream *s, const char *ends, char *text,
    size_t len)
{
	char why[128];

	if (s->error_number == 0)
		return s->error;
	snprintf(text, len, "read tcp %s: read: %s", ends,
	    dial_strerror(s->error_number, why, sizeof(why)));
	return text;
}
