# SPDX-License-Identifier: BSD-2-Clause
# The fuzz targets of udping; included when it is built.

UDPING_FUZZ_LIBS = $(UDPING_LIBS) $(FUZZ_LDFLAGS)

fuzz_targets += \
	%D%/fuzz_udping_httpget \
	%D%/fuzz_udping_lists \
	%D%/fuzz_udping_wire
if LINUX
fuzz_targets += \
	%D%/fuzz_udping_route
endif
EXTRA_DIST += \
	%D%/corpus/udping_httpget \
	%D%/corpus/udping_lists \
	%D%/corpus/udping_route \
	%D%/corpus/udping_wire

%C%_fuzz_udping_httpget_SOURCES = %D%/fuzz_udping_httpget.c $(fuzz_driver)
%C%_fuzz_udping_httpget_LDADD = $(UDPING_FUZZ_LIBS)

%C%_fuzz_udping_lists_SOURCES = %D%/fuzz_udping_lists.c $(fuzz_driver)
%C%_fuzz_udping_lists_LDADD = $(UDPING_FUZZ_LIBS)

%C%_fuzz_udping_route_SOURCES = %D%/fuzz_udping_route.c $(fuzz_driver)
%C%_fuzz_udping_route_LDADD = $(UDPING_FUZZ_LIBS)

%C%_fuzz_udping_wire_SOURCES = %D%/fuzz_udping_wire.c $(fuzz_driver)
%C%_fuzz_udping_wire_LDADD = $(UDPING_FUZZ_LIBS)
