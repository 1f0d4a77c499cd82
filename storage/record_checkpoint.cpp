// The checkpoint's record and the books: what the last slice of a round writes.
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

constexpr std::uint8_t accounts_version = 1; // of points alone
constexpr std::uint8_t accounts_version_with_money = 2;
constexpr std::size_t accounts_with_money = 25;
constexpr std::uint8_t accounts_version_counted = 3;
constexpr std::uint8_t outcomes_version = 1;
// A ledger that was never restored keeps the first layout. The second is unknown to programs that know no epochs: they
// ask for the state to be made again, and then find that the journal is too new for them.
constexpr std::uint8_t checkpoint_version = 1;
constexpr std::uint8_t checkpoint_version_with_epochs = 2;

struct id_given {
    last_ids& ids;

    void operator()(const ledger::wallet_opened& fact) const { ids.wallet = std::max(ids.wallet, fact.id.value()); }
    void operator()(const ledger::person_enrolled& fact) const {
        ids.wallet = std::max(ids.wallet, fact.wallet.value());
    }
    void operator()(const ledger::merchant_joined& fact) const {
        ids.merchant = std::max(ids.merchant, fact.id.value());
    }
    void operator()(const ledger::application_changed& fact) const {
        ids.merchant = std::max(ids.merchant, fact.merchant.value()); // none but of an approved one
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

std::uint64_t last_ids::party() const noexcept { return std::max({operator_, staff, partner}); }

void apply(last_ids& ids, const ledger::entry& applied) { std::visit(id_given{ids}, applied.what); }

namespace {

// Up to the last that was ever posted to.
std::size_t accounts_used(const ledger::program_accounts& one) noexcept {
    std::size_t used = one.sums.size();
    while (used > 0 && one.sums[used - 1].debits.is_zero() && one.sums[used - 1].credits.is_zero()) --used;
    return used;
}

// A program that never took money keeps the first layout, one that took it over counters alone the second.
std::uint8_t version_with(std::size_t used) noexcept {
    if (used > accounts_with_money) return accounts_version_counted;
    return used > ledger::accounts_of_points ? accounts_version_with_money : accounts_version;
}

// By the version; of the counted one 0.
std::size_t accounts_in(std::uint8_t version) noexcept {
    if (version == accounts_version_counted) return 0;
    return version == accounts_version_with_money ? accounts_with_money : ledger::accounts_of_points;
}

} // namespace

void encode(record_buffer& out, const ledger::program_accounts& one) {
    const std::size_t used = accounts_used(one);
    const std::uint8_t version = version_with(used);
    record_writer record{out, version};
    if (version == accounts_version_counted) record.number(static_cast<std::uint8_t>(used));
    const std::size_t stored = version == accounts_version_counted ? used : accounts_in(version);
    for (const auto& sums : std::span{one.sums}.first(stored)) {
        record.number(sums.debits.value());
        record.number(sums.credits.value());
    }
    record.seal();
}

std::optional<ledger::program_accounts> decode_accounts(record_view record, ledger::program_code code) {
    const std::uint8_t told = record.empty() ? accounts_version : static_cast<std::uint8_t>(record.front());
    const bool is_known = told == accounts_version_with_money || told == accounts_version_counted;
    const std::uint8_t version = is_known ? told : accounts_version;
    record_reader in{record, version};
    ledger::program_accounts found{code, {}};
    const std::size_t stored = version == accounts_version_counted ? in.number<std::uint8_t>() : accounts_in(version);
    if (stored > found.sums.size()) return std::nullopt;
    for (auto& sums : std::span{found.sums}.first(stored)) {
        const auto debits = ledger::points::from(in.number<std::int64_t>());
        const auto credits = ledger::points::from(in.number<std::int64_t>());
        if (!debits || !credits) return std::nullopt;
        sums = {*debits, *credits};
    }
    if (!in.complete()) return std::nullopt;
    const std::size_t used = accounts_used(found); // each has one record alone
    if (version_with(used) != version || (version == accounts_version_counted && used != stored)) return std::nullopt;
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

namespace {

void write(record_writer& out, const ledger::epoch_list& epochs) {
    out.number(static_cast<std::uint16_t>(epochs.number()));
    for (const auto& one : epochs.all()) {
        out.number(one.mark.value());
        for (const auto number : {one.first, one.last_wallet, one.last_merchant, one.last_party}) out.number(number);
    }
}

ledger::epoch_list read_epochs(record_reader& in) {
    ledger::epoch_list found;
    const std::uint32_t count = in.number<std::uint16_t>();
    if (count == 0) in.refuse(); // without any it is the first layout
    for (std::uint32_t number = 1; number <= count && in.ok(); ++number) {
        ledger::epoch one{number, ledger::epoch_mark{in.number<std::uint32_t>()}, 0, 0, 0, 0};
        for (auto* const each : {&one.first, &one.last_wallet, &one.last_merchant, &one.last_party})
            *each = in.number<std::uint64_t>();
        const bool follows = found.is_new(one.mark) && (number == 1 || found.all().back().first < one.first);
        follows ? found.begin(one) : in.refuse();
    }
    return found;
}

} // namespace

void encode(record_buffer& out, const checkpoint& one) {
    const bool has_epochs = one.epochs.number() != 0;
    record_writer record{out, has_epochs ? checkpoint_version_with_epochs : checkpoint_version};
    record.number(one.end.last);
    record.bytes(one.end.hash);
    record.number(one.end.recorded_at.unix_ms());
    record.number(one.ledger);
    record.number(static_cast<std::uint8_t>(one.for_tests));
    record.number(one.programs_version);
    record.number(one.registry_position);
    for (const auto id : {one.ids.wallet, one.ids.merchant, one.ids.operator_, one.ids.staff, one.ids.partner})
        record.number(id);
    if (has_epochs) write(record, one.epochs);
    record.seal();
}

std::optional<checkpoint> decode_checkpoint(record_view record) {
    const bool has_epochs = !record.empty() && record.front() == std::byte{checkpoint_version_with_epochs};
    record_reader in{record, has_epochs ? checkpoint_version_with_epochs : checkpoint_version};
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
    if (has_epochs) found.epochs = read_epochs(in);
    if (!in.complete()) return std::nullopt;
    return found;
}

} // namespace meguri::storage
