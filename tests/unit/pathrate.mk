# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of pathrate; included when it is built.

PATHRATE_PATH = %D%/pathrate_path.c %D%/pathrate_path.h
PATHRATE_SIM = %D%/pathrate_sim.c %D%/pathrate_sim.h %D%/pathrate_old.c
PATHRATE_UNIT_LIBS = libunit.la $(PATHRATE_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/vectors/pathrate

if HAVE_CMOCKA
pathrate_unit_tests = \
	%D%/test_pathrate_classic \
	%D%/test_pathrate_density \
	%D%/test_pathrate_depart \
	%D%/test_pathrate_fast \
	%D%/test_pathrate_histogram \
	%D%/test_pathrate_hostile \
	%D%/test_pathrate_meet \
	%D%/test_pathrate_method \
	%D%/test_pathrate_modes \
	%D%/test_pathrate_replay \
	%D%/test_pathrate_replay_parse \
	%D%/test_pathrate_report_fast \
	%D%/test_pathrate_series \
	%D%/test_pathrate_session \
	%D%/test_pathrate_options \
	%D%/test_pathrate_session_words \
	%D%/test_pathrate_turn \
	%D%/test_pathrate_wire
check_PROGRAMS += $(pathrate_unit_tests)
TESTS += $(pathrate_unit_tests)
endif

%C%_test_pathrate_classic_SOURCES = %D%/test_pathrate_classic.c
%C%_test_pathrate_classic_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_classic_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_classic_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_density_SOURCES = %D%/test_pathrate_density.c
%C%_test_pathrate_density_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_density_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_density_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_depart_SOURCES = %D%/test_pathrate_depart.c
%C%_test_pathrate_depart_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_depart_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_depart_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_fast_SOURCES = \
	%D%/test_pathrate_fast.c $(PATHRATE_PATH)
%C%_test_pathrate_fast_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_fast_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_fast_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_histogram_SOURCES = %D%/test_pathrate_histogram.c
%C%_test_pathrate_histogram_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_histogram_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_histogram_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_hostile_SOURCES = %D%/test_pathrate_hostile.c
%C%_test_pathrate_hostile_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_hostile_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_hostile_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_meet_SOURCES = \
	%D%/test_pathrate_meet.c $(PATHRATE_SIM)
%C%_test_pathrate_meet_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_meet_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_meet_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_method_SOURCES = %D%/test_pathrate_method.c
%C%_test_pathrate_method_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_method_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_method_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_modes_SOURCES = %D%/test_pathrate_modes.c
%C%_test_pathrate_modes_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_modes_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_modes_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_replay_SOURCES = %D%/test_pathrate_replay.c
%C%_test_pathrate_replay_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_replay_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_replay_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_replay_parse_SOURCES = %D%/test_pathrate_replay_parse.c
%C%_test_pathrate_replay_parse_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_replay_parse_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_replay_parse_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_report_fast_SOURCES = \
	%D%/test_pathrate_report_fast.c $(PATHRATE_PATH)
%C%_test_pathrate_report_fast_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_report_fast_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_report_fast_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_series_SOURCES = %D%/test_pathrate_series.c
%C%_test_pathrate_series_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_series_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_series_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_session_SOURCES = %D%/test_pathrate_session.c
%C%_test_pathrate_session_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_session_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_session_LDADD = $(PATHRATE_UNIT_LIBS)
%C%_test_pathrate_options_SOURCES = %D%/test_pathrate_options.c
%C%_test_pathrate_options_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_options_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_options_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_session_words_SOURCES = %D%/test_pathrate_session_words.c
%C%_test_pathrate_session_words_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_session_words_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_session_words_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_turn_SOURCES = %D%/test_pathrate_turn.c
%C%_test_pathrate_turn_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_turn_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_turn_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_wire_SOURCES = %D%/test_pathrate_wire.c
%C%_test_pathrate_wire_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_wire_LDADD = $(PATHRATE_UNIT_LIBS)
