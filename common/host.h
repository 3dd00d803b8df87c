/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_HOST_H
#define PL_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct writer;

/*
 * What this host did during a measurement, so that every tool can say alike
 * when the host, not the path, was the limit.
 */
struct host {
	int64_t	start_mono_ns, start_wall_ns;
	int64_t	end_mono_ns, end_wall_ns;
	int64_t	cpu_user_ns, cpu_sys_ns;	/* since the start */
	int64_t	cpu_user_start_ns, cpu_sys_start_ns;
	/* Set by the tool. */
	bool	spins;		/* on purpose: its share of CPU says nothing */
	unsigned int threads;	/* that share the work; 0 is one */
	int64_t	socket_drops;			/* -1: unknown */
	double	rate_wanted, rate_reached;	/* pacing; 0: none */
	int64_t	late_max_ns;			/* worst lateness of a timer */
};

/* Note the start; what the tool sets becomes unknown, none or 0. */
void	host_begin(struct host *h);
/* Fill the ends; may be called again for a later end. */
void	host_end(struct host *h);
/* CPU seconds over wall seconds of this process, 1.0 = a whole core. */
double	host_cpu_share(const struct host *h);
/* How far the wall clock moved against the monotonic one, ns. */
int64_t	host_clock_step(const struct host *h);
/*
 * Why the host was the limit, as a phrase for the user, or NULL; the first
 * that holds of: its CPU was used up (share >= 0.95 for each of its threads,
 * of at least half a second), it dropped datagrams at the socket, its pacing
 * fell short by more than 0.5 %, its clock stepped by more than 1 ms either
 * way.
 */
const char *host_limit(const struct host *h);
/* The above as values of the group that is open, called alike by all tools. */
void	host_write(struct writer *w, const struct host *h);

#endif
