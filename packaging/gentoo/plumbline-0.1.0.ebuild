# SPDX-License-Identifier: BSD-2-Clause
# Untested.

EAPI=8

inherit systemd

DESCRIPTION="Network measurement tools: thrulay, udpst, msak, pathrate, udping"
HOMEPAGE="https://plumbline.example/"
SRC_URI="https://plumbline.example/releases/${P}.tar.xz"

LICENSE="BSD-2"
SLOT="0"
KEYWORDS="~amd64"
IUSE="+msak +pathrate test +thrulay +udping +udpst"
REQUIRED_USE="|| ( msak pathrate thrulay udping udpst )"
RESTRICT="!test? ( test )"

RDEPEND="
	dev-libs/libbsd
	app-crypt/libmd
	msak? ( >=dev-libs/jansson-2.13:= )
	msak? ( >=dev-libs/openssl-3:= )
	udpst? ( >=dev-libs/openssl-3:= )
"
DEPEND="
	${RDEPEND}
	test? ( dev-util/cmocka )
"
BDEPEND="virtual/pkgconfig"

src_configure() {
	econf \
		$(use_enable msak) \
		$(use_enable pathrate) \
		$(use_enable thrulay) \
		$(use_enable udping) \
		$(use_enable udpst) \
		$(use_with test cmocka) \
		--with-systemdsystemunitdir="$(systemd_get_systemunitdir)"
}

src_test() {
	emake check TESTS='$(unit_tests)'
}

src_install() {
	default
	find "${ED}" -name '*.la' -delete || die
}
