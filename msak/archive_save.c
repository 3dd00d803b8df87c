/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"
#include "msak/archive.h"
#include "msak/stamp.h"

#define FOLDER_MODE	0755
#define FILE_MODE	0644
#define UNFINISHED	".tmp"

int
archive_path(const struct archive_place *p, char *buf, size_t len)
{
	char folder[STAMP_MAX], name[STAMP_MAX];
	int n;

	if (strchr(p->uuid, '/') != NULL) {
		errno = EINVAL;
		return -1;
	}
	stamp_utc(p->wall_ns, "%Y/%m/%d", folder);
	stamp_utc(p->wall_ns, "%Y%m%dT%H%M%S", name);
	n = snprintf(buf, len, "%s/%s/%s/%s-%s-%s.%09" PRId64 "Z.%s.json",
	    p->root, p->datatype, folder, p->datatype, p->subtest, name,
	    stamp_ns(p->wall_ns), p->uuid);
	if (n >= 0 && (size_t)n < len)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/* Some systems complain of other things before they see that it is there. */
static int
make_folder(const char *path)
{
	int error;

	if (mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST)
		return 0;
	error = errno;
	if (access(path, F_OK) == 0)
		return 0;
	errno = error;
	return -1;
}

/* Each one of the path that is not there; the last part is a file. */
static int
make_folders(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (make_folder(path) == -1)
			return -1;
		*slash = '/';
	}
	return 0;
}

static int
write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, text, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The whole of it into a new file, or none. */
static int
write_new(const char *path, const char *text, size_t len)
{
	int fd, error = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (fd == -1)
		return -1;
	if (write_all(fd, text, len) == -1)
		error = errno;
	if (close(fd) == -1 && error == 0)
		error = errno;
	if (error == 0)
		return 0;
	unlink(path);
	errno = error;
	return -1;
}

/*
 * A second name, then the first one goes: unlike rename, this never replaces
 * what is there. Where a file system knows no second names, rename must do.
 */
static int
give_name(const char *unfinished, const char *path)
{
	int rc = link(unfinished, path), error = errno;

	if (rc == -1 && (error == EPERM || error == ENOSYS ||
	    error == EOPNOTSUPP)) {
		error = EEXIST;
		if (access(path, F_OK) == -1) {
			rc = rename(unfinished, path);
			error = errno;
		}
	}
	unlink(unfinished);
	errno = error;
	return rc;
}

static int
save_text(const char *path, const char *text, size_t len)
{
	char unfinished[ARCHIVE_PATH_MAX + sizeof(UNFINISHED)];
	const char *name = strrchr(path, '/') + 1;

	snprintf(unfinished, sizeof(unfinished), "%.*s.%s" UNFINISHED,
	    (int)(name - path), path, name);
	if (make_folders(unfinished) == -1 ||
	    write_new(unfinished, text, len) == -1)
		return -1;
	return give_name(unfinished, path);
}

/* Through memory, so that the disk sees one write. */
static int
save(const struct archive_place *p, void (*put)(const void *, FILE *),
    const void *record)
{
	char path[ARCHIVE_PATH_MAX], *text = NULL;
	size_t len = 0;
	FILE *out;
	int rc = -1;

	if (archive_path(p, path, sizeof(path)) == -1 ||
	    (out = open_memstream(&text, &len)) == NULL)
		return -1;
	put(record, out);
	if (text_close(out) == 0)
		rc = save_text(path, text, len);
	free(text);
	return rc;
}

static void
put_throughput(const void *record, FILE *out)
{
	archive_throughput(record, out);
}

static void
put_latency(const void *record, FILE *out)
{
	archive_latency(record, out);
}

int
archive_save_throughput(const struct archive_place *p,
    const struct archive_throughput *r)
{
	return save(p, put_throughput, r);
}

int
archive_save_latency(const struct archive_place *p,
    const struct archive_latency *r)
{
	return save(p, put_latency, r);
}
