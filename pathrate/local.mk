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
	%D%/replay.c \
	%D%/replay.h \
	%D%/replay_fast.c \
	%D%/replay_fast.h \
	%D%/series.c \
	%D%/series.h \
	%D%/train.h \
	%D%/wire.c \
	%D%/wire.h

# What the programs and their tests link.
PATHRATE_LIBS = libpathrate.la $(COMMON_LIBS)
