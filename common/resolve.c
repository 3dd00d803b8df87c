/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/resolve.h"

#define WAYS	4
#define SETS	512
#define ENTRIES	(WAYS * SETS)

enum state { EMPTY, WAITING, NAMED, NAMELESS };

struct entry {
	struct addr	a;
	enum state	state;
	int64_t		until_ns;	/* to be asked anew after that */
	char		name[RESOLVE_NAME];
};

struct resolver {
	pthread_mutex_t	 lock;
	pthread_cond_t	 work;
	resolve_ask	*ask;
	int		 owners;	/* caller and thread; the last one
					 * frees */
	bool		 stop;
	size_t		 queue[ENTRIES];	/* of those that wait */
	size_t		 head, waiting;
	struct entry	 entries[ENTRIES];
};

static bool
ask_system(const struct addr *a, char name[RESOLVE_NAME])
{
	return getnameinfo(&a->sa, a->len, name, RESOLVE_NAME, NULL, 0,
	    NI_NAMEREQD) == 0;
}

static void
let_go(struct resolver *r)
{
	bool last = --r->owners == 0;

	pthread_mutex_unlock(&r->lock);
	if (!last)
		return;
	pthread_cond_destroy(&r->work);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* One that waits, asked without the lock. Its entry stays put meanwhile. */
static void
ask_one(struct resolver *r)
{
	struct entry *e = &r->entries[r->queue[r->head]];
	char name[RESOLVE_NAME];
	struct addr a = e->a;
	bool known;

	pthread_mutex_unlock(&r->lock);
	known = r->ask(&a, name);
	pthread_mutex_lock(&r->lock);
	r->head = (r->head + 1) % ENTRIES;
	r->waiting--;
	e->state = known ? NAMED : NAMELESS;
	e->until_ns = clock_mono() + (known ? RESOLVE_KEEP_NS :
	    RESOLVE_NONE_NS);
	if (known)
		memcpy(e->name, name, sizeof(e->name));
}

static void *
run(void *arg)
{
	struct resolver *r = arg;

	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		if (r->waiting == 0)
			pthread_cond_wait(&r->work, &r->lock);
		else
			ask_one(r);
	}
	let_go(r);
	return NULL;
}

struct resolver *
resolve_new(resolve_ask *ask)
{
	struct resolver *r = calloc(1, sizeof(*r));
	pthread_t thread;

	if (r == NULL)
		return NULL;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, NULL);
	r->ask = ask != NULL ? ask : ask_system;
	r->owners = 2;
	errno = pthread_create(&thread, NULL, run, r);
	if (errno != 0) {
		free(r);
		return NULL;
	}
	pthread_detach(thread);
	return r;
}

void
resolve_free(struct resolver *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->work);
	let_go(r);
}

/* The entries that may hold this address. */
static struct entry *
set_of(struct resolver *r, const struct addr *a)
{
	const uint8_t *p = (const uint8_t *)&a->in.sin_addr;
	size_t n = sizeof(a->in.sin_addr);
	uint32_t h = 2166136261u;

	if (a->sa.sa_family == AF_INET6) {
		p = (const uint8_t *)&a->in6.sin6_addr;
		n = sizeof(a->in6.sin6_addr);
	}
	while (n-- > 0)
		h = (h ^ *p++) * 16777619u;
	return &r->entries[(h ^ h >> 16) % SETS * WAYS];
}

static struct entry *
find(struct resolver *r, const struct addr *a)
{
	struct entry *e = set_of(r, a);
	size_t i;

	for (i = 0; i < WAYS; i++)
		if (e[i].state != EMPTY && addr_same_host(&e[i].a, a))
			return &e[i];
	return NULL;
}

/* One that is not waiting, best one that is no longer good. */
static struct entry *
room(struct resolver *r, const struct addr *a)
{
	struct entry *e = set_of(r, a), *best = NULL;
	size_t i;

	for (i = 0; i < WAYS; i++) {
		if (e[i].state == WAITING)
			continue;
		if (best == NULL || e[i].until_ns < best->until_ns)
			best = &e[i];
	}
	return best;
}

void
resolve_want(struct resolver *r, const struct addr *a)
{
	struct entry *e;

	pthread_mutex_lock(&r->lock);
	e = find(r, a);
	if (e == NULL)
		e = room(r, a);
	else if (e->state == WAITING || clock_mono() < e->until_ns)
		e = NULL;
	if (e != NULL) {
		e->a = *a;
		e->state = WAITING;
		r->queue[(r->head + r->waiting++) % ENTRIES] =
		    (size_t)(e - r->entries);
		pthread_cond_signal(&r->work);
	}
	pthread_mutex_unlock(&r->lock);
}

bool
resolve_name(struct resolver *r, const struct addr *a,
    char name[RESOLVE_NAME])
{
	const struct entry *e;
	bool known;

	pthread_mutex_lock(&r->lock);
	e = find(r, a);
	known = e != NULL && e->state == NAMED;
	if (known)
		memcpy(name, e->name, sizeof(e->name));
	pthread_mutex_unlock(&r->lock);
	return known;
}

bool
resolve_done(struct resolver *r, const struct addr *a)
{
	const struct entry *e;
	bool done;

	pthread_mutex_lock(&r->lock);
	e = find(r, a);
	done = e != NULL && e->state != WAITING;
	pthread_mutex_unlock(&r->lock);
	return done;
}
