/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_SEQMAP_H
#define THRULAY_SEQMAP_H

#include <stddef.h>
#include <stdint.h>

/* Most numbers of a map: 10^6 a second for twelve days. */
#define SEQMAP_MAX	(UINT64_C(1) << 40)

/*
 * Which packet numbers were seen: one bit a number, in chunks that are
 * allocated when the first number in them comes.
 */
struct seqmap {
	uint64_t	  packets;	/* numbers 0..packets-1 */
	size_t		  chunks;
	uint64_t	**chunk;	/* NULL: nothing of it was seen */
	size_t		  held;		/* chunks allocated */
};

enum seqmap_set { SEQMAP_NEW, SEQMAP_SEEN, SEQMAP_NO_MEMORY };

/* Runs of numbers that were not seen. */
struct seqmap_gaps {
	uint64_t	runs, longest, numbers;
};

/* 0, or -1 with errno, ENOMEM above SEQMAP_MAX too. */
int	seqmap_init(struct seqmap *m, uint64_t packets);
void	seqmap_free(struct seqmap *m);
/* n < packets */
enum seqmap_set seqmap_set(struct seqmap *m, uint64_t n);
/* Of the numbers 0..end-1; end may lie beyond packets. */
void	seqmap_gaps(const struct seqmap *m, uint64_t end,
	    struct seqmap_gaps *out);
size_t	seqmap_memory(const struct seqmap *m);	/* bytes held */

#endif
