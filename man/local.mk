# SPDX-License-Identifier: BSD-2-Clause
# Manual pages, written by hand in mdoc.

dist_man_MANS += \
	%D%/plumbline.7

if BUILD_THRULAY
dist_man_MANS += \
	%D%/thrulay.1 %D%/thrulay.3 %D%/thrulayd.8
endif

if BUILD_UDPST
dist_man_MANS += %D%/udpst.1
endif

if BUILD_MSAK
dist_man_MANS += \
	%D%/generate-schema.1 %D%/minimal-download.1 %D%/msak-client.1 \
	%D%/msak-latency.1 %D%/msak.7 %D%/msak-server.8
endif

if BUILD_PATHRATE
dist_man_MANS += %D%/pathrate_rcv.1 %D%/pathrate_snd.8
endif

if BUILD_UDPING
dist_man_MANS += \
	%D%/udping_client.8 %D%/udping_server.8
endif
