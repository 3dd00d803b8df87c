# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of msak; included when it is built.

# Keys and tokens for tests.
TOKEN_SIGN = %D%/token_sign.c %D%/token_sign.h
# Runs command lines.
MSAK_LINE = %D%/msak_line.c %D%/msak_line.h
MSAK_UNIT_LIBS = libunit.la $(MSAK_LIBS) $(CMOCKA_LIBS)
# WebSocket streams as lists of events.
WS_LOG = %D%/ws_log.c %D%/ws_log.h

if HAVE_CMOCKA
msak_unit_tests = \
	%D%/test_msak_access \
	%D%/test_msak_archive \
	%D%/test_msak_b64url \
	%D%/test_msak_client_proxy \
	%D%/test_msak_goflag \
	%D%/test_msak_goflag_value \
	%D%/test_msak_gourl \
	%D%/test_msak_http \
	%D%/test_msak_http_body \
	%D%/test_msak_http_cases \
	%D%/test_msak_http_client \
	%D%/test_msak_jwk \
	%D%/test_msak_latency \
	%D%/test_msak_latency_any \
	%D%/test_msak_latency_packet \
	%D%/test_msak_latency_result \
	%D%/test_msak_locate \
	%D%/test_msak_lookup \
	%D%/test_msak_mailbox \
	%D%/test_msak_measurement \
	%D%/test_msak_measurement_read \
	%D%/test_msak_metrics \
	%D%/test_msak_mid \
	%D%/test_msak_options_client \
	%D%/test_msak_options_latency \
	%D%/test_msak_options_minimal \
	%D%/test_msak_options_schema \
	%D%/test_msak_options_server \
	%D%/test_msak_query \
	%D%/test_msak_rates \
	%D%/test_msak_report_client \
	%D%/test_msak_report_latency \
	%D%/test_msak_report_matrix \
	%D%/test_msak_report_minimal \
	%D%/test_msak_scale \
	%D%/test_msak_schema \
	%D%/test_msak_server_cc \
	%D%/test_msak_server_peers \
	%D%/test_msak_server_process \
	%D%/test_msak_stamp \
	%D%/test_msak_stream \
	%D%/test_msak_stream_thread \
	%D%/test_msak_ticker \
	%D%/test_msak_token \
	%D%/test_msak_token_algs \
	%D%/test_msak_txlimit \
	%D%/test_msak_upgrade \
	%D%/test_msak_url \
	%D%/test_msak_uuid \
	%D%/test_msak_ws \
	%D%/test_msak_ws_pcap \
	%D%/test_msak_ws_put
check_PROGRAMS += $(msak_unit_tests)
TESTS += $(msak_unit_tests)
endif

%C%_test_msak_access_SOURCES = %D%/test_msak_access.c $(TOKEN_SIGN)
%C%_test_msak_access_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_access_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
%C%_test_msak_access_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_archive_SOURCES = %D%/test_msak_archive.c
%C%_test_msak_archive_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_archive_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
%C%_test_msak_archive_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_b64url_SOURCES = %D%/test_msak_b64url.c $(TOKEN_SIGN)
%C%_test_msak_b64url_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_b64url_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
%C%_test_msak_b64url_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_client_proxy_SOURCES = %D%/test_msak_client_proxy.c
%C%_test_msak_client_proxy_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_client_proxy_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_client_proxy_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_goflag_SOURCES = %D%/test_msak_goflag.c $(MSAK_LINE)
%C%_test_msak_goflag_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_goflag_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_goflag_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_goflag_value_SOURCES = %D%/test_msak_goflag_value.c
%C%_test_msak_goflag_value_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_goflag_value_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_goflag_value_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_gourl_SOURCES = %D%/test_msak_gourl.c
%C%_test_msak_gourl_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_gourl_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_gourl_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_http_SOURCES = %D%/test_msak_http.c
%C%_test_msak_http_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_http_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_http_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_http_body_SOURCES = %D%/test_msak_http_body.c
%C%_test_msak_http_body_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_http_body_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_http_body_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_http_cases_SOURCES = %D%/test_msak_http_cases.c
%C%_test_msak_http_cases_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_http_cases_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_http_cases_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_http_client_SOURCES = %D%/test_msak_http_client.c
%C%_test_msak_http_client_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_http_client_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_http_client_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_jwk_SOURCES = %D%/test_msak_jwk.c $(TOKEN_SIGN)
%C%_test_msak_jwk_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_jwk_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
%C%_test_msak_jwk_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_latency_SOURCES = %D%/test_msak_latency.c
%C%_test_msak_latency_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_latency_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_latency_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_latency_any_SOURCES = %D%/test_msak_latency_any.c
%C%_test_msak_latency_any_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_latency_any_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_latency_any_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_latency_packet_SOURCES = %D%/test_msak_latency_packet.c
%C%_test_msak_latency_packet_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_latency_packet_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_latency_packet_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_latency_result_SOURCES = %D%/test_msak_latency_result.c
%C%_test_msak_latency_result_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_latency_result_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_latency_result_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_locate_SOURCES = %D%/test_msak_locate.c
%C%_test_msak_locate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_locate_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
%C%_test_msak_locate_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_lookup_SOURCES = %D%/test_msak_lookup.c
%C%_test_msak_lookup_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_lookup_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_lookup_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_mailbox_SOURCES = %D%/test_msak_mailbox.c
%C%_test_msak_mailbox_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_mailbox_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_mailbox_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_measurement_SOURCES = %D%/test_msak_measurement.c
%C%_test_msak_measurement_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_measurement_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_measurement_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_measurement_read_SOURCES = %D%/test_msak_measurement_read.c
%C%_test_msak_measurement_read_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_measurement_read_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
%C%_test_msak_measurement_read_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_metrics_SOURCES = %D%/test_msak_metrics.c
%C%_test_msak_metrics_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_metrics_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
%C%_test_msak_metrics_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_mid_SOURCES = %D%/test_msak_mid.c
%C%_test_msak_mid_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_mid_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_mid_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_options_client_SOURCES = \
	%D%/test_msak_options_client.c $(MSAK_LINE)
%C%_test_msak_options_client_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_options_client_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_options_client_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_options_latency_SOURCES = \
	%D%/test_msak_options_latency.c $(MSAK_LINE)
%C%_test_msak_options_latency_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_options_latency_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_options_latency_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_options_minimal_SOURCES = \
	%D%/test_msak_options_minimal.c $(MSAK_LINE)
%C%_test_msak_options_minimal_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_options_minimal_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_options_minimal_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_options_schema_SOURCES = \
	%D%/test_msak_options_schema.c $(MSAK_LINE)
%C%_test_msak_options_schema_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_options_schema_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_options_schema_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_options_server_SOURCES = \
	%D%/test_msak_options_server.c $(MSAK_LINE)
%C%_test_msak_options_server_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_options_server_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_options_server_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_query_SOURCES = %D%/test_msak_query.c
%C%_test_msak_query_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_query_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_query_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_rates_SOURCES = %D%/test_msak_rates.c
%C%_test_msak_rates_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_rates_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_rates_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_report_client_SOURCES = \
	%D%/test_msak_report_client.c $(MSAK_LINE)
%C%_test_msak_report_client_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_report_client_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_report_client_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_report_latency_SOURCES = \
	%D%/test_msak_report_latency.c $(MSAK_LINE)
%C%_test_msak_report_latency_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_report_latency_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_report_latency_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_report_matrix_SOURCES = \
	%D%/test_msak_report_matrix.c $(MSAK_LINE)
%C%_test_msak_report_matrix_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_report_matrix_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_report_matrix_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_report_minimal_SOURCES = \
	%D%/test_msak_report_minimal.c $(MSAK_LINE)
%C%_test_msak_report_minimal_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_report_minimal_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_report_minimal_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_scale_SOURCES = %D%/test_msak_scale.c
%C%_test_msak_scale_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_scale_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_scale_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_schema_SOURCES = %D%/test_msak_schema.c
%C%_test_msak_schema_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_schema_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_schema_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_server_cc_SOURCES = %D%/test_msak_server_cc.c
%C%_test_msak_server_cc_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_server_cc_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_server_cc_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_server_peers_SOURCES = %D%/test_msak_server_peers.c
%C%_test_msak_server_peers_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_server_peers_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_server_peers_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_server_process_SOURCES = %D%/test_msak_server_process.c
%C%_test_msak_server_process_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_server_process_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
%C%_test_msak_server_process_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_stamp_SOURCES = %D%/test_msak_stamp.c
%C%_test_msak_stamp_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_stamp_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_stamp_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_stream_SOURCES = %D%/test_msak_stream.c
%C%_test_msak_stream_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_stream_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_stream_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_stream_thread_SOURCES = %D%/test_msak_stream_thread.c
%C%_test_msak_stream_thread_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_stream_thread_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_stream_thread_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_ticker_SOURCES = %D%/test_msak_ticker.c
%C%_test_msak_ticker_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_ticker_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_ticker_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_token_SOURCES = %D%/test_msak_token.c $(TOKEN_SIGN)
%C%_test_msak_token_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_token_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
%C%_test_msak_token_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_token_algs_SOURCES = %D%/test_msak_token_algs.c $(TOKEN_SIGN)
%C%_test_msak_token_algs_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_token_algs_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
%C%_test_msak_token_algs_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_txlimit_SOURCES = %D%/test_msak_txlimit.c
%C%_test_msak_txlimit_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_txlimit_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_txlimit_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_upgrade_SOURCES = %D%/test_msak_upgrade.c
%C%_test_msak_upgrade_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_upgrade_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_upgrade_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_url_SOURCES = %D%/test_msak_url.c
%C%_test_msak_url_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_url_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_url_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_uuid_SOURCES = %D%/test_msak_uuid.c
%C%_test_msak_uuid_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_uuid_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_uuid_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_ws_SOURCES = %D%/test_msak_ws.c $(WS_LOG)
%C%_test_msak_ws_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_ws_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_ws_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_ws_pcap_SOURCES = %D%/test_msak_ws_pcap.c $(WS_LOG)
%C%_test_msak_ws_pcap_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_ws_pcap_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_ws_pcap_LDADD = $(MSAK_UNIT_LIBS)

%C%_test_msak_ws_put_SOURCES = %D%/test_msak_ws_put.c
%C%_test_msak_ws_put_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_msak_ws_put_CFLAGS = $(UNIT_CFLAGS)
%C%_test_msak_ws_put_LDADD = $(MSAK_UNIT_LIBS)
