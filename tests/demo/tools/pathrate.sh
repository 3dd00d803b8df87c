#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pathrate's part of the demonstration; run.sh says what is in the environment.
set -eu

[ -x "$BUILD/pathrate/pathrate_rcv" ] || exit 0

server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid" || :' EXIT

# serve PORT: the sender on the right, once it runs.
serve()
{
	rm -f "$WORK/pathrate.pid"
	# shellcheck disable=SC2086
	$ON_RIGHT "$BUILD/pathrate/pathrate_snd" -i -q --port "$1" \
	    --pidfile "$WORK/pathrate.pid" 2>"$WORK/pathrate_snd.log" &
	server_pid=$!
	for pause in 0.1 0.1 0.2 0.2 0.5 0.5 1 1 2 2; do
		[ ! -s "$WORK/pathrate.pid" ] || return 0
		kill -0 $server_pid 2>/dev/null || break
		sleep $pause
	done
	cat "$WORK/pathrate_snd.log"
	server_pid=
	return 1
}

# run FILE OPTION...: on the left, shown as a user would type it.
run()
{
	file=$WORK/$1
	shift
	echo
	echo "\$ pathrate_rcv $*"
	# shellcheck disable=SC2086 # a command and its arguments
	{
		$ON_LEFT timeout 60 "$BUILD/pathrate/pathrate_rcv" "$@" \
		    -o "$WORK/pathrate.output" ||
		    echo "pathrate_rcv: status $?" >>"$WORK/failed"
	} | tee "$file"
}

answer()
{
	printf 'pathrate: %s\t%s\n' "$1" "$2" >>"$WORK/summary"
}

# In a namespace of its own any port is free; on loopback somebody may have it.
port=48699
serve $port || serve $((port += 2)) || serve $((port += 2))

run pathrate --port $port --udp-port $((port - 1)) -s "$RIGHT"

# "--> Capacity: 100.0 Mbit/s", perhaps "at least" so much.
capacity()
{
	sed -n 's/.*--> Capacity: \(at least \)*//p' "$WORK/pathrate"
}

answer 'capacity of the narrow link' "$(capacity)"
answer 'within, 95 times in 100' \
    "$(sed -n 's/.*--> 95 % interval: //p' "$WORK/pathrate")"
