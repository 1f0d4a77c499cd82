// The merchant's record: terms, outlets and totals together, as its actor loads them.
#include "storage/record_bytes.hpp"
#include "storage/record_categories.hpp"
#include "storage/record_limits.hpp"
#include "storage/state_records.hpp"

namespace meguri::storage {
namespace {

constexpr std::uint8_t merchant_version = 1;
constexpr std::uint8_t merchant_is_frozen = 1;
constexpr std::uint8_t merchant_limits_follow = 2;
constexpr std::uint8_t categories_follow = 4; // of a merchant
constexpr std::uint8_t epoch_follows = 4;     // of an outlet

void write(record_writer& out, const ledger::merchant_terms& terms) {
    EXPECTS(terms.programs.size() <= 0xffff);
    out.number(terms.version);
    out.number(static_cast<std::uint8_t>((terms.frozen ? merchant_is_frozen : 0) |
                                         (terms.limit.any() ? merchant_limits_follow : 0) |
                                         (terms.categories.empty() ? 0 : categories_follow)));
    if (terms.limit.any()) write(out, terms.limit);
    if (!terms.categories.empty()) write(out, terms.categories);
    out.number(static_cast<std::uint16_t>(terms.programs.size()));
    for (const auto code : terms.programs) out.number(code.number());
    out.number(static_cast<std::uint32_t>(terms.outlets.size()));
    for (const auto& one : terms.outlets) {
        out.number(static_cast<std::uint8_t>(one.kind));
        out.number(static_cast<std::uint8_t>((one.frozen ? merchant_is_frozen : 0) |
                                             (one.limit.any() ? merchant_limits_follow : 0) |
                                             (one.id.epoch() != 0 ? epoch_follows : 0)));
        out.text(one.name);
        if (one.limit.any()) write(out, one.limit);
        if (one.id.epoch() != 0) out.number(static_cast<std::uint16_t>(one.id.epoch()));
    }
}

std::shared_ptr<const ledger::merchant_terms> read_terms(record_reader& in, ledger::merchant_id id) {
    auto terms = std::make_shared<ledger::merchant_terms>();
    terms->id = id;
    terms->version = in.number<std::uint64_t>();
    const auto flags = in.number<std::uint8_t>();
    terms->frozen = (flags & merchant_is_frozen) != 0;
    if ((flags & merchant_limits_follow) != 0) terms->limit = read_limits(in);
    if ((flags & categories_follow) != 0) terms->categories = read_categories(in);
    if ((flags & ~(merchant_is_frozen | merchant_limits_follow | categories_follow)) != 0) in.refuse();
    const auto programs = in.number<std::uint16_t>();
    for (std::uint16_t i = 0; i < programs && in.ok(); ++i) {
        const auto code = ledger::program_code::from_number(in.number<std::uint32_t>());
        code ? terms->programs.push_back(*code) : in.refuse();
    }
    const auto outlets = in.number<std::uint32_t>();
    if (outlets > ledger::outlet_id::per_merchant_max) in.refuse();
    if (outlets > 0 && id.value() > ledger::outlet_id::merchant_max) in.refuse();
    for (std::uint32_t i = 0; i < outlets && in.ok(); ++i) {
        const auto kind = in.number<std::uint8_t>();
        const auto outlet_flags = in.number<std::uint8_t>();
        if ((outlet_flags & ~(merchant_is_frozen | merchant_limits_follow | epoch_follows)) != 0) in.refuse();
        if (kind < 1 || kind > 2) in.refuse();
        ledger::outlet outlet{static_cast<ledger::outlet_kind>(kind),
                              {},
                              std::string{in.text()},
                              (outlet_flags & merchant_is_frozen) != 0};
        if ((outlet_flags & merchant_limits_follow) != 0) outlet.limit = read_limits(in);
        const std::uint32_t epoch = (outlet_flags & epoch_follows) != 0 ? in.number<std::uint16_t>() : 0;
        if ((outlet_flags & epoch_follows) != 0 && epoch == 0) in.refuse();
        outlet.id = ledger::outlet_id{id, static_cast<std::uint16_t>(i + 1), epoch};
        terms->outlets.push_back(std::move(outlet));
    }
    return terms;
}

void write(record_writer& out, const ledger::merchant_totals& one) {
    out.number(one.program.number());
    out.number(one.pending.value());
    out.number(one.captured.value());
    out.number(one.refunded.value());
}

std::optional<ledger::merchant_totals> read_totals(record_reader& in) {
    const auto program = ledger::program_code::from_number(in.number<std::uint32_t>());
    const auto pending = ledger::points::from(in.number<std::int64_t>());
    const auto captured = ledger::points::from(in.number<std::int64_t>());
    const auto refunded = ledger::points::from(in.number<std::int64_t>());
    if (!in.ok() || !program || !pending || !captured || !refunded) return std::nullopt;
    return ledger::merchant_totals{*program, *pending, *captured, *refunded};
}

// Nothing where there never were any: such a record is what older programs write.
void write_activations(record_writer& out, const ledger::merchant& one) {
    if (one.activations_issued == 0) return;
    out.number(one.activations_issued);
    out.number(static_cast<std::uint32_t>(one.activations.size()));
    for (const auto& each : one.activations) {
        out.number(each.number);
        out.number(each.issued_at.unix_ms());
        out.number(each.valid_until.unix_ms());
    }
}

void read_activations(record_reader& in, ledger::merchant& into) {
    into.activations_issued = in.number<std::uint32_t>();
    if (into.activations_issued == 0) in.refuse();
    const auto open = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < open && in.ok(); ++i) {
        ledger::open_activation one;
        one.number = in.number<std::uint32_t>();
        one.issued_at = ledger::instant{in.number<std::int64_t>()};
        one.valid_until = ledger::instant{in.number<std::int64_t>()};
        into.activations.push_back(one);
    }
}

} // namespace

void encode(record_buffer& out, const ledger::merchant& one) {
    EXPECTS(one.terms != nullptr);
    record_writer record{out, merchant_version};
    record.number(one.last_position);
    record.number(one.payments);
    record.text(one.name);
    write(record, *one.terms);
    record.number(static_cast<std::uint16_t>(one.totals.size()));
    for (const auto& totals : one.totals) write(record, totals);
    record.number(static_cast<std::uint32_t>(one.outlets_used.size()));
    if (!one.outlets_used.empty()) write(record, one.used);
    for (const auto& each : one.outlets_used) {
        record.number(each.outlet.value());
        write(record, each.used);
    }
    write_activations(record, one);
    record.seal();
}

std::optional<ledger::merchant> decode_merchant(record_view record, ledger::merchant_id id) {
    record_reader in{record, merchant_version};
    ledger::merchant found;
    found.last_position = in.number<ledger::journal_position>();
    found.payments = in.number<std::uint64_t>();
    found.name = in.text();
    found.terms = read_terms(in, id);
    const auto totals = in.number<std::uint16_t>();
    for (std::uint16_t i = 0; i < totals; ++i) {
        const auto one = read_totals(in);
        if (!one) return std::nullopt;
        found.totals.push_back(*one);
    }
    const auto used = in.number<std::uint32_t>();
    if (used > ledger::outlet_id::per_merchant_max) in.refuse();
    if (used > 0) found.used = read_windows(in);
    for (std::uint32_t i = 0; i < used && in.ok(); ++i) {
        const ledger::outlet_id outlet{in.number<std::uint64_t>()};
        found.outlets_used.push_back({outlet, read_windows(in)});
    }
    if (in.has_more()) read_activations(in, found);
    if (!in.complete()) return std::nullopt;
    return found;
}

} // namespace meguri::storage
