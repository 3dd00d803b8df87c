#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A program asks for the libraries that its tool needs and for no other, so
# that its package draws in nothing more. libmd comes with libbsd.
set -u

top=${top_srcdir-.}
build=${top_builddir-.}
. "$top/tests/tap.sh"

# allowed PROGRAM: what it may link, as patterns of case.
allowed()
{
	echo 'libc.*|libm.*|libbsd.*|libmd.*|ld-linux*|ld64.*'
	case $1 in
	thrulay*)	echo 'libthrulay.so*' ;;
	udpst)		echo 'libcrypto.so*' ;;
	msak*|minimal-download|generate-schema)
		echo 'libcrypto.so*|libssl.so*|libjansson.so*' ;;
	esac
}

# needed FILE: the libraries that it names, one a line.
needed()
{
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

lean()
{
	patterns=$(allowed "${1##*/}" | tr '|' ' ')
	for lib in $(needed "$2"); do
		fits=
		for p in $patterns; do
			# shellcheck disable=SC2254 # patterns are wanted
			case $lib in
			$p)	fits=yes ;;
			esac
		done
		[ -n "$fits" ] || echo "needs $lib"
	done | grep . && return 1
	needed "$2" | grep -q libc
}

command -v readelf >/dev/null || skip_all 'no readelf here'
set -f

# The check must be able to fail.
fat()
{
	needed()
	{
		echo libc.so.6
		echo libssl.so.3
	}
	[ "$(lean thrulay -)" = 'needs libssl.so.3' ]
}
ok 'a library too many is noticed' fat

for program in ${PROGRAMS-}; do
	file=$build/$program
	# libtool keeps the program in .libs and a script in its place.
	inner=$(dirname "$file")/.libs/${file##*/}
	[ ! -f "$inner" ] || file=$inner
	ok "${program##*/}" lean "$program" "$file"
done
tap_end
