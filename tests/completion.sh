#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# bash completes the options of every program, all of them and only these, and
# values where it can know them; zsh does so too.
set -u

top=${top_srcdir-.}
build=${top_builddir-.}
. "$top/tests/tap.sh"

command -v bash >/dev/null || skip_all 'no bash here'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bash"

# complete_words PROGRAM WORD...: what may stand for the last word.
complete_words()
{
	program=$1
	shift
	cp "$top/share/completions/plumbline.bash" "$work/bash/${program##*/}"
	# shellcheck disable=SC2016 # for that bash
	(cd "$work" && bash -u -c '. "$1"
		registered=$(complete -p "${1##*/}") || exit
		[ "$registered" = "complete -F _plumbline ${1##*/}" ] || exit
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_plumbline "$1"
		printf "%s\n" "${COMPREPLY[@]-}"' bash \
	    "$work/bash/${program##*/}" "$program" "$@")
}

# zsh_words PROGRAM WORD...: the same of zsh's functions for bash's completion.
# Which of the words have the right beginning zsh decides later.
zsh_words()
{
	cp "$top/share/completions/plumbline.bash" "$work/bash/${1##*/}"
	# shellcheck disable=SC2016 # for that zsh
	(cd "$work" && zsh -f -c 'autoload -Uz compinit bashcompinit
		compinit -D -u
		bashcompinit
		. "$1"
		shift
		[[ $_comps[${1:t}] = "_bash_complete -F _plumbline" ]] || exit
		words=("$@")
		CURRENT=$#
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		compgen -F _plumbline -- "$argv[-1]"' zsh \
	    "$work/bash/${1##*/}" "$@")
}

zsh_completes()
{
	wanted=$(printf '%s\n' "$1" | sort -u)
	shift
	said=$(zsh_words "$@" | sort -u)
	[ "$said" = "$wanted" ] || {
		printf 'wanted:\n%s\ngot:\n%s\n' "$wanted" "$said"
		return 1
	}
}

# completes WANTED PROGRAM WORD...
completes()
{
	wanted=$1
	shift
	said=$(complete_words "$@" | sort -u)
	wanted=$(printf '%s\n' "$wanted" | sort -u)
	[ "$said" = "$wanted" ] || {
		printf 'wanted:\n%s\ngot:\n%s\n' "$wanted" "$said"
		return 1
	}
}

options_of()
{
	dash=--
	case ${1##*/} in
	generate-schema|minimal-download|msak-*)	dash=- ;;
	esac
	"$1" --list-options | awk -F '\t' -v dash=$dash '
		$1 != "" { print "-" $1 }
		$2 != "" { print dash $2 }'
}

cat >"$work/sample" <<'END'
#!/bin/sh
printf 't\tduration\tT\t60\nv\t\t\t\n\tjson\t\t\n'
printf 'o\toutput\tFILE\t\n\tcompat\t8|9\t9\n\tbind-dev\tIF\t\n'
END
chmod +x "$work/sample"
touch "$work/a.csv" "$work/b.csv"
sample=$work/sample
ok 'all options' completes "$(printf -- '%s\n' -t --duration -v --json -o \
    --output --compat --bind-dev)" "$sample" -
ok 'by their beginning' completes --json "$sample" -v --js
ok 'values of a choice' completes "$(printf '8\n9')" "$sample" --compat ''
ok 'after an equals sign' completes "$(printf '8\n9')" "$sample" --compat =
ok 'and something behind it' completes 9 "$sample" --compat = 9
ok 'names of files' completes a.csv "$sample" -o a.
ok 'options after a flag' completes --duration "$sample" -v --d
ok 'nothing for a number' completes '' "$sample" -t ''
if [ -d /sys/class/net/lo ]; then
	ok 'interfaces' completes lo "$sample" --bind-dev lo
fi
if command -v zsh >/dev/null; then
	ok 'zsh: all options' zsh_completes "$(printf -- '%s\n' -t --duration \
	    -v --json -o --output --compat --bind-dev)" "$sample" -
	ok 'zsh: values of a choice' zsh_completes "$(printf '8\n9')" \
	    "$sample" --compat ''
else
	skip zsh 'no zsh here'
fi
for program in ${PROGRAMS-}; do
	program=$(cd "$build/${program%/*}" && pwd)/${program##*/}
	ok "${program##*/}" completes "$(options_of "$program")" "$program" -
done
tap_end
