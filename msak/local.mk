# SPDX-License-Identifier: BSD-2-Clause
# msak: server, clients, and what they are made of.

bin_PROGRAMS += \
	%D%/generate-schema \
	%D%/minimal-download \
	%D%/msak-client \
	%D%/msak-latency
sbin_PROGRAMS += %D%/msak-server
# What msak-server -page may serve.
dist_page_DATA += share/plumbline/msak.html
noinst_LTLIBRARIES += libmsak-core.la

libmsak_core_la_SOURCES = \
	%D%/access.c \
	%D%/access.h \
	%D%/archive.c \
	%D%/archive.h \
	%D%/archive_save.c \
	%D%/b64url.c \
	%D%/b64url.h \
	%D%/client.h \
	%D%/client_base.c \
	%D%/client_base.h \
	%D%/client_fetch.c \
	%D%/client_fetch.h \
	%D%/client_latency.c \
	%D%/client_latency.h \
	%D%/client_load.c \
	%D%/client_minimal.c \
	%D%/client_ping.c \
	%D%/client_private.h \
	%D%/client_proxy.c \
	%D%/client_proxy.h \
	%D%/client_run.c \
	%D%/client_stream.c \
	%D%/client_thread.c \
	%D%/client_way.c \
	%D%/dial.c \
	%D%/dial.h \
	%D%/dial_text.c \
	%D%/dial_tls.c \
	%D%/escape.c \
	%D%/escape.h \
	%D%/goflag.c \
	%D%/goflag.h \
	%D%/goflag_help.c \
	%D%/goflag_quote.c \
	%D%/goflag_value.c \
	%D%/golog.c \
	%D%/golog.h \
	%D%/gourl.c \
	%D%/gourl.h \
	%D%/http.h \
	%D%/http_answer.c \
	%D%/http_ask.c \
	%D%/http_body.c \
	%D%/http_head.c \
	%D%/http_line.h \
	%D%/http_request.c \
	%D%/http_response.c \
	%D%/jsonin.c \
	%D%/jsonin.h \
	%D%/jwk.c \
	%D%/jwk.h \
	%D%/jwk_verify.c \
	%D%/latency.c \
	%D%/latency.h \
	%D%/latency_packet.c \
	%D%/latency_packet.h \
	%D%/latency_result.c \
	%D%/latency_result.h \
	%D%/latency_set.c \
	%D%/latency_set.h \
	%D%/locate.c \
	%D%/locate.h \
	%D%/lookup.c \
	%D%/lookup.h \
	%D%/mailbox.c \
	%D%/mailbox.h \
	%D%/measurement.c \
	%D%/measurement.h \
	%D%/measurement_read.c \
	%D%/metrics.c \
	%D%/metrics.h \
	%D%/mid.c \
	%D%/mid.h \
	%D%/options.c \
	%D%/options.h \
	%D%/options_client.c \
	%D%/options_client.h \
	%D%/options_latency.c \
	%D%/options_latency.h \
	%D%/options_minimal.c \
	%D%/options_minimal.h \
	%D%/options_schema.c \
	%D%/options_schema.h \
	%D%/options_server.c \
	%D%/options_server.h \
	%D%/peerjson.c \
	%D%/peerjson.h \
	%D%/query.c \
	%D%/query.h \
	%D%/rates.c \
	%D%/rates.h \
	%D%/report_client.c \
	%D%/report_client.h \
	%D%/report_client_json.c \
	%D%/report_client_json.h \
	%D%/report_json.c \
	%D%/report_json.h \
	%D%/report_latency.c \
	%D%/report_latency.h \
	%D%/report_matrix.c \
	%D%/report_matrix.h \
	%D%/report_minimal.c \
	%D%/report_minimal.h \
	%D%/result.h \
	%D%/route.c \
	%D%/route.h \
	%D%/scale.c \
	%D%/scale.h \
	%D%/schema.c \
	%D%/schema.h \
	%D%/server.h \
	%D%/server_accept.c \
	%D%/server_cc.c \
	%D%/server_cc.h \
	%D%/server_conn.c \
	%D%/server_http.c \
	%D%/server_keys.c \
	%D%/server_latency.c \
	%D%/server_listen.c \
	%D%/server_log.c \
	%D%/server_metrics.c \
	%D%/server_peers.c \
	%D%/server_peers.h \
	%D%/server_private.h \
	%D%/server_process.c \
	%D%/server_process.h \
	%D%/server_reload.c \
	%D%/server_run.c \
	%D%/server_session.c \
	%D%/server_tls.c \
	%D%/server_user.c \
	%D%/server_worker.c \
	%D%/stamp.c \
	%D%/stamp.h \
	%D%/stream.c \
	%D%/stream.h \
	%D%/stream_move.c \
	%D%/stream_private.h \
	%D%/stream_thread.c \
	%D%/stream_thread.h \
	%D%/tcpinfo.c \
	%D%/tcpinfo.h \
	%D%/ticker.c \
	%D%/ticker.h \
	%D%/token.c \
	%D%/token.h \
	%D%/transport.c \
	%D%/transport.h \
	%D%/txlimit.c \
	%D%/txlimit.h \
	%D%/upgrade.c \
	%D%/upgrade.h \
	%D%/url.c \
	%D%/url.h \
	%D%/uuid.c \
	%D%/uuid.h \
	%D%/ws.c \
	%D%/ws.h \
	%D%/ws_key.c \
	%D%/ws_put.c
libmsak_core_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(SSL_CFLAGS) \
	$(JANSSON_CFLAGS)

# What a program or test of this tool links.
MSAK_LIBS = libmsak-core.la $(COMMON_LIBS) $(JANSSON_LIBS) $(SSL_LIBS) \
	$(CRYPTO_LIBS) $(ATOMIC_LIBS)

%C%_generate_schema_SOURCES = %D%/generate-schema.c
%C%_generate_schema_LDADD = $(MSAK_LIBS)

%C%_minimal_download_SOURCES = %D%/minimal-download.c
%C%_minimal_download_LDADD = $(MSAK_LIBS)

%C%_msak_client_SOURCES = %D%/msak-client.c
%C%_msak_client_LDADD = $(MSAK_LIBS)

%C%_msak_latency_SOURCES = %D%/msak-latency.c
%C%_msak_latency_LDADD = $(MSAK_LIBS)

%C%_msak_server_SOURCES = %D%/msak-server.c
%C%_msak_server_LDADD = $(MSAK_LIBS)

systemd_services += %D%/msak-server.service
dist_systemdsystemunit_DATA += %D%/msak-server.socket
%D%/msak-server.service: %D%/msak-server.service.in
