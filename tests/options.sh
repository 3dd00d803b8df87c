#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Of every program: the option table, --help and the manual page name the same
# options with the same defaults; --help and --version behave. The comparison
# itself is first tried on small samples with one fault each.
set -u

top=${top_srcdir-.}
build=${top_builddir-.}
. "$top/tests/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compare()
{
	awk -f "$top/tests/options.awk" "$1" "$2" "$3"
}

sample()
{
	printf 't\tduration\tT\t60\nv\t\t\t\n\tjson\t\t\n' >"$work/list"
	cat >"$work/help" <<'END'
usage: sample [-v] host

  -t, --duration T  how long to
                    send (default 60)
  -v                say more
      --json        -q is no option here
END
	cat >"$work/page" <<'END'
.Bl -tag -width Ds
.It Fl t Ar T , Fl -duration Ar T
How long; the default is
.Li 60 .
.It Fl v
.It Fl -json
Two in one.
.El
END
}

is()
{
	[ "$1" = "$2" ] || {
		printf 'wanted:\n%s\ngot:\n%s\n' "$2" "$1"
		return 1
	}
}

# faulty NAME FILE SED-SCRIPT SAID: with this change the comparison says so.
faulty()
{
	sample
	sed "$3" "$work/$2" >"$work/changed" && mv "$work/changed" "$work/$2"
	said=$(compare "$work/list" "$work/help" "$work/page")
	ok "$1" is "$said" "$4"
}

sample
ok 'a sound sample' compare "$work/list" "$work/help" "$work/page"
faulty 'a letter missing in the page' page '/Fl v/d' '-v: not in the page'
faulty 'a name missing in the page' page 's/, Fl -duration Ar T//' \
    '--duration: not in the page'
faulty 'an option too many in the page' page 's/Fl v/Fl v , Fl q/' \
    '-q: in the page only'
faulty 'another default in the page' page 's/Li 60/Li 10/' \
    "$(printf -- '-t: default 60, the page says 10\n%s' \
    '--duration: default 60, the page says 10')"
faulty 'a default in the page alone' page 's/Two in one/Default: 80/' \
    "$(printf -- '-v: no default, the page says 80\n%s' \
    '--json: no default, the page says 80')"
faulty 'an option missing in --help' help '/-v/s/-v/  /' '-v: not in --help'
faulty 'an option in --help alone' help 's/  -v     /  -v, -w /' \
    '-w: in --help only'
faulty 'another default in --help' help 's/default 60/default 61/' \
    "$(printf -- '-t: --help does not say default 60\n%s' \
    '--duration: --help does not say default 60')"

# runs COMMAND...: status 0 and nothing on stderr.
runs()
{
	"$@" 2>"$work/stderr" && [ ! -s "$work/stderr" ]
}

agree()
{
	runs "$1" --list-options >"$work/list" || return 1
	runs "$1" --help >"$work/help" || return 1
	compare "$work/list" "$work/help" "$2"
}

version()
{
	runs "$1" --version >"$work/version" || return 1
	sed q "$work/version" | grep -q "^$2 (plumbline) [0-9.]*\( \|$\)"
}

full_disk()
{
	! "$1" --help >/dev/full 2>"$work/stderr" && [ -s "$work/stderr" ]
}

for program in ${PROGRAMS-}; do
	name=${program##*/}
	page=$(echo "$top/man/$name".[18])
	ok "$name: a page" test -f "$page"
	ok "$name: table, --help and page agree" \
	    agree "$build/$program" "$page"
	ok "$name: --version" version "$build/$program" "$name"
	if [ -c /dev/full ]; then
		ok "$name: --help to a full disk" full_disk "$build/$program"
	fi
done
tap_end
