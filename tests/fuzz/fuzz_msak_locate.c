/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "msak/locate.h"

/*
 * Input: a byte, '+' for status 200, else 500, and the body of an answer. One
 * that is refused has a message and no targets; every URL of a good one can
 * stand in a request line.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_url(const char *url)
{
	size_t i, n = strlen(url);

	if (n == 0 || n >= LOCATE_URL_MAX)
		abort();
	for (i = 0; i < n; i++)
		if ((unsigned char)url[i] <= ' ' || url[i] == 0x7f)
			abort();
}

static void
fuzz_walk(const struct locate *l)
{
	struct locate_walk w = { 0 };
	size_t i, last = 0, n = 0;
	const char *url;

	while ((url = locate_next(l, &w, "ws", "/throughput/v1/download",
	    &i)) != NULL) {
		fuzz_url(url);
		if ((n++ > 0 && i <= last) || i >= locate_targets(l))
			abort();
		last = i;
	}
	if (n > LOCATE_TRIES || (n < LOCATE_TRIES &&
	    w.next != locate_targets(l)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[LOCATE_ERROR] = "";
	enum locate_verdict v;
	struct locate l;

	if (size == 0)
		return 0;
	v = locate_read(&l, data[0] == '+' ? 200 : 500, data + 1, size - 1,
	    error, sizeof(error));
	if ((v == LOCATE_GOOD) != (error[0] == '\0') ||
	    (v != LOCATE_GOOD && locate_targets(&l) != 0) ||
	    (v == LOCATE_REFUSED && data[0] == '+'))
		abort();
	fuzz_walk(&l);
	locate_free(&l);
	return 0;
}
