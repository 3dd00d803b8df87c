# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of udpst; included when it is built.

# Command lines in tests.
UDPST_LINE = %D%/udpst_line.c %D%/udpst_line.h
UDPST_UNIT_LIBS = libunit.la $(UDPST_LIBS) $(CMOCKA_LIBS)

if HAVE_CMOCKA
udpst_unit_tests = \
	%D%/test_udpst_adjust \
	%D%/test_udpst_auth \
	%D%/test_udpst_auth_keys \
	%D%/test_udpst_ifrate \
	%D%/test_udpst_ladder \
	%D%/test_udpst_options \
	%D%/test_udpst_options_long \
	%D%/test_udpst_options_range \
	%D%/test_udpst_options_vectors \
	%D%/test_udpst_pace \
	%D%/test_udpst_policy \
	%D%/test_udpst_policy_activate \
	%D%/test_udpst_policy_any \
	%D%/test_udpst_rxstat \
	%D%/test_udpst_rxstat_model \
	%D%/test_udpst_rxstat_vectors \
	%D%/test_udpst_srate \
	%D%/test_udpst_wire \
	%D%/test_udpst_wire_any \
	%D%/test_udpst_wire_time
check_PROGRAMS += $(udpst_unit_tests)
TESTS += $(udpst_unit_tests)
endif

%C%_test_udpst_adjust_SOURCES = %D%/test_udpst_adjust.c
%C%_test_udpst_adjust_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_adjust_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_adjust_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_auth_SOURCES = %D%/test_udpst_auth.c
%C%_test_udpst_auth_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_auth_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_auth_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_auth_keys_SOURCES = %D%/test_udpst_auth_keys.c
%C%_test_udpst_auth_keys_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_auth_keys_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_auth_keys_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_ifrate_SOURCES = %D%/test_udpst_ifrate.c
%C%_test_udpst_ifrate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_ifrate_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_ifrate_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_ladder_SOURCES = \
	%D%/test_udpst_ladder.c %D%/udpst_world.c %D%/udpst_world.h
%C%_test_udpst_ladder_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_ladder_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_ladder_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_options_SOURCES = %D%/test_udpst_options.c \
	$(UDPST_LINE)
%C%_test_udpst_options_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_options_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_options_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_options_long_SOURCES = %D%/test_udpst_options_long.c \
	$(UDPST_LINE)
%C%_test_udpst_options_long_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_options_long_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_options_long_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_options_range_SOURCES = %D%/test_udpst_options_range.c \
	$(UDPST_LINE)
%C%_test_udpst_options_range_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_options_range_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_options_range_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_options_vectors_SOURCES = %D%/test_udpst_options_vectors.c \
	$(UDPST_LINE)
%C%_test_udpst_options_vectors_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_options_vectors_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_options_vectors_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_pace_SOURCES = %D%/test_udpst_pace.c
%C%_test_udpst_pace_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_pace_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_pace_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_policy_SOURCES = \
	%D%/test_udpst_policy.c \
	%D%/udpst_server.h
%C%_test_udpst_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_policy_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_policy_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_policy_activate_SOURCES = \
	%D%/test_udpst_policy_activate.c \
	%D%/udpst_server.h
%C%_test_udpst_policy_activate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_policy_activate_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_policy_activate_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_policy_any_SOURCES = \
	%D%/test_udpst_policy_any.c \
	%D%/udpst_server.h
%C%_test_udpst_policy_any_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_policy_any_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_policy_any_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_rxstat_SOURCES = %D%/test_udpst_rxstat.c
%C%_test_udpst_rxstat_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_rxstat_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_rxstat_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_rxstat_model_SOURCES = %D%/test_udpst_rxstat_model.c
%C%_test_udpst_rxstat_model_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_rxstat_model_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_rxstat_model_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_rxstat_vectors_SOURCES = %D%/test_udpst_rxstat_vectors.c
%C%_test_udpst_rxstat_vectors_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_rxstat_vectors_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_rxstat_vectors_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_srate_SOURCES = %D%/test_udpst_srate.c
%C%_test_udpst_srate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_srate_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_srate_LDADD = $(UDPST_UNIT_LIBS)

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
