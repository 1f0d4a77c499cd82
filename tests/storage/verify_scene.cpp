#include "tests/storage/verify_scene.hpp"

#include "ledger/undecided.hpp"
#include "storage/checkpointer.hpp"
#include "storage/state_store.hpp"

#include <stdexcept>

namespace meguri::test {

using namespace ledger;
using namespace storage;

void store_state(town& of, std::size_t steps) {
    const auto state = state_store::open(of.folder() / "state", std::size_t{1} << 30).value();
    checkpoint_settings settings;
    settings.slice_puts_max = 200;
    settings.entries_max = 200;
    auto checkpoints = checkpointer::open(*state, of.journal(), of.keys(), nullptr, settings).value();
    while (steps-- > 0 && checkpoints->step().value()) {
    }
}

void tamper(town& of, const std::function<void(lmdb::write_transaction&, const state_databases&)>& change) {
    const auto state = state_store::open(of.folder() / "state", std::size_t{1} << 30).value();
    auto within = state->begin_write().value();
    change(within, state->databases());
    ASSERT_TRUE(std::move(within).commit().has_value());
}

verify_report report_of(town& of) {
    of.close();
    auto report = verify(of.folder());
    of.open();
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().text());
    return report.value_or(verify_report{});
}

names wrong_in(const verify_report& report) {
    names found;
    for (const auto& one : report.rules)
        if (one.violated != 0) found.push_back(one.name);
    return found;
}

const wallet& some_wallet_with_lots(const town& of) {
    for (const auto& [id, one] : of.stands().wallets)
        if (!one.lots.empty() && one.lots.front().available > points{} && // not all of it held
            !is_undecided(one.lots.front().terms->program))
            return one;
    throw std::logic_error{"nobody has points"};
}

} // namespace meguri::test
