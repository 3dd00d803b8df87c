/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "udping/httpget.h"
#include "udping/server_scrape.h"

#define PATH		"/metrics"
#define TYPE		"text/plain; version=0.0.4; charset=utf-8"
#define BACKLOG		16
#define PEERS		8
#define PAUSE_NS	(10 * CLOCK_NS_PER_MS)
#define LIMIT_NS	(5 * CLOCK_NS_PER_S)

struct peer {
	struct scrape		*scrape;
	int			 fd;		/* -1: free */
	struct loop_fd		 watch;
	struct loop_timer	 limit;
	int64_t			 since_ns;
	char			 in[HTTPGET_MAX];
	size_t			 in_len;
	char			*out;		/* NULL: asks still */
	size_t			 out_len, out_at;
};

struct scrape {
	struct loop		*loop;
	int			 fd;
	struct loop_fd		 watch;
	struct loop_timer	 again;
	void			(*put)(void *arg, FILE *f);
	void			*arg;
	struct peer		 peers[PEERS];
};

static void
end(struct peer *p)
{
	loop_timer_clear(p->scrape->loop, &p->limit);
	loop_fd_del(p->scrape->loop, &p->watch);
	close(p->fd);
	p->fd = -1;
	free(p->out);
	p->out = NULL;
}

static void
put_answer(FILE *f, int status, const char *body, size_t len)
{
	const char *reason = httpget_reason(status);

	fprintf(f, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n%s\r\n", status,
	    reason, TYPE, len, status == 405 ? "Allow: GET\r\n" : "");
	(void)fwrite(body, 1, len, f);
}

/* The page, or NULL without memory. */
static char *
make_page(const struct scrape *s, size_t *len)
{
	char *page = NULL;
	FILE *f = open_memstream(&page, len);

	if (f == NULL)
		return NULL;
	s->put(s->arg, f);
	if (fclose(f) == 0)
		return page;
	free(page);
	return NULL;
}

static void
make_answer(struct peer *p, int status)
{
	size_t len = 0;
	char *page = status == 200 ? make_page(p->scrape, &len) : NULL;
	FILE *f = open_memstream(&p->out, &p->out_len);

	if (status == 200 && page == NULL)
		status = 500;
	p->out_at = 0;
	if (f != NULL) {
		put_answer(f, status, page != NULL ? page : "", len);
		if (fclose(f) == EOF) {
			free(p->out);
			p->out = NULL;
		}
	}
	free(page);
}

/* What is left of the answer; then the peer is to close first, as it would
 * not get all of it if it had sent more than was read. */
static void
answer(struct peer *p)
{
	ssize_t n = send(p->fd, p->out + p->out_at, p->out_len - p->out_at,
	    MSG_NOSIGNAL);

	if (n == -1 && errno != EAGAIN && errno != EINTR) {
		end(p);
		return;
	}
	p->out_at += n > 0 ? (size_t)n : 0;
	if (p->out_at < p->out_len) {
		(void)loop_fd_set(p->scrape->loop, &p->watch, LOOP_WRITE);
		return;
	}
	(void)shutdown(p->fd, SHUT_WR);
	(void)loop_fd_set(p->scrape->loop, &p->watch, LOOP_READ);
}

static void
ask(struct peer *p)
{
	ssize_t n = recv(p->fd, p->in + p->in_len, sizeof(p->in) - p->in_len,
	    0);
	int status;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end(p);
		return;
	}
	p->in_len += (size_t)n;
	status = httpget_status(p->in, p->in_len, PATH);
	if (status == 0)
		return;
	make_answer(p, status);
	if (p->out == NULL)
		end(p);
	else
		answer(p);
}

/* More than was to be said. */
static void
ignore(struct peer *p)
{
	ssize_t n = recv(p->fd, p->in, sizeof(p->in), 0);

	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		end(p);
}

static void
on_peer(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct peer *p = f->arg;

	(void)l;
	(void)events;
	if (p->out == NULL)
		ask(p);
	else if (p->out_at < p->out_len)
		answer(p);
	else
		ignore(p);
}

static void
on_limit(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	(void)l;
	(void)now_ns;
	end(t->arg);
}

static struct peer *
room(struct scrape *s)
{
	struct peer *p, *oldest = s->peers;

	for (p = s->peers; p < s->peers + PEERS; p++) {
		if (p->fd == -1)
			return p;
		if (p->since_ns < oldest->since_ns)
			oldest = p;
	}
	end(oldest);
	return oldest;
}

static void
begin(struct scrape *s, int fd)
{
	struct peer *p = room(s);

	p->fd = fd;
	p->since_ns = loop_now(s->loop);
	p->in_len = 0;
	if (loop_fd_add(s->loop, &p->watch, fd, LOOP_READ, on_peer, p) == -1 ||
	    loop_timer_set(s->loop, &p->limit, p->since_ns + LIMIT_NS) == -1)
		end(p);
}

/* Also without descriptors for another one: then a while later. */
static void
on_listen(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct scrape *s = f->arg;
	int fd = sock_accept(f->fd, NULL);

	(void)events;
	if (fd != -1)
		begin(s, fd);
	if (loop_timer_set(l, &s->again, loop_now(l) + PAUSE_NS) == 0)
		(void)loop_fd_set(l, f, 0);
}

static void
on_again(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct scrape *s = t->arg;

	(void)now_ns;
	(void)loop_fd_set(l, &s->watch, LOOP_READ);
}

static void
init_peers(struct scrape *s)
{
	struct peer *p;

	for (p = s->peers; p < s->peers + PEERS; p++) {
		p->scrape = s;
		p->fd = -1;
		loop_timer_init(&p->limit, on_limit, p);
	}
}

struct scrape *
scrape_new(struct loop *l, const struct addr *a,
    void (*put)(void *arg, FILE *f), void *arg)
{
	struct scrape *s = calloc(1, sizeof(*s));
	int error;

	if (s == NULL)
		return NULL;
	s->loop = l;
	s->put = put;
	s->arg = arg;
	init_peers(s);
	loop_timer_init(&s->again, on_again, s);
	s->fd = sock_listen(a, BACKLOG);
	if (s->fd != -1 && loop_fd_add(l, &s->watch, s->fd, LOOP_READ,
	    on_listen, s) == 0)
		return s;
	error = errno;
	if (s->fd != -1)
		close(s->fd);
	free(s);
	errno = error;
	return NULL;
}

void
scrape_free(struct scrape *s)
{
	struct peer *p;

	if (s == NULL)
		return;
	for (p = s->peers; p < s->peers + PEERS; p++)
		if (p->fd != -1)
			end(p);
	loop_timer_clear(s->loop, &s->again);
	loop_fd_del(s->loop, &s->watch);
	close(s->fd);
	free(s);
}
