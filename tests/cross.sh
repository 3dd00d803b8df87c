#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cross.sh DIR [TARGET...]: build the tree below DIR for other machines and
# by other compilers, and run the unit tests there; one line a target, its log
# in DIR/TARGET.log. Without a target all of them:
#
#   i386            32 bits
#   s390x           big-endian, by qemu-user
#   s390x_portable  the same with the portable back ends
#   musl            another C library, with libmd, libbsd and cmocka built for
#                   it; without udpst and msak, which need OpenSSL
#   std             -std=gnu11, gnu17 and gnu2x by each gcc and clang that is
#                   here; builds only
#
# Not part of check: it takes some minutes and needs, on Debian 12,
#
#   gcc-i686-linux-gnu gcc-s390x-linux-gnu qemu-user musl-tools dpkg-dev
#
# and Debian's archive: libraries of the targets are fetched by apt into DIR,
# nothing is installed. SUITE, MIRROR and KEYRING are apt's; Debian 12 is what
# the above packages go with.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:?cross.sh DIR [TARGET...]}"
dir=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- i386 s390x s390x_portable musl std
: "${SUITE:=bookworm}" "${MIRROR:=http://deb.debian.org/debian}"
: "${KEYRING:=/usr/share/keyrings/debian-archive-keyring.gpg}"
libraries='libc6-dev libbsd-dev libmd-dev libssl-dev libjansson-dev
	libcmocka-dev'

# apt_for ARCH: apt with a state of its own in DIR/apt-ARCH.
apt_for()
{
	a=$dir/apt-$1
	mkdir -p "$a/lists/partial" "$a/archives/partial"
	: >"$a/status"
	for kind in deb deb-src; do
		echo "$kind [signed-by=$KEYRING] $MIRROR $SUITE main"
	done >"$a/sources.list"
	cat >"$a/apt.conf" <<END
APT { Architecture "$1"; Architectures { "$1"; }; };
APT { Install-Recommends "false"; Sandbox { User "root"; }; };
Dir { Cache "$a"; Etc { SourceList "$a/sources.list"; SourceParts "-"; }; };
Dir { State "$a"; State { status "$a/status"; }; };
END
	APT_CONFIG=$a/apt.conf apt-get -qq update
}

# sysroot ARCH: the libraries of that machine in DIR/root-ARCH.
sysroot()
{
	root=$dir/root-$1
	[ ! -f "$root/done" ] || return 0
	apt_for "$1"
	# shellcheck disable=SC2086 # one word a package
	APT_CONFIG=$dir/apt-$1/apt.conf apt-get -qq -y --download-only \
	    install $libraries
	mkdir -p "$root"
	for deb in "$dir/apt-$1/archives"/*.deb; do
		dpkg-deb -x "$deb" "$root"
	done
	# Links from the root of the file system lead into the system here.
	find "$root" -lname '/*' | while read -r link; do
		ln -snf "$root$(readlink "$link")" "$link"
	done
	: >"$root/done"
}

# built ARGUMENT...: configured and built.
built()
{
	"$top/configure" -q --enable-werror "$@"
	make -k -j2
}

# unit RUNNER [TEST...]: the unit tests but these, each for five minutes, which
# is much, or for $limit seconds.
unit()
{
	runner="timeout ${limit-300} ${1-}"
	[ $# -eq 0 ] || shift
	make -k -j2 check TESTS="$(tests "$@")" \
	    LOG_COMPILER="\$(SHELL) $top/tests/unit/run.sh \
\$(LIBTOOL) --mode=execute $runner"
}

# tests [TEST...]: the names of all unit tests but these.
tests()
{
	# shellcheck disable=SC2016 # make expands it
	printf 'include Makefile\npl-print:\n\t@echo $(unit_tests)\n' |
	    make -s -f - pl-print | tr ' ' '\n' | grep -v -x "$(
	    printf 'tests/unit/test_%s\n' none "$@")" | tr '\n' ' '
}

# libraries_of ARCH MULTIARCH: pkg-config looks for them there.
libraries_of()
{
	sysroot "$1"
	PKG_CONFIG_LIBDIR=$dir/root-$1/usr/lib/$2/pkgconfig
	PKG_CONFIG_SYSROOT_DIR=$dir/root-$1
	export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
}

# i386 is run by the kernel, by the dynamic linker of its libraries.
i386()
{
	libraries_of i386 i386-linux-gnu
	root=$dir/root-i386
	built --host=i686-linux-gnu CC="i686-linux-gnu-gcc --sysroot=$root"
	unit "$root/lib/ld-linux.so.2 --library-path \
$root/lib/i386-linux-gnu:$root/usr/lib/i386-linux-gnu"
}

# An emulated machine is slow, and slower beside other work.
s390x_built()
{
	limit=1800
	libraries_of s390x s390x-linux-gnu
	built --host=s390x-linux-gnu \
	    CC="s390x-linux-gnu-gcc --sysroot=$dir/root-s390x" "$@"
}

# qemu-user hands control messages and socket options that it does not know
# (UDP_SEGMENT, UDP_GRO, SO_RXQ_OVFL, SCM_TIMESTAMPING, TCP_INFO,
# TCP_CONGESTION) to the kernel with the bytes of the other end first, or
# refuses them: tests of these cannot pass there. The portable back ends do
# without most of them.
emulated='msak_server_cc msak_stream sock_opt udpio'

s390x()
{
	s390x_built
	# shellcheck disable=SC2086 # one word a test
	unit "qemu-s390x -L $dir/root-s390x" $emulated sock_tcp \
	    thrulay_dgram_io udpio_burst udpio_burst_linux udpio_gro \
	    udpio_linux udpio_own
}

s390x_portable()
{
	s390x_built --enable-portable
	# shellcheck disable=SC2086 # one word a test
	unit "qemu-s390x -L $dir/root-s390x" $emulated
}

# from_source PACKAGE: Debian's source of it, unpacked in the current folder.
from_source()
{
	APT_CONFIG=$dir/apt-amd64/apt.conf apt-get -qq source "$1"
}

# A prefix with libmd, libbsd, cmocka and the kernel's headers for musl.
musl_prefix()
{
	root=$dir/root-musl
	[ ! -f "$root/done" ] || return 0
	rm -rf "$root"
	mkdir -p "$root/include" "$root/lib" "$root/src"
	apt_for amd64
	ln -s /usr/include/linux /usr/include/asm-generic \
	    "/usr/include/$(uname -m)-linux-gnu/asm" "$root/include"
	for package in libmd libbsd; do
		(cd "$root/src" && from_source $package && cd $package-* &&
		    ./configure -q --prefix="$root" --disable-shared \
		    CC="$musl_cc" LDFLAGS="-L$root/lib" && make -j2 install)
	done
	(cd "$root/src" && from_source cmocka && cd cmocka-* &&
	    $musl_cc -Iinclude -DHAVE_SIGNAL_H=1 -DHAVE_STRINGS_H=1 \
	    -DHAVE_CLOCK_REALTIME=1 -DHAVE_STRUCT_TIMESPEC=1 -c src/cmocka.c &&
	    ar cr "$root/lib/libcmocka.a" cmocka.o &&
	    cp include/*.h "$root/include")
	printf 'Name: %s\nDescription: %s\nVersion: %s\nLibs: -lcmocka\n' \
	    cmocka tests 1.1.5 >"$root/lib/pkgconfig/cmocka.pc"
	: >"$root/done"
}

# These three compare with what glibc's getopt prints and permutes.
musl()
{
	musl_cc="musl-gcc -isystem $dir/root-musl/include"
	musl_prefix
	PKG_CONFIG_LIBDIR=$dir/root-musl/lib/pkgconfig
	export PKG_CONFIG_LIBDIR
	built --disable-msak --disable-udpst CC="$musl_cc" \
	    LDFLAGS="-L$dir/root-musl/lib"
	unit '' opt opt_set pathrate_options
}

# Each standard by each compiler, all that check would build included.
std()
{
	for cc in gcc gcc-13 gcc-14 clang clang-16 clang-19; do
		command -v $cc >/dev/null || continue
		for std in gnu11 gnu17 gnu2x; do
			mkdir -p $cc-$std
			(cd $cc-$std && built CC=$cc CFLAGS="-O2 -std=$std" &&
			    make -k -j2 check TESTS=)
		done
	done
}

target()
{
	case $1 in
	i386)		i386 ;;
	s390x)		s390x ;;
	s390x_portable)	s390x_portable ;;
	musl)		musl ;;
	std)		std ;;
	*)		echo "no target $1"; return 1 ;;
	esac
}

# tried TARGET: run it in DIR/TARGET and say how it went.
tried()
{
	rm -rf "${dir:?}/$1"
	mkdir "$dir/$1"
	begin=$(date +%s)
	said=ok
	# In the background, for before || nothing ends at its first fault.
	(cd "$dir/$1" && target "$1") >"$dir/$1.log" 2>&1 &
	wait $! || said=FAILED
	tests=$(find "$dir/$1" -name '*.trs' -exec cat {} + |
	    awk '/^:test-result: / { n[$2]++ }
		END { for (k in n) printf ", %d %s", n[k], k }')
	echo "$1: $said$tests ($(($(date +%s) - begin)) s)"
	[ "$said" = ok ] || bad=1
}

bad=0
for target in "$@"; do
	tried "$target"
done
exit $bad
