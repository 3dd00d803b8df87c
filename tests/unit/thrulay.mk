# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of thrulay; included when it is built.

BLOCK_PAIR = %D%/block_pair.c %D%/block_pair.h
# Command lines are part of the programs, not of the library.
OPTIONS_RUN = %D%/command.c %D%/command.h thrulay/options.c
# What writes results is part of the program, not of the library.
REPORT_RUN = %D%/report_run.c %D%/report_run.h \
	thrulay/report.c thrulay/report_emit.c thrulay/report_record.c \
	thrulay/report_text.c
THRULAY_UNIT_LIBS = libunit.la $(THRULAY_LIBS) $(CMOCKA_LIBS)

if HAVE_CMOCKA
thrulay_unit_tests = \
	%D%/test_thrulay_arrival \
	%D%/test_thrulay_arrival_model \
	%D%/test_thrulay_auth_file \
	%D%/test_thrulay_block_echo \
	%D%/test_thrulay_block_notes \
	%D%/test_thrulay_block_send \
	%D%/test_thrulay_blocks \
	%D%/test_thrulay_client_ticks \
	%D%/test_thrulay_dgram_io \
	%D%/test_thrulay_dgram_send \
	%D%/test_thrulay_errors \
	%D%/test_thrulay_ext \
	%D%/test_thrulay_ext_bad \
	%D%/test_thrulay_ext_note \
	%D%/test_thrulay_ext_proof \
	%D%/test_thrulay_messages \
	%D%/test_thrulay_options_client \
	%D%/test_thrulay_options_output \
	%D%/test_thrulay_options_server \
	%D%/test_thrulay_pace \
	%D%/test_thrulay_packet \
	%D%/test_thrulay_report \
	%D%/test_thrulay_report_any \
	%D%/test_thrulay_report_hd \
	%D%/test_thrulay_report_json \
	%D%/test_thrulay_scripted \
	%D%/test_thrulay_seqmap \
	%D%/test_thrulay_tally \
	%D%/test_thrulay_udp_parse \
	%D%/test_thrulay_udp_report \
	%D%/test_thrulay_wire \
	%D%/test_thrulay_wire_put
check_PROGRAMS += $(thrulay_unit_tests)
TESTS += $(thrulay_unit_tests)
endif

%C%_test_thrulay_arrival_SOURCES = %D%/test_thrulay_arrival.c
%C%_test_thrulay_arrival_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_arrival_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_arrival_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_arrival_model_SOURCES = %D%/test_thrulay_arrival_model.c
%C%_test_thrulay_arrival_model_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_arrival_model_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_arrival_model_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_auth_file_SOURCES = %D%/test_thrulay_auth_file.c
%C%_test_thrulay_auth_file_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_auth_file_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_auth_file_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_block_echo_SOURCES = \
	%D%/test_thrulay_block_echo.c $(BLOCK_PAIR)
%C%_test_thrulay_block_echo_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_block_echo_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_block_echo_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_block_notes_SOURCES = \
	%D%/test_thrulay_block_notes.c $(BLOCK_PAIR)
%C%_test_thrulay_block_notes_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_block_notes_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_block_notes_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_block_send_SOURCES = \
	%D%/test_thrulay_block_send.c $(BLOCK_PAIR)
%C%_test_thrulay_block_send_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_block_send_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_block_send_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_blocks_SOURCES = %D%/test_thrulay_blocks.c
%C%_test_thrulay_blocks_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_blocks_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_blocks_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_client_ticks_SOURCES = %D%/test_thrulay_client_ticks.c
%C%_test_thrulay_client_ticks_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_client_ticks_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_client_ticks_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_dgram_io_SOURCES = %D%/test_thrulay_dgram_io.c
%C%_test_thrulay_dgram_io_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_dgram_io_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_dgram_io_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_dgram_send_SOURCES = %D%/test_thrulay_dgram_send.c
%C%_test_thrulay_dgram_send_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_dgram_send_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_dgram_send_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_errors_SOURCES = %D%/test_thrulay_errors.c
%C%_test_thrulay_errors_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_errors_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_errors_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_ext_SOURCES = %D%/test_thrulay_ext.c
%C%_test_thrulay_ext_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_ext_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_ext_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_ext_bad_SOURCES = %D%/test_thrulay_ext_bad.c
%C%_test_thrulay_ext_bad_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_ext_bad_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_ext_bad_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_ext_note_SOURCES = %D%/test_thrulay_ext_note.c
%C%_test_thrulay_ext_note_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_ext_note_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_ext_note_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_ext_proof_SOURCES = %D%/test_thrulay_ext_proof.c
%C%_test_thrulay_ext_proof_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_ext_proof_CFLAGS = $(UNIT_CFLAGS) $(MD_CFLAGS)
%C%_test_thrulay_ext_proof_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_messages_SOURCES = %D%/test_thrulay_messages.c
%C%_test_thrulay_messages_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_messages_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_messages_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_options_client_SOURCES = \
	%D%/test_thrulay_options_client.c $(OPTIONS_RUN) \
	thrulay/options_client.c
%C%_test_thrulay_options_client_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_options_client_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_options_client_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_options_output_SOURCES = \
	%D%/test_thrulay_options_output.c $(OPTIONS_RUN) \
	thrulay/options_client.c
%C%_test_thrulay_options_output_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_options_output_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_options_output_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_options_server_SOURCES = \
	%D%/test_thrulay_options_server.c $(OPTIONS_RUN) \
	thrulay/options_server.c
%C%_test_thrulay_options_server_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_options_server_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_options_server_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_pace_SOURCES = %D%/test_thrulay_pace.c
%C%_test_thrulay_pace_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_pace_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_pace_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_packet_SOURCES = %D%/test_thrulay_packet.c
%C%_test_thrulay_packet_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_packet_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_packet_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_report_SOURCES = \
	%D%/test_thrulay_report.c $(REPORT_RUN)
%C%_test_thrulay_report_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_report_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_report_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_report_any_SOURCES = \
	%D%/test_thrulay_report_any.c $(REPORT_RUN)
%C%_test_thrulay_report_any_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_report_any_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_report_any_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_report_hd_SOURCES = \
	%D%/test_thrulay_report_hd.c $(REPORT_RUN)
%C%_test_thrulay_report_hd_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_report_hd_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_report_hd_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_report_json_SOURCES = \
	%D%/test_thrulay_report_json.c $(REPORT_RUN)
%C%_test_thrulay_report_json_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_report_json_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_report_json_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_scripted_SOURCES = %D%/test_thrulay_scripted.c
%C%_test_thrulay_scripted_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_scripted_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_scripted_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_seqmap_SOURCES = %D%/test_thrulay_seqmap.c
%C%_test_thrulay_seqmap_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_seqmap_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_seqmap_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_tally_SOURCES = %D%/test_thrulay_tally.c
%C%_test_thrulay_tally_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_tally_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_tally_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_udp_parse_SOURCES = %D%/test_thrulay_udp_parse.c
%C%_test_thrulay_udp_parse_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_udp_parse_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_udp_parse_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_udp_report_SOURCES = %D%/test_thrulay_udp_report.c
%C%_test_thrulay_udp_report_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_udp_report_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_udp_report_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_wire_SOURCES = %D%/test_thrulay_wire.c
%C%_test_thrulay_wire_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_wire_LDADD = $(THRULAY_UNIT_LIBS)

%C%_test_thrulay_wire_put_SOURCES = %D%/test_thrulay_wire_put.c
%C%_test_thrulay_wire_put_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_thrulay_wire_put_CFLAGS = $(UNIT_CFLAGS)
%C%_test_thrulay_wire_put_LDADD = $(THRULAY_UNIT_LIBS)
