/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/clock.h"
#include "common/host.h"
#include "common/writer.h"

void
host_write(struct writer *w, const struct host *h)
{
	writer_num(w, "cpu_user_s", (double)h->cpu_user_ns /
	    (double)CLOCK_NS_PER_S, 6);
	writer_num(w, "cpu_system_s", (double)h->cpu_sys_ns /
	    (double)CLOCK_NS_PER_S, 6);
	writer_num(w, "cpu_share", host_cpu_share(h), 6);
	writer_num(w, "clock_step_ms", (double)host_clock_step(h) /
	    (double)CLOCK_NS_PER_MS, 6);
	if (h->socket_drops >= 0)
		writer_int(w, "socket_drops", h->socket_drops);
	else
		writer_null(w, "socket_drops");
	writer_str(w, "limit", host_limit(h));
}
