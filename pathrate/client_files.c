/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <err.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "pathrate/client_private.h"

/* The default log may be out of reach, one that was named may not. */
static int
open_log(struct files *f, const struct rcv_options *o)
{
	bool truncate = o->log_how == RCV_LOG_TRUNCATE;

	f->log = fopen(o->log, truncate ? "we" : "ae");
	f->log_name = o->log;
	if (f->log == NULL) {
		warn("%s", o->log);
		return o->log_how == RCV_LOG_DEFAULT ? 0 : -1;
	}
	fputs("\n\n", f->log);
	return 0;
}

static int
open_named(FILE **file, const char *name, const char *mode)
{
	if (name == NULL)
		return 0;
	*file = fopen(name, mode);
	if (*file != NULL)
		return 0;
	warn("%s", name);
	return -1;
}

int
files_open(struct files *f, const struct rcv_options *o)
{
	/* nobody asked for a log of what was recorded before */
	bool logless = o->replay != NULL && o->log_how == RCV_LOG_DEFAULT;

	if ((!logless && open_log(f, o) == -1) ||
	    open_named(&f->ulm, o->ulm, "ae") == -1 ||
	    open_named(&f->csv, o->csv, "we") == -1)
		return -1;
	if (f->csv == NULL)
		return 0;
	f->rows = writer_csv(f->csv);
	if (f->rows == NULL)
		warn(NULL);
	return f->rows == NULL ? -1 : 0;
}

static bool
written(FILE *f, const char *name)
{
	if (f == NULL || text_close(f) == 0)
		return true;
	warn("%s", name);
	return false;
}

bool
files_close(struct files *f, const struct rcv_options *o)
{
	bool log, ulm, csv = true;

	if (f->rows != NULL && writer_finish(f->rows) == -1) {
		warn("%s", o->csv);
		csv = false;
		fclose(f->csv);
	} else {
		csv = written(f->csv, o->csv);
	}
	log = written(f->log, f->log_name);
	ulm = written(f->ulm, o->ulm);
	*f = (struct files){ .log = NULL };
	return log && ulm && csv;
}

const char *
files_canonical(const char *host, char buf[CLIENT_HOST_MAX])
{
	struct addrinfo hints, *list;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_CANONNAME;
	(void)strlcpy(buf, host, CLIENT_HOST_MAX);
	if (host[0] == '\0' || getaddrinfo(host, NULL, &hints, &list) != 0)
		return buf;
	if (list->ai_canonname != NULL)
		(void)strlcpy(buf, list->ai_canonname, CLIENT_HOST_MAX);
	freeaddrinfo(list);
	return buf;
}
