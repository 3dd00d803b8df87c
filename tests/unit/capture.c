/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "tests/unit/capture.h"

void
capture(struct capture *c, FILE *stream)
{
	fflush(stream);
	c->stream = stream;
	c->file = tmpfile();
	assert_non_null(c->file);
	c->saved = dup(fileno(stream));
	assert_true(dup2(fileno(c->file), fileno(stream)) != -1);
}

void
captured(struct capture *c, char *text, size_t len)
{
	size_t n;

	fflush(c->stream);
	dup2(c->saved, fileno(c->stream));
	close(c->saved);
	rewind(c->file);
	n = fread(text, 1, len - 1, c->file);
	text[n] = '\0';
	fclose(c->file);
}
