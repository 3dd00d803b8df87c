#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The tree obeys build-aux/stylecheck; and stylecheck itself finds one
# planted violation of each rule, at its line, and nothing in clean text.
set -u

top=${top_srcdir-.}
. "$top/tests/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# plant FILE: stdin becomes FILE of an otherwise empty tree, below an SPDX
# line, which is its line 1.
plant()
{
	rm -rf "${work:?}"/*
	mkdir -p "$work/$(dirname "$1")"
	case $1 in
	*.[ch])	echo '/* SPDX-License-Identifier: BSD-2-Clause */' ;;
	*)	echo '# SPDX-License-Identifier: BSD-2-Clause' ;;
	esac >"$work/$1"
	cat >>"$work/$1"
}

# finds "FILE:LINE: RULE": exactly one finding, and this one.
finds()
{
	said=$("$top/build-aux/stylecheck" "$work") && {
		echo "found nothing, wanted $1"
		return 1
	}
	case $said in
	*'
'*)	false ;;
	"$1"*)	true ;;
	*)	false ;;
	esac || {
		printf 'wanted %s, got:\n%s\n' "$1" "$said"
		return 1
	}
}

clean()
{
	"$top/build-aux/stylecheck" "$work"
}

# A function of $1 lines.
long_function()
{
	printf '#include "config.h"\n\nint\nf(void)\n{\n'
	awk -v n="$1" 'BEGIN { for (; n > 0; n--) print "\tg();" }'
	echo '}'
}

ok 'the tree is clean' "$top/build-aux/stylecheck" "$top"

plant common/x.c <<'END'
#include "config.h"

#include <sys/types.h>

#include "common/clock.h"

/*
 * strcpy(a, b) in a comment harms nobody, nor does sprintf(
 */
static int
f(const char *s)
{
	puts("strcat(x); /* no comment");	/* atoi(s) */
	return s[0] == '"' && my_rand() && s->rand(1);
}
END
ok 'clean text passes' clean

plant common/x.c <<'END'
#include "config.h"

/* A comment
 * of two lines */ int
f(char *a, const char *b)
{
	g("\"", '"', strcpy (a, b));
}
END
ok 'banned function' finds 'common/x.c:8: banned'

for word in strcat sprintf strtok atoi gets alloca rand; do
	printf '#include "config.h"\nint\nf(void)\n{\n\t%s(a);\n}\n' $word |
	    plant common/x.c
	ok "banned $word" finds "common/x.c:6: banned: $word"
done

printf '#define X\t%072d\n' 0 | plant common/x.h
ok '88 columns with a tab' finds 'common/x.h:2: columns'
printf '#define X\t%064d\n' 0 | plant common/x.h
ok '80 columns with a tab' clean
printf 'int x; \n' | plant common/x.h
ok 'blank at the end' finds 'common/x.h:2: blank-end'
printf 'x = 1\n\n' | plant m4/x.m4
ok 'blank line at the end' finds 'm4/x.m4:3: blank-end'
printf '\t        int x;\n' | plant common/x.h
ok 'eight spaces' finds 'common/x.h:2: indent'

plant common/x.h </dev/null
echo 'int x;' >"$work/common/x.h"
ok 'no SPDX line' finds 'common/x.h:1: spdx'
mkdir "$work/tests"
mv "$work/common/x.h" "$work/tests/x.sh"
ok 'no SPDX line in a script' finds 'tests/x.sh:1: spdx'

echo '#include <stdio.h>' | plant common/x.c
ok 'config.h missing' finds 'common/x.c:2: config-h'
echo '#include "common/x.h"' | plant common/x.c
ok 'config.h not first' finds 'common/x.c:2: config-h'
echo '#include "x.h"' | plant common/x.h
ok 'include without its folder' finds 'common/x.h:2: include-form'
echo '#include "common/x.c"' | plant common/x.h
ok 'include of a .c file' finds 'common/x.h:2: include-form'
echo '#include "common/x.c"' | plant tests/unit/test_x.c
ok 'a test may include a .c file' clean

# includes FILE INCLUDED RULE
includes()
{
	printf '#include "%s"\n' "$2" | plant "$1"
	if [ "$3" = clean ]; then
		ok "$1 may include $2" clean
	else
		ok "$1 must not include $2" finds "$1:2: $3"
	fi
}
includes common/x.h thrulay/wire.h include-up
includes common/x.h tests/unit/unit.h include-up
includes thrulay/wire.h thrulay/client.h include-up
includes thrulay/report.h thrulay/server.h include-up
includes thrulay/client.h tests/unit/unit.h include-up
includes thrulay/wire.h udping/wire.h include-sideways
includes common/x.h common/y.h clean
includes thrulay/client.h thrulay/report.h clean
includes thrulay/client.h common/loop.h clean
includes thrulay/wire.h common/wire.h clean
includes thrulay/arrival.h common/loop.h include-io
includes tests/e2e/x.h thrulay/client.h clean

plant thrulay/wire.c <<'END'
#include "config.h"
void *
f(void)
{
	return malloc(1);
}
END
ok 'a codec that allocates' finds 'thrulay/wire.c:6: pure'

echo '#ifdef __linux__' | plant thrulay/x.h
ok 'platform outside common' finds 'thrulay/x.h:2: platform'
echo '#  if defined(HAVE_EPOLL)' | plant thrulay/x.h
ok 'HAVE_ outside common' finds 'thrulay/x.h:2: platform'
echo '#ifdef __linux__' | plant common/x.h
ok 'platform in common' clean

long_function 120 | plant common/x.c
ok '120 lines pass' clean
long_function 121 | plant common/x.c
ok '121 lines do not' finds 'common/x.c:6: function-length: f'
long_function 51 | plant common/x.c
ok '51 lines are listed' \
    test "$("$top/build-aux/stylecheck" -l "$work")" = \
    'common/x.c:6: f: 51 lines'
long_function 50 | plant common/x.c
ok '50 lines are not' test -z "$("$top/build-aux/stylecheck" -l "$work")"
printf '#include "config.h"\nint f(void)\n{\n}\n' | plant common/x.c
ok 'type and name on one line' finds 'common/x.c:4: function-form'
printf '#include "config.h"\nint\nf(void) {\n}\n' | plant common/x.c
ok 'brace behind the name' finds 'common/x.c:4: function-form'

awk 'BEGIN { for (n = 0; n < 499; n++) print "int x;" }' | plant common/x.h
ok '500 lines pass' clean
echo 'int x;' >>"$work/common/x.h"
ok '501 lines do not' finds 'common/x.h:501: file-length'

"$top/build-aux/stylecheck" -l "$top" | sed 's/^/# over 50: /'
tap_end
