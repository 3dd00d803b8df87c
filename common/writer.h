/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_WRITER_H
#define PL_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/fixed.h"

/*
 * The one way results go out: start a named group, put named values, end it.
 * Text, JSON and CSV stand behind it, so they cannot drift apart; a tool's
 * legacy text layouts are further back ends.
 *
 * At the top stand groups, with a name (the kind of event) or without; in a
 * group, named values, groups and lists; in a list, groups without a name.
 * Anything else, or an end too many or too few, is an error of the program:
 * nothing more is written, and writer_finish fails with EINVAL.
 *
 * A number carries its number of decimals; JSON prints the same digits that
 * a text would. An unknown value is written by writer_null.
 */
#define WRITER_DEPTH	16

enum writer_type { WRITER_INT, WRITER_NUM, WRITER_STR, WRITER_BOOL,
	WRITER_NULL };

struct writer_value {
	enum writer_type type;
	int64_t		 i;
	double		 d;
	int		 decimals;
	const char	*s;
	bool		 b;
};

struct writer;

/* Called in an order that is right; depth is that around what comes. */
struct writer_ops {
	/* key NULL: at the top, or a member of the open list */
	void	(*start)(struct writer *, const char *key);
	void	(*list)(struct writer *, const char *key);
	void	(*value)(struct writer *, const char *key,
		    const struct writer_value *);
	/* of group or list, which still counts in depth */
	void	(*end)(struct writer *);
	/* flush and free; 0, or -1 with errno when any write failed */
	int	(*finish)(struct writer *);
};

/* Back ends embed this as their first member, zero but for ops. */
struct writer {
	const struct writer_ops *ops;
	int	 depth;			/* groups and lists now open */
	bool	 list[WRITER_DEPTH + 1]; /* [depth]: it is a list */
	bool	 bad;
};

void	writer_start(struct writer *w, const char *key);
void	writer_list(struct writer *w, const char *key);
void	writer_end(struct writer *w);
void	writer_int(struct writer *w, const char *key, int64_t v);
void	writer_num(struct writer *w, const char *key, double v, int decimals);
void	writer_str(struct writer *w, const char *key, const char *v);
void	writer_bool(struct writer *w, const char *key, bool v);
void	writer_null(struct writer *w, const char *key);
/* Flush and free the back end. 0, or -1 with errno when any write failed. */
int	writer_finish(struct writer *w);

/* Back ends. NULL with errno when out of memory. out is not closed. */

/*
 * indent > 0: one pretty document, that is one top group; 0: each top group on
 * a line, flushed (JSON Lines). The name of a top group is its first member,
 * "event". A number that is not finite is null.
 */
struct writer *writer_json(FILE *out, int indent);
/*
 * Each top group is a row; the header line is written before the first one
 * and whenever the set of keys changes. Nested keys are joined by '.', members
 * of a list count from 0, the name of a top group is the cell "event". Quoted
 * after RFC 4180, but lines end in LF. A cell is empty where the value is
 * unknown or not finite, an empty text is "". Not flushed before the end.
 */
struct writer *writer_csv(FILE *out);
/*
 * "key: value" lines, nested groups indented, "- " before each member of a
 * list, an empty line between top groups, which are flushed. Control
 * characters and backslashes in texts are escaped. "-" is unknown.
 */
struct writer *writer_text(FILE *out);

/* For back ends. */

/* Flush, and keep in *error the errno of the first write that failed: the
 * stream itself remembers only that there was one. */
void	writer_flush(FILE *out, int *error);
/* The value as text, in buf or where it was; NULL for WRITER_NULL. */
const char *writer_letters(const struct writer_value *v, char buf[FIXED_MAX]);

#endif
