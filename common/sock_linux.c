/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
/* Not netinet/tcp.h: glibc's struct tcp_info ends in 2007. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"

int
sock_open(int family, int type)
{
	return socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int
sock_accept(int fd, struct addr *peer)
{
	struct addr a;
	int n;

	memset(&a, 0, sizeof(a));
	do {
		a.len = sizeof(a.ss);
		n = accept4(fd, &a.sa, &a.len, SOCK_CLOEXEC | SOCK_NONBLOCK);
	} while (n == -1 && (errno == EINTR || errno == ECONNABORTED));
	if (n != -1 && peer != NULL)
		*peer = a;
	return n;
}

/* The option of the other family fails, or serves v4-mapped peers. */
void
sock_allow_fragments(int fd)
{
	int v4 = IP_PMTUDISC_DONT, v6 = IPV6_PMTUDISC_DONT;

	(void)setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4, sizeof(v4));
	(void)setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6,
	    sizeof(v6));
}

/*
 * tcp_info was filled with ones before the kernel wrote as much of it as it
 * has; ones also are what the kernel says for a minimum that it has not.
 */
static int64_t
known32(uint32_t v, int64_t unit)
{
	return v == UINT32_MAX ? -1 : (int64_t)v * unit;
}

static int64_t
known64(uint64_t v, int64_t unit)
{
	return v > (uint64_t)(INT64_MAX / unit) ? -1 : (int64_t)v * unit;
}

int
sock_tcp_info(int fd, struct sock_tcp_info *out)
{
	const int64_t us = CLOCK_NS_PER_US;
	struct tcp_info ti;
	socklen_t len = sizeof(ti);

	memset(&ti, 0xff, sizeof(ti));
	memset(out, 0xff, sizeof(*out));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &ti, &len) == -1)
		return -1;
	out->rtt_ns = known32(ti.tcpi_rtt, us);
	out->rttvar_ns = known32(ti.tcpi_rttvar, us);
	out->min_rtt_ns = known32(ti.tcpi_min_rtt, us);
	out->retransmits = known32(ti.tcpi_total_retrans, 1);
	out->lost = known32(ti.tcpi_lost, 1);
	out->mss = known32(ti.tcpi_snd_mss, 1);
	out->cwnd_bytes = known32(ti.tcpi_snd_cwnd, ti.tcpi_snd_mss);
	/* TCP_INFINITE_SSTHRESH: slow start has not ended yet. */
	if (ti.tcpi_snd_ssthresh < INT32_MAX)
		out->ssthresh_bytes = known32(ti.tcpi_snd_ssthresh,
		    ti.tcpi_snd_mss);
	out->delivery_rate_bps = known64(ti.tcpi_delivery_rate, 8);
	out->bytes_acked = known64(ti.tcpi_bytes_acked, 1);
	out->bytes_received = known64(ti.tcpi_bytes_received, 1);
	out->busy_ns = known64(ti.tcpi_busy_time, us);
	out->rwnd_limited_ns = known64(ti.tcpi_rwnd_limited, us);
	out->sndbuf_limited_ns = known64(ti.tcpi_sndbuf_limited, us);
	out->pmtu = known32(ti.tcpi_pmtu, 1);
	return 0;
}

ssize_t
sock_tcp_raw(int fd, void *buf, size_t len)
{
	socklen_t n = (socklen_t)len;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, buf, &n) == -1)
		return -1;
	return (ssize_t)n;
}

ssize_t
sock_cc_raw(int fd, void *buf, size_t len)
{
	socklen_t n = (socklen_t)len;

	if (getsockopt(fd, IPPROTO_TCP, TCP_CC_INFO, buf, &n) == -1)
		return -1;
	return (ssize_t)n;
}

uint64_t
sock_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t n = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &n) == -1)
		return 0;
	return cookie;
}

int
sock_outq(int fd)
{
	int bytes;

	return ioctl(fd, SIOCOUTQ, &bytes) == -1 ? -1 : bytes;
}

ssize_t
sock_discard(int fd, size_t len)
{
	return recv(fd, NULL, len, MSG_TRUNC);
}

int64_t
sock_drops(int fd)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) == -1 ||
	    len <= SK_MEMINFO_DROPS * sizeof(info[0]))
		return -1;
	return info[SK_MEMINFO_DROPS];
}
