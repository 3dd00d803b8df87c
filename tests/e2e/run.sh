#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [argument of pytest...]: end-to-end tests as one TAP stream, one after
# the other. Without an argument those that judge times (E2E_TIMED, files below
# the top): two of them at a time would disturb each other's clocks.

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
if [ $# -eq 0 ]; then
	for file in ${E2E_TIMED:-tests/e2e}; do
		set -- "$@" "${top_srcdir:-.}/$file"
	done
fi
set -- pytest-3 -p no:cacheprovider -p tapline --rootdir "$dir" "$@"
# Where it is permitted, in a network of their own: loopback is theirs alone,
# and no socket without a wish gets a port that a test has chosen.
if unshare -n true 2>/dev/null; then
	set -- unshare -n sh -c 'ip link set lo up || exit
	    echo 50000 60999 >/proc/sys/net/ipv4/ip_local_port_range
	    exec "$@"' sh "$@"
fi
# The TAP of the plugin is our output, what pytest says itself is for the log.
exec "$@" 3>&1 >&2
