# SPDX-License-Identifier: BSD-2-Clause
# udping: both programs, and what they are made of.

noinst_LTLIBRARIES += libudping.la

# Everything but main(); the tests link it as it is.
libudping_la_SOURCES = \
	%D%/frame.c %D%/frame.h \
	%D%/gaps.c %D%/gaps.h \
	%D%/httpget.c %D%/httpget.h \
	%D%/macs.c %D%/macs.h \
	%D%/number.c %D%/number.h \
	%D%/options_server.c %D%/options_server.h \
	%D%/ports.c %D%/ports.h \
	%D%/probe.c %D%/probe.h \
	%D%/report.c %D%/report.h \
	%D%/report_json.c \
	%D%/sender.c %D%/sender.h \
	%D%/session.c %D%/session.h \
	%D%/session_lane.c \
	%D%/session_private.h \
	%D%/session_seq.c \
	%D%/wire.c %D%/wire.h

# Platform files come in pairs with the same functions.
if LINUX
else
endif

# What the programs and their tests link.
UDPING_LIBS = libudping.la $(COMMON_LIBS)
