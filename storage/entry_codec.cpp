#include "storage/entry_codec.hpp"

#include "storage/crc32c.hpp"
#include "storage/entry_codec_layout.hpp"

#include <algorithm>
#include <string>

namespace meguri::storage {
namespace {

constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t version_at = 4;
constexpr std::size_t flags_at = 5;
constexpr std::size_t kind_at = 6;
constexpr std::size_t entry_head_bytes = 8;
constexpr std::size_t trailer_bytes = 8 + sizeof(chain_hash);
constexpr std::uint8_t flag_last = 1;

enum present : unsigned {
    caller = 1,
    person = 2,
    key = 4,
    fingerprint = 8,
    wallet = 16,
    merchant = 32,
    key_number = 64,
    request = 128,
    origin = key_number | request
};

unsigned present_in(const ledger::entry& one) noexcept {
    unsigned parts = 0;
    if (one.caller != ledger::caller_ref{}) parts |= present::caller;
    if (one.person != 0) parts |= present::person;
    if (!one.idempotency_key.empty()) parts |= present::key;
    if (one.fingerprint) parts |= present::fingerprint;
    if (one.wallet || one.wallet_sequence != 0 || one.previous_of_wallet != 0) parts |= present::wallet;
    if (one.merchant || one.previous_of_merchant != 0 || one.terms_version != 0) parts |= present::merchant;
    if (one.origin.key_number != 0) parts |= present::key_number;
    if (one.origin.request_process != 0 || one.origin.request != 0) parts |= present::request;
    return parts;
}

bool has_terms_of_benefits(const ledger::fact& what) noexcept {
    if (const auto* const proposed = std::get_if<ledger::campaign_proposed>(&what))
        return proposed->terms != nullptr && are_of_benefits(*proposed->terms);
    const auto* const changed = std::get_if<ledger::campaign_changed>(&what);
    return changed != nullptr && changed->terms != nullptr && are_of_benefits(*changed->terms);
}

// At most; 0: it has none.
std::size_t bytes_of_earmarks(const ledger::fact& what) {
    earmark_counter counter;
    std::visit([&counter](const auto& fact) { fields(counter, fact); }, what);
    return counter.bytes();
}

constexpr std::uint8_t version_with_earmarks = 4;

// A program that knows nothing of origins, benefits or earmarks takes such an entry for too new, not for damaged.
std::uint8_t version_of(unsigned parts, const ledger::fact& what, bool has_earmarks) noexcept {
    if (has_earmarks) return version_with_earmarks;
    if (has_terms_of_benefits(what)) return 3;
    return (parts & present::origin) != 0 ? 2 : 1;
}

// What stands before the fact. `Entry` is const where Io encodes.
template <class Io, class Entry>
void head_fields(Io& io, Entry& one, unsigned parts) {
    if ((parts & present::caller) != 0) {
        io(one.caller.kind);
        io(one.caller.id);
    }
    if ((parts & present::person) != 0) io(one.person);
    if ((parts & present::key) != 0) io(one.idempotency_key);
    if ((parts & present::fingerprint) != 0) io(one.fingerprint);
    if ((parts & present::wallet) != 0) {
        io(one.wallet);
        io(one.wallet_sequence);
        io(one.previous_of_wallet);
    }
    if ((parts & present::merchant) != 0) {
        io(one.merchant);
        io(one.previous_of_merchant);
        io(one.terms_version);
    }
    if ((parts & present::key_number) != 0) io(one.origin.key_number);
    if ((parts & present::request) != 0) {
        io.fixed(one.origin.request_process);
        io(one.origin.request);
    }
}

// Not less than the fact takes without its earmarks: every text and list counted, 128 bytes for the largest set of
// numbers.
struct room_for_fact {
    static constexpr std::size_t numbers = 128;
    static constexpr std::size_t lot = 7 * varint_bytes_max + ledger::funding_source::length_max; // but its earmark
    static std::size_t text(const std::string& one) noexcept { return varint_bytes_max + one.size(); }

    std::size_t operator()(const ledger::ledger_opened&) const noexcept { return numbers; }
    std::size_t operator()(const ledger::operator_added& one) const noexcept { return numbers + text(one.name); }
    std::size_t operator()(const ledger::staff_added& one) const noexcept { return numbers + text(one.name); }
    std::size_t operator()(const ledger::partner_added& one) const noexcept { return numbers + text(one.name); }
    std::size_t operator()(const ledger::program_opened& one) const noexcept { return numbers + text(one.opened.name); }
    std::size_t operator()(const ledger::merchant_joined& one) const noexcept {
        return numbers + text(one.name) + one.programs.size() * varint_bytes_max;
    }
    std::size_t operator()(const ledger::outlet_added& one) const noexcept { return numbers + text(one.name); }
    std::size_t operator()(const ledger::wallet_opened&) const noexcept { return numbers; }
    std::size_t operator()(const ledger::code_issued&) const noexcept { return numbers; }
    std::size_t operator()(const ledger::card_bound&) const noexcept { return numbers; }
    std::size_t operator()(const ledger::card_retired& one) const noexcept { return numbers + text(one.reason); }
    std::size_t operator()(const ledger::freeze_changed& one) const noexcept { return numbers + text(one.reason); }
    std::size_t operator()(const ledger::points_granted&) const noexcept { return numbers + lot; }
    std::size_t operator()(const ledger::points_expired& one) const noexcept { return numbers + one.lots.size() * lot; }
    std::size_t operator()(const ledger::payment_decided& one) const noexcept {
        return numbers + text(one.reference) + one.lots.size() * lot;
    }
    std::size_t operator()(const ledger::payment_changed& one) const noexcept {
        const auto lots = one.after->lots.size() + one.captured.size() + one.returned.size() + one.lapsed.size();
        return 2 * numbers + text(one.after->reference) + text(one.reversed_key) + lots * lot;
    }
    std::size_t operator()(const ledger::limits_set& one) const noexcept { return numbers + text(one.reason); }
    std::size_t operator()(const ledger::home_chosen&) const noexcept { return numbers; }
    std::size_t operator()(const ledger::points_transferred& one) const noexcept {
        return numbers + (one.from.size() + one.to.size()) * lot;
    }
    std::size_t operator()(const ledger::correction_proposed& one) const noexcept {
        return numbers + lot + text(one.what->reason);
    }
    std::size_t operator()(const ledger::correction_decided& one) const noexcept {
        return numbers + text(one.what->reason) + text(one.reason) + (one.lots.size() + 1) * lot;
    }
    std::size_t operator()(const ledger::terminal_certificates_changed& one) const noexcept {
        return numbers + one.certificates.size() * ledger::certificate_digest::size + text(one.reason);
    }
    static std::size_t terms(const ledger::campaign_terms& one) noexcept {
        return numbers + lot + text(one.name) + one.steps.size() * 2 * varint_bytes_max;
    }
    std::size_t operator()(const ledger::campaign_proposed& one) const noexcept { return numbers + terms(*one.terms); }
    std::size_t operator()(const ledger::campaign_changed& one) const noexcept {
        return numbers + terms(*one.terms) + text(one.reason);
    }
    std::size_t operator()(const ledger::campaign_granted& one) const noexcept {
        return numbers + text(one.occasion) + lot;
    }
    std::size_t operator()(const ledger::recipients_listed& one) const noexcept {
        std::size_t room = numbers;
        for (const auto& row : one.rows) room += 3 * varint_bytes_max + text(row.occasion) + text(row.note);
        return room;
    }
    std::size_t operator()(const ledger::recipients_accepted& one) const noexcept {
        return numbers + one.lists.size() * varint_bytes_max;
    }
    std::size_t operator()(const ledger::recipient_granted& one) const noexcept {
        return numbers + text(one.occasion) + lot;
    }
    std::size_t operator()(const ledger::recipients_left_out& one) const noexcept {
        return numbers + one.rows.size() * (2 * varint_bytes_max + 1);
    }
    std::size_t operator()(const ledger::eligibility_listed& one) const noexcept {
        return numbers + one.rows.size() * (2 * varint_bytes_max + sizeof(ledger::digest128));
    }
    std::size_t operator()(const ledger::eligibility_changed& one) const noexcept {
        return numbers + one.digest.size() + one.lists.size() * varint_bytes_max + text(one.reason);
    }
    std::size_t operator()(const ledger::event_changed& one) const noexcept {
        return numbers + text(one.what.name) + text(one.reason);
    }
    std::size_t operator()(const ledger::benefit_granted& one) const noexcept {
        return numbers + text(one.occasion) + lot;
    }
    std::size_t operator()(const ledger::clawback_changed& one) const noexcept {
        return numbers + one.lists.size() * varint_bytes_max + one.ended.size() * (2 * varint_bytes_max + 1) +
               text(one.reason);
    }
    std::size_t operator()(const ledger::points_clawed_back&) const noexcept { return numbers + lot; }
    std::size_t operator()(const ledger::my_key_changed& one) const noexcept { return numbers + text(one.reason); }
    std::size_t operator()(const ledger::person_enrolled&) const noexcept { return numbers; }
    std::size_t operator()(const ledger::card_renewed&) const noexcept { return numbers; }
    std::size_t operator()(const ledger::support_session_opened&) const noexcept { return numbers; }
    std::size_t operator()(const ledger::password_set& one) const noexcept { return numbers + text(one.hash); }
    std::size_t operator()(const ledger::conversion_terms_changed& one) const noexcept {
        return 2 * numbers + text(one.terms->unit) + text(one.reason);
    }
    std::size_t operator()(const ledger::points_converted& one) const noexcept {
        return 2 * numbers + text(one.reference) + lot;
    }
    std::size_t operator()(const ledger::coupon_changed& one) const noexcept {
        return 2 * numbers + text(one.what->reference) + text(one.reason);
    }
    std::size_t operator()(const ledger::partner_reconciled& one) const noexcept {
        return 2 * numbers + one.found.file.size();
    }
    std::size_t operator()(const ledger::purchase_terms_set& one) const noexcept { return numbers + text(one.reason); }
    static std::size_t transfer(const ledger::bank_transfer& one) noexcept {
        return numbers + text(one.line.remitter) + text(one.line.reference) + text(one.line.number) + text(one.reason);
    }
    static std::size_t purchase(const ledger::purchase& one) noexcept {
        return numbers + (one.refund ? numbers + text(one.refund->reason) : 0) +
               (one.card ? numbers + text(one.card->payment) + text(one.card->redirect) : 0);
    }
    std::size_t operator()(const ledger::purchase_changed& one) const noexcept {
        return numbers + purchase(*one.after) + text(one.reason);
    }
    std::size_t operator()(const ledger::purchase_refunded& one) const noexcept { return purchase(*one.after) + lot; }
    std::size_t operator()(const ledger::purchase_captured& one) const noexcept { return purchase(*one.after) + lot; }
    std::size_t operator()(const ledger::purchase_charged_back& one) const noexcept {
        return numbers + purchase(*one.after) + lot;
    }
    std::size_t operator()(const ledger::purchase_debited& one) const noexcept { return purchase(*one.after) + lot; }
    std::size_t operator()(const ledger::purchase_paid& one) const noexcept {
        return purchase(*one.after) + lot + transfer(*one.transfer);
    }
    std::size_t operator()(const ledger::transfer_changed& one) const noexcept {
        return numbers + transfer(*one.after);
    }
    std::size_t operator()(const ledger::activation_changed& one) const noexcept { return numbers + text(one.reason); }
    std::size_t operator()(const ledger::terminal_activated& one) const noexcept { return numbers + text(one.name); }
    std::size_t operator()(const ledger::once_code_issued& one) const noexcept {
        return numbers + text(one.format.prefix);
    }
    std::size_t operator()(const ledger::code_blocked& one) const noexcept { return numbers + text(one.reason); }
    static std::size_t account(const ledger::bank_account& one) noexcept {
        return numbers + text(one.holder) + text(one.checked_by);
    }
    std::size_t operator()(const ledger::application_changed& one) const noexcept {
        const ledger::application& what = *one.what;
        std::size_t categories = 0;
        for (const auto& each : what.categories) categories += text(each);
        return 2 * numbers + account(what.account) + text(what.name) + text(what.reached_by.name) +
               text(what.reached_by.email) + text(what.reached_by.phone) + text(what.opened.name) + categories +
               what.programs.size() * varint_bytes_max + text(one.reason);
    }
    std::size_t operator()(const ledger::link_changed& one) const noexcept {
        return numbers + text(one.what->subject) + text(one.what->tokens) + text(one.reason);
    }
    std::size_t operator()(const ledger::linked_conversion_changed& one) const noexcept {
        return 2 * numbers + text(one.what->reference) + text(one.reason);
    }
    std::size_t operator()(const ledger::account_changed& one) const noexcept {
        return numbers + account(*one.account) + text(one.reason);
    }
    std::size_t operator()(const ledger::mandate_changed& one) const noexcept {
        return 2 * numbers + account(one.after->account) + text(one.reason);
    }
    std::size_t operator()(const ledger::debits_ordered& one) const noexcept {
        return numbers + account(one.what->account);
    }
    std::size_t operator()(const ledger::merchant_categories_set& one) const noexcept {
        std::size_t categories = 0;
        for (const auto& each : one.categories.names()) categories += text(each);
        return numbers + categories + text(one.reason);
    }
    std::size_t operator()(const ledger::key_barred& one) const noexcept { return numbers + text(one.key); }
    std::size_t operator()(const ledger::epoch_began& one) const noexcept { return numbers + one.hash.size(); }
    static constexpr std::size_t one_key = 4 * varint_bytes_max + 1;
    std::size_t operator()(const ledger::key_issued& one) const noexcept {
        return numbers + one.after.known.size() * one_key;
    }
    std::size_t operator()(const ledger::key_revoked& one) const noexcept {
        return numbers + one.after.known.size() * one_key + text(one.reason);
    }
};

std::size_t room_for(const ledger::entry& one) noexcept {
    constexpr std::size_t numbers = entry_head_bytes + 11 * varint_bytes_max + 2 * 8 + 16 + 1;
    return numbers + varint_bytes_max + one.idempotency_key.size() + std::visit(room_for_fact{}, one.what);
}

template <std::size_t Index = 0>
void decode_fact(entry_decoder& io, std::size_t kind, ledger::fact& into) {
    if constexpr (Index < std::variant_size_v<ledger::fact_kinds>) {
        if (kind != ledger::fact_numbers[Index]) return decode_fact<Index + 1>(io, kind, into);
        fields(io, into.emplace<Index>());
    }
}

bool is_fact_number(std::size_t kind) noexcept {
    return std::find(ledger::fact_numbers.begin(), ledger::fact_numbers.end(), kind) != ledger::fact_numbers.end();
}

std::uint64_t u64_at(bytes from, std::size_t offset) noexcept { return entry_bytes_in{from.subspan(offset)}.u64(); }

tl::unexpected<error> damaged(const char* how) {
    return tl::unexpected{error{errc::corrupt, std::string{"a journal entry is damaged, "} + how, 0}};
}

// Checksum and version; the record is at least a head long afterwards.
tl::expected<void, error> check_frame(bytes record) {
    if (record.size() < entry_head_bytes) return damaged("it is too short");
    std::uint32_t stored = 0;
    for (std::size_t i = 0; i < checksum_bytes; ++i) stored |= static_cast<std::uint32_t>(record[i]) << 8 * i;
    if (crc32c(record.subspan(checksum_bytes)) != stored) return damaged("its checksum does not match");
    const auto version = static_cast<std::uint8_t>(record[version_at]);
    if (version > entry_version) return tl::unexpected{too_new("a journal entry has version", version, entry_version)};
    if (version == 0) return damaged("it has no version");
    return {};
}

} // namespace

void encode(const ledger::entry& one, std::vector<std::byte>& out) {
    const std::size_t begin = out.size();
    const std::size_t earmarks = bytes_of_earmarks(one.what);
    out.resize(begin + room_for(one) + earmarks);
    entry_bytes_out raw{out.data() + begin + checksum_bytes};
    const unsigned parts = present_in(one);
    raw.u8(version_of(parts, one.what, earmarks != 0));
    raw.u8(0);
    raw.u8(ledger::number_of(one.what));
    raw.u8(static_cast<std::uint8_t>(parts));
    raw.varint(one.position);
    raw.u64(static_cast<std::uint64_t>(one.decided_at.unix_ms()));
    entry_encoder io{raw, earmarks != 0};
    head_fields(io, one, parts);
    std::visit([&io](const auto& fact) { fields(io, fact); }, one.what);
    const auto size = static_cast<std::size_t>(raw.at() - out.data());
    ENSURES(size <= out.size());
    out.resize(size);
}

void append_trailer(std::vector<std::byte>& out, std::size_t record_begin, ledger::instant recorded_at) {
    out[record_begin + flags_at] |= std::byte{flag_last};
    const std::size_t begin = out.size();
    out.resize(begin + trailer_bytes);
    entry_bytes_out{out.data() + begin}.u64(static_cast<std::uint64_t>(recorded_at.unix_ms()));
}

void set_trailer_hash(std::span<std::byte> record, const chain_hash& hash) noexcept {
    std::copy(hash.begin(), hash.end(), record.last(hash.size()).begin());
}

void set_checksum(std::span<std::byte> record) noexcept {
    const std::uint32_t sum = crc32c(record.subspan(checksum_bytes));
    for (std::size_t i = 0; i < checksum_bytes; ++i) record[i] = static_cast<std::byte>(sum >> 8 * i & 0xFF);
}

tl::expected<std::optional<batch_trailer>, error> trailer_of(bytes record) {
    if (auto whole = check_frame(record); !whole) return tl::unexpected{std::move(whole.error())};
    const auto flags = static_cast<std::uint8_t>(record[flags_at]);
    if (flags == 0) return std::optional<batch_trailer>{};
    if (flags != flag_last) return damaged("a flag is unknown");
    if (record.size() < entry_head_bytes + trailer_bytes) return damaged("it is too short");
    batch_trailer found;
    const bytes trailer = record.last(trailer_bytes);
    found.recorded_at = ledger::instant{static_cast<std::int64_t>(u64_at(trailer, 0))};
    std::copy_n(trailer.begin() + 8, found.hash.size(), found.hash.begin());
    return std::optional{found};
}

tl::expected<journal_record, error> decode(bytes record) {
    auto trailer = trailer_of(record);
    if (!trailer) return tl::unexpected{std::move(trailer.error())};
    const std::size_t end = record.size() - (trailer->has_value() ? trailer_bytes : 0);
    const auto kind = static_cast<std::size_t>(record[kind_at]);
    const auto parts = static_cast<unsigned>(record[kind_at + 1]);
    // Its checksum was right: whoever wrote it knew the kind.
    if (!is_fact_number(kind))
        return tl::unexpected{too_new("a journal entry is of kind", kind, ledger::fact_numbers.back())};

    entry_bytes_in raw{record.first(end).subspan(entry_head_bytes)};
    journal_record decoded;
    ledger::entry& one = decoded.what;
    one.position = raw.varint();
    one.decided_at = ledger::instant{static_cast<std::int64_t>(raw.u64())};
    const auto version = static_cast<std::uint8_t>(record[version_at]);
    entry_decoder io{raw, version == version_with_earmarks};
    head_fields(io, one, parts);
    decode_fact(io, kind, one.what);
    if (raw.wrong() != nullptr) return damaged(raw.wrong());
    if (raw.left() != 0) return damaged("it is longer than its entry");
    if (present_in(one) != parts) return damaged("a part is marked present and empty");
    if (version != version_of(parts, one.what, bytes_of_earmarks(one.what) != 0))
        return damaged("it has another version than its parts");
    decoded.end_of_batch = *trailer;
    return decoded;
}

std::size_t kind_of(bytes record) noexcept {
    return record.size() < entry_head_bytes ? std::variant_npos : static_cast<std::size_t>(record[kind_at]);
}

void add_to_chain(chain_hasher& hasher, bytes record, bool last) {
    const bytes covered = record.first(record.size() - (last ? sizeof(chain_hash) : 0)).subspan(checksum_bytes);
    std::array<std::byte, 8> size{};
    entry_bytes_out{size.data()}.u64(covered.size());
    hasher.add(size);
    hasher.add(covered);
}

} // namespace meguri::storage
