# SPDX-License-Identifier: BSD-2-Clause
# udpst: one program, client and server.

noinst_LTLIBRARIES += libudpst-core.la

# Everything but main(); the tests link it as it is.
libudpst_core_la_SOURCES = \
	%D%/auth.c \
	%D%/auth.h \
	%D%/auth_keys.c \
	%D%/timename.c \
	%D%/timename.h \
	%D%/wire.c \
	%D%/wire.h \
	%D%/wire_control.c \
	%D%/wire_load.c \
	%D%/wire_row.c \
	%D%/wire_row.h \
	%D%/wire_status.c \
	%D%/wire_time.c
libudpst_core_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)

# What the program and its tests link.
UDPST_LIBS = libudpst-core.la libcommon-crypto.la $(COMMON_LIBS) $(CRYPTO_LIBS)
