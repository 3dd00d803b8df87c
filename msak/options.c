/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/opt.h"
#include "msak/golog.h"
#include "msak/gourl.h"
#include "msak/options.h"
#include "msak/uuid.h"

const char *const options_tls_names[] = { "1.0", "1.1", "1.2", "1.3", NULL };
const char *const options_format_names[] = { "human", "json", "legacy", NULL };

bool
options_take_url(const struct goflag *f, void *config, const char *arg,
    FILE *why)
{
	struct gourl u;

	if (!gourl_parse(arg, &u, why))
		return false;
	*goflag_text(f, config) = arg;
	return true;
}

bool
options_take_anonymize(const struct goflag *f, void *config, const char *arg,
    FILE *why)
{
	if (strcmp(arg, "none") != 0 && strcmp(arg, "netblock") != 0) {
		fputs("Uknown anonymization method: ", why);
		goflag_quote(arg, why);
		return false;
	}
	*goflag_text(f, config) = arg;
	return true;
}

bool
options_take_dscp(const struct goflag *f, void *config, const char *arg,
    FILE *why)
{
	const char *reason;

	if (opt_dscp(arg, (int *)(void *)((char *)config + f->offset),
	    &reason) == 0)
		return true;
	fputs(reason, why);
	return false;
}

/* The system's words as Go has them: without a capital. */
static void
put_errno(FILE *why, const char *call, const char *path, int error)
{
	const char *text = strerror(error);

	fprintf(why, "%s %s: %c%s", call, path,
	    tolower((unsigned char)text[0]), text + 1);
}

bool
options_take_prefix(const struct goflag *f, void *config, const char *arg,
    FILE *why)
{
	if (uuid_prefix_file(arg, (char *)config + f->offset) == 0)
		return true;
	put_errno(why, errno == EISDIR || errno == EFBIG ? "read" : "open",
	    arg, errno);
	return false;
}

char *
options_read_file(const char *path, size_t max, size_t *len, FILE *why)
{
	FILE *in = fopen(path, "re");
	char *text;

	if (in == NULL) {
		put_errno(why, "open", path, errno);
		return NULL;
	}
	text = malloc(max + 1);
	*len = text == NULL ? 0 : fread(text, 1, max + 1, in);
	if (text == NULL || ferror(in)) {
		put_errno(why, "read", path, errno);
	} else if (*len > max) {
		fprintf(why, "read %s: file too large", path);
	} else {
		text[*len] = '\0';
		fclose(in);
		return text;
	}
	fclose(in);
	free(text);
	return NULL;
}

enum options_status
options_fail(int *status, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	golog_line(stderr, clock_wall(), "%s", line);
	*status = 1;
	return OPTIONS_EXIT;
}
