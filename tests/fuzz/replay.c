/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Drives a fuzz target without libFuzzer: every file of its corpus, or the
 * files named, each whole and cut short after every byte, because a parser
 * that reads on past the end is the commonest defect. Every input stands in
 * memory of exactly its size, so that a sanitizer or valgrind sees that. TAP
 * on stdout, a test a file; a failed property aborts.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Enough for every message of ours; longer files are cut there only. */
#define REPLAY_CUTS	4096

static void
replay_bytes(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if ((copy = malloc(size > 0 ? size : 1)) == NULL)
		err(1, "malloc");
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static uint8_t *
replay_read(const char *path, size_t *size)
{
	struct stat st;
	uint8_t *data;
	FILE *f;

	if ((f = fopen(path, "rb")) == NULL || fstat(fileno(f), &st) == -1)
		err(1, "%s", path);
	*size = (size_t)st.st_size;
	if ((data = malloc(*size + 1)) == NULL)
		err(1, "malloc");
	if (fread(data, 1, *size, f) != *size)
		errx(1, "%s: cannot read all of it", path);
	fclose(f);
	return data;
}

static void
replay_file(const char *path, int number)
{
	uint8_t *data;
	size_t size, n;

	data = replay_read(path, &size);
	for (n = 0; n < size && n < REPLAY_CUTS; n++)
		replay_bytes(data, n);
	replay_bytes(data, size);
	free(data);
	printf("ok %d - %s\n", number, path);
	fflush(stdout);
}

static int
replay_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
replay_dir(const char *dir)
{
	struct dirent **entry;
	int i, n;

	if (chdir(dir) == -1 ||
	    (n = scandir(".", &entry, replay_visible, alphasort)) == -1)
		err(1, "%s", dir);
	printf("1..%d\n", n);
	for (i = 0; i < n; i++) {
		replay_file(entry[i]->d_name, i + 1);
		free(entry[i]);
	}
	free(entry);
}

/* fuzz_X, also as libtool's lt-fuzz_X: its corpus is .../corpus/X. */
static void
replay_corpus(const char *program)
{
	const char *top = getenv("top_srcdir");
	const char *name = strstr(program, "fuzz_");
	char dir[4096];

	if (name == NULL)
		errx(1, "%s: no corpus belongs to this name", program);
	snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s",
	    top == NULL ? "." : top, name + strlen("fuzz_"));
	replay_dir(dir);
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	int i;

	if (argc == 1) {
		replay_corpus(slash == NULL ? argv[0] : slash + 1);
		return 0;
	}
	printf("1..%d\n", argc - 1);
	for (i = 1; i < argc; i++)
		replay_file(argv[i], i);
	return 0;
}
