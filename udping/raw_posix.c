/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "udping/raw.h"

bool
raw_permitted(void)
{
	errno = ENOTSUP;
	return false;
}

bool
raw_hardware(const char *name, uint8_t mac[MACS_LEN])
{
	(void)name;
	memset(mac, 0, MACS_LEN);
	return false;
}

struct raw *
raw_open(int ifindex, size_t batch, bool bypass)
{
	(void)ifindex;
	(void)batch;
	(void)bypass;
	errno = ENOTSUP;
	return NULL;
}

/* None was ever opened. */

void
raw_free(struct raw *r)
{
	(void)r;
}

int
raw_fd(const struct raw *r)
{
	(void)r;
	return -1;
}

uint8_t *
raw_buf(struct raw *r, size_t i)
{
	(void)r;
	(void)i;
	return NULL;
}

int
raw_send(struct raw *r, const size_t *len, size_t n)
{
	(void)r;
	(void)len;
	(void)n;
	errno = ENOTSUP;
	return -1;
}
