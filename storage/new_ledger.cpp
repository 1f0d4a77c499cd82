#include "storage/new_ledger.hpp"

#include "storage/data_folder.hpp"
#include "storage/journal.hpp"
#include "storage/key_ring.hpp"

#include <random>

namespace meguri::storage {
namespace {

std::uint64_t random_number() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

} // namespace

tl::expected<secret<std::string>, error> make_new_ledger(const std::filesystem::path& folder, bool for_tests,
                                                         ledger::instant now) {
    const auto made = data_folder::init(folder);
    if (!made) return tl::unexpected{made.error()};
    const auto keys = key_ring::load(made->key_file());
    if (!keys) return tl::unexpected{keys.error()};
    auto entries = journal::open({made->journal()});
    if (!entries) return tl::unexpected{entries.error()};

    constexpr std::uint64_t first_operator = 1;
    auto key = keys->bearer_key(ledger::caller_kind::operator_, first_operator, {});
    ledger::entry opened;
    opened.position = 1;
    opened.decided_at = now;
    opened.what = ledger::ledger_opened{random_number(), for_tests};
    ledger::entry added;
    added.position = 2;
    added.decided_at = now;
    added.what = ledger::operator_added{ledger::operator_id{first_operator}, "first operator",
                                        keys->digest_of_bearer(key.reveal())};
    journal_batch batch;
    batch.add(opened);
    batch.add(added);
    if (auto written = entries->append(batch, now); !written) return tl::unexpected{written.error()};
    return key;
}

} // namespace meguri::storage
