/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bare.h"

struct bare_pair *
bare_pair_new(size_t size)
{
	struct bare_pair *p;

	p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	p->size = size;
	return p;
}

void *
bare_block(size_t size)
{
	void *block = malloc(size);

	if (block == NULL)
		err(1, "malloc");
	memset(block, 0x55, size);
	return block;
}

static double
seconds_of(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

double
bare_cpu(void)
{
	struct rusage ru;

	if (getrusage(RUSAGE_SELF, &ru) == -1)
		err(1, "getrusage");
	return seconds_of(&ru.ru_utime) + seconds_of(&ru.ru_stime);
}

void
bare_bind(int fd)
{
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
		err(1, "bind");
}

void
bare_connect(int fd, int bound)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	if (getsockname(bound, (struct sockaddr *)&in, &len) == -1)
		err(1, "getsockname");
	if (connect(fd, (struct sockaddr *)&in, len) == -1)
		err(1, "connect");
}

void
bare_wait(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "the other end failed");
}

static void
print_side(const char *name, const struct bare_side *s, size_t size)
{
	double t = (double)(s->end_ns - s->begin_ns) / 1e9;
	double gbit = (double)s->units * (double)size * 8 / 1e9;

	printf(", \"%s\": {\"units\": %llu, \"duration_s\": %.6f, "
	    "\"rate_bps\": %.0f, \"units_per_s\": %.1f, \"cpu_s\": %.4f, "
	    "\"cpu_s_per_gbit\": %.5f}", name, (unsigned long long)s->units, t,
	    t > 0 ? gbit * 1e9 / t : 0, t > 0 ? (double)s->units / t : 0,
	    s->cpu_s, gbit > 0 ? s->cpu_s / gbit : 0);
}

void
bare_print(const char *name, const struct bare_pair *p)
{
	printf("{\"test\": \"%s\", \"size_bytes\": %zu", name, p->size);
	print_side("send", &p->send, p->size);
	print_side("recv", &p->recv, p->size);
	printf("}\n");
	if (fflush(stdout) == EOF)
		err(1, "stdout");
}

double
bare_number(const char *text, double min, double max)
{
	char *end;
	double v = strtod(text, &end);

	if (*text == '\0' || *end != '\0' || !(v >= min && v <= max))
		errx(1, "%s: not a number from %g to %g", text, min, max);
	return v;
}
