# SPDX-License-Identifier: BSD-2-Clause
# The fuzz targets of thrulay; included when it is built.

THRULAY_FUZZ_LIBS = $(THRULAY_LIBS) $(FUZZ_LDFLAGS)

fuzz_targets += \
	%D%/fuzz_thrulay_end \
	%D%/fuzz_thrulay_ext \
	%D%/fuzz_thrulay_note \
	%D%/fuzz_thrulay_packet \
	%D%/fuzz_thrulay_proposal \
	%D%/fuzz_thrulay_report \
	%D%/fuzz_thrulay_response
EXTRA_DIST += \
	%D%/corpus/thrulay_end \
	%D%/corpus/thrulay_ext \
	%D%/corpus/thrulay_note \
	%D%/corpus/thrulay_packet \
	%D%/corpus/thrulay_proposal \
	%D%/corpus/thrulay_report \
	%D%/corpus/thrulay_response

%C%_fuzz_thrulay_end_SOURCES = %D%/fuzz_thrulay_end.c $(fuzz_driver)
%C%_fuzz_thrulay_end_LDADD = $(THRULAY_FUZZ_LIBS)

%C%_fuzz_thrulay_ext_SOURCES = %D%/fuzz_thrulay_ext.c $(fuzz_driver)
%C%_fuzz_thrulay_ext_LDADD = $(THRULAY_FUZZ_LIBS)

%C%_fuzz_thrulay_note_SOURCES = %D%/fuzz_thrulay_note.c $(fuzz_driver)
%C%_fuzz_thrulay_note_LDADD = $(THRULAY_FUZZ_LIBS)

%C%_fuzz_thrulay_packet_SOURCES = %D%/fuzz_thrulay_packet.c $(fuzz_driver)
%C%_fuzz_thrulay_packet_LDADD = $(THRULAY_FUZZ_LIBS)

%C%_fuzz_thrulay_proposal_SOURCES = %D%/fuzz_thrulay_proposal.c $(fuzz_driver)
%C%_fuzz_thrulay_proposal_LDADD = $(THRULAY_FUZZ_LIBS)

%C%_fuzz_thrulay_report_SOURCES = %D%/fuzz_thrulay_report.c $(fuzz_driver)
%C%_fuzz_thrulay_report_LDADD = $(THRULAY_FUZZ_LIBS)

%C%_fuzz_thrulay_response_SOURCES = %D%/fuzz_thrulay_response.c $(fuzz_driver)
%C%_fuzz_thrulay_response_LDADD = $(THRULAY_FUZZ_LIBS)
