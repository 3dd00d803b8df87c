# SPDX-License-Identifier: BSD-2-Clause
# Unit tests: cmocka, TAP on stdout, one program a module.

UNIT_CPPFLAGS = $(AM_CPPFLAGS) -DVECTORS='"$(abs_top_srcdir)/tests/vectors"'
if LINUX
UNIT_CPPFLAGS += -DUNIT_LINUX=1
else
UNIT_CPPFLAGS += -DUNIT_LINUX=0
endif
UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
# libunit.la: what several tests need; a test takes from it what it uses.
UNIT_LIBS = libunit.la $(COMMON_LIBS) $(CMOCKA_LIBS)

if HAVE_CMOCKA
check_LTLIBRARIES += libunit.la
endif
libunit_la_SOURCES = %D%/unit.h \
	%D%/bursts.c %D%/bursts.h \
	%D%/capture.c %D%/capture.h \
	%D%/child.c %D%/child.h \
	%D%/loop_pair.c %D%/loop_pair.h \
	%D%/net.c %D%/net.h \
	%D%/vectors.c %D%/vectors.h \
	%D%/words.c %D%/words.h
libunit_la_CPPFLAGS = $(UNIT_CPPFLAGS)
libunit_la_CFLAGS = $(UNIT_CFLAGS)
SENDMMSG_SPY = %D%/sendmmsg_spy.c %D%/sendmmsg_spy.h
LOG_COMPILER = $(SHELL) $(top_srcdir)/%D%/run.sh
EXTRA_DIST += %D%/run.sh tests/vectors/reader.json tests/vectors/thrulay \
	tests/vectors/udpst

if HAVE_CMOCKA
common_unit_tests = \
	%D%/test_activate \
	%D%/test_addr \
	%D%/test_clock \
	%D%/test_daemon \
	%D%/test_daemon_drop \
	%D%/test_daemon_notify \
	%D%/test_daemon_pidfile \
	%D%/test_fixed \
	%D%/test_host \
	%D%/test_json \
	%D%/test_json_go \
	%D%/test_json_tabs \
	%D%/test_linkem \
	%D%/test_linkem_cross \
	%D%/test_linkem_line \
	%D%/test_linkem_truth \
	%D%/test_log \
	%D%/test_loop \
	%D%/test_loop_fd \
	%D%/test_loop_poll \
	%D%/test_loop_signal \
	%D%/test_netdev \
	%D%/test_opt \
	%D%/test_opt_help \
	%D%/test_opt_set \
	%D%/test_opt_value \
	%D%/test_quant \
	%D%/test_quant_random \
	%D%/test_resolve \
	%D%/test_rng \
	%D%/test_sched \
	%D%/test_sock \
	%D%/test_sock_buffer \
	%D%/test_sock_opt \
	%D%/test_sock_tcp \
	%D%/test_stats \
	%D%/test_text \
	%D%/test_udpio \
	%D%/test_udpio_burst \
	%D%/test_udpio_gro \
	%D%/test_udpio_own \
	%D%/test_vectors \
	%D%/test_wire \
	%D%/test_writer
if LINUX
common_unit_tests += \
	%D%/test_daemon_linux \
	%D%/test_loop_timerfd \
	%D%/test_loop_wakes \
	%D%/test_udpio_burst_linux \
	%D%/test_udpio_linux
endif
if CRYPTO
common_unit_tests += %D%/test_hmac
endif
check_PROGRAMS += $(common_unit_tests)
TESTS += $(common_unit_tests)
endif
if BUILD_THRULAY
include tests/unit/thrulay.mk
endif
if BUILD_UDPST
include tests/unit/udpst.mk
endif
if BUILD_MSAK
include tests/unit/msak.mk
endif
if BUILD_PATHRATE
include tests/unit/pathrate.mk
endif
if BUILD_UDPING
include tests/unit/udping.mk
endif
unit_tests = $(common_unit_tests) $(thrulay_unit_tests) $(udpst_unit_tests) \
	$(msak_unit_tests) $(pathrate_unit_tests) $(udping_unit_tests)

%C%_test_activate_SOURCES = %D%/test_activate.c
%C%_test_activate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_activate_CFLAGS = $(UNIT_CFLAGS)
%C%_test_activate_LDADD = $(UNIT_LIBS)

%C%_test_addr_SOURCES = %D%/test_addr.c
%C%_test_addr_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_addr_CFLAGS = $(UNIT_CFLAGS)
%C%_test_addr_LDADD = $(UNIT_LIBS)

%C%_test_clock_SOURCES = %D%/test_clock.c
%C%_test_clock_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_clock_CFLAGS = $(UNIT_CFLAGS)
%C%_test_clock_LDADD = $(UNIT_LIBS)

%C%_test_fixed_SOURCES = %D%/test_fixed.c
%C%_test_fixed_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_fixed_CFLAGS = $(UNIT_CFLAGS)
%C%_test_fixed_LDADD = $(UNIT_LIBS)

%C%_test_loop_SOURCES = %D%/test_loop.c
%C%_test_loop_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_loop_CFLAGS = $(UNIT_CFLAGS)
%C%_test_loop_LDADD = $(UNIT_LIBS)

%C%_test_loop_fd_SOURCES = %D%/test_loop_fd.c
%C%_test_loop_fd_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_loop_fd_CFLAGS = $(UNIT_CFLAGS)
%C%_test_loop_fd_LDADD = $(UNIT_LIBS)

%C%_test_loop_poll_SOURCES = %D%/test_loop_poll.c
%C%_test_loop_poll_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_loop_poll_CFLAGS = $(UNIT_CFLAGS)
%C%_test_loop_poll_LDADD = $(UNIT_LIBS)

%C%_test_loop_signal_SOURCES = %D%/test_loop_signal.c
%C%_test_loop_signal_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_loop_signal_CFLAGS = $(UNIT_CFLAGS)
%C%_test_loop_signal_LDADD = $(UNIT_LIBS)

%C%_test_loop_timerfd_SOURCES = %D%/test_loop_timerfd.c
%C%_test_loop_timerfd_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_loop_timerfd_CFLAGS = $(UNIT_CFLAGS)
%C%_test_loop_timerfd_LDADD = $(UNIT_LIBS)

%C%_test_loop_wakes_SOURCES = %D%/test_loop_wakes.c
%C%_test_loop_wakes_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_loop_wakes_CFLAGS = $(UNIT_CFLAGS)
%C%_test_loop_wakes_LDADD = $(UNIT_LIBS)

%C%_test_sched_SOURCES = %D%/test_sched.c
%C%_test_sched_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_sched_CFLAGS = $(UNIT_CFLAGS)
%C%_test_sched_LDADD = $(UNIT_LIBS)

%C%_test_sock_SOURCES = %D%/test_sock.c
%C%_test_sock_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_sock_CFLAGS = $(UNIT_CFLAGS)
%C%_test_sock_LDADD = $(UNIT_LIBS)

%C%_test_sock_buffer_SOURCES = %D%/test_sock_buffer.c
%C%_test_sock_buffer_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_sock_buffer_CFLAGS = $(UNIT_CFLAGS)
%C%_test_sock_buffer_LDADD = $(UNIT_LIBS)

%C%_test_sock_opt_SOURCES = %D%/test_sock_opt.c
%C%_test_sock_opt_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_sock_opt_CFLAGS = $(UNIT_CFLAGS)
%C%_test_sock_opt_LDADD = $(UNIT_LIBS)

%C%_test_sock_tcp_SOURCES = %D%/test_sock_tcp.c
%C%_test_sock_tcp_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_sock_tcp_CFLAGS = $(UNIT_CFLAGS)
%C%_test_sock_tcp_LDADD = $(UNIT_LIBS)

%C%_test_udpio_SOURCES = %D%/test_udpio.c
%C%_test_udpio_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpio_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpio_LDADD = $(UNIT_LIBS)

%C%_test_udpio_burst_SOURCES = %D%/test_udpio_burst.c
%C%_test_udpio_burst_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpio_burst_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpio_burst_LDADD = $(UNIT_LIBS)

%C%_test_udpio_burst_linux_SOURCES = %D%/test_udpio_burst_linux.c $(SENDMMSG_SPY)
%C%_test_udpio_burst_linux_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpio_burst_linux_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpio_burst_linux_LDADD = $(UNIT_LIBS)

%C%_test_udpio_gro_SOURCES = %D%/test_udpio_gro.c
%C%_test_udpio_gro_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpio_gro_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpio_gro_LDADD = $(UNIT_LIBS)

%C%_test_udpio_linux_SOURCES = %D%/test_udpio_linux.c $(SENDMMSG_SPY)
%C%_test_udpio_linux_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpio_linux_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpio_linux_LDADD = $(UNIT_LIBS)

%C%_test_udpio_own_SOURCES = %D%/test_udpio_own.c
%C%_test_udpio_own_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpio_own_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpio_own_LDADD = $(UNIT_LIBS)

%C%_test_netdev_SOURCES = %D%/test_netdev.c
%C%_test_netdev_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_netdev_CFLAGS = $(UNIT_CFLAGS)
%C%_test_netdev_LDADD = $(UNIT_LIBS)

%C%_test_vectors_SOURCES = %D%/test_vectors.c
%C%_test_vectors_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_vectors_CFLAGS = $(UNIT_CFLAGS)
%C%_test_vectors_LDADD = $(UNIT_LIBS)

%C%_test_wire_SOURCES = %D%/test_wire.c
%C%_test_wire_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_test_wire_LDADD = $(UNIT_LIBS)

%C%_test_opt_SOURCES = %D%/test_opt.c
%C%_test_opt_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_opt_CFLAGS = $(UNIT_CFLAGS)
%C%_test_opt_LDADD = $(UNIT_LIBS)

%C%_test_opt_help_SOURCES = %D%/test_opt_help.c
%C%_test_opt_help_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_opt_help_CFLAGS = $(UNIT_CFLAGS)
%C%_test_opt_help_LDADD = $(UNIT_LIBS)

%C%_test_opt_set_SOURCES = %D%/test_opt_set.c
%C%_test_opt_set_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_opt_set_CFLAGS = $(UNIT_CFLAGS)
%C%_test_opt_set_LDADD = $(UNIT_LIBS)

%C%_test_opt_value_SOURCES = %D%/test_opt_value.c
%C%_test_opt_value_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_opt_value_CFLAGS = $(UNIT_CFLAGS)
%C%_test_opt_value_LDADD = $(UNIT_LIBS)

%C%_test_stats_SOURCES = %D%/test_stats.c
%C%_test_stats_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_stats_CFLAGS = $(UNIT_CFLAGS)
%C%_test_stats_LDADD = $(UNIT_LIBS)

%C%_test_resolve_SOURCES = %D%/test_resolve.c
%C%_test_resolve_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_resolve_CFLAGS = $(UNIT_CFLAGS)
%C%_test_resolve_LDADD = $(UNIT_LIBS)

%C%_test_rng_SOURCES = %D%/test_rng.c
%C%_test_rng_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_rng_CFLAGS = $(UNIT_CFLAGS)
%C%_test_rng_LDADD = $(UNIT_LIBS)

%C%_test_quant_SOURCES = %D%/test_quant.c
%C%_test_quant_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_quant_CFLAGS = $(UNIT_CFLAGS)
%C%_test_quant_LDADD = $(UNIT_LIBS)

%C%_test_quant_random_SOURCES = %D%/test_quant_random.c
%C%_test_quant_random_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_quant_random_CFLAGS = $(UNIT_CFLAGS)
%C%_test_quant_random_LDADD = $(UNIT_LIBS)

%C%_test_hmac_SOURCES = %D%/test_hmac.c
%C%_test_hmac_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_hmac_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
%C%_test_hmac_LDADD = libcommon-crypto.la $(UNIT_LIBS) $(CRYPTO_LIBS)

%C%_test_host_SOURCES = %D%/test_host.c
%C%_test_host_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_host_CFLAGS = $(UNIT_CFLAGS)
%C%_test_host_LDADD = $(UNIT_LIBS)

%C%_test_log_SOURCES = %D%/test_log.c
%C%_test_log_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_log_CFLAGS = $(UNIT_CFLAGS)
%C%_test_log_LDADD = $(UNIT_LIBS)

%C%_test_text_SOURCES = %D%/test_text.c
%C%_test_text_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_text_CFLAGS = $(UNIT_CFLAGS)
%C%_test_text_LDADD = $(UNIT_LIBS)

%C%_test_linkem_SOURCES = %D%/test_linkem.c
%C%_test_linkem_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_linkem_CFLAGS = $(UNIT_CFLAGS)
%C%_test_linkem_LDADD = liblinkem.la $(UNIT_LIBS)

%C%_test_linkem_cross_SOURCES = %D%/test_linkem_cross.c
%C%_test_linkem_cross_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_linkem_cross_CFLAGS = $(UNIT_CFLAGS)
%C%_test_linkem_cross_LDADD = liblinkem.la $(UNIT_LIBS)

%C%_test_linkem_line_SOURCES = %D%/test_linkem_line.c
%C%_test_linkem_line_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_linkem_line_CFLAGS = $(UNIT_CFLAGS)
%C%_test_linkem_line_LDADD = liblinkem.la $(UNIT_LIBS)

%C%_test_linkem_truth_SOURCES = %D%/test_linkem_truth.c
%C%_test_linkem_truth_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_linkem_truth_CFLAGS = $(UNIT_CFLAGS)
%C%_test_linkem_truth_LDADD = liblinkem.la $(UNIT_LIBS)

%C%_test_json_SOURCES = %D%/test_json.c
%C%_test_json_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_json_CFLAGS = $(UNIT_CFLAGS)
%C%_test_json_LDADD = $(UNIT_LIBS)

%C%_test_json_go_SOURCES = %D%/test_json_go.c
%C%_test_json_go_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_json_go_CFLAGS = $(UNIT_CFLAGS)
%C%_test_json_go_LDADD = $(UNIT_LIBS)

%C%_test_json_tabs_SOURCES = %D%/test_json_tabs.c
%C%_test_json_tabs_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_json_tabs_CFLAGS = $(UNIT_CFLAGS)
%C%_test_json_tabs_LDADD = $(UNIT_LIBS)

%C%_test_writer_SOURCES = %D%/test_writer.c
%C%_test_writer_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_writer_CFLAGS = $(UNIT_CFLAGS)
%C%_test_writer_LDADD = $(UNIT_LIBS)

%C%_test_daemon_SOURCES = %D%/test_daemon.c
%C%_test_daemon_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_daemon_CFLAGS = $(UNIT_CFLAGS)
%C%_test_daemon_LDADD = $(UNIT_LIBS)

%C%_test_daemon_drop_SOURCES = %D%/test_daemon_drop.c
%C%_test_daemon_drop_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_daemon_drop_CFLAGS = $(UNIT_CFLAGS)
%C%_test_daemon_drop_LDADD = $(UNIT_LIBS)

%C%_test_daemon_linux_SOURCES = %D%/test_daemon_linux.c
%C%_test_daemon_linux_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_daemon_linux_CFLAGS = $(UNIT_CFLAGS)
%C%_test_daemon_linux_LDADD = $(UNIT_LIBS)

%C%_test_daemon_notify_SOURCES = %D%/test_daemon_notify.c
%C%_test_daemon_notify_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_daemon_notify_CFLAGS = $(UNIT_CFLAGS)
%C%_test_daemon_notify_LDADD = $(UNIT_LIBS)

%C%_test_daemon_pidfile_SOURCES = %D%/test_daemon_pidfile.c
%C%_test_daemon_pidfile_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_daemon_pidfile_CFLAGS = $(UNIT_CFLAGS)
%C%_test_daemon_pidfile_LDADD = $(UNIT_LIBS)
