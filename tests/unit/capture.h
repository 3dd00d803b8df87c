/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_CAPTURE_H
#define PL_CAPTURE_H

#include <stddef.h>
#include <stdio.h>

/* A standard stream goes to a file between capture and captured. */
struct capture {
	FILE	*stream, *file;
	int	 saved;
};

void	capture(struct capture *c, FILE *stream);
/* What was written meanwhile, cut to len - 1 bytes, with a NUL. */
void	captured(struct capture *c, char *text, size_t len);

#endif
