# SPDX-License-Identifier: BSD-2-Clause
# thrulay and thrulayd, and the library they are made of.

bin_PROGRAMS += %D%/thrulay
sbin_PROGRAMS += %D%/thrulayd
lib_LTLIBRARIES += libthrulay.la
noinst_LTLIBRARIES += libthrulay-core.la
pkgconfig_DATA += %D%/thrulay.pc
thrulayincludedir = $(includedir)/thrulay
thrulayinclude_HEADERS = %D%/thrulay.h

# Everything but command lines and text; the tests link it as it is.
libthrulay_core_la_SOURCES = \
	%D%/arrival.c %D%/arrival.h \
	%D%/auth_file.c %D%/auth_file.h \
	%D%/block_echo.c %D%/block_echo.h \
	%D%/block_kernel.c %D%/block_kernel.h \
	%D%/block_notes.c %D%/block_notes.h \
	%D%/block_send.c %D%/block_send.h \
	%D%/blocks.c %D%/blocks.h \
	%D%/client.c %D%/client.h \
	%D%/client_control.c \
	%D%/client_handshake.c \
	%D%/client_tcp.c \
	%D%/client_ticks.c \
	%D%/client_udp.c \
	%D%/client_udp_report.c \
	%D%/dgram_recv.c %D%/dgram_recv.h \
	%D%/dgram_send.c %D%/dgram_send.h \
	%D%/errors.c \
	%D%/ext.c %D%/ext.h \
	%D%/ext_field.c %D%/ext_field.h \
	%D%/ext_note.c \
	%D%/ext_proof.c \
	%D%/pace.c %D%/pace.h \
	%D%/pace_check.c \
	%D%/reorder.c %D%/reorder.h \
	%D%/seqmap.c %D%/seqmap.h \
	%D%/server.c %D%/server.h \
	%D%/server_session.c \
	%D%/server_tcp.c \
	%D%/server_udp.c \
	%D%/strings.c %D%/strings.h \
	%D%/tally.c %D%/tally.h \
	%D%/thrulay.h \
	%D%/topology.c \
	%D%/udp_lines.c %D%/udp_lines.h \
	%D%/udp_report.c %D%/udp_report.h \
	%D%/udp_report_parse.c \
	%D%/variation.c %D%/variation.h \
	%D%/wire.c %D%/wire.h \
	%D%/wire_packet.c
libthrulay_core_la_CFLAGS = $(AM_CFLAGS) $(MD_CFLAGS)

# The same for other programs: a shared library that shows its API alone. It is
# .so.1, because .so.0 was the library of thrulay 0.9, with another interface.
libthrulay_la_SOURCES =
libthrulay_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 -no-undefined \
	-export-symbols-regex '^thrulay_'
libthrulay_la_LIBADD = $(THRULAY_LIBS)

# What a program or test of this tool links.
THRULAY_LIBS = libthrulay-core.la $(COMMON_LIBS) $(MD_LIBS)

%C%_thrulay_SOURCES = \
	%D%/options.c %D%/options.h %D%/options_table.h \
	%D%/options_client.c \
	%D%/report.c %D%/report.h \
	%D%/report_emit.c %D%/report_emit.h \
	%D%/report_record.c %D%/report_record.h \
	%D%/report_text.c %D%/report_text.h \
	%D%/thrulay.c
%C%_thrulay_LDADD = $(THRULAY_LIBS)

%C%_thrulayd_SOURCES = \
	%D%/options.c %D%/options.h %D%/options_table.h \
	%D%/options_server.c \
	%D%/thrulayd.c
%C%_thrulayd_LDADD = $(THRULAY_LIBS)

# The example of thrulay(3), built against the library as a stranger would.
check_PROGRAMS += %D%/example
%C%_example_SOURCES = %D%/example.c
%C%_example_LDADD = libthrulay.la
EXTRA_DIST += %D%/example.c

systemd_services += %D%/thrulayd.service
%D%/thrulayd.service: %D%/thrulayd.service.in
