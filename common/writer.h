/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_WRITER_H
#define PL_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The one way results go out: start a named group, put named values, end it.
 * Text, JSON and CSV stand behind it, so they cannot drift apart; a tool's
 * legacy text layouts are further back ends. Lists hold groups of one name.
 *
 * A number carries its number of decimals; JSON prints the same digits that
 * a text would. An unknown value is written by writer_null.
 */
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

struct writer_ops {
	/* key NULL: the document itself, or a member of the open list */
	void	(*start)(struct writer *, const char *key);
	void	(*list)(struct writer *, const char *key);
	void	(*value)(struct writer *, const char *key,
		    const struct writer_value *);
	void	(*end)(struct writer *);	/* of group or list */
	int	(*finish)(struct writer *);	/* 0 or -1 with errno */
};

/* Back ends embed this as their first member. */
struct writer {
	const struct writer_ops *ops;
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

/* indent > 0: one pretty document; 0: each top group on a line (JSON Lines). */
struct writer *writer_json(FILE *out, int indent);
/* Each top group is a row; the header line is written before the first one
 * and whenever the set of keys changes. Nested keys are joined by '.'. */
struct writer *writer_csv(FILE *out);
/* "key: value" lines, nested groups indented. */
struct writer *writer_text(FILE *out);

#endif
