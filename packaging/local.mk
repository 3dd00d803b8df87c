# SPDX-License-Identifier: BSD-2-Clause
# What packages are made with; the tarball has it, so that they can be made
# from it alone. A distribution puts its own debian/ in the place of ours.

EXTRA_DIST += \
	debian/changelog \
	debian/clean \
	debian/control \
	debian/copyright \
	debian/excerpt \
	debian/libthrulay-dev.examples \
	debian/libthrulay-dev.install \
	debian/libthrulay1.install \
	debian/libthrulay1.symbols \
	debian/msak.docs \
	debian/msak.install \
	debian/msak.msak-server.default \
	debian/msak.postrm \
	debian/not-installed \
	debian/pathrate.docs \
	debian/pathrate.install \
	debian/pathrate.pathrate_snd.default \
	debian/plumbline.install \
	debian/rules \
	debian/salsa-ci.yml \
	debian/source/format \
	debian/source/lintian-overrides \
	debian/tests/control \
	debian/tests/lib.sh \
	debian/tests/library \
	debian/tests/msak \
	debian/tests/pathrate \
	debian/tests/services \
	debian/tests/thrulay \
	debian/tests/udping \
	debian/tests/udpst \
	debian/tests/units \
	debian/thrulay.docs \
	debian/thrulay.install \
	debian/thrulay.thrulayd.default \
	debian/udping.docs \
	debian/udping.install \
	debian/udping.udping_server.default \
	debian/udpst.docs \
	debian/udpst.install \
	debian/udpst.postrm \
	debian/udpst.udpst.default \
	debian/upstream/metadata \
	debian/watch \
	packaging/Containerfile \
	packaging/README \
	packaging/alpine/APKBUILD \
	packaging/freebsd/Makefile \
	packaging/freebsd/pkg-descr \
	packaging/freebsd/pkg-plist \
	packaging/gentoo/plumbline-0.1.0.ebuild \
	packaging/homebrew/plumbline.rb \
	packaging/plumbline.rpmlintrc \
	packaging/plumbline.spec
