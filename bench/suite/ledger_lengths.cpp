#include "bench/suite/ledger_lengths.hpp"

#include "storage/data_folder.hpp"
#include "storage/journal_reader.hpp"
#include "storage/live_journal.hpp"
#include "storage/state_store.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace meguri::bench {
namespace {

template <class Value>
Value expect(tl::expected<Value, storage::error> found) {
    if (!found) throw std::runtime_error{found.error().text()};
    return std::move(*found);
}

} // namespace

ledger_lengths lengths_of(const std::string& folder) {
    const auto journal = expect(storage::live_journal::open(storage::data_folder::journal_of(folder)));
    auto reader = expect(storage::journal_reader::make(journal));
    const auto end = std::max(expect(reader.last()), expect(journal.newest_in_log()));
    const auto state = expect(storage::state_store::open(std::filesystem::path{folder} / "state"));
    const auto within = expect(state->begin_read());
    const auto checkpoint = expect(storage::get_checkpoint(within, state->databases()));
    return {end, end - (checkpoint ? checkpoint->end.last : 0)};
}

} // namespace meguri::bench
