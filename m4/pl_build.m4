# SPDX-License-Identifier: BSD-2-Clause

# PL_TRY_CFLAG(VARIABLE, FLAG): append FLAG to VARIABLE when the compiler
# takes it without a warning. CFLAGS itself belongs to the user.
AC_DEFUN([PL_TRY_CFLAG], [
AC_MSG_CHECKING([whether $CC accepts $2])
pl_saved_cflags=$CFLAGS
CFLAGS="-Werror $2 $CFLAGS"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
	[AC_MSG_RESULT([yes]); $1="$$1 $2"],
	[AC_MSG_RESULT([no])])
CFLAGS=$pl_saved_cflags
])

# PL_TRY_LDFLAG(VARIABLE, FLAG): the same for the linker.
AC_DEFUN([PL_TRY_LDFLAG], [
AC_MSG_CHECKING([whether the linker accepts $2])
pl_saved_ldflags=$LDFLAGS
LDFLAGS="$LDFLAGS $2"
AC_LINK_IFELSE([AC_LANG_PROGRAM()],
	[AC_MSG_RESULT([yes]); $1="$$1 $2"],
	[AC_MSG_RESULT([no])])
LDFLAGS=$pl_saved_ldflags
])

AC_DEFUN([PL_WERROR], [
AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [turn compiler warnings into errors])],
	[], [enable_werror=no])
])

AC_DEFUN([PL_SANITIZERS], [
AC_ARG_ENABLE([sanitizers],
	[AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@],
		[build with sanitizers (default list: address,undefined)])],
	[], [enable_sanitizers=no])
AS_IF([test "x$enable_sanitizers" = xyes],
	[enable_sanitizers=address,undefined])
AS_IF([test "x$enable_sanitizers" != xno], [
	pl_san="-fsanitize=$enable_sanitizers"
	pl_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS $pl_san"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()], [],
		[AC_MSG_ERROR([$CC cannot link with $pl_san])])
	CFLAGS=$pl_saved_cflags
	PL_CFLAGS="$PL_CFLAGS $pl_san -fno-sanitize-recover=all -fno-omit-frame-pointer"
	PL_LDFLAGS="$PL_LDFLAGS $pl_san"
])
AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" != xno])
])

AC_DEFUN([PL_FUZZERS], [
AC_ARG_ENABLE([fuzzers],
	[AS_HELP_STRING([--enable-fuzzers],
		[link the fuzz targets with libFuzzer (needs clang)])],
	[], [enable_fuzzers=no])
AS_IF([test "x$enable_fuzzers" != xno], [
	pl_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS -fsanitize=fuzzer"
	AC_LINK_IFELSE([AC_LANG_SOURCE([[
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{ (void)p; (void)n; return 0; }
	]])], [], [AC_MSG_ERROR([--enable-fuzzers: $CC has no libFuzzer; try CC=clang])])
	CFLAGS=$pl_saved_cflags
	PL_CFLAGS="$PL_CFLAGS -fsanitize=fuzzer-no-link"
	FUZZ_LDFLAGS=-fsanitize=fuzzer
])
AC_SUBST([FUZZ_LDFLAGS])
AM_CONDITIONAL([FUZZERS], [test "x$enable_fuzzers" != xno])
])

AC_DEFUN([PL_COVERAGE], [
AC_ARG_ENABLE([coverage],
	[AS_HELP_STRING([--enable-coverage], [build for gcov])],
	[], [enable_coverage=no])
AS_IF([test "x$enable_coverage" != xno], [
	PL_CFLAGS="$PL_CFLAGS --coverage"
	PL_LDFLAGS="$PL_LDFLAGS --coverage"
])
])

# Sanitizers check the same and better; without optimization the C library
# warns; a level that the user has chosen stands.
AC_DEFUN([PL_FORTIFY], [
AS_CASE(["$CPPFLAGS $CFLAGS $enable_sanitizers"],
	[*_FORTIFY_SOURCE*|*address*|*memory*|*thread*|*undefined*], [], [
AC_MSG_CHECKING([whether the C library can be fortified])
pl_saved_cflags=$CFLAGS
CFLAGS="-Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 $CFLAGS"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]])],
	[AC_MSG_RESULT([yes])
	PL_CFLAGS="$PL_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"],
	[AC_MSG_RESULT([no])])
CFLAGS=$pl_saved_cflags
])
])

# Distributions inject their own set; these lose against the user's flags,
# which come later on the command line.
AC_DEFUN([PL_HARDENING], [
AC_ARG_ENABLE([hardening],
	[AS_HELP_STRING([--disable-hardening],
		[no stack protector, relro and the like of our own])],
	[], [enable_hardening=yes])
AS_IF([test "x$enable_hardening" != xno], [
	PL_FORTIFY
	PL_TRY_CFLAG([PL_CFLAGS], [-fstack-protector-strong])
	PL_TRY_CFLAG([PL_CFLAGS], [-fstack-clash-protection])
	PL_TRY_CFLAG([PL_CFLAGS], [-fcf-protection])
	PL_TRY_CFLAG([PL_CFLAGS], [-mbranch-protection=standard])
	PL_TRY_LDFLAG([PL_LDFLAGS], [-Wl,-z,relro])
	PL_TRY_LDFLAG([PL_LDFLAGS], [-Wl,-z,now])
])
PL_TRY_LDFLAG([PL_LDFLAGS], [-Wl,--as-needed])
])

AC_DEFUN([PL_WARNINGS], [
m4_foreach_w([pl_flag], [-Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual
	-Wcast-align -Wstrict-prototypes -Wmissing-prototypes
	-Wmissing-declarations -Wold-style-definition -Wredundant-decls
	-Wnested-externs -Wwrite-strings -Wformat=2 -Wformat-signedness
	-Wundef -Wvla -Wconversion -Wno-sign-conversion -Wswitch-enum -Wnull-dereference
	-Wlogical-op -Wduplicated-cond -Wduplicated-branches
	-Wimplicit-fallthrough],
	[PL_TRY_CFLAG([PL_CFLAGS], pl_flag)])
AS_IF([test "x$enable_werror" != xno], [PL_CFLAGS="$PL_CFLAGS -Werror"])
AC_SUBST([PL_CFLAGS])
AC_SUBST([PL_LDFLAGS])
])

# Doubles in x87 registers hold more than doubles: the last digits of results
# would be another machine's, and quantiles another sample's. SSE2 rounds as
# all others do; CFLAGS=-mfpmath=387 undoes it.
AC_DEFUN([PL_DOUBLES], [
AC_MSG_CHECKING([whether doubles are evaluated as doubles])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <float.h>
#if FLT_EVAL_METHOD > 1 || FLT_EVAL_METHOD < 0
#error wider
#endif]])],
	[AC_MSG_RESULT([yes])],
	[AC_MSG_RESULT([no])
	PL_TRY_CFLAG([PL_CFLAGS], [-msse2 -mfpmath=sse])])
])

# The files X_linux.c or X_posix.c; --enable-portable forces the latter.
AC_DEFUN([PL_PLATFORM], [
AC_ARG_ENABLE([portable],
	[AS_HELP_STRING([--enable-portable],
		[use the portable back ends even on Linux])],
	[], [enable_portable=no])
AC_CANONICAL_HOST
AS_CASE([$enable_portable:$host_os],
	[no:linux*], [pl_platform=linux],
	[pl_platform=posix])
AM_CONDITIONAL([LINUX], [test "x$pl_platform" = xlinux])
AS_CASE([$host_os], [linux*], [pl_linux_host=yes], [pl_linux_host=no])
AM_CONDITIONAL([LINUX_HOST], [test "x$pl_linux_host" = xyes])
AC_SEARCH_LIBS([clock_gettime], [rt])
AC_SEARCH_LIBS([sqrt], [m])
AC_SEARCH_LIBS([pthread_create], [pthread])
AC_CHECK_FUNCS([epoll_pwait2 ppoll])
])

# err(3), strtonum(3), strlcpy(3), arc4random(3), setproctitle(3): in libc on
# the BSDs, in libbsd elsewhere. SHA-256 comes from libmd, on which libbsd
# itself stands.
AC_DEFUN([PL_BSD], [
AC_CHECK_FUNC([strtonum], [],
	[PKG_CHECK_MODULES([BSD], [libbsd-overlay])])
AC_CHECK_FUNC([SHA256Init], [],
	[PKG_CHECK_MODULES([MD], [libmd])])
])

# HMAC and key derivation: OpenSSL's libcrypto, for the tools that need it.
AC_DEFUN([PL_CRYPTO], [
pl_crypto=no
AS_IF([test "x$enable_udpst$enable_msak" != xnono], [pl_crypto=yes])
AS_IF([test $pl_crypto = yes],
	[PKG_CHECK_MODULES([CRYPTO], [libcrypto >= 3.0])])
AM_CONDITIONAL([CRYPTO], [test $pl_crypto = yes])
])

# TLS and reading JSON, for msak alone. Its threads share counters of 64 bits,
# for which compilers of some 32-bit machines need a library.
AC_DEFUN([PL_MSAK], [
ATOMIC_LIBS=
AS_IF([test "x$enable_msak" != xno],
	[PKG_CHECK_MODULES([SSL], [libssl >= 3.0])
	PKG_CHECK_MODULES([JANSSON], [jansson >= 2.13])
	AC_MSG_CHECKING([for the library of 64-bit atomics])
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdint.h>
	    static _Atomic int64_t n;]], [[return (int)(n += 3);]])], [],
		[ATOMIC_LIBS=-latomic])
	AC_MSG_RESULT([${ATOMIC_LIBS:-none}])])
AC_SUBST([ATOMIC_LIBS])
])

AC_DEFUN([PL_CMOCKA], [
AC_ARG_WITH([cmocka],
	[AS_HELP_STRING([--without-cmocka], [do not build the unit tests])],
	[], [with_cmocka=check])
pl_cmocka=no
AS_IF([test "x$with_cmocka" != xno], [
	PKG_CHECK_MODULES([CMOCKA], [cmocka >= 1.1.5], [pl_cmocka=yes],
		[AS_IF([test "x$with_cmocka" = xyes],
			[AC_MSG_ERROR([cmocka was asked for and is missing])])])
])
AM_CONDITIONAL([HAVE_CMOCKA], [test "x$pl_cmocka" = xyes])
])
