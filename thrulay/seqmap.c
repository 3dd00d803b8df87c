/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "thrulay/seqmap.h"

#define WORD_BITS	64
#define CHUNK_WORDS	512		/* 4 KiB */
#define CHUNK_BITS	(WORD_BITS * CHUNK_WORDS)

/* The chunk directory itself costs 1/512 of the whole bitmap. */
int
seqmap_init(struct seqmap *m, uint64_t packets)
{
	memset(m, 0, sizeof(*m));
	if (packets > SEQMAP_MAX) {
		errno = ENOMEM;
		return -1;
	}
	m->packets = packets;
	m->chunks = (size_t)(packets / CHUNK_BITS + 1);
	m->chunk = calloc(m->chunks, sizeof(*m->chunk));
	return m->chunk == NULL ? -1 : 0;
}

void
seqmap_free(struct seqmap *m)
{
	size_t i;

	if (m->chunk != NULL)
		for (i = 0; i < m->chunks; i++)
			free(m->chunk[i]);
	free(m->chunk);
	memset(m, 0, sizeof(*m));
}

enum seqmap_set
seqmap_set(struct seqmap *m, uint64_t n)
{
	uint64_t **chunk = &m->chunk[n / CHUNK_BITS];
	uint64_t *word, bit = UINT64_C(1) << n % WORD_BITS;

	if (*chunk == NULL) {
		*chunk = calloc(CHUNK_WORDS, sizeof(**chunk));
		if (*chunk == NULL)
			return SEQMAP_NO_MEMORY;
		m->held++;
	}
	word = &(*chunk)[n % CHUNK_BITS / WORD_BITS];
	if ((*word & bit) != 0)
		return SEQMAP_SEEN;
	*word |= bit;
	return SEQMAP_NEW;
}

/* The run of unseen numbers in progress. */
struct run {
	uint64_t		length;
	struct seqmap_gaps	*gaps;
};

static void
run_extend(struct run *r, uint64_t n)
{
	if (n == 0)
		return;
	if (r->length == 0)
		r->gaps->runs++;
	r->length += n;
	r->gaps->numbers += n;
	if (r->length > r->gaps->longest)
		r->gaps->longest = r->length;
}

/* The first n bits of a word, n 1..64. */
static void
run_word(struct run *r, uint64_t word, unsigned int n)
{
	if (n == WORD_BITS && word == 0) {
		run_extend(r, n);
		return;
	}
	if (n == WORD_BITS && word == UINT64_MAX) {
		r->length = 0;
		return;
	}
	for (; n > 0; n--, word >>= 1)
		if ((word & 1) != 0)
			r->length = 0;
		else
			run_extend(r, 1);
}

/* The first n bits of a chunk, which may be absent. */
static void
run_chunk(struct run *r, const uint64_t *chunk, uint64_t n)
{
	uint64_t i;

	if (chunk == NULL) {
		run_extend(r, n);
		return;
	}
	for (i = 0; n >= WORD_BITS; i++, n -= WORD_BITS)
		run_word(r, chunk[i], WORD_BITS);
	if (n > 0)
		run_word(r, chunk[i], (unsigned int)n);
}

void
seqmap_gaps(const struct seqmap *m, uint64_t end, struct seqmap_gaps *out)
{
	struct run r = { 0, out };
	uint64_t known = end < m->packets ? end : m->packets, n;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; known > 0; i++, known -= n) {
		n = known < CHUNK_BITS ? known : CHUNK_BITS;
		run_chunk(&r, m->chunk[i], n);
	}
	if (end > m->packets)
		run_extend(&r, end - m->packets);
}

size_t
seqmap_memory(const struct seqmap *m)
{
	return m->chunks * sizeof(*m->chunk) +
	    m->held * CHUNK_WORDS * sizeof(**m->chunk);
}
