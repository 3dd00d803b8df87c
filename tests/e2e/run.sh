#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# All end-to-end tests as one TAP stream, one after the other: two of them at
# a time would disturb each other's clocks. Arguments go to pytest.

dir=${top_srcdir:-.}/tests/e2e
: "${top_builddir:=$PWD}"

if [ "$(uname -s)" != Linux ]; then
	echo "1..0 # SKIP network namespaces are Linux's"
	exit 0
fi
if ! command -v pytest-3 >/dev/null; then
	echo "1..0 # SKIP pytest-3 is not installed"
	exit 0
fi
# The source may be read-only, hence no caches in it.
export top_builddir PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$dir"
set -- pytest-3 -p no:cacheprovider -p tapline --rootdir "$dir" "$@" "$dir"
# Where it is permitted, in a network of their own: loopback is theirs alone.
if unshare -n true 2>/dev/null; then
	set -- unshare -n sh -c 'ip link set lo up && exec "$@"' sh "$@"
fi
# The TAP of the plugin is our output, what pytest says itself is for the log.
exec "$@" 3>&1 >&2
