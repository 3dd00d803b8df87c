# SPDX-License-Identifier: BSD-2-Clause
# TAP for shell tests: source it, call ok for each check, end with tap_end.
# shellcheck shell=sh

tap_count=0
tap_failed=0

# ok NAME COMMAND...: one check; what the command prints explains a failure.
ok()
{
	tap_name=$1
	shift
	tap_count=$((tap_count + 1))
	if tap_said=$("$@" 2>&1); then
		echo "ok $tap_count - $tap_name"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $tap_name"
	fi
	[ -z "$tap_said" ] || printf '%s\n' "$tap_said" | sed 's/^/# /'
}

# skip NAME REASON: a check that cannot run here.
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# skip_all REASON: nothing can run here.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

tap_end()
{
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
}
