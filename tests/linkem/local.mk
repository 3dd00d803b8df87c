# SPDX-License-Identifier: BSD-2-Clause
# The link emulator: what end-to-end tests put between two namespaces.

# Arithmetic without I/O or a clock, for its unit tests as well.
check_LTLIBRARIES += liblinkem.la
liblinkem_la_SOURCES = \
	%D%/account.c %D%/account.h \
	%D%/conf_link.c %D%/conf.h \
	%D%/cross.c %D%/cross.h \
	%D%/due.c %D%/due.h \
	%D%/record.c %D%/record.h \
	%D%/sched.c %D%/sched.h
