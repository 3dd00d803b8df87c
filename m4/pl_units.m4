# SPDX-License-Identifier: BSD-2-Clause

# PL_UNITS: where systemd's units go. Nothing is written outside the prefix
# unasked: they are examples in docdir, unless a package says where they live.
AC_DEFUN([PL_UNITS], [
AC_ARG_WITH([systemdsystemunitdir],
	[AS_HELP_STRING([--with-systemdsystemunitdir=DIR],
		[where to install units of systemd (default: as examples)])],
	[], [with_systemdsystemunitdir=no])
AS_CASE([$with_systemdsystemunitdir],
	[no], [pl_units='as examples'; systemdsystemunitdir='${docdir}/examples'],
	[/*], [pl_units=$with_systemdsystemunitdir
		systemdsystemunitdir=$with_systemdsystemunitdir],
	[AC_MSG_ERROR([--with-systemdsystemunitdir needs an absolute path])])
AC_SUBST([systemdsystemunitdir])
])
