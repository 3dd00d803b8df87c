# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of udpst; included when it is built.

UDPST_UNIT_LIBS = libunit.la $(UDPST_LIBS) $(CMOCKA_LIBS)

if HAVE_CMOCKA
udpst_unit_tests = \
	%D%/test_udpst_auth \
	%D%/test_udpst_auth_keys \
	%D%/test_udpst_wire \
	%D%/test_udpst_wire_any \
	%D%/test_udpst_wire_time
check_PROGRAMS += $(udpst_unit_tests)
TESTS += $(udpst_unit_tests)
endif

%C%_test_udpst_auth_SOURCES = %D%/test_udpst_auth.c
%C%_test_udpst_auth_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_auth_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_auth_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_auth_keys_SOURCES = %D%/test_udpst_auth_keys.c
%C%_test_udpst_auth_keys_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_auth_keys_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_auth_keys_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_wire_SOURCES = %D%/test_udpst_wire.c
%C%_test_udpst_wire_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_wire_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_wire_any_SOURCES = %D%/test_udpst_wire_any.c
%C%_test_udpst_wire_any_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_wire_any_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_wire_any_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_wire_time_SOURCES = %D%/test_udpst_wire_time.c
%C%_test_udpst_wire_time_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_wire_time_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_wire_time_LDADD = $(UDPST_UNIT_LIBS)
