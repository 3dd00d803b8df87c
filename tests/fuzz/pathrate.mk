# SPDX-License-Identifier: BSD-2-Clause
# The fuzz targets of pathrate; included when it is built.

PATHRATE_FUZZ_LIBS = $(PATHRATE_LIBS) $(FUZZ_LDFLAGS)

fuzz_targets += \
	%D%/fuzz_pathrate_replay \
	%D%/fuzz_pathrate_session \
	%D%/fuzz_pathrate_wire
EXTRA_DIST += \
	%D%/corpus/pathrate_replay \
	%D%/corpus/pathrate_session \
	%D%/corpus/pathrate_wire

%C%_fuzz_pathrate_replay_SOURCES = %D%/fuzz_pathrate_replay.c $(fuzz_driver)
%C%_fuzz_pathrate_replay_LDADD = $(PATHRATE_FUZZ_LIBS)

%C%_fuzz_pathrate_session_SOURCES = %D%/fuzz_pathrate_session.c $(fuzz_driver)
%C%_fuzz_pathrate_session_LDADD = $(PATHRATE_FUZZ_LIBS)

%C%_fuzz_pathrate_wire_SOURCES = %D%/fuzz_pathrate_wire.c $(fuzz_driver)
%C%_fuzz_pathrate_wire_LDADD = $(PATHRATE_FUZZ_LIBS)
