/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_WORDS_H
#define PL_WORDS_H

/*
 * A command line in text becomes argv, with a NULL behind: words are between
 * blanks, '' is an empty one. Returns argc; more than max words fail the test.
 */
int	words_cut(char *text, char *argv[], int max);

#endif
