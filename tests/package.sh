#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# package.sh [BUILD [DIR]]: make the Debian packages from the tarball of the
# build directory BUILD (build/ of the tree), as a distribution would, below DIR
# (a temporary directory unless given) and judge them. No part of `make check`:
# it takes minutes, and needs
#
#	blhc devscripts dpkg-dev lintian
#
# and what debian/control says it is built with. alone.sh goes on from DIR/a.
#	1. build them twice, in other directories, with another umask, language
#	   and time zone: the same bytes
#	2. the hardening of the build and of each program
#	3. lintian: no errors, no warnings
#	4. where rpmbuild is: the spec makes packages; where rpmlint is, it
#	   finds no errors beyond those of packaging/plumbline.rpmlintrc
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1-$top/build}" && pwd)
if [ -n "${2-}" ]; then
	mkdir -p "$2"
	dir=$(cd "$2" && pwd)
else
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
fi

say()
{
	printf '%s: %s\n' package.sh "$*"
}

die()
{
	say "$*"
	exit 1
}

# one PLACE: the packages, built there.
one()
{
	mkdir "$1"
	cp "$tarball" "$1/plumbline_$version.orig.tar.xz"
	tar -C "$1" -xf "$tarball"
	(cd "$1/plumbline-$version" && dpkg-buildpackage -us -uc) \
	    >"$1/build.log" 2>&1 || {
		tail -n 40 "$1/build.log"
		die "the build failed: $1/build.log"
	}
}

# The tests of the first one are enough.
other()
{
	umask 077
	LC_ALL=C.UTF-8 TZ=Pacific/Apia DEB_BUILD_OPTIONS='nocheck parallel=2'
	export LC_ALL TZ DEB_BUILD_OPTIONS
	one "$1"
}

same()
{
	for deb in "$dir"/a/*.deb; do
		cmp "$deb" "$dir/else/where/${deb##*/}" || return 1
	done
}

# No control flow protection: Debian's start files have none, and the linker
# then leaves it out.
hardened()
{
	find "$dir"/a/*/debian/tmp -type f ! -name '*.la' \
	    \( -perm -1 -o -name '*.so.*' \) \
	    -exec hardening-check -q --nocfprotection {} + &&
	    blhc "$dir/a/build.log"
}

rpms()
{
	rpmbuild -ta --define "_topdir $dir/rpm" --nodeps "$tarball" \
	    >"$dir/rpm.log" 2>&1 || {
		tail -n 40 "$dir/rpm.log"
		return 1
	}
	command -v rpmlint >/dev/null || return 0
	# What one distribution complains of another one does not.
	rpmlint -r "$top/packaging/plumbline.rpmlintrc" \
	    "$dir"/rpm/SRPMS/*.rpm "$dir"/rpm/RPMS/*/*.rpm \
	    >"$dir/rpmlint.log" || :
	! grep ': E: ' "$dir/rpmlint.log" | grep -v unused-rpmlintrc-filter
}

for tool in dpkg-buildpackage hardening-check blhc lintian; do
	command -v $tool >/dev/null || die "no $tool here"
done
make -s -C "$build" dist >"$dir/dist.log"
tarball=$(echo "$build"/plumbline-*.tar.xz)
version=${tarball##*/plumbline-}
version=${version%.tar.xz}
[ "$top" != "$build" ] || die 'the build directory has to be another one'

one "$dir/a"
mkdir "$dir/else"
(other "$dir/else/where")
same || die 'two builds differ'
say 'two builds are the same'
hardened || die 'hardening is not complete'
say 'hardening is complete'
lintian --fail-on error,warning --pedantic "$dir"/a/*.changes ||
    die 'lintian complains'
say 'lintian has neither errors nor warnings'
if command -v rpmbuild >/dev/null; then
	rpms || die 'the spec makes no packages, or faulty ones'
	say 'the spec makes packages'
fi
for deb in "$dir"/a/*.deb; do
	case $deb in
	*-dbgsym_*)	continue ;;
	esac
	echo "$(stat -c %s "$deb") $(dpkg-deb -f "$deb" Package Depends |
	    tr '\n' ' ')"
done
