/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "common/clock.h"
#include "thrulay/block_notes.h"
#include "thrulay/block_kernel.h"

#define WAITING		4096			/* RTTs, a power of two */
#define FRESH_NS	(10 * CLOCK_NS_PER_MS)	/* of the kernel's view */

struct block_notes {
	int			 fd;
	size_t			 block;
	struct thrulay_kernel	 kernel;
	int64_t			 asked_ns;	/* when the kernel was asked */
	size_t			 first;		/* untold RTT in the ring */
	size_t			 waiting;	/* untold RTTs */
	size_t			 put;		/* of them in prepared blocks */
	int64_t			 rtt_ns[WAITING];
	size_t			*took;		/* RTTs, by slot */
};

struct block_notes *
block_notes_new(int fd, size_t block, size_t slots)
{
	struct block_notes *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return NULL;
	n->fd = fd;
	n->block = block;
	if ((n->took = calloc(slots, sizeof(*n->took))) == NULL) {
		free(n);
		return NULL;
	}
	return n;
}

void
block_notes_free(struct block_notes *n)
{
	if (n == NULL)
		return;
	free(n->took);
	free(n);
}

void
block_notes_add(struct block_notes *n, const int64_t *rtt_ns, size_t count)
{
	size_t i;

	for (i = 0; i < count && n->waiting < WAITING; i++)
		n->rtt_ns[(n->first + n->waiting++) % WAITING] = rtt_ns[i];
}

void
block_notes_begin(struct block_notes *n, int64_t now_ns)
{
	n->put = 0;
	if (n->asked_ns != 0 && now_ns - n->asked_ns < FRESH_NS)
		return;
	n->asked_ns = now_ns;
	block_kernel(n->fd, &n->kernel);
}

void
block_notes_put(struct block_notes *n, size_t slot, uint8_t *block)
{
	int64_t rtt_ns[BLOCK_NOTES_RTTS];
	size_t i, count = n->waiting - n->put;

	if (count > BLOCK_NOTES_RTTS)
		count = BLOCK_NOTES_RTTS;
	for (i = 0; i < count; i++)
		rtt_ns[i] = n->rtt_ns[(n->first + n->put + i) % WAITING];
	ext_note_put(&n->kernel, rtt_ns, &count, block, n->block);
	n->took[slot] = count;
	n->put += count;
}

void
block_notes_sent(struct block_notes *n, size_t slot, size_t count)
{
	size_t i, told = 0;

	for (i = 0; i < count; i++)
		told += n->took[slot + i];
	n->first = (n->first + told) % WAITING;
	n->waiting -= told;
}
