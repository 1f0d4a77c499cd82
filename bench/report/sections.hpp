// The parts of the report's page: of each record what was measured, in a sentence, with plots and a table.
#pragma once

#include "bench/report/markup.hpp"
#include "bench/report/record.hpp"
#include "bench/report/table.hpp"

#include <string>
#include <vector>

namespace meguri::bench {

// What one reads first.
void write_key_figures(markup& out, const std::vector<record>& records);
// Machines, builds and settings: what all share, and what differs by record.
void write_conditions(markup& out, const std::vector<record>& records);

void write_curve(markup& out, const record& of);
void write_load(markup& out, const record& of); // and overload, checkpoint, soak
void write_restart(markup& out, const record& of);
void write_growth(markup& out, const record& of);
void write_peers(markup& out, const record& of);
void write_micro(markup& out, const record& of);

// --- what they share ---

// Opens a <section>: heading, the sentence, and how it was done; what is amiss, where something is.
void begin_section(markup& out, const record& of, const std::string& heading, const std::string& sentence);
// "64 connections with one request under way each, 10,000 wallets, all alike, ..."
[[nodiscard]] std::string load_in_words(const record& of);
// Why a run is no measurement; empty where it is one.
[[nodiscard]] std::string why_invalid(const measured_run& run);
// "42,000/s offered" or "closed loop".
[[nodiscard]] std::string offer_text(const measured_run& run);
[[nodiscard]] table table_of_runs(const std::vector<measured_run>& runs);

// Latency by percentile, of a few runs.
void draw_percentiles(markup& out, const std::vector<measured_run>& runs);
// Latency in the course of one run, and what was answered where some of it was shed.
void draw_over_time(markup& out, const measured_run& run);

} // namespace meguri::bench
