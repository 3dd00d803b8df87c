#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [-l] BUILD [SCRIPT...]: every tool measures something real
# for some seconds. As root between two network namespaces,
#
#	left --- link emulator, 100 Mbit/s, 10 ms each way --- right
#
# otherwise, or with -l, over loopback. A tool joins by a script of its name
# beside this one. It finds in its environment
#	BUILD		where the programs are, as $BUILD/tool/program
#	ON_LEFT		what to put before a command that runs on the left
#	ON_RIGHT	the same for the right; both are empty on loopback
#	LEFT		the address of the left
#	RIGHT		that of the right, as seen from the left
#	WORK		a directory for files, gone afterwards
#	SECONDS_EACH	how long to measure
# and writes to standard output what it does and sees, for a human reader, and
# lines "question<TAB>figure" to $WORK/summary; what failed, to $WORK/failed.
set -eu

loopback=
if [ "$1" = -l ]; then
	loopback=yes
	shift
fi
here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- "$here"/tools/*.sh
WORK=$(mktemp -d)
ON_LEFT=
ON_RIGHT=
LEFT=127.0.0.1
RIGHT=127.0.0.1
link_pid=
spaces=
SECONDS_EACH=${SECONDS_EACH-3}
export BUILD WORK ON_LEFT ON_RIGHT LEFT RIGHT SECONDS_EACH

finish()
{
	if [ -n "$link_pid" ]; then
		kill "$link_pid" 2>/dev/null || :
		wait "$link_pid" || :
	fi
	for s in $spaces; do
		ip netns del "$s" || :
	done
	rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# address SPACE DEVICE ADDRESS
address()
{
	ip -n "$1" link set lo up && ip -n "$1" addr add "$3/24" dev "$2" &&
	    ip -n "$1" link set "$2" up
}

# Namespaces joined by the emulator. Whatever is missing for that, the
# demonstration goes on over loopback.
emulated()
{
	left=plumbline-$$-left
	right=plumbline-$$-right
	[ -z "$loopback" ] && [ "$(id -u)" -eq 0 ] || return 1
	[ -x "$BUILD/tests/linkem/linkem" ] || return 1
	ip netns add $left || return 1
	spaces=$left
	ip netns add $right || return 1
	spaces="$left $right"
	"$BUILD/tests/linkem/linkem" --both 'rate=100M,delay=10ms,queue=50ms' \
	    --truth "$WORK/link.json" tun:l0@$left tun:r0@$right \
	    >"$WORK/link.out" &
	link_pid=$!
	for pause in 0.1 0.1 0.2 0.2 0.5 0.5 1 1 2 2; do
		! grep -q ready "$WORK/link.out" || break
		kill -0 $link_pid || return 1
		sleep $pause
	done
	address $left l0 10.77.0.1 && address $right r0 10.77.0.2 || return 1
	ON_LEFT="ip netns exec $left"
	ON_RIGHT="ip netns exec $right"
	LEFT=10.77.0.1
	RIGHT=10.77.0.2
}

if emulated 2>"$WORK/why"; then
	echo 'The path: 100 Mbit/s, 10 ms each way, a queue of 50 ms' \
	    '(an emulated link).'
else
	sed 's/^/# /' "$WORK/why"
	echo 'The path: loopback of this machine (an emulated link needs root).'
fi

: >"$WORK/summary"
for script; do
	sh "$script" || echo "$script: status $?" >>"$WORK/failed"
done
awk -F '\t' '$2 !~ /^-?[0-9]/ { print $1 ": no answer" }' \
    "$WORK/summary" >>"$WORK/failed"

echo
echo 'Summary'
awk -F '\t' '{ printf "  %-40s %s\n", $1, $2 }' "$WORK/summary"
[ ! -s "$WORK/failed" ] || {
	echo 'Failed:'
	sed 's/^/  /' "$WORK/failed"
	exit 1
}
