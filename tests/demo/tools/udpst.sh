#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# udpst's part of the demonstration; run.sh says what is in the environment.
set -eu

[ -x "$BUILD/udpst/udpst" ] || exit 0

# Seconds. A search climbs by 10 Mbit/s in 50 ms, and errs before it settles.
SEARCH=5
server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid" || :' EXIT

# serve PORT: the server on the right, once it answers.
serve()
{
	# shellcheck disable=SC2086
	$ON_RIGHT "$BUILD/udpst/udpst" -p "$1" "$RIGHT" >"$WORK/udpst.log" &
	server_pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		# shellcheck disable=SC2086
		! $ON_LEFT "$BUILD/udpst/udpst" -d --probe -p "$1" "$RIGHT" \
		    >"$WORK/probe" || return 0
		kill -0 $server_pid 2>/dev/null || break
	done
	cat "$WORK/udpst.log" "$WORK/probe"
	return 1
}

# failed STATUS: one below 50 is a warning, which the output has too.
failed()
{
	[ "$1" -lt 50 ] || echo "udpst: status $1" >>"$WORK/failed"
}

# run FILE OPTION...: the client on the left, shown as a user would type it;
# its output also goes to FILE.
run()
{
	file=$WORK/$1
	shift
	echo
	echo "\$ udpst $*"
	# shellcheck disable=SC2086 # a command and its arguments
	{
		$ON_LEFT timeout 60 "$BUILD/udpst/udpst" "$@" 2>&1 ||
		    failed $?
	} | tee "$file"
}

answer()
{
	printf 'udpst: %s\t%s\n' "$1" "$2" >>"$WORK/summary"
}

# part FILE LINE FIGURE: what follows "FIGURE: " in the line of that beginning.
part()
{
	sed -n "s/^$2.*$3: \\([^ ,]*\\).*/\\1/p" "$WORK/$1"
}

# In a namespace of its own the usual port is free. On loopback somebody else
# may have it, or any other. There a search would tell what this host can do,
# of no path, and take a minute for it: a fixed rate shows the same lines.
if [ -n "$ON_RIGHT" ]; then
	serve 24601
	set -- -t "$SEARCH"
else
	port=$((10000 + $$ % 20000))
	serve $port || serve $((port += 1)) || serve $((port += 1))
	set -- -p $port -t "$SEARCH" -I 100
fi

run downstream -d "$@" "$RIGHT"
run upstream -u "$@" "$RIGHT"

for way in Downstream Upstream; do
	file=$(echo $way | tr DU du)
	answer "maximum IP capacity, $file" \
	    "$(part "$file" "$way Maximum" 'Mbps(L3\/IP)') Mb/s"
	answer "lost meanwhile, $file" \
	    "$(part "$file" "$way Summary" 'Loss\/OoO\/Dup' |
	    sed 's|/.*||') datagrams"
done
answer 'least round-trip time' \
    "$(part downstream 'Downstream Minimum' 'Round-Trip Time(ms)') ms"
