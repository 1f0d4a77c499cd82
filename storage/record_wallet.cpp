// The wallet's record: the one of which there are millions, so a lot without a hold or an earmark does not pay for one.
#include "storage/record_bytes.hpp"
#include "storage/record_categories.hpp"
#include "storage/record_limits.hpp"
#include "storage/state_records.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

constexpr std::uint8_t wallet_version = 1;
constexpr std::uint8_t held_follows = 0x80;
constexpr std::size_t lot_bytes_min = 32;
constexpr std::uint8_t wallet_is_frozen = 1;
constexpr std::uint8_t holds_follow = 2;
constexpr std::uint8_t wallet_limits_follow = 4;
constexpr std::uint8_t usage_follows = 8;
constexpr std::uint8_t home_follows = 16;
constexpr std::uint8_t corrections_follow = 32;
constexpr std::uint8_t my_key_follows = 64;
constexpr std::uint8_t earmarks_follow = 128;
constexpr std::size_t hold_bytes_min = 80;

void write(record_writer& out, const ledger::lot& one) {
    const auto& terms = *one.terms;
    const auto& source = terms.source.text();
    const bool held = !one.held.is_zero();
    out.number(terms.number);
    out.number(terms.program.number());
    out.number(terms.expires_on.days());
    out.number(terms.issued_at.unix_ms());
    out.number(one.available.value());
    out.number(static_cast<std::uint8_t>(source.size() | (held ? held_follows : 0)));
    out.bytes(std::as_bytes(std::span{source}));
    if (held) out.number(one.held.value());
}

std::optional<ledger::lot> read_lot(record_reader& in) {
    const auto number = in.number<std::uint32_t>();
    const auto program = ledger::program_code::from_stored(in.number<std::uint32_t>());
    const ledger::jst_day expires_on{in.number<std::int32_t>()};
    const ledger::instant issued_at{in.number<std::int64_t>()};
    const auto available = ledger::points::from(in.number<std::int64_t>());
    const auto length = in.number<std::uint8_t>();
    const auto text = in.bytes(length & ~held_follows & 0xff);
    const auto source = ledger::funding_source::parse({reinterpret_cast<const char*>(text.data()), text.size()});
    const bool is_held = (length & held_follows) != 0;
    const auto held = ledger::points::from(is_held ? in.number<std::int64_t>() : 0);
    if (is_held && held == ledger::points{}) in.refuse();
    if (!in.ok() || !program || !available || !source || !held) return std::nullopt;
    auto terms =
        std::make_shared<const ledger::lot_terms>(ledger::lot_terms{number, *program, *source, expires_on, issued_at});
    return ledger::lot{std::move(terms), *available, *held};
}

bool has_earmark(const ledger::lot& one) noexcept { return !one.terms->earmark.empty(); }

// By the lots' places; before the holds, which share the lots' terms.
void write_earmarks(record_writer& out, const std::vector<ledger::lot>& lots) {
    out.number(static_cast<std::uint32_t>(std::ranges::count_if(lots, has_earmark)));
    for (std::size_t i = 0; i < lots.size(); ++i) {
        if (!has_earmark(lots[i])) continue;
        out.number(static_cast<std::uint32_t>(i));
        write(out, lots[i].terms->earmark);
    }
}

bool read_earmarks(record_reader& in, std::vector<ledger::lot>& into) {
    const auto count = in.number<std::uint32_t>();
    if (count == 0) return false; // none are not written
    std::uint32_t from = 0;
    for (std::uint32_t left = count; in.ok() && left > 0; --left) {
        const auto place = in.number<std::uint32_t>();
        if (place < from || place >= into.size()) return false;
        from = place + 1;
        ledger::lot_terms terms = *into[place].terms;
        terms.earmark = read_categories(in);
        into[place].terms = std::make_shared<const ledger::lot_terms>(std::move(terms));
    }
    return in.ok();
}

// Of a hold's lots the number is enough: the wallet still has them.
void write(record_writer& out, const ledger::payment_state& hold) {
    EXPECTS(hold.is_hold() && hold.balance);
    out.number(hold.sequence);
    out.number(hold.position);
    out.number(hold.decided_at.unix_ms());
    out.number(hold.merchant.value());
    out.number(static_cast<std::uint8_t>(hold.outlet_is));
    out.number(hold.outlet.value());
    out.number(hold.program.number());
    out.number(hold.amount.value());
    out.text(hold.reference);
    out.number(hold.balance->value());
    out.number(hold.capture_before.unix_ms());
    out.number(static_cast<std::uint32_t>(hold.lots.size()));
    for (const auto& use : hold.lots) {
        out.number(use.lot->number);
        out.number(use.amount.value());
    }
}

std::optional<ledger::payment_state> read_hold(record_reader& in, const ledger::wallet& of) {
    ledger::payment_state hold;
    hold.wallet = of.id;
    hold.status = ledger::payment_status::authorized;
    hold.sequence = in.number<std::uint64_t>();
    hold.position = in.number<ledger::journal_position>();
    hold.decided_at = ledger::instant{in.number<std::int64_t>()};
    hold.merchant = ledger::merchant_id{in.number<std::uint64_t>()};
    const auto kind = in.number<std::uint8_t>();
    hold.outlet_is = static_cast<ledger::outlet_kind>(kind);
    hold.outlet = ledger::outlet_id{in.number<std::uint64_t>()};
    const auto program = ledger::program_code::from_number(in.number<std::uint32_t>());
    const auto amount = ledger::points::from(in.number<std::int64_t>());
    hold.reference = in.text();
    hold.balance = ledger::points::from(in.number<std::int64_t>());
    hold.capture_before = ledger::instant{in.number<std::int64_t>()};
    if (!in.ok() || kind < 1 || kind > 2 || !program || !amount || !hold.balance) return std::nullopt;
    hold.program = *program;
    hold.amount = *amount;
    for (auto left = in.number<std::uint32_t>(); in.ok() && left > 0; --left) {
        const auto number = in.number<std::uint32_t>();
        const auto held = ledger::points::from(in.number<std::int64_t>());
        const auto at = std::ranges::find_if(of.lots, [&](const auto& lot) { return lot.terms->number == number; });
        if (!held || at == of.lots.end()) return std::nullopt;
        hold.lots.push_back({at->terms, *held});
    }
    return hold;
}

bool read_holds(record_reader& in, std::size_t record_bytes, ledger::wallet& into) {
    const auto count = in.number<std::uint32_t>();
    if (!in.ok() || count == 0 || count > record_bytes / hold_bytes_min) return false;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto one = read_hold(in, into);
        if (!one) return false;
        into.holds.push_back(std::move(*one));
    }
    return true;
}

bool read_usage(record_reader& in, ledger::wallet& into) {
    const auto count = in.number<std::uint32_t>();
    if (count == 0) return false; // nothing counted is not written
    for (auto left = count; in.ok() && left > 0; --left) {
        const auto program = ledger::program_code::from_number(in.number<std::uint32_t>());
        if (!program) return false;
        into.used.push_back({*program, read_windows(in)});
    }
    return in.ok();
}

void write(record_writer& out, const ledger::open_correction& one) {
    const ledger::correction& what = *one.what;
    out.number(one.sequence);
    out.number(one.position);
    out.number(static_cast<std::uint8_t>(one.maker.kind));
    out.number(one.maker.id);
    out.number(static_cast<std::uint8_t>(what.kind));
    out.number(what.program.number());
    out.number(what.amount.value());
    out.short_text(what.source.text());
    out.number(what.expires_on.days());
    out.text(what.reason);
}

bool read_corrections(record_reader& in, ledger::wallet& into) {
    const auto count = in.number<std::uint32_t>();
    if (count == 0 || count > ledger::corrections_max) return false;
    for (auto left = count; in.ok() && left > 0; --left) {
        ledger::open_correction one;
        one.sequence = in.number<std::uint64_t>();
        one.position = in.number<ledger::journal_position>();
        const auto maker_is = in.number<std::uint8_t>();
        one.maker = {static_cast<ledger::caller_kind>(maker_is), in.number<std::uint64_t>()};
        const auto kind = in.number<std::uint8_t>();
        const auto program = ledger::program_code::from_number(in.number<std::uint32_t>());
        const auto amount = ledger::points::from(in.number<std::int64_t>());
        const auto source = ledger::funding_source::parse(in.short_text());
        const ledger::jst_day expires_on{in.number<std::int32_t>()};
        std::string reason{in.text()};
        if (!in.ok() || maker_is > 5 || kind < 1 || kind > 2 || !program || !amount || !source) return false;
        one.what = std::make_shared<const ledger::correction>(ledger::correction{
            static_cast<ledger::correction_kind>(kind), *program, *amount, *source, expires_on, std::move(reason)});
        into.corrections.push_back(std::move(one));
    }
    return in.ok();
}

} // namespace

bool has_earmarks(const ledger::wallet& one) noexcept { return std::ranges::any_of(one.lots, has_earmark); }

void encode(record_buffer& out, const ledger::wallet& one) {
    record_writer record{out, wallet_version};
    record.number(static_cast<std::uint8_t>(
        (one.frozen ? wallet_is_frozen : 0) | (one.holds.empty() ? 0 : holds_follow) |
        (one.limit.any() ? wallet_limits_follow : 0) | (one.used.empty() ? 0 : usage_follows) |
        (one.home ? home_follows : 0) | (one.corrections.empty() ? 0 : corrections_follow) |
        (one.my_key ? my_key_follows : 0) | (has_earmarks(one) ? earmarks_follow : 0)));
    record.number(one.sequence);
    record.number(one.last_position);
    record.number(one.last_time.unix_ms());
    record.number(one.lots_issued);
    record.number(one.codes_issued);
    record.number(static_cast<std::uint32_t>(one.lots.size()));
    record.number(static_cast<std::uint32_t>(one.codes_used.size()));
    for (const auto& lot : one.lots) write(record, lot);
    for (const auto word : one.codes_used) record.number(word);
    if (has_earmarks(one)) write_earmarks(record, one.lots);
    if (!one.holds.empty()) record.number(static_cast<std::uint32_t>(one.holds.size()));
    for (const auto& hold : one.holds) write(record, hold);
    if (one.limit.any()) write(record, one.limit);
    if (!one.used.empty()) record.number(static_cast<std::uint32_t>(one.used.size()));
    for (const auto& each : one.used) {
        record.number(each.program.number());
        write(record, each.used);
    }
    if (one.home) record.number(one.home.number());
    if (!one.corrections.empty()) record.number(static_cast<std::uint32_t>(one.corrections.size()));
    for (const auto& each : one.corrections) write(record, each);
    if (one.my_key) {
        record.number(one.my_key.number());
        record.number(static_cast<std::uint8_t>(one.my_key_wishes));
    }
    record.seal();
}

std::optional<ledger::wallet> decode_wallet(record_view record, ledger::wallet_id id) {
    record_reader in{record, wallet_version};
    ledger::wallet found;
    found.id = id;
    const auto flags = in.number<std::uint8_t>();
    constexpr auto known = wallet_is_frozen | holds_follow | wallet_limits_follow | usage_follows | home_follows |
                           corrections_follow | my_key_follows | earmarks_follow;
    if ((flags & ~known) != 0) in.refuse();
    found.frozen = (flags & wallet_is_frozen) != 0;
    found.sequence = in.number<std::uint64_t>();
    found.last_position = in.number<ledger::journal_position>();
    found.last_time = ledger::instant{in.number<std::int64_t>()};
    found.lots_issued = in.number<std::uint32_t>();
    found.codes_issued = in.number<std::uint32_t>();
    const auto lots = in.number<std::uint32_t>();
    const auto words = in.number<std::uint32_t>();
    if (!in.ok() || lots > record.size() / lot_bytes_min || words > record.size() / sizeof(std::uint64_t))
        return std::nullopt;
    found.lots.reserve(lots);
    for (std::uint32_t i = 0; i < lots; ++i) {
        auto one = read_lot(in);
        if (!one) return std::nullopt;
        found.lots.push_back(std::move(*one));
    }
    found.codes_used.reserve(words);
    for (std::uint32_t i = 0; i < words; ++i) found.codes_used.push_back(in.number<std::uint64_t>());
    if ((flags & earmarks_follow) != 0 && !read_earmarks(in, found.lots)) return std::nullopt;
    if ((flags & holds_follow) != 0 && !read_holds(in, record.size(), found)) return std::nullopt;
    if ((flags & wallet_limits_follow) != 0) found.limit = read_limits(in);
    if ((flags & usage_follows) != 0 && !read_usage(in, found)) return std::nullopt;
    if ((flags & home_follows) != 0) {
        const auto home = ledger::program_code::from_number(in.number<std::uint32_t>());
        if (!home) return std::nullopt;
        found.home = *home;
    }
    if ((flags & corrections_follow) != 0 && !read_corrections(in, found)) return std::nullopt;
    if ((flags & my_key_follows) != 0) {
        const auto given = ledger::my_key_id::from_number(in.number<std::uint64_t>());
        found.my_key_wishes = in.number<std::uint8_t>();
        if (!given || found.my_key_wishes > ledger::my_key_wishes_max) return std::nullopt;
        found.my_key = *given;
    }
    if (!in.complete()) return std::nullopt;
    return found;
}

} // namespace meguri::storage
