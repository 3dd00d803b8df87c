# SPDX-License-Identifier: BSD-2-Clause
# The link emulator: what end-to-end tests put between two namespaces.

# Arithmetic without I/O or a clock, for its unit tests as well.
check_LTLIBRARIES += liblinkem.la
liblinkem_la_SOURCES = \
	%D%/account.c %D%/account.h \
	%D%/conf_link.c %D%/conf.h \
	%D%/cross.c %D%/cross.h \
	%D%/due.c %D%/due.h \
	%D%/outage.c %D%/outage.h \
	%D%/record.c %D%/record.h \
	%D%/sched.c %D%/sched.h

# Both back ends are Linux's own, whatever files the tools are built from.
if LINUX_HOST
demo_programs = %D%/linkem
check_PROGRAMS += %D%/linkem %D%/probe
endif
%C%_linkem_SOURCES = \
	%D%/conf.c \
	%D%/engine.c %D%/engine.h \
	%D%/linkem.c \
	%D%/port.c %D%/port.h \
	%D%/port_packet.c \
	%D%/port_tun.c \
	%D%/rt.c %D%/rt.h \
	%D%/stamp.c %D%/stamp.h \
	%D%/truth.c %D%/truth.h
%C%_linkem_LDADD = liblinkem.la $(COMMON_LIBS)
%C%_probe_SOURCES = %D%/probe.c %D%/stamp.c %D%/stamp.h
%C%_probe_LDADD = $(COMMON_LIBS)
