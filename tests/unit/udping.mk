# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of udping; included when it is built.

UDPING_UNIT_LIBS = libunit.la $(UDPING_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/vectors/udping

if HAVE_CMOCKA
udping_unit_tests = \
	%D%/test_udping_frame \
	%D%/test_udping_gaps \
	%D%/test_udping_httpget \
	%D%/test_udping_macs \
	%D%/test_udping_nap \
	%D%/test_udping_options_server \
	%D%/test_udping_ports \
	%D%/test_udping_posix \
	%D%/test_udping_report \
	%D%/test_udping_sender \
	%D%/test_udping_session \
	%D%/test_udping_session_capture \
	%D%/test_udping_session_late \
	%D%/test_udping_session_model \
	%D%/test_udping_session_recorded \
	%D%/test_udping_wire
check_PROGRAMS += $(udping_unit_tests)
TESTS += $(udping_unit_tests)
endif

%C%_test_udping_frame_SOURCES = %D%/test_udping_frame.c
%C%_test_udping_frame_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_frame_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_frame_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_gaps_SOURCES = %D%/test_udping_gaps.c
%C%_test_udping_gaps_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_gaps_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_gaps_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_httpget_SOURCES = %D%/test_udping_httpget.c
%C%_test_udping_httpget_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_httpget_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_httpget_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_macs_SOURCES = %D%/test_udping_macs.c
%C%_test_udping_macs_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_macs_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_macs_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_nap_SOURCES = %D%/test_udping_nap.c
%C%_test_udping_nap_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_nap_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_nap_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_ports_SOURCES = %D%/test_udping_ports.c
%C%_test_udping_ports_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_ports_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_ports_LDADD = $(UDPING_UNIT_LIBS)

# Not those of libudping, whatever was chosen for that.
%C%_test_udping_posix_SOURCES = %D%/test_udping_posix.c \
	udping/raw_posix.c \
	udping/raw_stamp_posix.c \
	udping/route_posix.c
%C%_test_udping_posix_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_posix_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_posix_LDADD = libunit.la $(COMMON_LIBS) $(CMOCKA_LIBS)

%C%_test_udping_sender_SOURCES = %D%/test_udping_sender.c
%C%_test_udping_sender_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_sender_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_sender_LDADD = $(UDPING_UNIT_LIBS)
%C%_test_udping_options_server_SOURCES = %D%/test_udping_options_server.c
%C%_test_udping_options_server_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_options_server_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_options_server_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_report_SOURCES = %D%/test_udping_report.c
%C%_test_udping_report_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_report_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_report_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_session_SOURCES = %D%/test_udping_session.c \
	%D%/udping_play.c %D%/udping_play.h
%C%_test_udping_session_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_session_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_session_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_session_late_SOURCES = %D%/test_udping_session_late.c \
	%D%/udping_play.c %D%/udping_play.h
%C%_test_udping_session_late_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_session_late_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_session_late_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_session_capture_SOURCES = %D%/test_udping_session_capture.c
%C%_test_udping_session_capture_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_session_capture_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_session_capture_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_session_model_SOURCES = %D%/test_udping_session_model.c
%C%_test_udping_session_model_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_session_model_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_session_model_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_session_recorded_SOURCES = %D%/test_udping_session_recorded.c
%C%_test_udping_session_recorded_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_session_recorded_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_session_recorded_LDADD = $(UDPING_UNIT_LIBS)

%C%_test_udping_wire_SOURCES = %D%/test_udping_wire.c
%C%_test_udping_wire_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udping_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udping_wire_LDADD = $(UDPING_UNIT_LIBS)
