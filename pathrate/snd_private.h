/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_SND_PRIVATE_H
#define PATHRATE_SND_PRIVATE_H

#include "common/clock.h"
#include "pathrate/snd.h"

/* A train that waits for its turn is told of every so often. */
#define SND_QUEUED_NS	(2 * CLOCK_NS_PER_S)

/* What the halves of the sender's machine share. */
void	snd_enter(struct snd *s, enum snd_state state, int64_t deadline_ns);
void	snd_end(struct snd *s, enum snd_kind why);
void	snd_word(struct snd *s, uint32_t value);
void	snd_begin_train(struct snd *s, int64_t now_ns);
/* A word in the states that read commands, verdicts or either. */
void	snd_command(struct snd *s, int64_t now_ns, uint32_t value);
void	snd_verdict(struct snd *s, int64_t now_ns, uint32_t value);

#endif
