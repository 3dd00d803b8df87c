/* SPDX-License-Identifier: BSD-2-Clause */
/* The thrulay program: a command line around libthrulay. */
#include "config.h"

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/daemon.h"
#include "thrulay/options.h"
#include "thrulay/report.h"
#include "thrulay/thrulay.h"

/*
 * 0 or a negative error; *phase says when it struck, *signo which signal ended
 * the test early.
 */
static int
run(const struct client_options *o, struct report *r, const char **phase,
    int *signo)
{
	struct thrulay_client *c;
	int rc, final;

	*phase = "While initializing";
	rc = thrulay_client_init(&c, &o->test, report_handlers(), r);
	if (rc == 0)
		rc = thrulay_client_stop_on(c, SIGINT);
	if (rc == 0)
		rc = thrulay_client_stop_on(c, SIGTERM);
	if (rc == 0)
		rc = thrulay_client_connect(c);
	if (rc == 0) {
		*phase = "During test";
		rc = thrulay_client_start(c);
		final = thrulay_client_report_final(c);
		if (rc == 0 && final != 0) {
			*phase = "While generating final report";
			rc = final;
		}
	}
	if (c != NULL)
		*signo = thrulay_client_signal(c);
	thrulay_client_exit(c);
	return rc;
}

int
main(int argc, char **argv)
{
	struct client_options o;
	struct report *r;
	const char *phase;
	int rc, signo = 0, status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(1, "/dev/null");
	if (client_options_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	r = report_new(&o, stdout, stderr);
	if (r == NULL)
		err(1, "report");
	rc = run(&o, r, &phase, &signo);
	status = report_finish(r, phase, rc);
	report_free(r);
	client_options_free(&o);
	return signo != 0 ? 128 + signo : status;
}
