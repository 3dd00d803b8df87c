/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server and two tests in one process with libthrulay: one second of TCP,
 * then one second of UDP at 10 Mbit/s, both over loopback.
 *
 *	cc example.c $(pkg-config --cflags --libs thrulay) -lpthread
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <thrulay/thrulay.h>

static void
on_result(void *arg, const struct thrulay_result *r)
{
	const struct thrulay_interval *t = &r->total[THRULAY_FORWARD];

	printf("%s: %.1f Mbit/s, median RTT %.3f ms\n", (const char *)arg,
	    t->rate_bps / 1e6, (double)t->rtt.p50 / 1e6);
}

static void
on_udp(void *arg, const struct thrulay_udp_result *r)
{
	printf("%s: %llu of %llu packets lost, median delay %.3f ms\n",
	    (const char *)arg, (unsigned long long)r->lost,
	    (unsigned long long)r->sent, (double)r->delay.p50 / 1e6);
}

static void
check(const char *what, int code)
{
	if (code == 0)
		return;
	fprintf(stderr, "%s: %s\n", what, thrulay_client_strerror(code));
	exit(1);
}

static void
measure(char *name, int port, uint64_t rate)
{
	static const struct thrulay_handlers handlers = {
		.result = on_result,
		.udp = on_udp
	};
	struct thrulay_client *c;
	thrulay_opt_t opt;

	thrulay_client_options_init(&opt);
	opt.server_name = "127.0.0.1";
	opt.port = port;
	opt.rate = rate;
	opt.test_duration = 1;
	opt.want_record = true;
	check("init", thrulay_client_init(&c, &opt, &handlers, name));
	check("connect", thrulay_client_connect(c));
	check("start", thrulay_client_start(c));
	check("report", thrulay_client_report_final(c));
	thrulay_client_exit(c);
}

static void *
serve(void *arg)
{
	thrulay_server_start(arg, 2);
	return NULL;
}

int
main(void)
{
	struct thrulay_server *server;
	thrulay_server_opt_t opt;
	pthread_t thread;
	char tcp[] = "tcp", udp[] = "udp";

	thrulay_server_options_init(&opt);
	opt.port = 0;
	check("server", thrulay_server_init(&server, &opt));
	check("listen", thrulay_server_listen(server));
	if (pthread_create(&thread, NULL, serve, server) != 0)
		return 1;
	measure(tcp, thrulay_server_port(server), 0);
	measure(udp, thrulay_server_port(server), 10000000);
	pthread_join(thread, NULL);
	thrulay_server_exit(server);
	return 0;
}
