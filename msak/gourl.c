/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "msak/goflag.h"
#include "msak/gourl.h"

/* What is wrong: a sentence, and perhaps a part of the URL that it quotes. */
struct fault {
	const char		*before, *after;
	struct gourl_part	 part;		/* len 0: only before */
};

static struct gourl_part
part(const char *at, size_t len)
{
	return (struct gourl_part){ at, len };
}

static bool
fails(struct fault *f, const char *before, struct gourl_part p,
    const char *after)
{
	*f = (struct fault){ before, after, p };
	return false;
}

/* Where c first is in p, or its length. */
static size_t
index_of(struct gourl_part p, char c)
{
	const char *at = memchr(p.at, c, p.len);

	return at == NULL ? p.len : (size_t)(at - p.at);
}

/* Where c last is in p, or its length. */
static size_t
last_index_of(struct gourl_part p, char c)
{
	size_t n = p.len;

	while (n > 0)
		if (p.at[--n] == c)
			return n;
	return p.len;
}

/* Cut p before its byte n; what comes from there on. */
static struct gourl_part
cut(struct gourl_part *p, size_t n)
{
	struct gourl_part rest = part(p->at + n, p->len - n);

	p->len = n;
	return rest;
}

static bool
has_control(struct gourl_part p)
{
	size_t i;

	for (i = 0; i < p.len; i++)
		if ((unsigned char)p.at[i] < ' ' || p.at[i] == 0x7f)
			return true;
	return false;
}

/* Is there a scheme at the start of rest? It moves behind the colon. */
static bool
read_scheme(struct gourl_part *rest, struct gourl_part *scheme,
    struct fault *f)
{
	size_t i;
	char c;

	for (i = 0; i < rest->len; i++) {
		c = rest->at[i];
		if (c == ':' && i == 0)
			return fails(f, "missing protocol scheme",
			    part("", 0), "");
		if (c == ':') {
			*scheme = part(rest->at, i);
			*rest = part(rest->at + i + 1, rest->len - i - 1);
			return true;
		}
		if (!isalpha((unsigned char)c) &&
		    (i == 0 || (!isdigit((unsigned char)c) &&
		    strchr("+-.", c) == NULL)))
			return true;
	}
	return true;
}

/* A '%' at p.at[i]: two hexadecimal digits follow. */
static bool
escape_good(struct gourl_part p, size_t i)
{
	return p.len - i > 2 && isxdigit((unsigned char)p.at[i + 1]) &&
	    isxdigit((unsigned char)p.at[i + 2]);
}

/* Escapes in p; those of ASCII are not for hosts, but for the '%' itself. */
static bool
check_escapes(struct gourl_part p, bool host, struct fault *f)
{
	size_t i;

	for (i = 0; i < p.len; i++) {
		if (p.at[i] != '%')
			continue;
		if (escape_good(p, i) && (!host ||
		    strchr("01234567", p.at[i + 1]) == NULL ||
		    memcmp(p.at + i, "%25", 3) == 0))
			continue;
		return fails(f, "invalid URL escape ", part(p.at + i,
		    p.len - i > 3 ? 3 : p.len - i), "");
	}
	return true;
}

static bool
check_host_letters(struct gourl_part p, struct fault *f)
{
	static const char good[] = "-_.~!$&'()*+,;=:[]<>\"%";
	size_t i;

	for (i = 0; i < p.len; i++)
		if ((unsigned char)p.at[i] < 0x80 &&
		    !isalnum((unsigned char)p.at[i]) &&
		    strchr(good, p.at[i]) == NULL)
			return fails(f, "invalid character ",
			    part(p.at + i, 1), " in host name");
	return true;
}

/* ":" and digits, or nothing. */
static bool
read_port(struct gourl_part p, struct gourl *u, struct fault *f)
{
	size_t i;

	for (i = 0; i < p.len; i++)
		if (i == 0 ? p.at[i] != ':' : !isdigit((unsigned char)p.at[i]))
			return fails(f, "invalid port ", p, " after host");
	if (p.len > 0)
		u->port = part(p.at + 1, p.len - 1);
	return true;
}

static bool
read_host(struct gourl_part p, struct gourl *u, struct fault *f)
{
	bool bracket = p.len > 0 && p.at[0] == '[';
	size_t i = last_index_of(p, bracket ? ']' : ':');

	if (bracket && i == p.len)
		return fails(f, "missing ']' in host", part("", 0), "");
	u->host = u->name = p;
	return read_port(cut(&u->name, bracket ? i + 1 : i), u, f) &&
	    check_escapes(p, true, f) && check_host_letters(p, f);
}

static bool
check_user(struct gourl_part p, struct fault *f)
{
	static const char good[] = "-._:~!$&'()*+,;=%@";
	size_t i;

	for (i = 0; i < p.len; i++)
		if (!isalnum((unsigned char)p.at[i]) &&
		    strchr(good, p.at[i]) == NULL)
			return fails(f, "net/url: invalid userinfo",
			    part("", 0), "");
	return check_escapes(p, false, f);
}

static bool
read_authority(struct gourl_part p, struct gourl *u, struct fault *f)
{
	size_t at = last_index_of(p, '@');

	if (at == p.len)
		return read_host(p, u, f);
	u->user = part(p.at, at);
	return read_host(part(p.at + at + 1, p.len - at - 1), u, f) &&
	    check_user(u->user, f);
}

static bool
read_parts(struct gourl_part rest, struct gourl *u, struct fault *f)
{
	struct gourl_part p;

	if (has_control(rest))
		return fails(f, "net/url: invalid control character in URL",
		    part("", 0), "");
	if (!read_scheme(&rest, &u->scheme, f))
		return false;
	p = cut(&rest, index_of(rest, '?'));
	if (p.len > 0)
		u->query = part(p.at + 1, p.len - 1);
	if (rest.len == 0 || rest.at[0] != '/') {
		if (u->scheme.len > 0) {
			u->path = rest;	/* mailto:and the like */
			return true;
		}
		p = part(rest.at, index_of(rest, '/'));
		if (index_of(p, ':') < p.len)
			return fails(f, "first path segment in URL cannot "
			    "contain colon", part("", 0), "");
	}
	if (rest.len >= 2 && memcmp(rest.at, "//", 2) == 0 &&
	    (u->scheme.len > 0 || rest.len == 2 || rest.at[2] != '/')) {
		p = part(rest.at + 2, rest.len - 2);
		rest = cut(&p, index_of(p, '/'));
		if (!read_authority(p, u, f))
			return false;
	}
	u->path = rest;
	return check_escapes(rest, false, f);
}

bool
gourl_parse(const char *text, struct gourl *u, FILE *why)
{
	struct gourl_part all = part(text, strcspn(text, "#"));
	struct fault f;

	u->scheme = u->user = u->host = u->name = u->port = u->path =
	    u->query = part("", 0);
	if (read_parts(all, u, &f))
		return true;
	fputs("parse ", why);
	goflag_quote_n(all.at, all.len, why);
	fprintf(why, ": %s", f.before);
	if (f.part.len > 0)
		goflag_quote_n(f.part.at, f.part.len, why);
	fputs(f.after, why);
	return false;
}
