# SPDX-License-Identifier: BSD-2-Clause
# The fuzz targets of udpst; included when it is built.

UDPST_FUZZ_LIBS = $(UDPST_LIBS) $(FUZZ_LDFLAGS)

fuzz_targets += \
	%D%/fuzz_udpst_control \
	%D%/fuzz_udpst_data \
	%D%/fuzz_udpst_keys \
	%D%/fuzz_udpst_policy
EXTRA_DIST += tests/vectors/udpst \
	%D%/corpus/udpst_control \
	%D%/corpus/udpst_data \
	%D%/corpus/udpst_keys \
	%D%/corpus/udpst_policy

%C%_fuzz_udpst_control_SOURCES = %D%/fuzz_udpst_control.c $(fuzz_driver)
%C%_fuzz_udpst_control_LDADD = $(UDPST_FUZZ_LIBS)

%C%_fuzz_udpst_data_SOURCES = %D%/fuzz_udpst_data.c $(fuzz_driver)
%C%_fuzz_udpst_data_LDADD = $(UDPST_FUZZ_LIBS)

%C%_fuzz_udpst_keys_SOURCES = %D%/fuzz_udpst_keys.c $(fuzz_driver)
%C%_fuzz_udpst_keys_LDADD = $(UDPST_FUZZ_LIBS)

%C%_fuzz_udpst_policy_SOURCES = %D%/fuzz_udpst_policy.c $(fuzz_driver)
%C%_fuzz_udpst_policy_LDADD = $(UDPST_FUZZ_LIBS)
