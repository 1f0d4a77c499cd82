// Everything that Meguri shows on /metrics, in one place. Sources fill these families with samples; dashboards and
// alerts name them. Units are seconds, bytes, entries and points.
#pragma once

#include "metrics/family.hpp"

namespace meguri::metrics::families {

// Payments: from metrics/payment_samples.
inline constexpr auto payment_duration =
    histogram_family("meguri_payment_duration_seconds", "From the last byte of a payment's request to its answer.");
// stage: parse, merchant, wallet, wait_for_batch, commit, answer. They add up to the whole.
inline constexpr auto payment_stage_duration =
    histogram_family("meguri_payment_stage_duration_seconds", "The stages of a payment's way.");
inline constexpr auto payments = // outcome: approved or a decline code
    counter_family("meguri_payments_total", "Payments decided, by outcome.");
inline constexpr auto payment_answers = // ending: decided, replayed, refused, ...
    counter_family("meguri_payment_answers_total", "Payment requests answered, by how they ended.");
inline constexpr auto payments_shed =
    counter_family("meguri_payments_shed_total", "Payment requests refused at once because too much was in flight.");
inline constexpr auto payments_in_flight =
    gauge_family("meguri_payments_in_flight", "Payments admitted, not answered.");

// The journal and its writer.
inline constexpr auto journal_entries = counter_family("meguri_journal_entries_total", "Entries made durable.");
inline constexpr auto journal_batches = counter_family("meguri_journal_batches_total", "Batches committed.");
inline constexpr auto journal_barriers =
    counter_family("meguri_journal_barriers_total", "Reads and repetitions that waited for durability.");
inline constexpr auto journal_bytes = counter_family("meguri_journal_written_bytes_total", "Bytes of entries written.");
inline constexpr auto journal_batch_size = histogram_family("meguri_journal_batch_entries", "Entries in a batch.");
inline constexpr auto journal_batch_largest =
    gauge_family("meguri_journal_batch_largest_entries", "Entries of the largest batch since the start.");
inline constexpr auto journal_commit_duration =
    histogram_family("meguri_journal_commit_duration_seconds", "From closing a batch to its commit, sync included.");
inline constexpr auto journal_commit_longest =
    gauge_family("meguri_journal_commit_longest_seconds", "The longest commit since the start.");
inline constexpr auto journal_sync_duration = histogram_family(
    "meguri_journal_sync_duration_seconds", "Of a commit what the disk took: one synced write to the commit log.");
inline constexpr auto journal_filing_duration =
    histogram_family("meguri_journal_filing_duration_seconds",
                     "Bringing what waits in the commit log into the database: one transaction, both syncs included.");
inline constexpr auto journal_filed =
    counter_family("meguri_journal_filed_entries_total", "Entries brought from the commit log into the database.");
inline constexpr auto journal_unfiled = gauge_family(
    "meguri_journal_unfiled_bytes", "Of the commit log what the database did not have at the last commit.");
inline constexpr auto journal_queue =
    gauge_family("meguri_journal_queue_entries", "Entries submitted and not yet in a batch.");
inline constexpr auto journal_position = gauge_family("meguri_journal_position", "Position of the last durable entry.");
inline constexpr auto journal_epoch =
    gauge_family("meguri_journal_epoch", "How many restores the ledger has behind it: the number of its epoch.");
inline constexpr auto journal_map_used = gauge_family("meguri_journal_map_used_bytes", "Used of the journal's map.");
inline constexpr auto journal_map_size = gauge_family("meguri_journal_map_size_bytes", "Size of the journal's map.");
inline constexpr auto journal_failed =
    gauge_family("meguri_journal_failed", "1 after a failed write or sync: restart the process.");

// The checkpointer and the state store.
inline constexpr auto checkpoint_position =
    gauge_family("meguri_checkpoint_position", "Journal position that the state store reflects.");
inline constexpr auto checkpoint_lag =
    gauge_family("meguri_checkpoint_lag_entries", "Durable entries that are not in the state store yet.");
inline constexpr auto checkpoint_rounds = counter_family("meguri_checkpoint_rounds_total", "Checkpoints finished.");
inline constexpr auto checkpoint_slices = counter_family("meguri_checkpoint_slices_total", "Slices committed.");
inline constexpr auto checkpoint_puts =
    counter_family("meguri_checkpoint_puts_total", "Records put into the state store.");
inline constexpr auto checkpoint_busy =
    counter_family("meguri_checkpoint_busy_seconds_total", "Time spent gathering and writing checkpoints.");
inline constexpr auto checkpoint_last =
    gauge_family("meguri_checkpoint_last_round_seconds", "How long the latest checkpoint took.");
inline constexpr auto checkpoint_last_finished =
    gauge_family("meguri_checkpoint_last_finished_timestamp_seconds", "When the latest checkpoint ended, Unix time.");
inline constexpr auto index_runs = gauge_family("meguri_index_runs", "Sorted runs that a look-up passes.");
inline constexpr auto state_map_used = gauge_family("meguri_state_map_used_bytes", "Used of the state store's map.");

// The HTTP front end.
inline constexpr auto connections = gauge_family("meguri_connections", "Open connections.");
inline constexpr auto connections_accepted =
    counter_family("meguri_connections_accepted_total", "Connections accepted.");
inline constexpr auto connections_refused =
    counter_family("meguri_connections_refused_total", "Connections closed at once because there were too many.");
inline constexpr auto connections_timed_out =
    counter_family("meguri_connections_timed_out_total", "Connections closed by a deadline.");
inline constexpr auto tls_handshakes_failed =
    counter_family("meguri_tls_handshakes_failed_total", "TLS handshakes that failed.");
inline constexpr auto requests = counter_family("meguri_requests_total", "Well-formed requests.");
inline constexpr auto requests_waiting = gauge_family("meguri_requests_waiting", "Requests not answered yet.");
inline constexpr auto requests_refused = // reason: of net's request_refusal
    counter_family("meguri_requests_refused_total", "Requests that the front end itself refused.");
inline constexpr auto responses = // class: 2xx, 4xx, ...
    counter_family("meguri_responses_total", "Responses by class of their status.");
inline constexpr auto problems = // code: of problem+json
    counter_family("meguri_problems_total", "Problems answered, by their code.");
inline constexpr auto authentication_failures = // reason: of net's authentication_failure
    counter_family("meguri_authentication_failures_total", "Requests that gave no valid key, by the reason.");
inline constexpr auto answers_dropped =
    counter_family("meguri_answers_dropped_total", "Answers whose connection was gone.");
inline constexpr auto http_request_duration = // route: method and pattern, or unrouted
    histogram_family("meguri_http_request_duration_seconds", "From a request's last byte to its answer.");
inline constexpr auto http_responses = // route, class
    counter_family("meguri_http_responses_total", "Answers by route and class of their status.");
inline constexpr auto bytes_received = counter_family("meguri_received_bytes_total", "Bytes read from connections.");
inline constexpr auto bytes_sent = counter_family("meguri_sent_bytes_total", "Bytes written to connections.");

// The switch as a whole.
inline constexpr auto operations_lost =
    counter_family("meguri_operations_lost_total", "Operations dropped unanswered: any is a bug.");
inline constexpr auto ledger_imbalance =
    gauge_family("meguri_ledger_imbalance_points", "Debits less credits over all programs: must be 0.");
inline constexpr auto program_points = // program, state: issued, available, held, unsettled, settled, ...
    gauge_family("meguri_program_points", "Points of a program by where they are; issued is the sum of the others.");
inline constexpr auto actor_messages = // kind: wallet, merchant, party, registry
    counter_family("meguri_actor_messages_total", "Messages sent to actors.");
inline constexpr auto actors_ready = // thread
    gauge_family("meguri_actors_ready", "Actors that had mail and waited when their thread's last turn ended.");
inline constexpr auto actors = gauge_family("meguri_actors", "Live actors."); // kind: wallet, caller, ...
inline constexpr auto settings_reloads =                                      // result: success, failure
    counter_family("meguri_settings_reloads_total", "Times that the settings were read again on SIGHUP.");
inline constexpr auto settings_last_reload = gauge_family(
    "meguri_settings_last_reload_successful", "0 after a reload that failed: the settings before it are in force.");
inline constexpr auto log_lines = // level: debug, info, warning, error, critical
    counter_family("meguri_log_lines_total", "Log lines written, by their level.");
inline constexpr auto log_suppressed = // kind: answer, refusal
    counter_family("meguri_log_suppressed_total", "Log lines of requests left out because there were enough.");
inline constexpr auto log_dropped =
    counter_family("meguri_log_dropped_total", "Log lines dropped because nobody read standard error fast enough.");
inline constexpr auto ready = gauge_family("meguri_ready", "1 while payments are accepted.");
inline constexpr auto certificate_expiry =
    gauge_family("meguri_tls_certificate_expiry_timestamp_seconds", "When the certificate in use ends, Unix time.");
inline constexpr auto client_crl_expiry = // where there are such lists
    gauge_family("meguri_tls_client_crl_expiry_timestamp_seconds",
                 "When the first revocation list of client certificates ends, Unix time.");
inline constexpr auto card_lists_fetched = // where there are any
    gauge_family("meguri_card_crl_fetched_timestamp_seconds",
                 "When the revocation lists of cards that are in use were fetched, Unix time.");
inline constexpr auto card_list_issued = // authority; where there are any
    gauge_family("meguri_card_crl_issued_timestamp_seconds",
                 "When the authority wrote its revocation list that is in use, Unix time.");
inline constexpr auto card_list_expiry = // authority; where there are any
    gauge_family("meguri_card_crl_expiry_timestamp_seconds",
                 "When the revocation list of the authority ends that is in use, Unix time.");
inline constexpr auto card_list_fetches = // result: fresh, unchanged, failed
    counter_family("meguri_card_crl_fetches_total", "Fetches of revocation lists of cards by their addresses.");
inline constexpr auto card_questions = // result: of net's card_answer
    counter_family("meguri_card_ocsp_questions_total", "Questions to the responder whether a card is revoked.");
inline constexpr auto card_question_duration = // of all that were sent
    histogram_family("meguri_card_ocsp_duration_seconds", "From a question to the responder to its answer.");
inline constexpr auto partner_calls = // result: answered, refused, failed
    counter_family("meguri_partner_calls_total", "Requests to partners about conversions from linked accounts.");
inline constexpr auto linked_open =
    gauge_family("meguri_linked_conversions_open", "Conversions from linked accounts that have not ended.");
inline constexpr auto linked_waits =
    gauge_family("meguri_linked_conversion_wait_seconds",
                 "For how long the oldest conversion that has not ended is open, since this start at most.");
inline constexpr auto
    gateway_calls = // kind: creation, look_up, cancellation, refund; result: answered, refused, failed
    counter_family("meguri_gateway_calls_total", "Requests to the gateway about purchases by card.");
inline constexpr auto gateway_call_duration = // kind
    histogram_family("meguri_gateway_call_duration_seconds", "From a request to the gateway to its answer.");
inline constexpr auto card_purchases_open =
    gauge_family("meguri_card_purchases_open", "Purchases by card of which the gateway has not said how they end.");
inline constexpr auto card_purchase_waits =
    gauge_family("meguri_card_purchase_wait_seconds", "How old the oldest open purchase by card is.");
inline constexpr auto card_refunds_owed =
    gauge_family("meguri_card_refunds_owed", "Captured payments that the gateway has still to pay back.");
inline constexpr auto card_refund_waits =
    gauge_family("meguri_card_refund_wait_seconds",
                 "For how long the oldest refund by the gateway is owed, since this start at most.");
inline constexpr auto clawback_rows_waiting =
    gauge_family("meguri_clawback_rows_waiting", "Rows of approved claw-backs that have not come yet.");
inline constexpr auto clawback_rows = // result: taken, nothing_left
    counter_family("meguri_clawback_rows_total", "Rows of claw-backs that have come, by what was left to take.");
inline constexpr auto disk_free =
    gauge_family("meguri_data_disk_free_bytes", "Free for us on the file system of the journal.");
inline constexpr auto disk_size = gauge_family("meguri_data_disk_size_bytes", "Size of the journal's file system.");
inline constexpr auto thread_cpu = // thread: io-0, journal, checkpointer, ...
    counter_family("meguri_thread_cpu_seconds_total", "CPU time of each thread.");
inline constexpr auto build = gauge_family("meguri_build_info", "Always 1; the version is its label.");

// The process as every exporter shows it, under the names that all of them share
// (prometheus.io/docs/instrumenting/writing_clientlibs, "Process metrics").
inline constexpr auto process_start = gauge_family("process_start_time_seconds", "When the process began, Unix time.");
inline constexpr auto process_cpu = counter_family("process_cpu_seconds_total", "User and system CPU time.");
inline constexpr auto process_resident = gauge_family("process_resident_memory_bytes", "Resident memory.");
inline constexpr auto process_open_files = gauge_family("process_open_fds", "Open file descriptors.");
inline constexpr auto process_files_max = gauge_family("process_max_fds", "Most file descriptors that may be open.");

} // namespace meguri::metrics::families
