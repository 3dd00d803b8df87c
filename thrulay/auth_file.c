/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thrulay/auth_file.h"

#define LINE_LEN	512

/* Copy one word of printable characters; NULL when it is empty or too long. */
static const char *
take_word(const char *p, char *out, size_t size)
{
	size_t n = 0;

	while (isblank((unsigned char)*p))
		p++;
	while (isgraph((unsigned char)p[n]))
		n++;
	if (n == 0 || n >= size)
		return NULL;
	memcpy(out, p, n);
	out[n] = '\0';
	return p + n;
}

/*
 * Read a line without its newline. *whole tells whether line has all of it:
 * it is not longer than line and has no NUL byte. 1, 0 at the end of the
 * file, or -1 with errno.
 */
static int
read_line(FILE *f, char line[LINE_LEN], bool *whole)
{
	size_t n = 0;
	int c;

	*whole = true;
	while ((c = getc(f)) != EOF && c != '\n') {
		if (c == '\0' || n == LINE_LEN - 1)
			*whole = false;
		else
			line[n++] = (char)c;
	}
	line[n] = '\0';
	if (c == EOF && ferror(f))
		return -1;
	return c != EOF || n > 0 || !*whole;
}

/* 1: an entry, 0: nothing on this line, -1: malformed. */
static int
parse_line(const char *line, bool whole, struct auth_entry *out)
{
	const char *p = line + strspn(line, " \t\r");

	if (*p == '#')
		return 0;
	if (!whole)
		return -1;
	if (*p == '\0')
		return 0;
	p = take_word(p, out->name, sizeof(out->name));
	if (p != NULL)
		p = take_word(p, out->key, sizeof(out->key));
	if (p == NULL)
		return -1;
	p += strspn(p, " \t\r");
	return *p == '\0' ? 1 : -1;
}

static int
append(struct auth_keys *k, const struct auth_entry *e)
{
	struct auth_entry *more;

	/* Not realloc(3): it would leave keys behind in freed memory. */
	more = calloc(k->n + 1, sizeof(*more));
	if (more == NULL)
		return -1;
	if (k->n > 0) {
		memcpy(more, k->entry, k->n * sizeof(*more));
		explicit_bzero(k->entry, k->n * sizeof(*more));
	}
	free(k->entry);
	more[k->n] = *e;
	k->entry = more;
	k->n++;
	return 0;
}

static int
load_from(struct auth_keys *k, FILE *f)
{
	struct auth_entry e;
	char line[LINE_LEN];
	bool whole;
	int rc;

	while ((rc = read_line(f, line, &whole)) == 1) {
		rc = parse_line(line, whole, &e);
		if (rc == -1)
			errno = EINVAL;
		else if (rc == 1)
			rc = append(k, &e);
		if (rc == -1)
			break;
	}
	explicit_bzero(line, sizeof(line));
	explicit_bzero(&e, sizeof(e));
	if (rc != -1 && k->n == 0) {
		errno = EINVAL;
		rc = -1;
	}
	return rc;
}

int
auth_keys_load(struct auth_keys *k, const char *path)
{
	char buffer[BUFSIZ];
	struct stat st;
	FILE *f;
	int rc, error;

	memset(k, 0, sizeof(*k));
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	if (fstat(fileno(f), &st) == -1 || (st.st_mode & S_IRWXO) != 0) {
		fclose(f);
		errno = EPERM;
		return -1;
	}
	/* A buffer of stdio's own would stay behind in freed memory. */
	setvbuf(f, buffer, _IOFBF, sizeof(buffer));
	rc = load_from(k, f);
	error = errno;
	fclose(f);
	explicit_bzero(buffer, sizeof(buffer));
	if (rc == -1) {
		auth_keys_free(k);
		errno = error;
	}
	return rc;
}

void
auth_keys_free(struct auth_keys *k)
{
	if (k->entry != NULL)
		explicit_bzero(k->entry, k->n * sizeof(*k->entry));
	free(k->entry);
	memset(k, 0, sizeof(*k));
}

const struct auth_entry *
auth_keys_find(const struct auth_keys *k, const char *name)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (name == NULL || strcmp(k->entry[i].name, name) == 0)
			return &k->entry[i];
	return NULL;
}

const char *
auth_keys_strerror(int error)
{
	switch (error) {
	case EINVAL:
		return "a line is not \"name key\", or there is none";
	case EPERM:
		return "must not be accessible to others";
	default:
		return strerror(error);
	}
}
