# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of pathrate; included when it is built.

PATHRATE_PATH = %D%/pathrate_path.c %D%/pathrate_path.h
PATHRATE_UNIT_LIBS = libunit.la $(PATHRATE_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/vectors/pathrate

if HAVE_CMOCKA
pathrate_unit_tests = \
	%D%/test_pathrate_density \
	%D%/test_pathrate_fast \
	%D%/test_pathrate_histogram \
	%D%/test_pathrate_method \
	%D%/test_pathrate_replay_parse \
	%D%/test_pathrate_session_words \
	%D%/test_pathrate_wire
check_PROGRAMS += $(pathrate_unit_tests)
TESTS += $(pathrate_unit_tests)
endif

%C%_test_pathrate_density_SOURCES = %D%/test_pathrate_density.c
%C%_test_pathrate_density_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_density_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_density_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_fast_SOURCES = \
	%D%/test_pathrate_fast.c $(PATHRATE_PATH)
%C%_test_pathrate_fast_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_fast_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_fast_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_histogram_SOURCES = %D%/test_pathrate_histogram.c
%C%_test_pathrate_histogram_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_histogram_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_histogram_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_method_SOURCES = %D%/test_pathrate_method.c
%C%_test_pathrate_method_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_method_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_method_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_replay_parse_SOURCES = %D%/test_pathrate_replay_parse.c
%C%_test_pathrate_replay_parse_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_replay_parse_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_replay_parse_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_session_words_SOURCES = %D%/test_pathrate_session_words.c
%C%_test_pathrate_session_words_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_session_words_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_session_words_LDADD = $(PATHRATE_UNIT_LIBS)

%C%_test_pathrate_wire_SOURCES = %D%/test_pathrate_wire.c
%C%_test_pathrate_wire_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_pathrate_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_test_pathrate_wire_LDADD = $(PATHRATE_UNIT_LIBS)
