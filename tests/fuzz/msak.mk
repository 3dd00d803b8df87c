# SPDX-License-Identifier: BSD-2-Clause
# The fuzz targets of msak; included when it is built.

MSAK_FUZZ_LIBS = $(MSAK_LIBS) $(FUZZ_LDFLAGS)

fuzz_targets += \
	%D%/fuzz_msak_http \
	%D%/fuzz_msak_latency \
	%D%/fuzz_msak_locate \
	%D%/fuzz_msak_measurement \
	%D%/fuzz_msak_token \
	%D%/fuzz_msak_ws
EXTRA_DIST += tests/vectors/msak \
	%D%/corpus/msak_http \
	%D%/corpus/msak_latency \
	%D%/corpus/msak_locate \
	%D%/corpus/msak_measurement \
	%D%/corpus/msak_token \
	%D%/corpus/msak_ws

%C%_fuzz_msak_http_SOURCES = %D%/fuzz_msak_http.c $(fuzz_driver)
%C%_fuzz_msak_http_LDADD = $(MSAK_FUZZ_LIBS)

%C%_fuzz_msak_latency_SOURCES = %D%/fuzz_msak_latency.c $(fuzz_driver)
%C%_fuzz_msak_latency_LDADD = $(MSAK_FUZZ_LIBS)

%C%_fuzz_msak_locate_SOURCES = %D%/fuzz_msak_locate.c $(fuzz_driver)
%C%_fuzz_msak_locate_LDADD = $(MSAK_FUZZ_LIBS)

%C%_fuzz_msak_measurement_SOURCES = %D%/fuzz_msak_measurement.c $(fuzz_driver)
%C%_fuzz_msak_measurement_LDADD = $(MSAK_FUZZ_LIBS)

%C%_fuzz_msak_token_SOURCES = %D%/fuzz_msak_token.c $(fuzz_driver)
%C%_fuzz_msak_token_LDADD = $(MSAK_FUZZ_LIBS)

%C%_fuzz_msak_ws_SOURCES = %D%/fuzz_msak_ws.c $(fuzz_driver)
%C%_fuzz_msak_ws_LDADD = $(MSAK_FUZZ_LIBS)
