#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The libraries have no variables of their own: all state is in structs that
# are passed in, so that several tests can run in one process.
set -u

top=${top_srcdir-.}
build=${top_builddir-.}
. "$top/tests/tap.sh"

command -v objdump >/dev/null || skip_all 'no objdump here'

# Of objdump -t: objects in sections that can be written to, and common ones.
# What is constant but needs relocation (.data.rel.ro) is not meant, nor is
# what --enable-coverage adds. A signal handler gets no argument, so signal_fds
# of loop_posix.c tells it where to write.
variables()
{
	awk '/file format/ { file = $1 }
	    $NF ~ /^__?gcov/ { next }
	    $NF == "signal_fds" && file ~ /loop_posix/ { next }
	    / O \.(t?data|t?bss)/ && !/\.data\.rel\.ro/ { print file, $NF }
	    /\*COM\*/ { print file, $NF }'
}

none()
{
	objdump -t "$1" >"$work/symbols" && grep -q 'file format' \
	    "$work/symbols" || return 1
	! variables <"$work/symbols" | grep .
}

# The check must be able to fail.
seen()
{
	[ "$(variables <<'END'
x.o:     file format elf64-x86-64
0000000000000000 g     F .text	0000000000000064 text_rate
0000000000000000 l     O .data.rel.ro.local	0000000000000030 names
0000000000000000 l     O .rodata	0000000000000030 table
0000000000000000 l     O .bss	0000000000000004 calls.1
0000000000000000 l     O .data	0000000000000004 last
END
	)" = 'x.o: calls.1
x.o: last' ]
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok 'a variable is noticed' seen
for library in ${LIBRARIES-}; do
	ok "$library" none "$build/.libs/${library%.la}.a"
done
tap_end
