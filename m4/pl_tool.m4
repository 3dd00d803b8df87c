# SPDX-License-Identifier: BSD-2-Clause

# PL_TOOL(NAME, WHAT IT MEASURES)
# One --disable-NAME switch and the conditional BUILD_NAME. A macro with
# arguments, because AC_ARG_ENABLE inside a loop shows only its first turn
# in --help.
AC_DEFUN([PL_TOOL], [
AC_ARG_ENABLE([$1],
	[AS_HELP_STRING([--disable-$1], [do not build $1 ($2)])],
	[], [enable_$1=yes])
AM_CONDITIONAL([BUILD_]m4_toupper([$1]), [test "x$enable_$1" != xno])
AS_IF([test "x$enable_$1" != xno], [pl_tools="$pl_tools $1"])
])
