# SPDX-License-Identifier: BSD-2-Clause
# udpst: one program, client and server.

bin_PROGRAMS += %D%/udpst
noinst_LTLIBRARIES += libudpst-core.la

# Everything but main(); the tests link it as it is.
libudpst_core_la_SOURCES = \
	%D%/adjust.c \
	%D%/adjust.h \
	%D%/aggregate.c \
	%D%/auth.c \
	%D%/auth.h \
	%D%/auth_keys.c \
	%D%/client.c \
	%D%/client.h \
	%D%/client_activate.c \
	%D%/client_link.c \
	%D%/client_private.h \
	%D%/client_probe.c \
	%D%/client_setup.c \
	%D%/conn.c \
	%D%/conn.h \
	%D%/conn_in.c \
	%D%/conn_load.c \
	%D%/conn_private.h \
	%D%/endpoint.c \
	%D%/endpoint.h \
	%D%/export.c \
	%D%/export.h \
	%D%/export_name.c \
	%D%/flow.c \
	%D%/flow.h \
	%D%/ifrate.c \
	%D%/ifrate.h \
	%D%/ladder.c \
	%D%/ladder.h \
	%D%/logfile.c \
	%D%/logfile.h \
	%D%/monitor.c \
	%D%/monitor.h \
	%D%/monitor_add.c \
	%D%/monitor_file.c \
	%D%/monitor_prom.c \
	%D%/monitor_state.h \
	%D%/options.c \
	%D%/options.h \
	%D%/options_check.c \
	%D%/options_letter.c \
	%D%/options_long.c \
	%D%/options_operand.c \
	%D%/options_table.c \
	%D%/options_table.h \
	%D%/options_usage.c \
	%D%/pace.c \
	%D%/pace.h \
	%D%/policy.c \
	%D%/policy.h \
	%D%/policy_activate.c \
	%D%/policy_auth.c \
	%D%/policy_auth.h \
	%D%/report.c \
	%D%/report.h \
	%D%/report_banner.c \
	%D%/report_json.c \
	%D%/report_json.h \
	%D%/report_json_input.c \
	%D%/report_json_output.c \
	%D%/report_rates.c \
	%D%/report_text.c \
	%D%/report_text.h \
	%D%/result.c \
	%D%/result.h \
	%D%/rxstat.c \
	%D%/rxstat.h \
	%D%/rxstat_status.c \
	%D%/server.c \
	%D%/server.h \
	%D%/server_news.c \
	%D%/server_private.h \
	%D%/server_run.c \
	%D%/server_say.c \
	%D%/server_seen.c \
	%D%/server_session.c \
	%D%/server_worker.c \
	%D%/signals.c \
	%D%/signals.h \
	%D%/srate.c \
	%D%/srate.h \
	%D%/timename.c \
	%D%/timename.h \
	%D%/wire.c \
	%D%/wire.h \
	%D%/wire_control.c \
	%D%/wire_load.c \
	%D%/wire_row.c \
	%D%/wire_row.h \
	%D%/wire_status.c \
	%D%/wire_time.c
libudpst_core_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)

# What the program and its tests link.
UDPST_LIBS = libudpst-core.la libcommon-crypto.la $(COMMON_LIBS) $(CRYPTO_LIBS)

%C%_udpst_SOURCES = %D%/udpst.c
%C%_udpst_LDADD = $(UDPST_LIBS)

systemd_services += %D%/udpst.service
%D%/udpst.service: %D%/udpst.service.in
