/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <err.h>
#include <string.h>

#include "common/clock.h"
#include "tests/bare.h"

static int
connect_to(const char *address, uint16_t port)
{
	struct sockaddr_in in;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_port = htons(port);
	if (inet_pton(AF_INET, address, &in.sin_addr) != 1)
		errx(1, "%s: not an address", address);
	if (fd == -1 || connect(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
		err(1, "%s", address);
	return fd;
}

void
bare_pace(const char *address, uint16_t port, size_t len, double gap_ms,
    double seconds)
{
	struct bare_pair *p = bare_pair_new(len);
	uint8_t *datagram = bare_block(len);
	int fd = connect_to(address, port);
	int64_t gap_ns = (int64_t)(gap_ms * 1e6), due_ns, end_ns;

	due_ns = p->send.begin_ns = clock_mono();
	end_ns = due_ns + (int64_t)(seconds * 1e9);
	for (; due_ns < end_ns; due_ns += gap_ns) {
		clock_sleep_until(due_ns, 0);
		if (send(fd, datagram, len, 0) == -1)
			err(1, "send");
		p->send.units++;
	}
	p->send.end_ns = due_ns;
	p->send.cpu_s = bare_cpu();
	bare_print("pace", p);
}
