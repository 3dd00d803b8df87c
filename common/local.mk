# SPDX-License-Identifier: BSD-2-Clause
# libcommon: what two tools or more need. Knows no tool.

noinst_LTLIBRARIES += libcommon.la

libcommon_la_SOURCES = \
	%D%/activate.c %D%/activate.h \
	%D%/addr.c %D%/addr.h \
	%D%/clock.c %D%/clock.h \
	%D%/daemon.c %D%/daemon.h %D%/daemon_ids.h \
	%D%/fetch.h \
	%D%/fixed.c %D%/fixed.h \
	%D%/host.c %D%/host_write.c %D%/host.h \
	%D%/json.c %D%/json.h \
	%D%/log.c %D%/log.h \
	%D%/loop.c %D%/loop.h %D%/loop_wait.h \
	%D%/netdev.h \
	%D%/opt.c %D%/opt_help.c %D%/opt_value.c %D%/opt.h \
	%D%/quant.c %D%/rng.c %D%/stats.c %D%/stats.h \
	%D%/resolve.c %D%/resolve.h \
	%D%/sched.c %D%/sched.h \
	%D%/sock.c %D%/sock_opt.c %D%/sock.h \
	%D%/text.c %D%/text.h \
	%D%/udpio.c %D%/udpio_local.h %D%/udpio_tos.c %D%/udpio_tos.h %D%/udpio.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/wire.c %D%/wire.h \
	%D%/writer.c %D%/writer_csv.c %D%/writer_json.c %D%/writer_text.c %D%/writer.h

# Platform files come in pairs with the same functions.
if LINUX
libcommon_la_SOURCES += \
	%D%/clock_linux.c %D%/daemon_linux.c %D%/loop_linux.c \
	%D%/netdev_linux.c %D%/opt_env_linux.c %D%/sock_linux.c \
	%D%/udpio_burst_linux.c %D%/udpio_gso.h %D%/udpio_gso_linux.c \
	%D%/udpio_linux.c %D%/udpio_local_linux.c %D%/udpio_stamp_linux.c
else
libcommon_la_SOURCES += \
	%D%/clock_posix.c %D%/daemon_posix.c %D%/loop_posix.c \
	%D%/netdev_posix.c %D%/opt_env_posix.c %D%/sock_posix.c \
	%D%/udpio_burst_posix.c %D%/udpio_local_posix.c %D%/udpio_posix.c \
	%D%/udpio_stamp_posix.c
endif
EXTRA_DIST += \
	%D%/clock_linux.c %D%/clock_posix.c \
	%D%/daemon_linux.c %D%/daemon_posix.c \
	%D%/loop_linux.c %D%/loop_posix.c \
	%D%/netdev_linux.c %D%/netdev_posix.c \
	%D%/opt_env_linux.c %D%/opt_env_posix.c \
	%D%/sock_linux.c %D%/sock_posix.c \
	%D%/udpio_burst_linux.c %D%/udpio_burst_posix.c \
	%D%/udpio_gso.h %D%/udpio_gso_linux.c \
	%D%/udpio_linux.c %D%/udpio_posix.c \
	%D%/udpio_local_linux.c %D%/udpio_local_posix.c \
	%D%/udpio_stamp_linux.c %D%/udpio_stamp_posix.c

# What needs OpenSSL, apart, so that only the tools that need it link it.
if CRYPTO
noinst_LTLIBRARIES += libcommon-crypto.la
endif
libcommon_crypto_la_SOURCES = %D%/hmac.c %D%/hmac.h
libcommon_crypto_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
