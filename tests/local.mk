# SPDX-License-Identifier: BSD-2-Clause
# Everything that proves the rest right. `make check` runs unit, style,
# manual and end-to-end tests; `make bench` and the fuzzers stand apart.

tree_tests = %D%/completion.sh %D%/man.sh %D%/options.sh %D%/smoke.sh \
	%D%/style.sh
EXTRA_DIST += $(tree_tests) $(binary_tests) $(package_tests) \
	%D%/alone.sh %D%/cross.sh %D%/demo %D%/distall.sh \
	%D%/matrix.sh %D%/options.awk %D%/tap.sh \
	%D%/library.sh %D%/newcomer.sh %D%/package.sh %D%/valgrind.supp
TESTS += $(tree_tests)
# Sanitizers bring libraries and variables of their own.
binary_tests = %D%/globals.sh %D%/libs.sh
package_tests = %D%/packaging.sh
if !SANITIZERS
TESTS += $(binary_tests) $(package_tests)
if BUILD_THRULAY
TESTS += %D%/library.sh
endif
endif

TEST_EXTENSIONS = .sh .py
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
PY_LOG_DRIVER = $(TAP_DRIVER)
PY_LOG_COMPILER = $(SHELL) $(top_srcdir)/%D%/e2e/run.sh
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	PROGRAMS='$(bin_PROGRAMS) $(sbin_PROGRAMS)'; export PROGRAMS; \
	TOOLS='$(pl_tools)'; export TOOLS; \
	SERVICES='$(systemd_services)'; export SERVICES; \
	SOCKETS='$(dist_systemdsystemunit_DATA)'; export SOCKETS; \
	LIBRARIES='$(noinst_LTLIBRARIES)'; export LIBRARIES; \
	E2E_TIMED='$(e2e_timed)'; export E2E_TIMED;

include tests/linkem/local.mk
include tests/unit/local.mk
include tests/e2e/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk

# Something to look at: see tests/demo/run.sh.
demo: all $(demo_programs)
	$(AM_V_at)$(srcdir)/tests/demo/run.sh $(builddir)
.PHONY: demo

# Unit tests under valgrind. VALGRIND_TESTS='$(unit_tests)' takes those of the
# tools too, which lasts for some minutes more and wants a quiet machine.
VALGRIND_TESTS = $(common_unit_tests)
check-valgrind: $(check_LTLIBRARIES) $(VALGRIND_TESTS)
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(VALGRIND_TESTS)' \
	    LOG_COMPILER='$(LOG_COMPILER) $(LIBTOOL) --mode=execute valgrind' \
	    LOG_FLAGS='-q --error-exitcode=9 --leak-check=full \
	    --suppressions=$(srcdir)/%D%/valgrind.supp'
.PHONY: check-valgrind
