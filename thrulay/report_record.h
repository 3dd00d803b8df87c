/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_REPORT_RECORD_H
#define THRULAY_REPORT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/writer.h"

#define RECORD_MAX	1088	/* values of a group; a setup has two a port */
#define RECORD_KEY	64	/* nested keys joined by '.' */
#define RECORD_DEPTH	4

/*
 * The values of one group by name, for writers whose layout needs all of them
 * at once. Strings are the caller's and must live until the group ends. A
 * name that is not there reads as 0, false or "".
 */
struct record {
	struct {
		char			key[RECORD_KEY];
		struct writer_value	value;
	} item[RECORD_MAX];
	size_t	n;
	char	path[RECORD_DEPTH][RECORD_KEY];
	int	depth;		/* of open groups; path[0] is the outermost */
};

void	record_clear(struct record *r);
void	record_open(struct record *r, const char *key);
/* The number of groups that are still open. */
int	record_close(struct record *r);
void	record_add(struct record *r, const char *key,
	    const struct writer_value *v);

int64_t	record_int(const struct record *r, const char *key);
double	record_num(const struct record *r, const char *key);
bool	record_bool(const struct record *r, const char *key);
const char *record_str(const struct record *r, const char *key);
/* Present and not null. */
bool	record_known(const struct record *r, const char *key);
/* That value of member number i of a list ("list.key"); false past its end. */
bool	record_member(const struct record *r, const char *key, size_t i,
	    int64_t *out);

#endif
