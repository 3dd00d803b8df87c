#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# udping's part of the demonstration; run.sh says what is in the environment.
set -eu

[ -x "$BUILD/udping/udping_client" ] || exit 0

server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid" || :' EXIT

# serve PORT: the server on the right, once it listens.
serve()
{
	rm -f "$WORK/udping.pid"
	# shellcheck disable=SC2086
	$ON_RIGHT "$BUILD/udping/udping_server" -l "$RIGHT" -p "$1" -k 2 -n \
	    --pidfile "$WORK/udping.pid" >"$WORK/udping" \
	    2>"$WORK/udping.log" &
	server_pid=$!
	for pause in 0.1 0.1 0.2 0.2 0.5 0.5 1 1 2 2; do
		[ ! -s "$WORK/udping.pid" ] || return 0
		kill -0 $server_pid 2>/dev/null || break
		sleep $pause
	done
	cat "$WORK/udping.log"
	server_pid=
	return 1
}

# run PROGRAM OPTION...: on the left, shown as a user would type it.
run()
{
	program=$1
	shift
	echo
	echo "\$ $program $*"
	# shellcheck disable=SC2086 # a command and its arguments
	$ON_LEFT timeout 60 "$BUILD/udping/$program" "$@" ||
	    echo "$program: status $?" >>"$WORK/failed"
}

answer()
{
	printf 'udping: %s\t%s\n' "$1" "$2" >>"$WORK/summary"
}

# In a namespace of its own any port is free; on loopback somebody may have it.
port=6000
serve $port || serve $((port += 1)) || serve $((port += 1))

# The emulated link has no Ethernet, and nor has loopback.
run udping_client -r "$RIGHT" -p $port -l "$LEFT" -s 17300-17303 -d 2 -i 900 \
    -m 100 --unprivileged --duration "$SECONDS_EACH"

# It reports what is open, and ends.
sleep 0.2
kill $server_pid
wait $server_pid || echo "udping_server: status $?" >>"$WORK/failed"
server_pid=

echo
echo "\$ udping_server -l $RIGHT -p $port -k 2"
cat "$WORK/udping"

# Sums over all records, by their keys; lines "name figure".
awk -F '"' '
	{
		for (i = 2; i < NF; i += 4) {
			sum[$i] += $(i + 2)
			if ($i == "max" && $(i + 2) > most)
				most = $(i + 2)
		}
	}
	END {
		sent = sum["targetCount"]
		if (sum["count"] == 0)
			exit
		printf "mean %.3f ms\n", sum["sum"] / sum["count"]
		printf "max %.3f ms\n", most
		printf "lost %d of %d\n", sent - sum["count"], sent
	}' "$WORK/udping" >"$WORK/udping.sums"

figure()
{
	sed -n "s/^$1 //p" "$WORK/udping.sums"
}

answer 'one-way latency, mean' "$(figure mean)"
answer 'one-way latency, maximum' "$(figure max)"
answer 'packets lost, from 4 ports' "$(figure lost)"
