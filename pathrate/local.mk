# SPDX-License-Identifier: BSD-2-Clause
# pathrate: both programs, and what they are made of.

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
	%D%/coalesce.c \
	%D%/coalesce.h \
	%D%/density.c \
	%D%/density.h \
	%D%/fast.c \
	%D%/fast.h \
	%D%/fast_estimate.c \
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
	%D%/snd.c \
	%D%/snd.h \
	%D%/snd_command.c \
	%D%/snd_private.h \
	%D%/train.h \
	%D%/options.c \
	%D%/options.h \
	%D%/options_rcv.c \
	%D%/options_snd.c \
	%D%/options_table.h \
	%D%/wire.c \
	%D%/wire.h

# What the programs and their tests link.
PATHRATE_LIBS = libpathrate.la $(COMMON_LIBS)
