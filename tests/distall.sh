#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# distall.sh DIR [STEP...]: `make distcheck` below DIR for every choice of tools
# that a packager may make; one line a step, its log in DIR/STEP.log. Without a
# step all of them:
#
#   all            the tarball with every tool
#   without-TOOL   the others; their tarball has the same bytes
#   only-TOOL      this one alone; the same
#   nobody         built from a source that cannot be written, by a user who
#                  has no rights there; needs root
#
# Not part of check: it takes half an hour. Unit and end-to-end tests are left
# out, which matrix.sh runs.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:?distall.sh DIR [STEP...]}"
dir=$(cd "$1" && pwd)
shift
tools=$(sed -n 's/^PL_TOOL(\[\([a-z]*\)\].*/\1/p' "$top/configure.ac")
# shellcheck disable=SC2016 # make expands it
tests='TESTS=$(tree_tests) $(binary_tests) $(package_tests)'

# checked ARGUMENT...: distcheck, configured like this inside too.
checked()
{
	"$top/configure" -q "$@"
	make -j2 distcheck check_PROGRAMS= check_LTLIBRARIES= "$tests" \
	    DISTCHECK_CONFIGURE_FLAGS="$*"
}

# same: the tarball here is that of all tools.
same()
{
	[ -f ../all/config.status ] || (mkdir -p ../all && cd ../all &&
	    "$top/configure" -q)
	make -s -C ../all dist
	cmp ./*.tar.xz ../all/*.tar.xz
}

without()
{
	checked "--disable-$1"
	same
}

only()
{
	off=
	for tool in $tools; do
		[ "$tool" = "$1" ] || off="$off --disable-$tool"
	done
	# shellcheck disable=SC2086 # one word an option
	checked $off
	same
}

# Run as nobody, who cannot write where ccache may have been told to.
as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups \
	    env HOME="$PWD" CCACHE_DISABLE=1 "$@"
}

nobody()
{
	"$top/configure" -q
	make -s dist
	tar -xf ./*.tar.xz
	source=$(echo "$PWD"/plumbline-*/)
	chmod -R a-w "$source"
	mkdir vpath
	chown 65534:65534 vpath
	cd vpath
	as_nobody "$source/configure" -q
	as_nobody make -s -j2
	as_nobody make -s check check_PROGRAMS= check_LTLIBRARIES= "$tests"
	as_nobody make -s install DESTDIR="$PWD/root"
	[ -n "$(find root -type f)" ]
	as_nobody make -s uninstall DESTDIR="$PWD/root"
	left=$(find root ! -type d)
	[ -z "$left" ] || {
		echo "make uninstall leaves: $left"
		return 1
	}
	[ -z "$(find "$source" -newer Makefile)" ]
}

run_step()
{
	case $1 in
	all)		checked ;;
	without-*)	without "${1#without-}" ;;
	only-*)		only "${1#only-}" ;;
	nobody)		nobody ;;
	*)		echo "no step $1"; return 1 ;;
	esac
}

# tried STEP: run it in DIR/STEP and say how it went.
tried()
{
	[ ! -d "$dir/$1" ] || chmod -R u+w "$dir/$1"
	rm -rf "${dir:?}/$1"
	mkdir "$dir/$1"
	begin=$(date +%s)
	said=ok
	# In the background, for before || nothing ends at its first fault.
	(cd "$dir/$1" && run_step "$1") >"$dir/$1.log" 2>&1 &
	wait $! || said=FAILED
	echo "$1: $said ($(($(date +%s) - begin)) s)"
	[ "$said" = ok ] || bad=1
}

[ $# -gt 0 ] || {
	set -- all
	for tool in $tools; do
		set -- "$@" "without-$tool" "only-$tool"
	done
	set -- "$@" nobody
}
bad=0
for step; do
	tried "$step"
done
exit $bad
