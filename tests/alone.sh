#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# alone.sh DIR DEBS: the Debian packages of the folder DEBS, in a small Debian
# that debootstrap makes below DIR; SUITE and MIRROR are its own. Needs root and
# Debian's archive.
#	1. each tool alone: it brings nothing of another one, its programs run,
#	   no unit is enabled, and after purging it no file is left
#	2. all: when one is removed the others still run, and what the
#	   administrator wrote into /etc/default outlives the next upgrade
#	3. where autopkgtest is: the tests of the packages, but for those that
#	   want systemd to run
#	4. where systemd-nspawn is: these too, in that Debian, booted
set -eu

mkdir -p "${1:?alone.sh DIR DEBS}"
dir=$(cd "$1" && pwd)
debs=$(cd "${2:?alone.sh DIR DEBS}" && pwd)
root=$dir/root
: "${SUITE:=bookworm}" "${MIRROR:=http://deb.debian.org/debian}"
top=$(cd "$(dirname "$0")/.." && pwd)
tools=$(sed -n 's/^PL_TOOL(\[\([a-z]*\)\].*/\1/p' "$top/configure.ac")

say()
{
	printf '%s: %s\n' alone.sh "$*"
}

die()
{
	say "$*"
	exit 1
}

inside()
{
	chroot "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	    DEBIAN_FRONTEND=noninteractive "$@"
}

apt()
{
	inside apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 \
	    --allow-downgrades "$@" >"$dir/apt.log" 2>&1 || {
		tail -n 20 "$dir/apt.log"
		die "apt-get $*"
	}
}

# deb PACKAGE: its file, as apt wants it.
deb()
{
	# shellcheck disable=SC2016 # for that shell
	inside sh -c 'echo ./debs/"$1"_*.deb' sh "$1"
}

# files: all that packages and their scripts may leave behind.
files()
{
	inside find /etc /usr /lib /opt /srv /var/lib -xdev \
	    ! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*' \
	    ! -path '/etc/ld.so.cache' | sort
}

# runs PACKAGE: each of its programs says who it is.
runs()
{
	inside dpkg -L "$1" | grep -E '^/usr/s?bin/' >"$dir/programs"
	while read -r program; do
		inside "$program" --version </dev/null |
		    grep -q "^${program##*/} (plumbline) " ||
		    die "$program does not run"
	done <"$dir/programs"
}

disabled()
{
	inside dpkg -L "$1" | sed -n 's|.*/systemd/system/||p' |
	    while read -r unit; do
		found=$(inside find /etc/systemd -name "$unit")
		[ -z "$found" ] || die "enabled: $found"
	done
}

alone()
{
	files >"$dir/before"
	apt install "$(deb "$1")"
	runs "$1"
	disabled "$1"
	for other in $tools; do
		[ "$other" = "$1" ] || ! inside dpkg -s "$other" \
		    >"$dir/status" 2>&1 || die "$1 brings $other"
	done
	apt purge "$1"
	apt autoremove --purge
	files >"$dir/after"
	left=$(comm -13 "$dir/before" "$dir/after" | grep -F "$1" || :)
	[ -z "$left" ] || die "purging $1 leaves $left"
	say "$1 alone"
}

everything()
{
	# shellcheck disable=SC2046 # a word a package
	apt install $(for p in plumbline $tools; do deb "$p"; done)
	for tool in $tools; do
		apt remove "$tool"
		for other in $tools; do
			[ "$other" = "$tool" ] || runs "$other"
		done
		apt install "$(deb "$tool")"
		runs "$tool"
		say "the others without $tool"
	done
}

kept()
{
	inside sh -c 'grep -l . /etc/default/*' | while read -r file; do
		inside grep -qs _OPTIONS "$file" || continue
		echo '# mine' | inside tee -a "$file" >/dev/null
	done
	# shellcheck disable=SC2046 # a word a package
	apt install --reinstall $(for p in $tools; do deb "$p"; done)
	n=$(inside sh -c 'grep -lx "# mine" /etc/default/*' | wc -l)
	[ "$n" -eq "$(echo "$tools" | wc -w)" ] || die "$n files are kept"
	say 'what was configured is kept'
}

tested()
{
	rm -rf "$dir/tests"
	autopkgtest -o "$dir/tests" "$debs"/*.deb "$debs"/*.dsc -- \
	    chroot "$root" >"$dir/tests.log" 2>&1 || [ $? -eq 2 ] ||
	    die "autopkgtest: see $dir/tests.log"
	cat "$dir/tests/summary"
}

# systemd ends with the test, and says how it went.
booted()
{
	# shellcheck disable=SC2046 # a word a package
	apt install systemd-sysv dbus $(for p in $tools; do deb "$p"; done)
	rm -rf "$root/tests"
	cp -R "$top/debian/tests" "$root/tests"
	unit=$root/etc/systemd/system/alone.service
	cat >"$unit" <<END
[Unit]
After=multi-user.target
SuccessAction=exit
SuccessActionExitStatus=0
FailureAction=exit
FailureActionExitStatus=1
[Service]
Type=oneshot
ExecStart=/tests/services
StandardOutput=file:/tests/log
StandardError=inherit
END
	wants=${unit%/*}/default.target.wants
	mkdir -p "$wants"
	ln -sf ../alone.service "$wants"
	systemd-nspawn -q -D "$root" --register=no --keep-unit \
	    --private-network --console=read-only -b </dev/null \
	    >"$dir/boot.log" 2>&1 || {
		cat "$root/tests/log" || tail "$dir/boot.log"
		die 'the servers do not work in their units'
	}
	rm "$unit" "$wants/alone.service"
	say 'the servers work in their units'
}

[ -d "$root/debs" ] || debootstrap --variant=minbase "$SUITE" "$root" \
    "$MIRROR" >"$dir/debootstrap.log"
rm -rf "$root/debs"
mkdir "$root/debs"
cp "$debs"/*.deb "$root/debs"
rm -f "$root"/debs/*-dbgsym_*
apt update
# shellcheck disable=SC2086 # a word a package
inside dpkg --purge plumbline $tools >"$dir/purge.log" 2>&1
for tool in $tools; do
	alone "$tool"
done
everything
kept
! command -v autopkgtest >/dev/null || tested
! command -v systemd-nspawn >/dev/null || booted
