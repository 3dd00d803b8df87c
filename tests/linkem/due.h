/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_DUE_H
#define PL_LINKEM_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Packets that wait for their time: a heap, equal times in order of entry. */
struct due_item {
	int64_t	 due_ns;
	uint64_t order;		/* set by due_push */
	uint32_t buf;		/* where its bytes are */
	uint32_t len;
	uint32_t record;	/* what is written down about it */
	int	 dir;
};

struct due {
	struct due_item	*items;
	size_t		 n, max;
	uint64_t	 order;
};

/* Room for max items. 0, or -1 with errno. */
int	due_init(struct due *d, size_t max);
void	due_free(struct due *d);
/* False when full. */
bool	due_push(struct due *d, const struct due_item *item);
/* The earliest one, NULL when empty; valid until the next push or pop. */
const struct due_item *due_first(const struct due *d);
/* Remove the earliest one; there must be one. */
void	due_pop(struct due *d);

#endif
