/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udpst/auth.h"

#define LINE_LEN	1024
#define SEPARATORS	", \t"
/* What a line ends at. */
#define ENDS		"#\r\n"

const char *
auth_keys_find(const struct auth_keys *k, unsigned int id)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->entries[i].id == id)
			return k->entries[i].key;
	return NULL;
}

/*
 * A line without its newline, and what is beyond line dropped: with so much
 * in front of it, that is a comment. False at the end of the file.
 */
static bool
read_line(FILE *f, char line[LINE_LEN])
{
	size_t n = 0;
	int c;

	while ((c = getc(f)) != EOF && c != '\n')
		if (n < LINE_LEN - 1)
			line[n++] = (char)c;
	line[n] = '\0';
	return c != EOF || n > 0;
}

/* The next field, terminated, and *rest behind it; NULL when there is none. */
static char *
take_field(char **rest)
{
	char *field = *rest + strspn(*rest, SEPARATORS);
	size_t n = strcspn(field, SEPARATORS);

	if (n == 0)
		return NULL;
	*rest = field + n;
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return field;
}

/* An entry of these fields, or what is wrong with it. */
static const char *
add_entry(struct auth_keys *k, const char *id, const char *key)
{
	struct auth_entry *e;
	char *end;
	long n;

	if (key == NULL)
		return "has insufficient field count";
	n = strtol(id, &end, 0);
	if (end == id || *end != '\0')
		return "has invalid numeric ID";
	if (n < 0 || n > UINT8_MAX)
		return "has out-of-range ID";
	if (auth_keys_find(k, (unsigned int)n) != NULL)
		return "has duplicate ID";
	if (strlen(key) > AUTH_KEY_MAX)
		return "has oversized key";
	e = &k->entries[k->n++];
	e->id = (uint8_t)n;
	strlcpy(e->key, key, sizeof(e->key));
	return NULL;
}

static const char *
parse_line(struct auth_keys *k, char *line)
{
	char *id, *key;

	line[strcspn(line, ENDS)] = '\0';
	if ((id = take_field(&line)) == NULL)
		return NULL;
	/* No id is left then, so it would be called a duplicate. */
	if (k->n == AUTH_KEYS_MAX)
		return "count exceeds maximum";
	key = take_field(&line);
	return add_entry(k, id, key);
}

static int
parse_file(FILE *f, struct auth_keys *out, char *error, size_t errorlen)
{
	const char *wrong = NULL;
	char line[LINE_LEN];
	unsigned int number = 0;

	while (wrong == NULL && read_line(f, line)) {
		number++;
		wrong = parse_line(out, line);
	}
	auth_wipe(line, sizeof(line));
	if (wrong != NULL)
		snprintf(error, errorlen, "ERROR: Key file entry %s (line %u)",
		    wrong, number);
	else if (out->n == 0)
		snprintf(error, errorlen,
		    "ERROR: No authentication keys found in key file");
	else
		return 0;
	return -1;
}

int
auth_keys_parse(FILE *f, struct auth_keys *out, char *error, size_t errorlen)
{
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = parse_file(f, out, error, errorlen)) == -1)
		auth_wipe(out, sizeof(*out));
	return rc;
}

static void
open_error(const char *path, char *error, size_t errorlen)
{
	snprintf(error, errorlen, "FOPEN ERROR: <%s> %s", path,
	    strerror(errno));
}

int
auth_keys_read(const char *path, struct auth_keys *out, char *error,
    size_t errorlen)
{
	char buffer[BUFSIZ];
	FILE *f;
	int rc;

	if ((f = fopen(path, "re")) == NULL) {
		open_error(path, error, errorlen);
		return -1;
	}
	/* A buffer of stdio's own would stay behind in freed memory. */
	setvbuf(f, buffer, _IOFBF, sizeof(buffer));
	rc = auth_keys_parse(f, out, error, errorlen);
	/* A directory opens, but cannot be read. */
	if (ferror(f)) {
		open_error(path, error, errorlen);
		auth_wipe(out, sizeof(*out));
		rc = -1;
	}
	fclose(f);
	auth_wipe(buffer, sizeof(buffer));
	return rc;
}
