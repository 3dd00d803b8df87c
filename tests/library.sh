#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# libthrulay as another program meets it: only its own names are visible, its
# example runs, and builds against an installed copy by pkg-config.
set -u

top=${top_srcdir-.}
build=${top_builddir-.}
. "$top/tests/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

only_its_names()
{
	nm -D --defined-only "$build/.libs/libthrulay.so" |
	    awk '$3 !~ /^thrulay_/ { print; bad = 1 } END { exit bad }'
}

# Both tests of the example told something, on a server in the same process.
sound()
{
	"$@" >"$work/out" 2>"$work/err" || {
		cat "$work/out" "$work/err"
		return 1
	}
	grep -Eq '^tcp: [0-9.]+ Mbit/s, median RTT [0-9.]+ ms$' "$work/out" &&
	    grep -Eq '^udp: 0 of [1-9][0-9]* packets lost' "$work/out"
}

install_it()
{
	(cd "$build" && make -s install DESTDIR="$work/root") \
	    >"$work/log" 2>&1 || {
		cat "$work/log"
		return 1
	}
}

# The installed files, moved to where nobody configured them.
build_stranger()
{
	pc=$(find "$work/root" -name thrulay.pc)
	PKG_CONFIG_PATH=${pc%/*}
	PKG_CONFIG_SYSROOT_DIR=$work/root
	export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
	flags=$(${PKG_CONFIG:-pkg-config} --cflags --libs thrulay) || return 1
	# shellcheck disable=SC2086 # words are wanted
	${CC:-cc} -o "$work/stranger" "$top/thrulay/example.c" $flags -lpthread
}

run_stranger()
{
	LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name libthrulay.so)") \
	    sound "$work/stranger"
}

ok 'only names of thrulay_ are visible' only_its_names
ok 'the example runs' sound "$build/thrulay/example"
ok 'it installs' install_it
ok 'the example builds against the installed library' build_stranger
ok 'and runs' run_stranger
tap_end
