# SPDX-License-Identifier: BSD-2-Clause
# The unit tests of udpst; included when it is built.

# Command lines in tests.
UDPST_LINE = %D%/udpst_line.c %D%/udpst_line.h
# Recorded text reports, read back.
RECORDED = %D%/recorded.c %D%/recorded.h
UDPST_RUN = %D%/udpst_run.c %D%/udpst_run.h
# Two ends of the connection engine on a simulated line.
CONN_SIM = %D%/conn_sim.c %D%/conn_sim.h
UDPST_UNIT_LIBS = libunit.la $(UDPST_LIBS) $(CMOCKA_LIBS)
MONITOR_RUN = %D%/monitor_run.c %D%/monitor_run.h

if HAVE_CMOCKA
udpst_unit_tests = \
	%D%/test_udpst_adjust \
	%D%/test_udpst_aggregate \
	%D%/test_udpst_aggregate_model \
	%D%/test_udpst_auth \
	%D%/test_udpst_auth_keys \
	%D%/test_udpst_conn \
	%D%/test_udpst_conn_delay \
	%D%/test_udpst_conn_news \
	%D%/test_udpst_conn_pcap \
	%D%/test_udpst_conn_search \
	%D%/test_udpst_conn_send \
	%D%/test_udpst_conn_stop \
	%D%/test_udpst_export \
	%D%/test_udpst_export_name \
	%D%/test_udpst_flow \
	%D%/test_udpst_ifrate \
	%D%/test_udpst_ladder \
	%D%/test_udpst_logfile \
	%D%/test_udpst_logfile_bad \
	%D%/test_udpst_monitor \
	%D%/test_udpst_monitor_file \
	%D%/test_udpst_monitor_prom \
	%D%/test_udpst_options \
	%D%/test_udpst_options_long \
	%D%/test_udpst_options_range \
	%D%/test_udpst_options_vectors \
	%D%/test_udpst_pace \
	%D%/test_udpst_policy \
	%D%/test_udpst_policy_activate \
	%D%/test_udpst_policy_any \
	%D%/test_udpst_report \
	%D%/test_udpst_report_json \
	%D%/test_udpst_report_keys \
	%D%/test_udpst_report_rates \
	%D%/test_udpst_report_text \
	%D%/test_udpst_rxstat \
	%D%/test_udpst_rxstat_model \
	%D%/test_udpst_rxstat_vectors \
	%D%/test_udpst_srate \
	%D%/test_udpst_wire \
	%D%/test_udpst_wire_any \
	%D%/test_udpst_wire_time
check_PROGRAMS += $(udpst_unit_tests)
TESTS += $(udpst_unit_tests)
endif

%C%_test_udpst_adjust_SOURCES = %D%/test_udpst_adjust.c
%C%_test_udpst_adjust_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_adjust_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_adjust_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_aggregate_SOURCES = %D%/test_udpst_aggregate.c $(RECORDED)
%C%_test_udpst_aggregate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_aggregate_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_aggregate_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_aggregate_model_SOURCES = %D%/test_udpst_aggregate_model.c
%C%_test_udpst_aggregate_model_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_aggregate_model_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_aggregate_model_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_auth_SOURCES = %D%/test_udpst_auth.c
%C%_test_udpst_auth_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_auth_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_auth_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_auth_keys_SOURCES = %D%/test_udpst_auth_keys.c
%C%_test_udpst_auth_keys_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_auth_keys_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_auth_keys_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_conn_SOURCES = %D%/test_udpst_conn.c $(CONN_SIM)
%C%_test_udpst_conn_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_conn_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_conn_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_conn_delay_SOURCES = %D%/test_udpst_conn_delay.c $(CONN_SIM)
%C%_test_udpst_conn_delay_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_conn_delay_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_conn_delay_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_conn_news_SOURCES = %D%/test_udpst_conn_news.c $(CONN_SIM)
%C%_test_udpst_conn_news_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_conn_news_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_conn_news_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_conn_pcap_SOURCES = %D%/test_udpst_conn_pcap.c $(RECORDED)
%C%_test_udpst_conn_pcap_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_conn_pcap_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_conn_pcap_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_conn_search_SOURCES = %D%/test_udpst_conn_search.c $(CONN_SIM)
%C%_test_udpst_conn_search_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_conn_search_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_conn_search_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_conn_send_SOURCES = %D%/test_udpst_conn_send.c $(CONN_SIM)
%C%_test_udpst_conn_send_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_conn_send_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_conn_send_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_conn_stop_SOURCES = %D%/test_udpst_conn_stop.c $(CONN_SIM)
%C%_test_udpst_conn_stop_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_conn_stop_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_conn_stop_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_export_SOURCES = %D%/test_udpst_export.c
%C%_test_udpst_export_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_export_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_export_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_export_name_SOURCES = %D%/test_udpst_export_name.c
%C%_test_udpst_export_name_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_export_name_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_export_name_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_flow_SOURCES = %D%/test_udpst_flow.c
%C%_test_udpst_flow_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_flow_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_flow_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_ifrate_SOURCES = %D%/test_udpst_ifrate.c
%C%_test_udpst_ifrate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_ifrate_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_ifrate_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_ladder_SOURCES = \
	%D%/test_udpst_ladder.c %D%/udpst_world.c %D%/udpst_world.h
%C%_test_udpst_ladder_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_ladder_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_ladder_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_logfile_SOURCES = %D%/test_udpst_logfile.c \
	%D%/logfile_must.h
%C%_test_udpst_logfile_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_logfile_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_logfile_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_logfile_bad_SOURCES = %D%/test_udpst_logfile_bad.c \
	%D%/logfile_must.h
%C%_test_udpst_logfile_bad_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_logfile_bad_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_logfile_bad_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_monitor_SOURCES = %D%/test_udpst_monitor.c $(MONITOR_RUN)
%C%_test_udpst_monitor_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_monitor_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_monitor_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_monitor_file_SOURCES = %D%/test_udpst_monitor_file.c $(MONITOR_RUN)
%C%_test_udpst_monitor_file_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_monitor_file_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_monitor_file_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_monitor_prom_SOURCES = %D%/test_udpst_monitor_prom.c $(MONITOR_RUN)
%C%_test_udpst_monitor_prom_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_monitor_prom_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_monitor_prom_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_options_SOURCES = %D%/test_udpst_options.c \
	$(UDPST_LINE)
%C%_test_udpst_options_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_options_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_options_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_options_long_SOURCES = %D%/test_udpst_options_long.c \
	$(UDPST_LINE)
%C%_test_udpst_options_long_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_options_long_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_options_long_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_options_range_SOURCES = %D%/test_udpst_options_range.c \
	$(UDPST_LINE)
%C%_test_udpst_options_range_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_options_range_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_options_range_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_options_vectors_SOURCES = %D%/test_udpst_options_vectors.c \
	$(UDPST_LINE)
%C%_test_udpst_options_vectors_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_options_vectors_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_options_vectors_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_pace_SOURCES = %D%/test_udpst_pace.c
%C%_test_udpst_pace_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_pace_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_pace_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_policy_SOURCES = \
	%D%/test_udpst_policy.c \
	%D%/udpst_server.h
%C%_test_udpst_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_policy_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_policy_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_policy_activate_SOURCES = \
	%D%/test_udpst_policy_activate.c \
	%D%/udpst_server.h
%C%_test_udpst_policy_activate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_policy_activate_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_policy_activate_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_policy_any_SOURCES = \
	%D%/test_udpst_policy_any.c \
	%D%/udpst_server.h
%C%_test_udpst_policy_any_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_policy_any_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_policy_any_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_report_SOURCES = %D%/test_udpst_report.c $(UDPST_RUN)
%C%_test_udpst_report_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_report_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_report_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_report_json_SOURCES = %D%/test_udpst_report_json.c
%C%_test_udpst_report_json_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_report_json_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_report_json_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_report_keys_SOURCES = %D%/test_udpst_report_keys.c $(UDPST_RUN)
%C%_test_udpst_report_keys_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_report_keys_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_report_keys_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_report_rates_SOURCES = %D%/test_udpst_report_rates.c
%C%_test_udpst_report_rates_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_report_rates_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_report_rates_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_report_text_SOURCES = %D%/test_udpst_report_text.c $(RECORDED)
%C%_test_udpst_report_text_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_report_text_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_report_text_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_rxstat_SOURCES = %D%/test_udpst_rxstat.c
%C%_test_udpst_rxstat_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_rxstat_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_rxstat_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_rxstat_model_SOURCES = %D%/test_udpst_rxstat_model.c
%C%_test_udpst_rxstat_model_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_rxstat_model_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_rxstat_model_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_rxstat_vectors_SOURCES = %D%/test_udpst_rxstat_vectors.c
%C%_test_udpst_rxstat_vectors_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_rxstat_vectors_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_rxstat_vectors_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_srate_SOURCES = %D%/test_udpst_srate.c
%C%_test_udpst_srate_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_srate_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_srate_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_wire_SOURCES = %D%/test_udpst_wire.c
%C%_test_udpst_wire_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_wire_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_wire_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_wire_any_SOURCES = %D%/test_udpst_wire_any.c
%C%_test_udpst_wire_any_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_wire_any_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_wire_any_LDADD = $(UDPST_UNIT_LIBS)

%C%_test_udpst_wire_time_SOURCES = %D%/test_udpst_wire_time.c
%C%_test_udpst_wire_time_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_test_udpst_wire_time_CFLAGS = $(UNIT_CFLAGS)
%C%_test_udpst_wire_time_LDADD = $(UDPST_UNIT_LIBS)
