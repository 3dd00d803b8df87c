# SPDX-License-Identifier: BSD-2-Clause
# End-to-end tests: pytest behind TAP. Those in e2e_timed judge times: one
# script runs them one after the other, best when nothing else runs. The others
# only talk to the programs, a file a test, and do not mind company.
# `make check e2e_tests=` leaves all out, `make check TESTS='$(e2e_talking)'` and
# `make check TESTS=tests/e2e/run.sh` run one kind alone.

e2e_files = \
	%D%/conftest.py \
	%D%/examples.py \
	%D%/harness.py \
	%D%/schema.py \
	%D%/tapline.py
e2e_timed = \
	%D%/test_linkem.py
e2e_talking = \
	%D%/test_examples.py \
	%D%/test_harness.py \
	%D%/test_schema.py

if BUILD_THRULAY
e2e_files += \
	%D%/thrulay.py
e2e_timed += \
	%D%/test_thrulay_features.py \
	%D%/test_thrulay_truth.py
e2e_talking += \
	%D%/test_thrulay_cli.py \
	%D%/test_thrulay_client.py \
	%D%/test_thrulay_scripted.py \
	%D%/test_thrulayd_hostile.py \
	%D%/test_thrulayd_replies.py
endif

if BUILD_UDPST
e2e_files += \
	%D%/udpst.py \
	%D%/udpst_flood.py \
	%D%/udpst_peer.py
e2e_timed += \
	%D%/test_udpst_truth.py
e2e_talking += \
	%D%/test_udpst_client.py \
	%D%/test_udpst_server.py
endif


if BUILD_UDPING
e2e_files += \
	%D%/udping.py \
	%D%/udping_capture.py \
	%D%/udping_client.py
e2e_timed += \
	%D%/test_udping_server_scenarios.py \
	%D%/test_udping_truth.py
e2e_talking += \
	%D%/test_udping_batches.py \
	%D%/test_udping_cli.py \
	%D%/test_udping_client.py \
	%D%/test_udping_scrape.py \
	%D%/test_udping_loss.py \
	%D%/test_udping_options.py \
	%D%/test_udping_server.py
endif

if BUILD_MSAK
e2e_files += \
	%D%/browser.py \
	%D%/msak_crowd.py \
	%D%/msak_link.py \
	%D%/msak_peer.py \
	%D%/msak_stub.py \
	%D%/ws_client.mjs
e2e_timed += \
	%D%/test_msak_broken.py \
	%D%/test_msak_browser.py \
	%D%/test_msak_crowd.py \
	%D%/test_msak_truth.py \
	%D%/test_msak_ws.py
e2e_talking += \
	%D%/test_msak_client.py \
	%D%/test_msak_curl.py \
	%D%/test_msak_hostile.py \
	%D%/test_msak_server.py \
	%D%/test_msak_service.py \
	%D%/test_msak_status.py
endif

if BUILD_PATHRATE
e2e_files += \
	%D%/pathrate.py \
	%D%/pathrate_peer.py \
	%D%/pathrate_receiver.py
e2e_timed += \
	%D%/test_pathrate_truth.py
e2e_talking += \
	%D%/test_pathrate_rcv.py \
	%D%/test_pathrate_snd.py \
	%D%/test_pathrate_snd_service.py
endif

e2e_tests = $(e2e_talking) %D%/run.sh
TESTS += $(e2e_tests)
EXTRA_DIST += $(e2e_files) $(e2e_timed) $(e2e_talking) %D%/run.sh
