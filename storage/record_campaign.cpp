// A campaign as the state store keeps it; its program and the place of its proposal are the record's key.
#include "storage/record_bytes.hpp"
#include "storage/record_categories.hpp"
#include "storage/state_records.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

constexpr std::uint8_t campaign_version = 1;
constexpr std::uint8_t campaign_version_with_files = 2;
constexpr std::uint8_t campaign_version_with_benefits = 3;
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

std::shared_ptr<ledger::campaign_terms> read_terms(record_reader& in) {
    std::string name{in.text()};
    auto source = ledger::funding_source::parse(in.short_text());
    const auto budget = read_points(in);
    const ledger::jst_day first_day{in.number<std::int32_t>()};
    const ledger::jst_day last_day{in.number<std::int32_t>()};
    const auto rule = in.number<std::uint8_t>();
    const auto per_grant = read_points(in);
    const ledger::jst_day expires_on{in.number<std::int32_t>()};
    if (!source || rule < 1 || rule > 4) {
        in.refuse();
        return nullptr;
    }
    return std::make_shared<ledger::campaign_terms>(
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
void read_recipient_files(record_reader& in, ledger::campaign& into, bool may_be_none) {
    const auto count = in.number<std::uint16_t>();
    if (count == 0 && !may_be_none) in.refuse(); // it would be of the older version
    for (std::uint16_t i = 0; i < count && in.ok(); ++i) {
        into.files.push_back(read_recipient_file(in));
        const auto reserved = into.reserved.plus(into.files.back().reserved());
        if (!reserved) in.refuse();
        into.reserved = reserved.value_or(ledger::points{});
    }
}

void write(record_writer& record, const ledger::eligibility_list& one) {
    record.number(one.position);
    record.bytes(one.digest);
    record.number(one.rows);
    write(record, one.maker);
}

ledger::eligibility_list read_eligibility(record_reader& in) {
    ledger::eligibility_list one;
    one.position = in.number<ledger::journal_position>();
    const auto digest = in.bytes(one.digest.size());
    std::copy(digest.begin(), digest.end(), one.digest.begin());
    one.rows = in.number<std::uint32_t>();
    one.maker = read_person(in);
    return one;
}

void write(record_writer& record, const ledger::campaign_event& one) {
    record.number(one.position);
    record.text(one.name);
    record.number(one.begins.unix_ms());
    record.number(one.ends.unix_ms());
    record.number(one.rotates_s);
    record.number(static_cast<std::uint8_t>(one.closed ? 1 : 0));
}

ledger::campaign_event read_event(record_reader& in) {
    ledger::campaign_event one;
    one.position = in.number<ledger::journal_position>();
    one.name = in.text();
    one.begins = ledger::instant{in.number<std::int64_t>()};
    one.ends = ledger::instant{in.number<std::int64_t>()};
    one.rotates_s = in.number<std::int32_t>();
    one.closed = in.boolean();
    return one;
}

void write(record_writer& record, const ledger::campaign_clawback& one) {
    record.number(one.position);
    record.number(static_cast<std::uint8_t>(one.is_of_all ? 1 : 0));
    record.number(one.rows);
    write(record, one.maker);
    record.number(static_cast<std::uint8_t>(one.status));
    record.number(one.taken);
    record.number(one.ended);
    record.number(one.sum.value());
    record.number(one.last_ended);
}

ledger::campaign_clawback read_clawback(record_reader& in) {
    ledger::campaign_clawback one;
    one.position = in.number<ledger::journal_position>();
    one.is_of_all = in.boolean();
    one.rows = in.number<std::uint32_t>();
    one.maker = read_person(in);
    const auto status = in.number<std::uint8_t>();
    if (status < 1 || status > 3) in.refuse();
    one.status = static_cast<ledger::clawback_status>(status);
    one.taken = in.number<std::uint32_t>();
    one.ended = in.number<std::uint32_t>();
    one.sum = read_points(in);
    one.last_ended = in.number<ledger::journal_position>();
    return one;
}

enum benefit_flags : unsigned {
    flag_eligible_only = 1,
    flag_per_person = 2,
    flag_list = 4,
    flag_open_list = 8,
    flag_clawbacks = 16,
    flag_earmark = 32
};

void write_benefits(record_writer& record, const ledger::campaign& one) {
    const ledger::campaign_terms& terms = *one.terms;
    const unsigned flags = (terms.eligible_only ? flag_eligible_only : 0u) | (terms.per_person ? flag_per_person : 0u) |
                           (one.eligible ? flag_list : 0u) | (one.open_eligible ? flag_open_list : 0u) |
                           (one.clawbacks.empty() ? 0u : flag_clawbacks) | (terms.earmark.empty() ? 0u : flag_earmark);
    record.number(static_cast<std::uint8_t>(flags));
    record.number(terms.basis_points);
    record.number(static_cast<std::uint8_t>(terms.steps.size()));
    for (const auto& step : terms.steps) {
        record.number(step.from);
        record.number(step.amount.value());
    }
    if (one.eligible) write(record, *one.eligible);
    if (one.open_eligible) write(record, *one.open_eligible);
    record.number(static_cast<std::uint16_t>(one.events.size()));
    for (const auto& event : one.events) write(record, event);
    if (!terms.earmark.empty()) write(record, terms.earmark);
    if (one.clawbacks.empty()) return;
    record.number(static_cast<std::uint8_t>(one.clawbacks.size()));
    for (const auto& clawback : one.clawbacks) write(record, clawback);
}

void read_benefits(record_reader& in, ledger::campaign_terms& terms, ledger::campaign& into) {
    const unsigned flags = in.number<std::uint8_t>();
    constexpr unsigned known =
        flag_eligible_only | flag_per_person | flag_list | flag_open_list | flag_clawbacks | flag_earmark;
    if ((flags & ~known) != 0) in.refuse();
    terms.eligible_only = (flags & flag_eligible_only) != 0;
    terms.per_person = (flags & flag_per_person) != 0;
    terms.basis_points = in.number<std::uint32_t>();
    const auto steps = in.number<std::uint8_t>();
    for (unsigned i = 0; i < steps && in.ok(); ++i) {
        const auto from = in.number<std::uint64_t>();
        terms.steps.push_back({from, read_points(in)});
    }
    if ((flags & flag_list) != 0) into.eligible = read_eligibility(in);
    if ((flags & flag_open_list) != 0) into.open_eligible = read_eligibility(in);
    const auto events = in.number<std::uint16_t>();
    for (unsigned i = 0; i < events && in.ok(); ++i) into.events.push_back(read_event(in));
    if ((flags & flag_earmark) != 0) terms.earmark = read_categories(in);
    if ((flags & flag_clawbacks) == 0) return;
    const auto clawbacks = in.number<std::uint8_t>();
    if (clawbacks == 0) in.refuse();
    for (unsigned i = 0; i < clawbacks && in.ok(); ++i) {
        into.clawbacks.push_back(read_clawback(in));
        const auto sum = into.clawed_back.plus(into.clawbacks.back().sum);
        if (!sum) in.refuse();
        into.clawed_back = sum.value_or(ledger::points{});
    }
}

std::uint8_t version_of(const ledger::campaign& one) noexcept {
    if (one.has_benefits()) return campaign_version_with_benefits;
    return one.files.empty() ? campaign_version : campaign_version_with_files;
}

} // namespace

void encode(record_buffer& out, const ledger::campaign& one) {
    EXPECTS(one.terms != nullptr && one.files.size() <= ledger::recipient_files_max);
    const auto version = version_of(one);
    record_writer record{out, version};
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
    if (version >= campaign_version_with_files) record.number(static_cast<std::uint16_t>(one.files.size()));
    for (const auto& file : one.files) write(record, file);
    if (version == campaign_version_with_benefits) write_benefits(record, one);
    record.seal();
}

std::optional<ledger::campaign> decode_campaign(record_view record, const ledger::campaign_ref& key) {
    const auto told = record.empty() ? campaign_version : std::to_integer<std::uint8_t>(record.front());
    const auto version = std::clamp(told, campaign_version, campaign_version_with_benefits);
    record_reader in{record, version};
    ledger::campaign found;
    found.program = key.program;
    found.position = key.proposal;
    found.last_position = in.number<ledger::journal_position>();
    const auto terms = read_terms(in);
    if (terms == nullptr) return std::nullopt;
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
    const bool has_benefits = version == campaign_version_with_benefits;
    if (version >= campaign_version_with_files) read_recipient_files(in, found, has_benefits);
    if (has_benefits) read_benefits(in, *terms, found);
    found.terms = terms;
    if (!in.complete() || status < 1 || status > 4 || !found.taken_with({})) return std::nullopt;
    if (found.has_benefits() != has_benefits) return std::nullopt;
    return found;
}

} // namespace meguri::storage
