# SPDX-License-Identifier: BSD-2-Clause
# bash completion for every program of plumbline: a copy of this file by the
# name of each. The options are those the program itself lists, so that they
# cannot drift from it. zsh takes it too, after bashcompinit.
# shellcheck shell=bash disable=SC2207 # compgen prints a word a line

# _plumbline_value WORD ARG: what may stand for ARG, as --help calls it.
_plumbline_value()
{
	case $2 in
	*'|'*)	COMPREPLY=($(compgen -W "${2//|/ }" -- "$1")) ;;
	*FILE)	COMPREPLY=($(compgen -f -- "$1")) ;;
	IF)	COMPREPLY=($(cd /sys/class/net 2>/dev/null &&
		    compgen -f -- "$1")) ;;
	HOST*)	COMPREPLY=($(compgen -A hostname -- "$1")) ;;
	esac
}

# The program lists letter, name, argument and default of each option, with
# tabs between.
_plumbline()
{
	local word=${COMP_WORDS[COMP_CWORD]} dash=-- line letter name arg at=1
	local before=${COMP_WORDS[COMP_CWORD - 1]} words=

	case ${1##*/} in
	generate-schema|minimal-download|msak-*)	dash=- ;;
	esac
	[ "$word" != = ] || word=
	[ "$before" != = ] || at=2
	[ "${COMP_WORDS[COMP_CWORD]}" != = ] || at=1
	before=${COMP_WORDS[COMP_CWORD - at]-}
	COMPREPLY=()
	while IFS= read -r line; do
		letter=${line%%$'\t'*}
		line=${line#*$'\t'}
		name=${line%%$'\t'*}
		line=${line#*$'\t'}
		arg=${line%%$'\t'*}
		words="$words ${letter:+-$letter} ${name:+$dash$name}"
		case $before in
		"-${letter:--}"|"$dash${name:--}")
			[ -n "$arg" ] || continue
			_plumbline_value "$word" "$arg"
			return ;;
		esac
	done <<END
$("$1" --list-options 2>/dev/null)
END
	case $word in
	-*)	COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
	*)	COMPREPLY=($(compgen -A hostname -- "$word")) ;;
	esac
}

# In zsh $0 is the file that is read.
_plumbline_file=${BASH_SOURCE[0]-$0}
complete -F _plumbline "${_plumbline_file##*/}"
unset _plumbline_file
