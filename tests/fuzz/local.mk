# SPDX-License-Identifier: BSD-2-Clause
# Fuzz targets: fuzz_X.c holds LLVMFuzzerTestOneInput and aborts when a
# property fails; corpus/X holds its seeds, one input a file. With
# --enable-fuzzers libFuzzer drives the target (`make fuzz`), otherwise replay.c
# feeds it the corpus in `make check`. To add one: a name in fuzz_targets, a
# _SOURCES line, a _LDADD line when it needs more than libcommon, and
# corpus/X/* in EXTRA_DIST.

FUZZ_SECONDS = 60
FUZZ_LIBS = $(COMMON_LIBS) $(FUZZ_LDFLAGS)

fuzz_targets = \
	%D%/fuzz_wire
EXTRA_DIST += \
	%D%/corpus/wire \
	%D%/run.sh %D%/replay.c
if BUILD_THRULAY
include tests/fuzz/thrulay.mk
endif
if BUILD_UDPST
include tests/fuzz/udpst.mk
endif
if BUILD_MSAK
include tests/fuzz/msak.mk
endif
if BUILD_PATHRATE
include tests/fuzz/pathrate.mk
endif
if BUILD_UDPING
include tests/fuzz/udping.mk
endif
check_PROGRAMS += $(fuzz_targets)
if FUZZERS
fuzz_driver =
else
fuzz_driver = %D%/replay.c
TESTS += $(fuzz_targets)
endif

%C%_fuzz_wire_SOURCES = %D%/fuzz_wire.c $(fuzz_driver)
%C%_fuzz_wire_LDADD = $(FUZZ_LIBS)

# As many at a time as make has jobs.
fuzz: $(fuzz_targets)
	$(AM_V_at)FUZZ_SECONDS='$(FUZZ_SECONDS)' $(MAKE) $(AM_MAKEFLAGS) \
	    check-TESTS TESTS='$(fuzz_targets)' \
	    LOG_COMPILER='$(SHELL) $(srcdir)/%D%/run.sh'
.PHONY: fuzz
