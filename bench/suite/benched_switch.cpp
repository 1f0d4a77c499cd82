#include "bench/suite/benched_switch.hpp"

#include "bench/in_process.hpp"
#include "bench/suite/act_reading.hpp"
#include "storage/data_folder.hpp"
#include "storage/journal_reader.hpp"
#include "storage/journal_writer.hpp"
#include "storage/key_ring.hpp"
#include "storage/live_journal.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <utility>

namespace meguri::bench {
namespace {

template <class Value>
Value opened(tl::expected<Value, storage::error>&& what) {
    if (!what) throw std::runtime_error{what.error().text()};
    return std::move(*what);
}

storage::key_ring keys_of(const std::string& folder) {
    return opened(storage::key_ring::load(storage::data_folder::key_file_of(folder)));
}

std::int64_t balance_of(const boost::json::value& accounts, std::string_view name) {
    for (const auto& one : accounts.as_array())
        if (one.at("name").as_string() == name) return one.at("credits").as_int64() - one.at("debits").as_int64();
    return 0; // never used
}

void move_in_with_codes(in_process_switch& on, std::uint64_t wallets, act_source& source) {
    const auto& keys = on.store().keys();
    move_in(on, wallets, points_of_each, [&](ledger::wallet_id wallet, const ledger::digest128&) {
        source.add_code("042021", keys.code_text(wallet, 1, ledger::code_kind::card, {}).reveal());
    });
}

} // namespace

benched_switch::benched_switch(std::string binary, std::string folder, const benched_town& town, act_source& source)
    : binary_{std::move(binary)},
      folder_{std::move(folder)} {
    std::filesystem::remove_all(folder_);
    in_process_switch making{folder_};
    const auto& keys = making.store().keys();
    const auto code_of = [&](ledger::wallet_id wallet) {
        return keys.code_text(wallet, 1, ledger::code_kind::card, {}).reveal();
    };
    tills_ = open_tills(making, town.merchants);
    for (const auto& till : tills_)
        source.add_till(keys.bearer_key(ledger::caller_kind::terminal, till.outlet.value(), {}).reveal());
    move_in_with_codes(making, town.wallets, source);
    std::vector<ledger::wallet_id> others; // without points, and frozen
    const auto remember = [&](ledger::wallet_id wallet, const ledger::digest128&) { others.push_back(wallet); };
    move_in(making, 1, 0, remember);
    move_in(making, 1, points_of_each, remember);
    freeze(making, others.back());
    source.set_declined_codes(code_of(others.front()), code_of(others.back()));
}

void benched_switch::add_wallets(std::uint64_t wallets, act_source& source) {
    program_.reset();
    in_process_switch on{folder_};
    move_in_with_codes(on, wallets, source);
}

void benched_switch::lengthen_journal(std::uint64_t entries, const act_source& source) {
    program_.reset();
    in_process_switch on{folder_};
    const auto has = on.store().writer().durable_position();
    if (has >= entries) return;
    std::mt19937_64 random{has};
    const auto any = [&] { return on.store().keys().digest_of_code(source.code(random() % source.codes())); };
    pay_in_bulk(on, tills_, any, entries - has, paid_in_process_);
    paid_in_process_ += entries - has;
    filled_.emplace_back(has + 1, on.store().writer().durable_position());
}

void benched_switch::warm_up_state() const {
    std::ifstream file{storage::data_folder::state_of(folder_) / "data.mdb", std::ios::binary};
    std::vector<char> piece(1 << 20);
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size()))) {
    }
    if (!file.eof()) throw std::runtime_error{folder_ + ": the state store cannot be read"};
}

bool benched_switch::is_filled(ledger::journal_position at) const {
    return std::ranges::any_of(filled_, [at](const auto& one) { return one.first <= at && at <= one.second; });
}

served_program& benched_switch::serve() {
    program_.reset();
    program_ = std::make_unique<served_program>(binary_, is_over_tls_ ? serving_over_tls(folder_, more_settings_)
                                                                      : serving(folder_, more_settings_));
    return *program_;
}

api_session benched_switch::as_operator() const {
    return {program_->port(), keys_of(folder_).bearer_key(ledger::caller_kind::operator_, 1, {}).reveal()};
}

std::vector<benched_switch::till_names> benched_switch::tills() const {
    const auto keys = keys_of(folder_);
    std::vector<till_names> named;
    for (const auto& till : tills_)
        named.push_back({keys.encode_id(storage::id_kind::merchant, till.merchant.value()).str(),
                         keys.encode_id(storage::id_kind::terminal, till.outlet.value()).str()});
    return named;
}

shown_sums benched_switch::balances() const {
    auto api = as_operator();
    const auto names = tills();
    shown_sums shown;
    for (std::size_t i = 0; i < tills_.size(); ++i) {
        const auto balances = api.get("/v1/merchants/" + names[i].merchant + "/balances");
        for (const auto& one : balances.at("data").as_array())
            shown.merchants[tills_[i].merchant.value()] = {one.at("pending").as_int64(), one.at("captured").as_int64(),
                                                           one.at("refunded").as_int64()};
    }
    const auto trial = api.get("/v1/ledger/trial_balance");
    shown.is_balanced = trial.at("balanced").as_bool();
    for (const auto& program : trial.at("data").as_array()) {
        shown.held += balance_of(program.at("accounts"), "wallets:held");
        shown.payable += balance_of(program.at("accounts"), "merchants:payable");
    }
    return shown;
}

switch_audit benched_switch::audit(const act_source& source) {
    // What nobody waited for may be under way still: it is over once the program has ended.
    const bool is_at_rest = source.requests() == source.answers();
    const bool was_over_tls = std::exchange(is_over_tls_, false);
    if (program_ == nullptr || program_->is_killed() || !is_at_rest || was_over_tls) serve();
    const auto shown = balances();
    program_.reset();
    static_cast<void>(output_of(binary_, {"verify", "--data", folder_}));
    const auto journal = opened(storage::live_journal::open(storage::data_folder::journal_of(folder_)));
    auto reader = opened(storage::journal_reader::make(journal));
    const auto keys = keys_of(folder_);
    const act_reading reading{source, keys};
    act_audit audit{source.acts()};
    ledger_sums sums;
    const auto done = reader.read_from(1, [&](storage::journal_record&& record) {
        sums.see(record.what);
        if (is_filled(record.what.position)) return true;
        if (const auto act = reading.act_of(record.what)) audit.see(*act);
        return true;
    });
    if (!done) throw std::runtime_error{done.error().text()};
    return {audit.result(), sums.total(), disagreements(sums, shown)};
}

} // namespace meguri::bench
