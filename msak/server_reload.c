/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that SIGHUP reads anew; one that is bad leaves the old one. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "msak/server_private.h"

#define PAGE_MAX	4194304		/* bytes */

int
server_page_load(const struct server *s, char **page, size_t *n, char *why,
    size_t len)
{
	FILE *out;

	*page = NULL;
	*n = 0;
	if (s->o->page[0] == '\0')
		return 0;
	(void)snprintf(why, len, "out of memory");
	out = fmemopen(why, len, "w");
	if (out == NULL)
		return -1;
	*page = options_read_file(s->o->page, PAGE_MAX, n, out);
	fclose(out);
	return *page == NULL ? -1 : 0;
}

static void
log_kept(struct server *s, const char *what, const char *error)
{
	struct server_text t;

	SERVER_LOG(s, LOG_LEVEL_ERROR, "failed to reload the %s, the old one "
	    "stays error=%s", what, server_value(&t, error, strlen(error)));
}

static void
reload_page(struct server *s)
{
	const char *file = s->o->page;
	char why[256], *page;
	struct server_text t;
	size_t n;

	if (file[0] == '\0')
		return;
	if (server_page_load(s, &page, &n, why, sizeof(why)) == -1) {
		log_kept(s, "page", why);
		return;
	}
	free(s->page);
	s->page = page;
	s->page_len = n;
	SERVER_LOG(s, LOG_LEVEL_INFO, "Page reloaded file=%s",
	    server_value(&t, file, strlen(file)));
}

static void
reload_tls(struct server *s)
{
	const char *file = s->o->cert;
	struct server_text t;
	char why[256];
	SSL_CTX *ctx;

	if (s->tls == NULL)
		return;
	ctx = server_tls_new(s->o, why, sizeof(why));
	if (ctx == NULL) {
		log_kept(s, "certificate", why);
		return;
	}
	SSL_CTX_free(s->tls);
	s->tls = ctx;
	SERVER_LOG(s, LOG_LEVEL_INFO, "Certificate reloaded file=%s",
	    server_value(&t, file, strlen(file)));
}

/* With the time of it, so that the service manager can tell this one from the
 * one before. */
static void
tell_reloading(void)
{
	char text[64];

	(void)snprintf(text, sizeof(text),
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    clock_mono() / CLOCK_NS_PER_US);
	daemon_notify(text);
}

void
server_reload(struct server *s)
{
	tell_reloading();
	reload_tls(s);
	server_keys_reload(s);
	reload_page(s);
	daemon_notify("READY=1");
}
