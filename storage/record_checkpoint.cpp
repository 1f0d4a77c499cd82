// The checkpoint's record and the books: what the last slice of a round writes.
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

constexpr std::uint8_t accounts_version = 1;
constexpr std::uint8_t outcomes_version = 1;
constexpr std::uint8_t checkpoint_version = 1;

struct id_given {
    last_ids& ids;

    void operator()(const ledger::wallet_opened& fact) const { ids.wallet = std::max(ids.wallet, fact.id.value()); }
    void operator()(const ledger::merchant_joined& fact) const {
        ids.merchant = std::max(ids.merchant, fact.id.value());
    }
    void operator()(const ledger::operator_added& fact) const {
        ids.operator_ = std::max(ids.operator_, fact.id.value());
    }
    void operator()(const ledger::staff_added& fact) const { ids.staff = std::max(ids.staff, fact.id.value()); }
    void operator()(const ledger::partner_added& fact) const { ids.partner = std::max(ids.partner, fact.id.value()); }
    template <class Other>
    void operator()(const Other&) const {}
};

} // namespace

void apply(last_ids& ids, const ledger::entry& applied) { std::visit(id_given{ids}, applied.what); }

void encode(record_buffer& out, const ledger::program_accounts& one) {
    record_writer record{out, accounts_version};
    for (const auto& sums : one.sums) {
        record.number(sums.debits.value());
        record.number(sums.credits.value());
    }
    record.seal();
}

std::optional<ledger::program_accounts> decode_accounts(record_view record, ledger::program_code code) {
    record_reader in{record, accounts_version};
    ledger::program_accounts found{code, {}};
    for (auto& sums : found.sums) {
        const auto debits = ledger::points::from(in.number<std::int64_t>());
        const auto credits = ledger::points::from(in.number<std::int64_t>());
        if (!debits || !credits) return std::nullopt;
        sums = {*debits, *credits};
    }
    if (!in.complete()) return std::nullopt;
    return found;
}

void encode(record_buffer& out, const std::array<std::uint64_t, ledger::decline_codes + 1>& outcomes) {
    record_writer record{out, outcomes_version};
    for (const auto count : outcomes) record.number(count);
    record.seal();
}

std::optional<std::array<std::uint64_t, ledger::decline_codes + 1>> decode_outcomes(record_view record) {
    record_reader in{record, outcomes_version};
    std::array<std::uint64_t, ledger::decline_codes + 1> found{};
    for (auto& count : found) count = in.number<std::uint64_t>();
    if (!in.complete()) return std::nullopt;
    return found;
}

void encode(record_buffer& out, const checkpoint& one) {
    record_writer record{out, checkpoint_version};
    record.number(one.end.last);
    record.bytes(one.end.hash);
    record.number(one.end.recorded_at.unix_ms());
    record.number(one.ledger);
    record.number(static_cast<std::uint8_t>(one.for_tests));
    record.number(one.programs_version);
    record.number(one.registry_position);
    for (const auto id : {one.ids.wallet, one.ids.merchant, one.ids.operator_, one.ids.staff, one.ids.partner})
        record.number(id);
    record.seal();
}

std::optional<checkpoint> decode_checkpoint(record_view record) {
    record_reader in{record, checkpoint_version};
    checkpoint found;
    found.end.last = in.number<ledger::journal_position>();
    const auto hash = in.bytes(found.end.hash.size());
    std::copy(hash.begin(), hash.end(), found.end.hash.begin());
    found.end.recorded_at = ledger::instant{in.number<std::int64_t>()};
    found.ledger = in.number<std::uint64_t>();
    found.for_tests = in.boolean();
    found.programs_version = in.number<std::uint64_t>();
    found.registry_position = in.number<ledger::journal_position>();
    for (auto* id :
         {&found.ids.wallet, &found.ids.merchant, &found.ids.operator_, &found.ids.staff, &found.ids.partner})
        *id = in.number<std::uint64_t>();
    if (!in.complete()) return std::nullopt;
    return found;
}

} // namespace meguri::storage
