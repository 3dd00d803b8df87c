/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_MID_H
#define MSAK_MID_H

#include <stdint.h>

/* A measurement id as text, and NUL. */
#define MID_TEXT	37

/* The random (version 4) UUID of 16 random bytes. */
void	mid_uuid(const uint8_t bytes[16], char text[MID_TEXT]);
/* A new one. */
void	mid_random(char text[MID_TEXT]);

#endif
