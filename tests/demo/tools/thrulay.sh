#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# thrulay's part of the demonstration; run.sh says what is in the environment.
set -eu

[ -x "$BUILD/thrulay/thrulay" ] || exit 0

port=25003
server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid"' EXIT

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
	printf '%s\t%s\n' "$1" "$2" >>"$WORK/summary"
}

# shellcheck disable=SC2086
$ON_RIGHT "$BUILD/thrulay/thrulayd" -d -v -p $port 2>"$WORK/thrulayd.log" &
server_pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	! grep -q listening "$WORK/thrulayd.log" || break
	sleep 0.2
done

run tcp thrulay -p $port -t "$SECONDS_EACH" "$RIGHT"
run udp thrulay -p $port -t "$SECONDS_EACH" -u 10M "$RIGHT"

# "#(**) begin end Mb/s delay jitter", and "Delay: 10.123ms".
answer 'thrulay: TCP throughput' \
    "$(awk '/^#\(\*\*\)/ { print $4 " Mb/s" }' "$WORK/tcp")"
answer 'thrulay: round-trip time under load' \
    "$(awk '/^#\(\*\*\)/ { print $5 " ms (median)" }' "$WORK/tcp")"
answer 'thrulay: one-way delay at 10 Mbit/s' \
    "$(awk '$1 == "Delay:" { print $2 " (median)" }' "$WORK/udp")"
answer 'thrulay: loss at 10 Mbit/s' \
    "$(awk '$1 == "Loss:" { print $2 }' "$WORK/udp")"
