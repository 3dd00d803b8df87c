#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# thrulay's part of the demonstration; run.sh says what is in the environment.
set -eu

[ -x "$BUILD/thrulay/thrulay" ] || exit 0

server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid" || :' EXIT

# serve OPTION...: the server on the right, once it listens.
serve()
{
	# shellcheck disable=SC2086
	$ON_RIGHT "$BUILD/thrulay/thrulayd" -d -v "$@" 2>"$WORK/thrulayd.log" &
	server_pid=$!
	for pause in 0.1 0.1 0.2 0.2 0.5 0.5 1 1 2 2; do
		! grep -q listening "$WORK/thrulayd.log" || return 0
		kill -0 $server_pid 2>/dev/null || break
		sleep $pause
	done
	cat "$WORK/thrulayd.log"
	return 1
}

# run FILE COMMAND...: show it as a user would type it, then run it on the
# left; its output also goes to FILE.
run()
{
	file=$WORK/$1
	program=$2
	shift
	echo
	echo "\$ $*"
	shift
	# shellcheck disable=SC2086 # a command and its arguments
	{
		$ON_LEFT timeout 60 "$BUILD/thrulay/$program" "$@" ||
		    echo "$program: status $?" >>"$WORK/failed"
	} | tee "$file"
}

answer()
{
	printf 'thrulay: %s\t%s\n' "$1" "$2" >>"$WORK/summary"
}

# In a namespace of its own the usual port is free. On loopback somebody else
# may have it, or any other.
if [ -n "$ON_RIGHT" ]; then
	serve
else
	port=$((10000 + $$ % 20000))
	serve -p $port || serve -p $((port += 1)) || serve -p $((port += 1))
	set -- -p $port
fi

run tcp thrulay "$@" -v -v -t "$SECONDS_EACH" "$RIGHT"
run udp thrulay "$@" -t "$SECONDS_EACH" -u 10M "$RIGHT"

# Columns of the total: begin, end, Mb/s, delay, jitter, min, avg, max, and
# what the kernel knows: RTT, its minimum. thrulay(1) explains them.
total()
{
	awk -v n="$1" '/^#\(\*\*\)/ { print $(n + 1) }' "$WORK/tcp"
}

report()
{
	awk -v name="$1:" '$1 == name { print $2 }' "$WORK/udp"
}

answer 'TCP throughput' "$(total 3) Mb/s"
answer 'TCP round-trip time, idle' \
    "$(sed -n 's/^# idle RTT = //p' "$WORK/tcp")"
answer 'TCP round-trip time under load' "$(total 9) ms"
answer 'the same with the send buffer' "$(total 4) ms"
answer 'UDP one-way delay at 10 Mbit/s' "$(report Delay)"
answer 'UDP loss at 10 Mbit/s' "$(report Loss)"
