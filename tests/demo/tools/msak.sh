#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# msak's part of the demonstration; run.sh says what is in the environment.
set -eu

[ -x "$BUILD/msak/msak-client" ] || exit 0

server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid" || :' EXIT

# serve PORT: the server on the right, once it listens, with the next port for
# latency. It keeps its user, who may write to the directory.
serve()
{
	: >"$WORK/msak.log"
	# shellcheck disable=SC2086
	$ON_RIGHT "$BUILD/msak/msak-server" -ws_addr "$RIGHT:$1" \
	    -latency_addr "$RIGHT:$(($1 + 1))" \
	    -prometheusx.listen-address "$RIGHT:0" -datadir "$WORK/msak" \
	    -user "$(id -un)" 2>"$WORK/msak.log" &
	server_pid=$!
	for pause in 0.1 0.1 0.2 0.2 0.5 0.5 1 1 2 2; do
		! grep -q 'Accepting UDP' "$WORK/msak.log" || return 0
		kill -0 $server_pid 2>/dev/null || break
		sleep $pause
	done
	cat "$WORK/msak.log"
	return 1
}

# run FILE OPTION...: the client on the left, shown as a user would type it;
# its output also goes to FILE.
run()
{
	file=$WORK/$1
	shift
	echo
	echo "\$ msak-client $*"
	# shellcheck disable=SC2086 # a command and its arguments
	{
		$ON_LEFT timeout 60 "$BUILD/msak/msak-client" "$@" 2>&1 ||
		    echo "msak-client: status $?" >>"$WORK/failed"
	} | tee "$file"
}

answer()
{
	printf 'msak: %s\t%s\n' "$1" "$2" >>"$WORK/summary"
}

# In a namespace of its own the usual port is free. On loopback somebody else
# may have it, or any other.
if [ -n "$ON_RIGHT" ]; then
	port=8080
	serve $port
else
	port=$((10000 + $$ % 20000))
	serve $port || serve $((port += 2)) || serve $((port += 2))
fi

run msak.out -server "$RIGHT:$port" -scheme ws -latency \
    -latency_port $((port + 1)) -quiet -duration "${SECONDS_EACH}s"

# after NAME TEXT: what follows TEXT, up to a blank or slash, in the results of
# that direction.
after()
{
	awk -v name="$1" -v text="$2" '
		/^  [a-z]+ rate: / { here = $1 == name }
		here && (at = index($0, text)) {
			split(substr($0, at + length(text)), part, "[ /]")
			print part[1]
			exit
		}' "$WORK/msak.out"
}

for way in download upload; do
	answer "rate of two streams, $way" "$(after $way 'rate: ') Mb/s"
done
answer 'round-trip time, idle' \
    "$(after download 'idle latency p50/p90/p99: ') ms"
answer 'round-trip time under load, download' \
    "$(after download 'loaded latency p50/p90/p99: ') ms"
