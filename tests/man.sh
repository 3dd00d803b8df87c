#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mandoc has nothing to say about any manual page.
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

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok 'a faulty page is noticed' faulty
for page in "$top"/man/*.[1-8]; do
	ok "${page##*/}" lint "$page"
done
tap_end
