/* SPDX-License-Identifier: BSD-2-Clause */
/* generate-schema: the columns of the two kinds of archive records. */
#include "config.h"

#include <sys/stat.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "common/text.h"
#include "msak/golog.h"
#include "msak/options_schema.h"
#include "msak/schema.h"

static int
say(const char *name, const char *call, const char *path)
{
	char why[128];

	snprintf(why, sizeof(why), "%s", strerror(errno));
	why[0] = (char)tolower((unsigned char)why[0]);
	golog_line(stderr, clock_wall(), "failed to write %s schema (error: "
	    "%s %s: %s)", name, call, path, why);
	return EXIT_FAILURE;
}

static int
write_schema(const char *name, const char *path, void (*put)(FILE *))
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FILE *out;

	if (fd == -1)
		return say(name, "open", path);
	out = fdopen(fd, "w");
	if (out == NULL) {
		close(fd);
		return say(name, "open", path);
	}
	put(out);
	return text_close(out) == -1 ? say(name, "write", path) :
	    EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	struct schema_options o;
	int status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(EXIT_FAILURE, "/dev/null");
	tzset();
	if (options_schema_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	status = write_schema("throughput1", o.throughput1,
	    schema_throughput1);
	return status == EXIT_SUCCESS ? write_schema("latency1", o.latency1,
	    schema_latency1) : status;
}
