# SPDX-License-Identifier: BSD-2-Clause
# What the tests of installed packages share: source it.
# shellcheck shell=sh
set -eu

work=$(mktemp -d)
server=
: >"$work/server" >"$work/out" >"$work/err"
# shellcheck disable=SC2154 # here it is
trap 'rc=$?; [ -z "$server" ] || kill $server || :; rm -rf "$work"; exit $rc' \
    EXIT

# serve COMMAND...: a server that ends with the test.
serve()
{
	"$@" >"$work/server" 2>&1 &
	server=$!
}

# until_ready COMMAND...: try it until the server answers, 5 s at most; its
# output goes to $work/out.
until_ready()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		! "$@" >"$work/out" 2>"$work/err" || return 0
		kill -0 "$server" || break
		sleep 0.5
	done
	echo "$*: no success"
	cat "$work/server" "$work/out" "$work/err"
	return 1
}

# eventually COMMAND...: it succeeds within 10 s.
eventually()
{
	for _ in $(seq 20); do
		! "$@" || return 0
		sleep 0.5
	done
	echo "$*: not within 10 s"
	return 1
}

# between LOW FIGURE HIGH WHAT
between()
{
	echo "$4: $2"
	awk -v low="$1" -v v="$2" -v high="$3" 'BEGIN {
		exit !(v ~ /^-?[0-9]+(\.[0-9]*)?$/ && v >= low && v <= high)
	}' || {
		echo "$4 is not between $1 and $3"
		cat "$work/server" "$work/out"
		return 1
	}
}
