/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "msak/uuid.h"

#define UPTIME_FILE	"/proc/uptime"
#define UPTIME_MAX_S	1e10		/* of a sane answer */
#define NS_PER_S	((double)CLOCK_NS_PER_S)

const char *
uuid_text(const char *prefix, uint64_t cookie, char *buf)
{
	snprintf(buf, UUID_MAX, "%s_%016" PRIX64, prefix, cookie);
	return buf;
}

/* Seconds since the boot, the first of two numbers. */
static bool
read_uptime(const char *text, double *seconds)
{
	char *end;

	if (text == NULL)
		return false;
	*seconds = strtod(text, &end);
	return end != text && *end == ' ' && *seconds >= 0 &&
	    *seconds < UPTIME_MAX_S;
}

static int64_t
floor_s(int64_t ns)
{
	return ns / CLOCK_NS_PER_S - (ns % CLOCK_NS_PER_S < 0);
}

void
uuid_prefix(const char *host, const char *uptime, int64_t wall_ns,
    char prefix[UUID_PREFIX_MAX])
{
	double up;

	if (host == NULL)
		snprintf(prefix, UUID_PREFIX_MAX, "BADPREFIX");
	else if (!read_uptime(uptime, &up))
		snprintf(prefix, UUID_PREFIX_MAX, "%.*s_BADBOOTTIME",
		    UUID_PREFIX_MAX / 2, host);
	else
		snprintf(prefix, UUID_PREFIX_MAX, "%.*s_%" PRId64 "_unsafe",
		    UUID_PREFIX_MAX / 2, host,
		    floor_s(wall_ns - (int64_t)(up * NS_PER_S)));
}

/* What fits of a small file; -1 with errno. */
static ssize_t
read_file(const char *path, char *buf, size_t len)
{
	FILE *f = fopen(path, "r");
	size_t n;
	int error;

	if (f == NULL)
		return -1;
	errno = 0;
	n = fread(buf, 1, len - 1, f);
	error = ferror(f) ? errno : 0;
	fclose(f);
	buf[n] = '\0';
	errno = error;
	return error == 0 ? (ssize_t)n : -1;
}

void
uuid_prefix_default(char prefix[UUID_PREFIX_MAX])
{
	char name[UUID_PREFIX_MAX] = "", uptime[128];
	const char *host = getenv("POD_NAME");
	bool known = read_file(UPTIME_FILE, uptime, sizeof(uptime)) > 0;

	if ((host == NULL || *host == '\0') &&
	    gethostname(name, sizeof(name) - 1) == 0)
		host = name;
	uuid_prefix(host == NULL || *host == '\0' ? NULL : host,
	    known ? uptime : NULL, clock_wall(), prefix);
}

int
uuid_prefix_file(const char *path, char prefix[UUID_PREFIX_MAX])
{
	/* A byte more than a prefix may have tells that there are more. */
	char text[UUID_PREFIX_MAX + 64];
	ssize_t n = read_file(path, text, sizeof(text));

	if (n == -1)
		return -1;
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	text[n] = '\0';
	if (n >= UUID_PREFIX_MAX) {
		errno = EFBIG;
		return -1;
	}
	memcpy(prefix, text, (size_t)n + 1);
	return 0;
}
