# SPDX-License-Identifier: BSD-2-Clause
# udping: both programs, and what they are made of.

sbin_PROGRAMS += %D%/udping_client %D%/udping_server
noinst_LTLIBRARIES += libudping.la

# Everything but main(); the tests link it as it is.
libudping_la_SOURCES = \
	%D%/client.c %D%/client.h \
	%D%/client_hops.c \
	%D%/client_loop.c \
	%D%/client_report.c \
	%D%/client_send.c \
	%D%/frame.c %D%/frame.h \
	%D%/gaps.c %D%/gaps.h \
	%D%/httpget.c %D%/httpget.h \
	%D%/macs.c %D%/macs.h \
	%D%/nap.c %D%/nap.h \
	%D%/number.c %D%/number.h \
	%D%/options_server.c %D%/options_server.h \
	%D%/ports.c %D%/ports.h \
	%D%/probe.c %D%/probe.h \
	%D%/raw.h \
	%D%/raw_iface.c %D%/raw_iface.h \
	%D%/raw_stamp.h \
	%D%/report.c %D%/report.h \
	%D%/report_json.c \
	%D%/route.h \
	%D%/sender.c %D%/sender.h \
	%D%/server.c %D%/server.h \
	%D%/server_host.h \
	%D%/server_private.h \
	%D%/server_prometheus.c \
	%D%/server_receive.c \
	%D%/server_report.c \
	%D%/server_say.c \
	%D%/server_scrape.c %D%/server_scrape.h \
	%D%/server_setup.c \
	%D%/session.c %D%/session.h \
	%D%/session_ahead.c \
	%D%/session_lane.c \
	%D%/session_private.h \
	%D%/session_seq.c \
	%D%/wire.c %D%/wire.h

# Platform files come in pairs with the same functions.
if LINUX
libudping_la_SOURCES += \
	%D%/raw_linux.c %D%/raw_stamp_linux.c \
	%D%/route_answer.h %D%/route_answer_linux.c %D%/route_linux.c \
	%D%/server_host_linux.c
else
libudping_la_SOURCES += \
	%D%/raw_posix.c %D%/raw_stamp_posix.c %D%/route_posix.c \
	%D%/server_host_posix.c
endif
EXTRA_DIST += \
	%D%/raw_linux.c %D%/raw_posix.c \
	%D%/raw_stamp_linux.c %D%/raw_stamp_posix.c \
	%D%/route_answer.h %D%/route_answer_linux.c \
	%D%/route_linux.c %D%/route_posix.c \
	%D%/server_host_linux.c %D%/server_host_posix.c

# What the programs and their tests link.
UDPING_LIBS = libudping.la $(COMMON_LIBS)

%C%_udping_client_SOURCES = \
	%D%/options_client.c %D%/options_client.h \
	%D%/udping_client.c
%C%_udping_client_LDADD = $(UDPING_LIBS)

%C%_udping_server_SOURCES = %D%/udping_server.c
%C%_udping_server_LDADD = $(UDPING_LIBS)

systemd_services += %D%/udping_server.service
%D%/udping_server.service: %D%/udping_server.service.in
