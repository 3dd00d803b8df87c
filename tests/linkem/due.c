/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "tests/linkem/due.h"

int
due_init(struct due *d, size_t max)
{
	*d = (struct due){ .max = max };
	d->items = calloc(max, sizeof(*d->items));
	return d->items == NULL ? -1 : 0;
}

void
due_free(struct due *d)
{
	free(d->items);
	d->items = NULL;
}

static bool
due_before(const struct due_item *a, const struct due_item *b)
{
	if (a->due_ns != b->due_ns)
		return a->due_ns < b->due_ns;
	return a->order < b->order;
}

bool
due_push(struct due *d, const struct due_item *item)
{
	struct due_item new = *item;
	size_t i, up;

	if (d->n == d->max)
		return false;
	new.order = d->order++;
	for (i = d->n++; i > 0; i = up) {
		up = (i - 1) / 2;
		if (!due_before(&new, &d->items[up]))
			break;
		d->items[i] = d->items[up];
	}
	d->items[i] = new;
	return true;
}

const struct due_item *
due_first(const struct due *d)
{
	return d->n > 0 ? &d->items[0] : NULL;
}

void
due_pop(struct due *d)
{
	struct due_item last = d->items[--d->n];
	size_t i, down;

	for (i = 0; (down = 2 * i + 1) < d->n; i = down) {
		if (down + 1 < d->n &&
		    due_before(&d->items[down + 1], &d->items[down]))
			down++;
		if (!due_before(&d->items[down], &last))
			break;
		d->items[i] = d->items[down];
	}
	d->items[i] = last;
}
