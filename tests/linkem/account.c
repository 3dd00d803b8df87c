/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "tests/linkem/account.h"

const char *
account_class_name(enum account_class class)
{
	static const char *const names[ACCOUNT_CLASSES] = {
		"all", "udp", "tcp", "other"
	};

	return names[class];
}

static bool
account_wants(const struct record *r, int dir, enum account_class class)
{
	if (r->dir != dir)
		return false;
	switch (class) {
	case ACCOUNT_UDP:
		return r->proto == IPPROTO_UDP;
	case ACCOUNT_TCP:
		return r->proto == IPPROTO_TCP;
	case ACCOUNT_OTHER:
		return r->proto != IPPROTO_UDP && r->proto != IPPROTO_TCP;
	case ACCOUNT_ALL:
	case ACCOUNT_CLASSES:
		break;
	}
	return true;
}

static void
account_in(struct account *a, const struct record *r)
{
	a->fates[r->fate]++;
	if (r->copy)
		return;
	if (a->packets_in++ == 0)
		a->first_in_ns = r->arrival_ns;
	a->bytes_in += r->size;
	a->last_in_ns = r->arrival_ns;
}

static int
account_out(struct account *a, const struct record *r)
{
	if (a->packets_out++ == 0)
		a->first_out_ns = r->real_ns;
	a->bytes_out += r->size;
	a->last_out_ns = r->real_ns;
	if (quant_add(a->delay, r->real_ns - r->arrival_ns) == -1 ||
	    quant_add(a->planned, r->planned_ns - r->arrival_ns) == -1)
		return -1;
	return quant_add(a->late, r->real_ns - r->planned_ns);
}

/* Go through the packets in the order in which they left. */
static int
account_order(struct account *a, const struct record **order, size_t n,
    uint8_t *left, enum account_class class, int dir)
{
	uint32_t next = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (order[i] == NULL || !account_wants(order[i], dir, class))
			continue;
		if (account_out(a, order[i]) == -1)
			return -1;
		if (left[order[i]->index]) {
			a->duplicated++;
			continue;
		}
		left[order[i]->index] = 1;
		if (order[i]->index < next)
			a->reordered++;
		else
			next = order[i]->index + 1;
	}
	return 0;
}

int
account_make(struct account *a, const struct records *l, int dir,
    enum account_class class)
{
	const struct record **order = calloc(l->n + 1, sizeof(*order));
	uint8_t *left = calloc(l->n + 1, 1);
	const struct record *r;
	int result = -1;
	size_t i;

	*a = (struct account){ .delay = quant_new(l->n + 1),
		.planned = quant_new(l->n + 1), .late = quant_new(l->n + 1) };
	if (order == NULL || left == NULL || a->delay == NULL ||
	    a->planned == NULL || a->late == NULL)
		goto out;
	for (i = 0; i < l->n; i++) {
		r = &l->items[i];
		if (!account_wants(r, dir, class))
			continue;
		account_in(a, r);
		if (r->fate == RECORD_SENT)
			order[r->out_index] = r;
	}
	result = account_order(a, order, l->n, left, class, dir);
out:
	free(order);
	free(left);
	return result;
}

void
account_free(struct account *a)
{
	quant_free(a->delay);
	quant_free(a->planned);
	quant_free(a->late);
}
