# SPDX-License-Identifier: BSD-2-Clause
# Speed: ratios against bare loops in the same run. Never part of check.

if LINUX
check_PROGRAMS += tests/bare
endif

tests_bare_SOURCES = \
	tests/bare.c tests/bare.h tests/bare_tcp.c tests/bare_udp.c
tests_bare_LDADD = $(COMMON_LIBS)
