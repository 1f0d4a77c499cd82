#include "storage/verify.hpp"

#include "storage/damage_guard.hpp"
#include "storage/data_folder.hpp"
#include "storage/journal_reader.hpp"
#include "storage/key_ring.hpp"
#include "storage/state_store.hpp"
#include "storage/verify_replay.hpp"
#include "storage/verify_rules.hpp"
#include "storage/verify_state.hpp"

#include <algorithm>
#include <memory>
#include <optional>

namespace meguri::storage {
namespace {

// One run of verify over a folder that it has locked.
struct verification {
    rule_tally tally;
    verify_replay replay;
    chain_end arrived; // the end of the last whole batch
    std::vector<verified_epoch> epochs;
    std::unique_ptr<state_store> stored;
    std::optional<verify_state> state;

    verification(const key_ring& keys, verify_replay::read_entry read) : replay{keys, tally, std::move(read)} {}

    void open_state(const data_folder& folder) {
        // Where nothing is stored there is nothing to compare, and nothing is made here.
        if (!std::filesystem::exists(folder.state() / "data.mdb")) return;
        auto opened = state_store::open(folder.state());
        if (!tally.check(rule::state_opens, opened.has_value(), [&] { return opened.error().text(); })) return;
        stored = std::move(*opened);
        state.emplace(*stored, tally);
        const auto read = state->open();
        if (!tally.check(rule::state_checkpoint, read.has_value(), [&] { return read.error().text(); })) state.reset();
    }

    void see(const journal_record& record) {
        const ledger::entry& one = record.what;
        tally.check(rule::chain, true, [] { return std::string{}; });
        const auto* const began = std::get_if<ledger::epoch_began>(&one.what);
        if (began == nullptr || see_epoch(*began, one)) replay.apply(one);
        if (record.end_of_batch) arrived = {one.position, record.end_of_batch->hash, record.end_of_batch->recorded_at};
        if (!state) return;
        const auto checkpoint = state->at().end.last;
        if (one.position > checkpoint && checkpoint != 0) state->compare_ahead(replay, one);
        if (one.position != checkpoint) return;
        const chain_end end = arrived.last == one.position ? arrived : chain_end{one.position, {}, {}};
        const auto compared = state->compare(replay, end);
        tally.check(rule::state_opens, compared.has_value(), [&] { return compared.error().text(); });
    }

    // That it follows the batch that it names; whether it is possible the replay says.
    [[nodiscard]] bool see_epoch(const ledger::epoch_began& began, const ledger::entry& one) {
        const bool follows = began.after == arrived.last && began.hash == arrived.hash &&
                             began.same_through <= began.after && one.position == arrived.last + 1;
        epochs.push_back({began.number, began.after, one.decided_at});
        return tally.check(rule::epochs, follows, [&] { return "entry " + std::to_string(one.position); });
    }

    void finish(ledger::journal_position last) {
        replay.finish();
        if (!state) return;
        state->finish(replay);
        const auto checkpoint = state->at().end.last;
        tally.check(rule::state_checkpoint, checkpoint <= last, [&] {
            return "it stands at entry " + std::to_string(checkpoint) + ", the journal ends at " + std::to_string(last);
        });
    }
};

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.insert(0, width - text.size(), ' ');
    return text;
}

} // namespace

bool verify_report::all_agree() const noexcept {
    return std::all_of(rules.begin(), rules.end(), [](const verify_rule& one) { return one.violated == 0; });
}

std::string verify_report::text() const {
    std::string all;
    for (const auto& one : rules) {
        all += padded(std::to_string(one.checked), 12) + "  " + (one.violated == 0 ? "ok    " : "WRONG ") + one.name;
        if (one.violated != 0) all += ": " + std::to_string(one.violated) + " times, first " + one.first_violation;
        all += '\n';
    }
    for (const auto& one : epochs)
        all += "epoch " + std::to_string(one.number) + ": restored at " + ledger::to_rfc3339(one.began_at) +
               " up to entry " + std::to_string(one.after) + '\n';
    all += std::to_string(entries) + " entries, " + std::to_string(wallets) + " wallets, " + std::to_string(merchants) +
           " merchants; " +
           (checkpoint == 0 ? std::string{"no stored state"}
                            : "stored state compared at entry " + std::to_string(checkpoint)) +
           (all_agree() ? ": all agree\n" : ": NOT all agree\n");
    return all;
}

tl::expected<verify_report, error> verify(const std::filesystem::path& folder) {
    const damage_guard guard{folder};
    auto locked = data_folder::open(folder);
    if (!locked) return tl::unexpected{std::move(locked.error())};
    const auto keys = key_ring::load(locked->key_file());
    if (!keys) return tl::unexpected{keys.error()};
    auto entries = journal::open({locked->journal()});
    if (!entries) return tl::unexpected{std::move(entries.error())};
    auto reader = journal_reader::make(*entries);
    if (!reader) return tl::unexpected{std::move(reader.error())};

    auto passed = journal_reader::make(*entries); // the other one is in the middle of its walk
    if (!passed) return tl::unexpected{std::move(passed.error())};
    verification all{*keys, [&passed](ledger::journal_position at) { return passed->read(at); }};
    all.open_state(*locked);
    const auto walked =
        reader->check_chain(chain_end{}, journal_reader::to_the_end, [&all](const journal_record& record) {
            all.see(record);
            return true;
        });
    if (!walked) all.tally.violated(rule::chain, walked.error().text());
    const auto last = reader->last();
    if (!last) return tl::unexpected{last.error()};
    all.finish(*last);

    verify_report report;
    report.entries = *last;
    report.checkpoint = all.state ? all.state->at().end.last : 0;
    report.wallets = all.replay.wallets().size();
    report.merchants = all.replay.merchants().size();
    report.epochs = std::move(all.epochs);
    report.rules = all.tally.take();
    return report;
}

} // namespace meguri::storage
