// A campaign as the state store keeps it; its program and the place of its proposal are the record's key.
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

constexpr std::uint8_t campaign_version = 1;
constexpr std::uint8_t campaign_version_with_files = 2;
constexpr std::uint8_t increase_follows = 1;

void write(record_writer& record, const ledger::person_ref& one) {
    record.number(static_cast<std::uint8_t>(one.kind));
    record.number(one.id);
}

ledger::person_ref read_person(record_reader& in) {
    const auto kind = in.number<std::uint8_t>();
    if (kind > static_cast<std::uint8_t>(ledger::caller_kind::shop)) in.refuse();
    return {static_cast<ledger::caller_kind>(kind), in.number<std::uint64_t>()};
}

ledger::points read_points(record_reader& in) {
    const auto amount = ledger::points::from(in.number<std::int64_t>());
    if (!amount) in.refuse();
    return amount.value_or(ledger::points{});
}

void write(record_writer& record, const ledger::campaign_terms& terms) {
    record.text(terms.name);
    record.short_text(terms.source.text());
    record.number(terms.budget.value());
    record.number(terms.first_day.days());
    record.number(terms.last_day.days());
    record.number(static_cast<std::uint8_t>(terms.rule));
    record.number(terms.per_grant.value());
    record.number(terms.expires_on.days());
}

ledger::campaign_terms_ptr read_terms(record_reader& in) {
    std::string name{in.text()};
    auto source = ledger::funding_source::parse(in.short_text());
    const auto budget = read_points(in);
    const ledger::jst_day first_day{in.number<std::int32_t>()};
    const ledger::jst_day last_day{in.number<std::int32_t>()};
    const auto rule = in.number<std::uint8_t>();
    const auto per_grant = read_points(in);
    const ledger::jst_day expires_on{in.number<std::int32_t>()};
    if (!source || rule < 1 || rule > 2) {
        in.refuse();
        return nullptr;
    }
    return std::make_shared<const ledger::campaign_terms>(
        ledger::campaign_terms{std::move(name), *std::move(source), budget, first_day, last_day,
                               static_cast<ledger::amount_rule>(rule), per_grant, expires_on});
}

void write(record_writer& record, const ledger::recipient_file& one) {
    record.number(one.position);
    record.bytes(one.digest);
    record.number(one.rows);
    record.number(one.granted);
    record.number(one.left_out);
    record.number(one.sum.value());
    record.number(one.granted_sum.value());
    record.number(one.left_out_sum.value());
    record.number(one.last_left_out);
}

ledger::recipient_file read_recipient_file(record_reader& in) {
    ledger::recipient_file one;
    one.position = in.number<ledger::journal_position>();
    const auto digest = in.bytes(one.digest.size());
    std::copy(digest.begin(), digest.end(), one.digest.begin());
    one.rows = in.number<std::uint32_t>();
    one.granted = in.number<std::uint32_t>();
    one.left_out = in.number<std::uint32_t>();
    one.sum = read_points(in);
    one.granted_sum = read_points(in);
    one.left_out_sum = read_points(in);
    one.last_left_out = in.number<ledger::journal_position>();
    return one;
}

// What is reserved for them is not stored: it is the sum of what each has left.
void read_recipient_files(record_reader& in, ledger::campaign& into) {
    const auto count = in.number<std::uint16_t>();
    if (count == 0) in.refuse(); // it would be of the older version
    for (std::uint16_t i = 0; i < count && in.ok(); ++i) {
        into.files.push_back(read_recipient_file(in));
        const auto reserved = into.reserved.plus(into.files.back().reserved());
        if (!reserved) in.refuse();
        into.reserved = reserved.value_or(ledger::points{});
    }
}

} // namespace

void encode(record_buffer& out, const ledger::campaign& one) {
    EXPECTS(one.terms != nullptr && one.files.size() <= ledger::recipient_files_max);
    record_writer record{out, one.files.empty() ? campaign_version : campaign_version_with_files};
    record.number(one.last_position);
    write(record, *one.terms);
    write(record, one.maker);
    record.number(one.proposed_at.unix_ms());
    record.number(static_cast<std::uint8_t>(one.status));
    write(record, one.checker);
    record.number(one.budget.value());
    record.number(one.granted.value());
    record.number(one.grants);
    record.number(one.increases);
    record.number(static_cast<std::uint8_t>(one.open_increase ? increase_follows : 0));
    if (const auto& open = one.open_increase) {
        record.number(open->number);
        record.number(open->amount.value());
        write(record, open->maker);
        record.text(open->reason);
    }
    if (!one.files.empty()) record.number(static_cast<std::uint16_t>(one.files.size()));
    for (const auto& file : one.files) write(record, file);
    record.seal();
}

std::optional<ledger::campaign> decode_campaign(record_view record, const ledger::campaign_ref& key) {
    const bool has_files = !record.empty() && record.front() == std::byte{campaign_version_with_files};
    record_reader in{record, has_files ? campaign_version_with_files : campaign_version};
    ledger::campaign found;
    found.program = key.program;
    found.position = key.proposal;
    found.last_position = in.number<ledger::journal_position>();
    found.terms = read_terms(in);
    found.maker = read_person(in);
    found.proposed_at = ledger::instant{in.number<std::int64_t>()};
    const auto status = in.number<std::uint8_t>();
    found.status = static_cast<ledger::campaign_status>(status);
    found.checker = read_person(in);
    found.budget = read_points(in);
    found.granted = read_points(in);
    found.grants = in.number<std::uint64_t>();
    found.increases = in.number<std::uint32_t>();
    if (in.boolean()) {
        ledger::budget_increase open;
        open.number = in.number<std::uint32_t>();
        open.amount = read_points(in);
        open.maker = read_person(in);
        open.reason = in.text();
        found.open_increase = std::move(open);
    }
    if (has_files) read_recipient_files(in, found);
    if (!in.complete() || status < 1 || status > 4 || !found.taken_with({})) return std::nullopt;
    return found;
}

} // namespace meguri::storage
