/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/netdev.h"

/* Of the network namespace of this process. What is mounted at /sys may show
 * the devices of another one. */
#define TABLE	"/proc/self/net/dev"
/* Behind the name: eight figures of what was received, then the same of what
 * was sent; each begins with the bytes. */
#define FIGURES	8
#define TABLE_LEN	16384		/* of some 120 interfaces */

/* Nothing that leaves the folder of the interfaces. */
static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < NETDEV_NAME && strchr(name, '/') == NULL &&
	    strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* All of it, for free(3); NULL with errno. */
static char *
read_table(int fd)
{
	char *text = NULL, *grown;
	size_t len = 0, room = 0;
	ssize_t n = 1;

	while (n > 0) {
		if (len + 1 >= room) {
			room += TABLE_LEN;
			grown = realloc(text, room);
			if (grown == NULL)
				n = -1;
			else
				text = grown;
		}
		if (n > 0)
			n = pread(fd, text + len, room - len - 1, (off_t)len);
		if (n > 0)
			len += (size_t)n;
	}
	if (n == -1) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

/* What is behind the name of this interface, else NULL. */
static const char *
figures_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	while (line != NULL) {
		line += strspn(line, " \n");
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1;
		line = strchr(line, '\n');
	}
	return NULL;
}

/* 0, or -1 with errno. */
static int
take_figures(const char *at, uint64_t *rx, uint64_t *tx)
{
	uint64_t v[FIGURES + 1];
	char *end;
	size_t i;

	for (i = 0; i < FIGURES + 1; i++, at = end) {
		errno = 0;
		v[i] = strtoumax(at, &end, 10);
		if (end == at)
			errno = EPROTO;
		if (errno != 0)
			return -1;
	}
	*rx = v[0];
	*tx = v[FIGURES];
	return 0;
}

int
netdev_read(const struct netdev *n, uint64_t *rx, uint64_t *tx)
{
	char *table = read_table(n->fd);
	const char *figures;
	int rc = -1;

	if (table == NULL)
		return -1;
	figures = figures_of(table, n->name);
	if (figures != NULL)
		rc = take_figures(figures, rx, tx);
	else
		errno = ENOENT;
	free(table);
	return rc;
}

int
netdev_open(struct netdev *n, const char *name, char *path, size_t len)
{
	uint64_t rx, tx;

	n->fd = -1;
	snprintf(path, len, "%s", name);
	if (!is_name(name)) {
		errno = EINVAL;
		return -1;
	}
	/* Where everybody looks for it. */
	snprintf(path, len, "/sys/class/net/%s/statistics/tx_bytes", name);
	snprintf(n->name, sizeof(n->name), "%s", name);
	n->fd = open(TABLE, O_RDONLY | O_CLOEXEC);
	if (n->fd != -1 && netdev_read(n, &rx, &tx) == 0)
		return 0;
	netdev_close(n);
	return -1;
}

void
netdev_close(struct netdev *n)
{
	int saved = errno;

	if (n->fd != -1)
		close(n->fd);
	n->fd = -1;
	errno = saved;
}
