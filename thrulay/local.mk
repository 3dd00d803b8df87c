# SPDX-License-Identifier: BSD-2-Clause
# thrulay and thrulayd, and the library they are made of.

noinst_LTLIBRARIES += libthrulay-core.la

libthrulay_core_la_SOURCES = \
	%D%/arrival.c %D%/arrival.h \
	%D%/block_echo.c %D%/block_echo.h \
	%D%/block_kernel.c %D%/block_kernel.h \
	%D%/block_notes.c %D%/block_notes.h \
	%D%/block_send.c %D%/block_send.h \
	%D%/blocks.c %D%/blocks.h \
	%D%/dgram_recv.c %D%/dgram_recv.h \
	%D%/dgram_send.c %D%/dgram_send.h \
	%D%/errors.c %D%/thrulay.h \
	%D%/ext.c %D%/ext.h %D%/ext_field.c %D%/ext_field.h \
	%D%/ext_note.c %D%/ext_proof.c \
	%D%/pace.c %D%/pace.h %D%/pace_check.c \
	%D%/reorder.c %D%/reorder.h \
	%D%/seqmap.c %D%/seqmap.h \
	%D%/tally.c %D%/tally.h \
	%D%/topology.c \
	%D%/udp_lines.c %D%/udp_lines.h \
	%D%/udp_report.c %D%/udp_report.h %D%/udp_report_parse.c \
	%D%/variation.c %D%/variation.h \
	%D%/wire.c %D%/wire.h %D%/wire_packet.c
libthrulay_core_la_CFLAGS = $(AM_CFLAGS) $(MD_CFLAGS)
# What a program or test of this tool links.
THRULAY_LIBS = libthrulay-core.la $(COMMON_LIBS) $(MD_LIBS)
