/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_ACTIVATE_H
#define PL_ACTIVATE_H

/*
 * Sockets that a service manager opened for this process (the protocol of
 * sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES), without the
 * library.
 */
#define ACTIVATE_MAX	16	/* sockets that are taken notice of */
#define ACTIVATE_NAME	64

struct activate {
	int	n;
	struct {
		int	fd;	/* -1: taken */
		int	type;	/* SOCK_STREAM, SOCK_DGRAM; -1: no socket */
		char	name[ACTIVATE_NAME]; /* "" when it has none */
	} s[ACTIVATE_MAX];
};

/*
 * Once, before other descriptors are opened: what there is, n being 0 when it
 * is meant for another process or is malformed. The variables are removed and
 * the descriptors closed on exec.
 */
void	activate_init(struct activate *a);

/*
 * A socket of this type for a purpose: the one that bears its name, else the
 * first whose name is no purpose of the program; known lists those, NULL at
 * the end. With known NULL the name alone counts. -1: there is none. It is
 * the caller's from now on, non-blocking.
 */
int	activate_take(struct activate *a, const char *name, int type,
	    const char *const *known);

/* Close what nobody took; how many these were. */
int	activate_close(struct activate *a);

#endif
