#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# newcomer.sh DIR [debian]: what README's sections "Try it" and "Install" tell
# a newcomer to type, in that order, in a copy of the tree below DIR. Without
# optimisation, for it is about the commands; root is not needed, for `sudo`
# installs into DIR/root. What follows from there has to run, and `make
# uninstall` has to leave nothing. With debian the packages are made too, which
# needs what debian/control says. A command that this script does not know is a
# failure.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:?newcomer.sh DIR [debian]}"
dir=$(cd "$1" && pwd)
debian=${2-}
root=$dir/root
CFLAGS=-O0
export CFLAGS

die()
{
	echo "newcomer.sh: $*"
	exit 1
}

# The tree as a clone has it, or as it was unpacked.
copy()
{
	cd "$top"
	git ls-files -z >"$dir/files" 2>/dev/null || :
	[ -s "$dir/files" ] || find . -path ./build -prune -o \
	    -path ./.git -prune -o ! -type d -print0 >"$dir/files"
	mkdir "$dir/clone"
	tar --null -T "$dir/files" -cf "$dir/files.tar"
	tar -C "$dir/clone" -xf "$dir/files.tar"
}

# commands: those with a prompt in these two sections.
commands()
{
	awk '/^---+$/ { wanted = last == "Try it" || last == "Install" }
		wanted && /^  \$ / { print substr($0, 5) }
		{ last = $0 }' "$top/README"
}

# installed: the programs say who they are, and uninstall leaves nothing.
installed()
{
	n=0
	for program in "$root"/usr/local/bin/* "$root"/usr/local/sbin/*; do
		"$program" --version | grep -q "^${program##*/} (plumbline) " ||
		    die "$program"
		n=$((n + 1))
	done
	[ $n -gt 0 ] || die 'nothing is installed'
	echo "newcomer.sh: $n programs are installed"
	make -s "$@" uninstall DESTDIR="$root"
	left=$(find "$root" ! -type d)
	[ -z "$left" ] || die "make uninstall leaves: $left"
	rm -rf "$root"
}

# tarball: unpacked in another place, where the current directory then is.
tarball()
{
	make -s -C "$dir/clone/build" dist
	mkdir "$dir/tar"
	cp "$dir"/clone/build/plumbline-*.tar.xz "$dir/tar"
	cd "$dir/tar"
}

from_tarball()
{
	tarball
	tar -xf plumbline-*.tar.xz
	cd plumbline-*/
	./configure -q
	make -s -j2
	make -s check check_PROGRAMS= check_LTLIBRARIES= TESTS=tests/man.sh
	make -s install DESTDIR="$root" >/dev/null
	installed
	cd "$dir/tar"
	rm -rf plumbline-*/
}

# for_debian COMMAND: it is run only when that was asked for.
for_debian()
{
	[ -n "$debian" ] || {
		echo 'newcomer.sh: left to newcomer.sh DIR debian'
		return 0
	}
	(unset CFLAGS && DEB_BUILD_OPTIONS=nocheck sh -c "$1")
}

# typed COMMAND: as README has it, or what stands for it here.
typed()
{
	echo "newcomer.sh: $1"
	case $1 in
	'./bootstrap demo')
		echo 'newcomer.sh: left to smoke.sh' ;;
	'./bootstrap check')
		echo 'newcomer.sh: left to matrix.sh' ;;
	./bootstrap)
		./bootstrap ;;
	'make -C build')
		make -s -j2 -C build ;;
	'sudo make -C build install')
		make -s -C build install DESTDIR="$root" >/dev/null
		installed -C build ;;
	'./configure && make && make check && sudo make install')
		from_tarball ;;
	'cp plumbline-'*' plumbline_'*)
		$1 ;;
	'tar -xf plumbline-'*' && cd plumbline-'*)
		tar -xf plumbline-*.tar.xz
		cd plumbline-*/ ;;
	'dpkg-buildpackage -us -uc')
		for_debian "$1" ;;
	'sudo apt install ../'*.deb)
		# shellcheck disable=SC2016 # for that shell
		for_debian "apt-get -s install ${1#sudo apt install}" ;;
	*)
		die "what is that? $1" ;;
	esac
}

rm -rf "$dir/clone" "$dir/tar" "$root"
commands >"$dir/commands"
[ "$(wc -l <"$dir/commands")" -ge 8 ] || die 'README has no commands'
copy
cd "$dir/clone"
while read -r command <&3; do
	typed "$command"
done 3<"$dir/commands"
