# SPDX-License-Identifier: BSD-2-Clause
# JSON schemas, for scripts that read what a program prints; and completion for
# bash: one file, under the name of each program that is built.

schemadir = $(datadir)/plumbline/schema
dist_schema_DATA =
if BUILD_THRULAY
dist_schema_DATA += \
	%D%/plumbline/schema/thrulay-interval.json \
	%D%/plumbline/schema/thrulay.json
endif
if BUILD_PATHRATE
dist_schema_DATA += %D%/plumbline/schema/pathrate_rcv.json
endif
if BUILD_UDPST
dist_schema_DATA += \
	%D%/plumbline/schema/udpst-interval.json \
	%D%/plumbline/schema/udpst.json
endif
if BUILD_UDPING
dist_schema_DATA += \
	%D%/plumbline/schema/udping_client.json \
	%D%/plumbline/schema/udping_server-record.json \
	%D%/plumbline/schema/udping_server.json
endif
if BUILD_MSAK
dist_schema_DATA += \
	%D%/plumbline/schema/minimal-download-event.json \
	%D%/plumbline/schema/minimal-download.json \
	%D%/plumbline/schema/msak-client-event.json \
	%D%/plumbline/schema/msak-client.json \
	%D%/plumbline/schema/msak-latency-event.json \
	%D%/plumbline/schema/msak-latency.json \
	%D%/plumbline/schema/msak-server-latency1.json \
	%D%/plumbline/schema/msak-server-throughput1.json
endif

bashcompdir = $(datadir)/bash-completion/completions
EXTRA_DIST += %D%/completions/plumbline.bash

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bashcompdir)'
	for p in $(bin_PROGRAMS) $(sbin_PROGRAMS); do \
		n=`basename "$$p" | sed '$(transform)'` && \
		$(INSTALL_DATA) '$(srcdir)/%D%/completions/plumbline.bash' \
		    '$(DESTDIR)$(bashcompdir)'/"$$n" || exit 1; \
	done

uninstall-local:
	for p in $(bin_PROGRAMS) $(sbin_PROGRAMS); do \
		n=`basename "$$p" | sed '$(transform)'` && \
		rm -f '$(DESTDIR)$(bashcompdir)'/"$$n" || exit 1; \
	done
