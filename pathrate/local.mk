# SPDX-License-Identifier: BSD-2-Clause
# pathrate: both programs, and what they are made of.

bin_PROGRAMS += %D%/pathrate_rcv
sbin_PROGRAMS += %D%/pathrate_snd
noinst_LTLIBRARIES += libpathrate.la

# Everything but main(); the tests link it as it is.
libpathrate_la_SOURCES = \
	%D%/bucket.c \
	%D%/bucket.h \
	%D%/classic.c \
	%D%/classic.h \
	%D%/classic_phase.c \
	%D%/classic_prelim.c \
	%D%/classic_private.h \
	%D%/client.c \
	%D%/client.h \
	%D%/client_connect.c \
	%D%/client_files.c \
	%D%/client_latency.c \
	%D%/client_private.h \
	%D%/client_replay.c \
	%D%/client_results.c \
	%D%/client_session.c \
	%D%/client_stamps.c \
	%D%/coalesce.c \
	%D%/coalesce.h \
	%D%/density.c \
	%D%/density.h \
	%D%/depart.c \
	%D%/depart.h \
	%D%/fast.c \
	%D%/fast.h \
	%D%/fast_bucket.c \
	%D%/fast_cross.c \
	%D%/fast_estimate.c \
	%D%/fast_load.c \
	%D%/fast_private.h \
	%D%/fast_samples.c \
	%D%/method.c \
	%D%/method.h \
	%D%/histogram.c \
	%D%/histogram.h \
	%D%/modes.c \
	%D%/modes.h \
	%D%/rcv.c \
	%D%/rcv.h \
	%D%/rcv_private.h \
	%D%/rcv_train.c \
	%D%/replay.c \
	%D%/replay.h \
	%D%/replay_fast.c \
	%D%/replay_fast.h \
	%D%/report.c \
	%D%/report.h \
	%D%/report_classic.c \
	%D%/report_csv.c \
	%D%/report_csv.h \
	%D%/report_facts.h \
	%D%/report_fast.c \
	%D%/report_fast.h \
	%D%/report_json.c \
	%D%/report_json.h \
	%D%/report_private.h \
	%D%/report_snd.c \
	%D%/report_snd.h \
	%D%/series.c \
	%D%/series.h \
	%D%/server.c \
	%D%/server.h \
	%D%/server_accept.c \
	%D%/server_private.h \
	%D%/server_say.c \
	%D%/server_session.c \
	%D%/server_setup.c \
	%D%/server_train.c \
	%D%/server_turn.c \
	%D%/snd.c \
	%D%/snd.h \
	%D%/snd_command.c \
	%D%/snd_private.h \
	%D%/train.h \
	%D%/turn.c \
	%D%/turn.h \
	%D%/options.c \
	%D%/options.h \
	%D%/options_rcv.c \
	%D%/options_snd.c \
	%D%/options_table.h \
	%D%/wire.c \
	%D%/wire.h

# What the programs and their tests link.
PATHRATE_LIBS = libpathrate.la $(COMMON_LIBS)

%C%_pathrate_rcv_SOURCES = %D%/pathrate_rcv.c
%C%_pathrate_rcv_LDADD = $(PATHRATE_LIBS)
%C%_pathrate_snd_SOURCES = %D%/pathrate_snd.c
%C%_pathrate_snd_LDADD = $(PATHRATE_LIBS)

systemd_services += %D%/pathrate_snd.service
dist_systemdsystemunit_DATA += %D%/pathrate_snd.socket
%D%/pathrate_snd.service: %D%/pathrate_snd.service.in
