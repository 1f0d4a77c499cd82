// A campaign as the state store keeps it; its program and the place of its proposal are the record's key.
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"

namespace meguri::storage {
namespace {

constexpr std::uint8_t campaign_version = 1;
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

} // namespace

void encode(record_buffer& out, const ledger::campaign& one) {
    EXPECTS(one.terms != nullptr);
    record_writer record{out, campaign_version};
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
    record.seal();
}

std::optional<ledger::campaign> decode_campaign(record_view record, const ledger::campaign_ref& key) {
    record_reader in{record, campaign_version};
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
    if (!in.complete() || status < 1 || status > 4 || found.granted > found.budget) return std::nullopt;
    return found;
}

} // namespace meguri::storage
