/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/latency_set.h"

#define FNV_PRIME	UINT64_C(0x100000001b3)
#define PLACE_MASK	UINT64_C(0xffffffff)

static struct latency_session **
bucket(const struct latency_set *t, const char *mid)
{
	uint64_t h = t->seed;

	for (; *mid != '\0'; mid++)
		h = (h ^ (unsigned char)*mid) * FNV_PRIME;
	return &t->buckets[(h ^ h >> 32) & (t->nbuckets - 1)];
}

int
latency_set_init(struct latency_set *t, size_t max, uint64_t seed)
{
	size_t i;

	memset(t, 0, sizeof(*t));
	t->max = max;
	t->seed = seed;
	for (t->nbuckets = 1; t->nbuckets < max; t->nbuckets *= 2)
		;
	t->buckets = calloc(t->nbuckets, sizeof(*t->buckets));
	t->heap = calloc(max + 1, sizeof(*t->heap));
	t->places = calloc(max + 1, sizeof(*t->places));
	t->free_places = calloc(max + 1, sizeof(*t->free_places));
	if (t->buckets == NULL || t->heap == NULL || t->places == NULL ||
	    t->free_places == NULL) {
		latency_set_clear(t);
		return -1;
	}
	for (i = 0; i < max; i++)
		t->free_places[i] = (uint32_t)i;
	return 0;
}

void
latency_set_clear(struct latency_set *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		latency_session_free(t->heap[i]);
	free(t->buckets);
	free(t->heap);
	free(t->places);
	free(t->free_places);
	memset(t, 0, sizeof(*t));
}

struct latency_session *
latency_set_find(const struct latency_set *t, const char *mid)
{
	struct latency_session *s = *bucket(t, mid);

	while (s != NULL && strcmp(s->mid, mid) != 0)
		s = s->next;
	return s;
}

struct latency_session *
latency_set_ref(const struct latency_set *t, uint64_t ref)
{
	size_t place = (size_t)(ref & PLACE_MASK);
	struct latency_session *s = place < t->max ? t->places[place] : NULL;

	return s != NULL && s->ref == ref ? s : NULL;
}

static void
heap_put(struct latency_set *t, size_t at, struct latency_session *s)
{
	t->heap[at] = s;
	s->at = at;
}

/* Bring what stands at a place up or down to where its time belongs. */
static void
heap_settle(struct latency_set *t, size_t at)
{
	struct latency_session *s = t->heap[at];
	size_t child;

	while (at > 0 && t->heap[(at - 1) / 2]->due_ns > s->due_ns) {
		heap_put(t, at, t->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	while ((child = 2 * at + 1) < t->n) {
		if (child + 1 < t->n &&
		    t->heap[child + 1]->due_ns < t->heap[child]->due_ns)
			child++;
		if (t->heap[child]->due_ns >= s->due_ns)
			break;
		heap_put(t, at, t->heap[child]);
		at = child;
	}
	heap_put(t, at, s);
}

void
latency_set_due(struct latency_set *t, struct latency_session *s,
    int64_t due_ns)
{
	s->due_ns = due_ns;
	heap_settle(t, s->at);
}

void
latency_set_add(struct latency_set *t, struct latency_session *s)
{
	struct latency_session **b = bucket(t, s->mid);
	uint32_t place = t->free_places[t->max - t->n - 1];

	s->next = *b;
	*b = s;
	s->ref = ++t->added << 32 | place;
	t->places[place] = s;
	heap_put(t, t->n++, s);
	heap_settle(t, s->at);
}

void
latency_set_remove(struct latency_set *t, struct latency_session *s)
{
	struct latency_session **b = bucket(t, s->mid), *last;
	uint32_t place = (uint32_t)(s->ref & PLACE_MASK);

	while (*b != s)
		b = &(*b)->next;
	*b = s->next;
	t->places[place] = NULL;
	last = t->heap[--t->n];
	t->free_places[t->max - t->n - 1] = place;
	if (last == s)
		return;
	heap_put(t, s->at, last);
	heap_settle(t, last->at);
}
