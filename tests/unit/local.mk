# Unit tests: cmocka, TAP on stdout, one program a module.

UNIT_CPPFLAGS = $(AM_CPPFLAGS) -DVECTORS='"$(abs_top_srcdir)/tests/vectors"'
UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
UNIT_LIBS = $(COMMON_LIBS) $(CMOCKA_LIBS)

if HAVE_CMOCKA
unit_tests = \
	%D%/test_addr \
	%D%/test_clock \
	%D%/test_wire
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

%C%_test_addr_SOURCES = %D%/test_addr.c
%C%_test_addr_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_addr_CFLAGS = $(UNIT_CFLAGS)
%C%_test_addr_LDADD = $(UNIT_LIBS)

%C%_test_clock_SOURCES = %D%/test_clock.c
%C%_test_clock_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_clock_CFLAGS = $(UNIT_CFLAGS)
%C%_test_clock_LDADD = $(UNIT_LIBS)

%C%_test_wire_SOURCES = %D%/test_wire.c
%C%_test_wire_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_test_wire_LDADD = $(UNIT_LIBS)
