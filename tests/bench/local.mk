# SPDX-License-Identifier: BSD-2-Clause
# Speed: ratios against bare loops in the same run. Never part of check.

if LINUX
check_PROGRAMS += tests/bare
endif

tests_bare_SOURCES = \
	tests/bare.c tests/bare.h tests/bare_pace.c tests/bare_packet.c \
	tests/bare_pair.c tests/bare_stream.c tests/bare_tcp.c tests/bare_udp.c
tests_bare_LDADD = $(COMMON_LIBS)

bare_programs = tests/bare$(EXEEXT)
if BUILD_MSAK
if LINUX
check_PROGRAMS += tests/bare_tls
endif
bare_programs += tests/bare_tls$(EXEEXT)
endif

tests_bare_tls_SOURCES = \
	tests/bare.h tests/bare_pair.c tests/bare_stream.c tests/bare_tls.c
tests_bare_tls_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(SSL_CFLAGS)
tests_bare_tls_LDADD = $(COMMON_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)

EXTRA_DIST += \
	%D%/bench.py %D%/programs.py %D%/rows_msak.py \
	%D%/rows_pathrate.py %D%/rows_thrulay.py %D%/rows_udping.py %D%/rows_udpst.py
CLEANFILES += bench.json

# BENCHFLAGS=--help tells what there is to choose.
bench: all $(bare_programs)
	$(srcdir)/%D%/bench.py --json bench.json $(BENCHFLAGS)
.PHONY: bench
