#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mandoc has nothing to say about any manual page, and the page of each program
# has the sections that a reader looks for.
set -u

top=${top_srcdir-.}
. "$top/tests/tap.sh"

command -v mandoc >/dev/null || skip_all 'no mandoc here'

lint()
{
	said=$(mandoc -T lint -W warning "$1" 2>&1)
	printf '%s' "$said"
	[ -z "$said" ]
}

# The check must be able to fail.
faulty()
{
	printf '.Dd today\n.Dt X 1\n.Os\n.Sh NAME\n.Bl\n' >"$work/x.1"
	! lint "$work/x.1" >/dev/null
}

# sections PAGE: what is missing is printed.
sections()
{
	missing=
	for section in FILES 'EXIT STATUS' EXAMPLES COMPATIBILITY STANDARDS \
	    'SECURITY CONSIDERATIONS'
	do
		grep -qx "\.Sh $section" "$1" ||
		    missing="$missing; no $section"
	done
	printf '%s' "$missing"
	[ -z "$missing" ]
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok 'a faulty page is noticed' faulty
ok 'a missing section is noticed' test "$(sections "$work/x.1")" = \
    '; no FILES; no EXIT STATUS; no EXAMPLES; no COMPATIBILITY; no STANDARDS;'\
' no SECURITY CONSIDERATIONS'
for page in "$top"/man/*.[1-8]; do
	ok "${page##*/}" lint "$page"
	case $page in
	*.[18])	ok "${page##*/}: sections" sections "$page" ;;
	esac
done
tap_end
