# SPDX-License-Identifier: BSD-2-Clause
# Manual pages, written by hand in mdoc.

dist_man_MANS += \
	%D%/plumbline.7
