/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_EXT_FIELD_H
#define THRULAY_EXT_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"
#include "thrulay/ext.h"

/*
 * One "key=value\n" of an extension message, in both directions. Values are
 * decimal integers, so that no locale changes them:
 *
 *	COUNT	uint64_t
 *	NUMBER	int64_t, lo..hi
 *	SMALL	int, lo..hi
 *	MS	int64_t ns, rounded up to ms; not negative
 *	NPCT	double, percent, as 10^-9 percent; no line when it is NaN, and
 *		NaN without a line
 *	FLAG	bool, 0 or 1
 *	CHOICE	enum, as the word names[value]
 *	TEXT	char[size], 1 to size - 1 bytes, none of them a control
 *		character; no line when it is empty
 *	HEX	uint8_t[size], two digits each
 *	TIMES	struct thrulay_times: n min max mean p01 p05 p25 p50 p75 p95
 *		p99 p999, with spaces between; the mean in whole ns
 *	LIST	uint64_t[size] with spaces between, up to the last that is not
 *		0; no line when all are
 *	OK	nothing; the line "ok=1" of a verdict
 */
enum ext_type { EXT_COUNT, EXT_NUMBER, EXT_SMALL, EXT_MS, EXT_NPCT, EXT_FLAG,
	EXT_CHOICE, EXT_TEXT, EXT_HEX, EXT_TIMES, EXT_LIST, EXT_OK };

struct ext_field {
	const char		*key;
	enum ext_type		 type;
	size_t			 offset;	/* in struct ext_message */
	size_t			 size;
	int64_t			 lo, hi;
	const char *const	*names;		/* NULL at the end */
	bool			 required;
};

void	ext_field_put(const struct ext_field *f, const struct ext_message *m,
	    struct wire_wr *w);
/* r holds the value and nothing else. False when it is not one of the type. */
bool	ext_field_get(const struct ext_field *f, struct wire_rd *r,
	    struct ext_message *m);
/* What the field is without a line, other than 0. */
void	ext_field_default(const struct ext_field *f, struct ext_message *m);

#endif
