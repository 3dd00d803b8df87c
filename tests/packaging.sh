#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Packages and the tree agree, without building any: each file that is
# installed is in one package, each tool has what its package needs, and
# systemd understands the units, which are locked up well.
set -u

top=${top_srcdir-.}
build=${top_builddir-.}
. "$top/tests/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
debian=$top/debian

# To where debhelper has it, whatever the build directory is configured for.
# Only the library cannot be moved that way.
install_it()
{
	(cd "$build" && make -s install DESTDIR="$work/root" \
	    bindir=/usr/bin sbindir=/usr/sbin includedir=/usr/include \
	    datadir=/usr/share mandir=/usr/share/man \
	    docdir=/usr/share/doc/plumbline pkgconfigdir=/usr/lib/x/pkgconfig \
	    systemdsystemunitdir=/usr/share/doc/plumbline/examples) \
	    >"$work/log" 2>&1 || {
		cat "$work/log"
		return 1
	}
	(cd "$work/root" && find . ! -type d) |
	    sed 's|^\./||; s|.*/\(lib[^/]*\)$|usr/lib/x/\1|' |
	    LC_ALL=C sort >"$work/installed"
	[ -s "$work/installed" ]
}

# lists: "PACKAGE PATTERN" for each line of each list; what needs no package
# counts as one.
lists()
{
	awk '!/^#/ && NF { n = FILENAME; sub(".*/", "", n)
		sub("\\.install$", "", n); print n, $1 }' \
	    "$debian"/*.install "$debian/not-installed"
}

# homes FILE: the packages that have it, one a line.
homes()
{
	while read -r package pattern; do
		# shellcheck disable=SC2254 # patterns are wanted
		case $1 in
		$pattern)	echo "$package" ;;
		esac
	done <"$work/lists"
}

# A file that nobody takes, or two.
each_has_one_home()
{
	while read -r file; do
		# shellcheck disable=SC2046 # a word a package
		set -- $(homes "$file")
		[ $# -eq 1 ] || echo "$file: in ${*:-no package}"
	done <"$1" >"$work/homeless"
	cat "$work/homeless"
	[ ! -s "$work/homeless" ]
}

no_line_in_vain()
{
	while read -r package pattern; do
		hit=
		while read -r file; do
			# shellcheck disable=SC2254 # patterns are wanted
			case $file in
			$pattern)	hit=yes; break ;;
			esac
		done <"$work/installed"
		[ -n "$hit" ] || echo "$package: no file is $pattern"
	done <"$work/lists" >"$work/vain"
	cat "$work/vain"
	[ ! -s "$work/vain" ]
}

# The check must be able to fail.
stranger()
{
	echo usr/bin/stranger >"$work/strange"
	[ "$(each_has_one_home "$work/strange")" = \
	    'usr/bin/stranger: in no package' ]
}

# The list of FreeBSD's port; there .la files are not installed, and what
# pkg-config reads is elsewhere.
ported()
{
	sed 's|^usr/||; /\.la$/d; s|^lib/x/pkgconfig/|libdata/pkgconfig/|
	    s|^lib/x/|lib/|; s|^share/doc/plumbline/|%%DOCSDIR%%/|
	    s|^share/plumbline/|%%DATADIR%%/|' "$work/installed" |
	    LC_ALL=C sort >"$work/files"
	flags=$(echo "${TOOLS-}" | tr '[:lower:] ' '[:upper:]|')
	sed -E "s/^%%($flags)%%//" "$top/packaging/freebsd/pkg-plist" |
	    LC_ALL=C sort | diff "$work/files" -
}

# has PACKAGE: a stanza, its excerpts, and a test that runs what is installed.
has()
{
	grep -qx "Package: $1" "$debian/control" &&
	    grep -qx "Tests: $1" "$debian/tests/control" &&
	    [ -x "$debian/tests/$1" ] &&
	    sed -n '/^Package: plumbline$/,/^$/p' "$debian/control" |
	    grep -qx " $1," || return 1
	while read -r doc; do
		sh "$debian/excerpt" "$1" "$top/${doc##*/}" || return 1
	done <"$debian/$1.docs" >"$work/excerpt"
	[ -s "$work/excerpt" ]
}

# The version of all packages is that of the sources.
same_version()
{
	version=$(sed -n 's/^AC_INIT(\[plumbline\], \[\([^]]*\)\].*/\1/p' \
	    "$top/configure.ac")
	other=$top/packaging
	[ "$(sed -n '1s/^plumbline (\([^-]*\)-.*/\1/p' "$debian/changelog"
	    sed -n 's/^Version: *//p' "$other/plumbline.spec"
	    sed -n 's/^pkgver=//p' "$other/alpine/APKBUILD"
	    sed -n 's/^DISTVERSION=.//p' "$other/freebsd/Makefile"
	    sed -n 's/.*plumbline-\([0-9.]*\)\.tar.*/\1/p' \
	    "$other/homebrew/plumbline.rb"
	    find "$other/gentoo" -type f |
	    sed 's|.*/plumbline-\(.*\)\.ebuild$|\1|')" = \
	    "$(yes "$version" | head -n 6)" ]
}

# known UNIT: debhelper is told of it, and there is a file for its options.
known()
{
	name=${1%.service}
	entry=$(sed -n '/^servers = /,/[^\\]$/p' "$debian/rules" |
	    grep -Eo "[a-z]+\\.$name( |\$)" | tr -d ' ')
	[ -f "$debian/$entry.default" ]
}

# What systemd says of it, with programs at hand: true(1) in their place.
verified()
{
	sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$2" >"$work/$1"
	said=$(systemd-analyze verify --man=no "$work/$1" 2>&1)
	printf '%s' "$said"
	[ -z "$said" ]
}

exposed_little()
{
	systemd-analyze security --offline=true --threshold=20 \
	    "$work/$1" >"$work/security" || {
		tail -n 1 "$work/security"
		return 1
	}
}

faulty_unit()
{
	printf '[Service]\nExecStart=/bin/true\nProtectAll=yes\n' \
	    >"$work/x.service"
	! verified x.service "$work/x.service" >/dev/null &&
	    ! exposed_little x.service >/dev/null
}

units()
{
	for unit in ${SERVICES-}; do
		name=${unit##*/}
		ok "$name is known" known "$name"
		ok "$name is understood" verified "$name" "$build/$unit"
		ok "$name is exposed little" exposed_little "$name"
	done
	# Beside their services, which they want to see.
	for unit in ${SOCKETS-}; do
		name=${unit##*/}
		ok "$name is understood" verified "$name" "$top/$unit"
	done
}

ok 'it installs' install_it
lists >"$work/lists"
ok 'a file in no package is noticed' stranger
ok 'each file is in one package' each_has_one_home "$work/installed"
for tool in ${TOOLS-}; do
	ok "the package $tool" has "$tool"
done
if [ "$(echo "${TOOLS-}" | wc -w)" -eq 5 ]; then
	ok 'no line in vain' no_line_in_vain
	ok 'the port has the same files' ported
fi
ok 'one version' same_version
if command -v systemd-analyze >/dev/null; then
	ok 'a faulty unit is noticed' faulty_unit
	units
else
	skip units 'no systemd-analyze here'
fi
tap_end
