// What a partner may convert, as the state store keeps it; the partner is the record's key.
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"

namespace meguri::storage {
namespace {

constexpr std::uint8_t partner_version = 1;
constexpr std::uint8_t partner_version_with_linked = 2; // conversions from linked accounts follow at the end
constexpr unsigned terms_in_force = 1;
constexpr unsigned terms_open = 2;
constexpr unsigned per_person = 1;
constexpr unsigned per_partner = 2;

void write_maker(record_writer& record, const ledger::person_ref& one) {
    record.number(static_cast<std::uint8_t>(one.kind));
    record.number(one.id);
}

ledger::person_ref read_maker(record_reader& in) {
    const auto kind = in.number<std::uint8_t>();
    if (kind > static_cast<std::uint8_t>(ledger::caller_kind::shop)) in.refuse();
    return {static_cast<ledger::caller_kind>(kind), in.number<std::uint64_t>()};
}

ledger::points read_converted(record_reader& in) {
    const auto amount = ledger::points::from(in.number<std::int64_t>());
    if (!amount) in.refuse();
    return amount.value_or(ledger::points{});
}

unsigned read_flags(record_reader& in) {
    const unsigned flags = in.number<std::uint8_t>();
    if (flags > 3) in.refuse();
    return flags;
}

void write_terms(record_writer& record, const ledger::conversion_terms& terms) {
    record.text(terms.unit);
    record.number(terms.rate.points);
    record.number(terms.rate.units);
    record.number(terms.minimum);
    record.number(terms.step);
    const unsigned flags = (terms.per_person_day ? per_person : 0) | (terms.per_partner_day ? per_partner : 0);
    record.number(static_cast<std::uint8_t>(flags));
    if (terms.per_person_day) record.number(terms.per_person_day->value());
    if (terms.per_partner_day) record.number(terms.per_partner_day->value());
}

ledger::conversion_terms_ptr read_terms_of_partner(record_reader& in) {
    auto read = std::make_shared<ledger::conversion_terms>();
    read->unit = in.text();
    read->rate.points = in.number<std::uint32_t>();
    read->rate.units = in.number<std::uint32_t>();
    read->minimum = in.number<std::uint64_t>();
    read->step = in.number<std::uint64_t>();
    const unsigned flags = read_flags(in);
    if ((flags & per_person) != 0) read->per_person_day = read_converted(in);
    if ((flags & per_partner) != 0) read->per_partner_day = read_converted(in);
    if (!in.ok() || !ledger::are_possible(*read)) in.refuse();
    return read;
}

void write_linked(record_writer& record, const ledger::open_linked_conversion& one) {
    record.number(one.position);
    record.number(static_cast<std::uint8_t>(one.at));
    record.number(one.what->wallet.value());
    record.number(one.what->link);
    record.text(one.what->reference);
    record.number(one.what->units);
    record.number(one.what->amount.value());
    record.number(one.what->terms);
    record.number(one.what->program.number());
}

ledger::open_linked_conversion read_linked(record_reader& in) {
    ledger::open_linked_conversion one;
    one.position = in.number<ledger::journal_position>();
    const auto stage = in.number<std::uint8_t>();
    if (stage < 1 || stage > 3) in.refuse();
    one.at = static_cast<ledger::open_linked_conversion::stage>(stage);
    auto what = std::make_shared<ledger::linked_conversion>();
    what->wallet = ledger::wallet_id{in.number<std::uint64_t>()};
    what->link = in.number<ledger::journal_position>();
    what->reference = in.text();
    what->units = in.number<std::uint64_t>();
    what->amount = read_converted(in);
    what->terms = in.number<std::uint32_t>();
    const auto program = in.number<std::uint32_t>();
    if (program != 0) {
        const auto known = ledger::program_code::from_number(program);
        if (!known) in.refuse();
        what->program = known.value_or(ledger::program_code{});
    }
    one.what = std::move(what);
    return one;
}

} // namespace

void encode(record_buffer& out, const ledger::partner& one) {
    record_writer record{out, one.linked.empty() ? partner_version : partner_version_with_linked};
    record.number(one.last_position);
    record.number(one.proposals);
    const unsigned flags = (one.terms != nullptr ? terms_in_force : 0) | (one.open ? terms_open : 0);
    record.number(static_cast<std::uint8_t>(flags));
    if (one.terms != nullptr) {
        record.number(one.number);
        write_terms(record, *one.terms);
        write_maker(record, one.maker);
        write_maker(record, one.checker);
        record.number(one.in_force_since.unix_ms());
    }
    if (one.open) {
        record.number(one.open->number);
        write_terms(record, *one.open->terms);
        write_maker(record, one.open->maker);
        record.number(one.open->proposed_at.unix_ms());
    }
    record.number(one.today.day.days());
    record.number(one.today.amount.value());
    record.number(one.conversions);
    record.number(one.converted.value());
    record.number(one.coupons);
    record.number(one.coupons_redeemed);
    record.number(one.coupons_blocked);
    if (!one.linked.empty()) {
        record.number(static_cast<std::uint32_t>(one.linked.size()));
        for (const auto& linked : one.linked) write_linked(record, linked);
    }
    record.seal();
}

std::optional<ledger::partner> decode_partner(record_view record, ledger::partner_id id) {
    const bool has_linked = !record.empty() && record.front() == static_cast<std::byte>(partner_version_with_linked);
    record_reader in{record, has_linked ? partner_version_with_linked : partner_version};
    ledger::partner found;
    found.id = id;
    found.last_position = in.number<ledger::journal_position>();
    found.proposals = in.number<std::uint32_t>();
    const unsigned flags = read_flags(in);
    if ((flags & terms_in_force) != 0) {
        found.number = in.number<std::uint32_t>();
        found.terms = read_terms_of_partner(in);
        found.maker = read_maker(in);
        found.checker = read_maker(in);
        found.in_force_since = ledger::instant{in.number<std::int64_t>()};
    }
    if ((flags & terms_open) != 0) {
        ledger::open_terms open;
        open.number = in.number<std::uint32_t>();
        open.terms = read_terms_of_partner(in);
        open.maker = read_maker(in);
        open.proposed_at = ledger::instant{in.number<std::int64_t>()};
        found.open = std::move(open);
    }
    found.today.day = ledger::jst_day{in.number<std::int32_t>()};
    found.today.amount = read_converted(in);
    found.conversions = in.number<std::uint64_t>();
    found.converted = read_converted(in);
    found.coupons = in.number<std::uint32_t>();
    found.coupons_redeemed = in.number<std::uint32_t>();
    found.coupons_blocked = in.number<std::uint32_t>();
    if (has_linked) {
        const auto count = in.number<std::uint32_t>();
        if (count == 0 || count > ledger::linked_conversions_open_max) in.refuse();
        for (std::uint32_t i = 0; i < count && in.ok(); ++i) found.linked.push_back(read_linked(in));
    }
    if (!in.complete() || found.today.amount > found.converted) return std::nullopt;
    return found;
}

} // namespace meguri::storage
