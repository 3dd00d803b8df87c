/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <unistd.h>

#include "common/clock.h"
#include "pathrate/client_private.h"

#define LIMIT_NS	(100 * CLOCK_NS_PER_MS)	/* they do not begin at all */
#define REST_NS		(50 * CLOCK_NS_PER_US)	/* from sent to read */
#define CLOSE_NS	CLOCK_NS_PER_US		/* stamps may be cut to 1 us */

/* Was this datagram, which has been there for a while, stamped when it came,
 * and not when it is read? */
static bool
stamped_before(struct udpio_rx *rx, int fd)
{
	int64_t now_ns = clock_wall();
	const struct udpio_msg *m;

	if (udpio_recv(rx, fd) != 1)
		return false;
	m = udpio_msg(rx, 0);
	return m->kernel_stamp && m->wall_ns < now_ns - CLOSE_NS;
}

static bool
stamped(struct udpio_rx *rx, int fd)
{
	bool sent = send(fd, "", 1, 0) == 1;

	(void)clock_sleep_until(clock_mono() + REST_NS, 0);
	return sent && stamped_before(rx, fd);
}

void
client_await_stamps(void)
{
	int64_t end_ns = clock_mono() + LIMIT_NS;
	struct udpio_rx *rx = udpio_rx_new(1, 1);
	int fd = client_open_self();

	if (fd != -1)
		udpio_rx_setup(fd);
	while (fd != -1 && rx != NULL && !stamped(rx, fd) &&
	    clock_mono() < end_ns)
		continue;
	if (fd != -1)
		close(fd);
	udpio_rx_free(rx);
}
