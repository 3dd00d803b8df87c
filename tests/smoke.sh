#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The demonstration runs over loopback: the programs of each tool start,
# measure and answer; and a tool that does not is noticed.
set -u

top=${top_srcdir-.}
build=${top_builddir-.}
. "$top/tests/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

demo()
{
	SECONDS_EACH=1 "$top/tests/demo/run.sh" -l "$build" "$@"
}

# fails SCRIPT-TEXT SAID: the demonstration fails and says so.
fails()
{
	echo "$1" >"$work/tool.sh"
	said=$(demo "$work/tool.sh") && return 1
	printf '%s\n' "$said" | grep -q "$2"
}

# shellcheck disable=SC2016 # for the script
ok 'no answer is noticed' fails \
    'printf "question\t\n" >>"$WORK/summary"' 'question: no answer'
ok 'a status is noticed' fails 'exit 3' 'status 3'
for script in "$top"/tests/demo/tools/*.sh; do
	tool=${script##*/}
	tool=${tool%.sh}
	case " ${PROGRAMS-}" in
	*" $tool/"*)	ok "$tool" demo "$script" ;;
	esac
done
tap_end
