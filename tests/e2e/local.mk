# SPDX-License-Identifier: BSD-2-Clause
# End-to-end tests: pytest behind one TAP script. They judge times: best when
# nothing else runs. `make check e2e_tests=` leaves them out,
# `make check TESTS='$(e2e_tests)'` runs them alone.

e2e_files = \
	%D%/conftest.py \
	%D%/harness.py \
	%D%/tapline.py \
	%D%/thrulay.py \
	%D%/test_harness.py \
	%D%/test_linkem.py

if BUILD_THRULAY
e2e_files += \
	%D%/test_thrulay_cli.py \
	%D%/test_thrulay_features.py \
	%D%/test_thrulay_client.py \
	%D%/test_thrulay_scripted.py \
	%D%/test_thrulay_truth.py \
	%D%/test_thrulayd_hostile.py \
	%D%/test_thrulayd_replies.py
endif

e2e_tests = %D%/run.sh
TESTS += $(e2e_tests)
EXTRA_DIST += $(e2e_files) %D%/run.sh
