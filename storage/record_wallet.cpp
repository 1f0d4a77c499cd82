// The wallet's record: the one of which there are millions, so a lot without a hold does not pay for one.
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"

namespace meguri::storage {
namespace {

constexpr std::uint8_t wallet_version = 1;
constexpr std::uint8_t held_follows = 0x80;
constexpr std::size_t lot_bytes_min = 32;

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
    const auto program = ledger::program_code::from_number(in.number<std::uint32_t>());
    const ledger::jst_day expires_on{in.number<std::int32_t>()};
    const ledger::instant issued_at{in.number<std::int64_t>()};
    const auto available = ledger::points::from(in.number<std::int64_t>());
    const auto length = in.number<std::uint8_t>();
    const auto text = in.bytes(length & ~held_follows & 0xff);
    const auto source = ledger::funding_source::parse({reinterpret_cast<const char*>(text.data()), text.size()});
    const auto held = ledger::points::from((length & held_follows) != 0 ? in.number<std::int64_t>() : 0);
    if (!in.ok() || !program || !available || !source || !held) return std::nullopt;
    auto terms =
        std::make_shared<const ledger::lot_terms>(ledger::lot_terms{number, *program, *source, expires_on, issued_at});
    return ledger::lot{std::move(terms), *available, *held};
}

} // namespace

void encode(record_buffer& out, const ledger::wallet& one) {
    record_writer record{out, wallet_version};
    record.number(static_cast<std::uint8_t>(one.frozen));
    record.number(one.sequence);
    record.number(one.last_position);
    record.number(one.last_time.unix_ms());
    record.number(one.lots_issued);
    record.number(one.codes_issued);
    record.number(static_cast<std::uint32_t>(one.lots.size()));
    record.number(static_cast<std::uint32_t>(one.codes_used.size()));
    for (const auto& lot : one.lots) write(record, lot);
    for (const auto word : one.codes_used) record.number(word);
    record.seal();
}

std::optional<ledger::wallet> decode_wallet(record_view record, ledger::wallet_id id) {
    record_reader in{record, wallet_version};
    ledger::wallet found;
    found.id = id;
    found.frozen = in.number<std::uint8_t>() != 0;
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
    if (!in.complete()) return std::nullopt;
    return found;
}

} // namespace meguri::storage
