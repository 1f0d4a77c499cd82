// Under which keys an entry is found again: its idempotency key and one that it reversed, its reference, the payment
// that it follows, the code or the bearer key that it made, the holder whose keys it changed, the terminal whose
// certificates it tells, the occasion of its grant, the MyKey IDs that it gives or takes, the wallet whose password it
// sets, the purchase, its person and the bank's line that it is about, and that it is an administrative act. One
// function for the recent index, the checkpointer and `meguri verify`, so that they cannot disagree.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/entry.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace meguri::storage {

class key_ring;

enum class index_kind : std::uint8_t {
    idempotency = 1, // caller and key -> the entry that the key made, and the one that reversed or barred it
    reference = 2,   // merchant and reference -> its payments
    code = 3,        // code -> the entry that issued it
    bearer = 4,      // key of an operator, staff member, partner, terminal or shop -> the entry that made it
    follow_up = 5,   // position of a payment's decision -> the steps that followed it
    holder = 6,      // holder of keys -> the entries that issued or revoked one
    act = 7,         // one key for all -> the administrative acts
    certificate = 8, // terminal -> the entries that said which client certificates it needs
    occasion = 9,    // campaign, wallet and occasion -> the one grant
    my_key = 10,     // MyKey ID -> the entries that gave it out, changed it away or revoked it
    password = 11,   // wallet -> the entries that set its password

    // Of partners' conversions.
    conversion_reference = 14, // partner and reference -> the conversion, or the coupon's issue
    conversion_list = 15,      // owner and perhaps a day -> all of a kind: list_kind
    conversion_person = 16,    // partner and wallet -> its conversions
    coupon = 17,               // code -> the entries that issued, blocked or redeemed it
    purchase = 21,             // reference -> the entries about the purchase
    purchaser = 22,            // program and wallet -> the entries that said what is asked to buy
    transfer = 23,             // program and line of the bank's statement -> the entries about the money
    joining = 24, // activation code, application, applicant, account, person's mandate or day of debits -> the entries
                  // that say how it stands
    link_account = 25,      // partner and account there -> the entries about its links
    link_person = 26,       // partner and wallet -> likewise
    linked_conversion = 27, // where it was asked for -> the entries that say what became of it
};
inline constexpr std::size_t index_kinds = 27; // the highest of them

[[nodiscard]] constexpr bool is_of_conversions(index_kind kind) noexcept {
    return (kind >= index_kind::conversion_reference && kind <= index_kind::coupon) ||
           (kind >= index_kind::link_account && kind <= index_kind::linked_conversion);
}

struct index_key {
    index_kind kind = index_kind::idempotency;
    ledger::digest128 digest;
    friend auto operator<=>(const index_key&, const index_key&) noexcept = default;
};

// The keys of one entry: six at most.
class entry_index_keys {
public:
    void add(index_kind kind, ledger::digest128 digest) noexcept { keys_[count_++] = {kind, digest}; }
    [[nodiscard]] const index_key* begin() const noexcept { return keys_.data(); }
    [[nodiscard]] const index_key* end() const noexcept { return keys_.data() + count_; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    std::array<index_key, 6> keys_{};
    std::size_t count_ = 0;
};

// A position as a digest: spread over the shards of the recent index, and still itself.
[[nodiscard]] constexpr ledger::digest128 digest_of_position(ledger::journal_position position) noexcept {
    return {position * 0x9E3779B97F4A7C15u, position};
}
// The same of a terminal.
[[nodiscard]] constexpr ledger::digest128 digest_of_terminal(ledger::outlet_id terminal) noexcept {
    return digest_of_position(terminal.value());
}

// And of a MyKey ID.
[[nodiscard]] constexpr ledger::digest128 digest_of_my_key(ledger::my_key_id id) noexcept {
    return digest_of_position(id.number());
}

// And of a wallet.
[[nodiscard]] constexpr ledger::digest128 digest_of_wallet(ledger::wallet_id id) noexcept {
    return digest_of_position(id.value());
}

// What a list has of a partner: the conversions of a day of Japan, all coupons that it issued, the reconciliations of a
// day or, without a day, all of them. And of a program: requests for debits on a day and what was given up of them; all
// mandates that ended. Of the whole switch, of a day, the purchases by card. And of a wallet, where each began, its
// conversions from linked accounts, purchases and mandates. A number that no other list has: ids of partners begin with
// 1 and are below 2^32, and there are not that many people.
enum class list_kind : std::uint8_t {
    conversions = 1,
    coupons = 2,
    reconciliations = 3,
    debits = 4,
    ended_mandates = 5,
    cards = 6,
    linked_conversions = 7,
    purchases = 8,
    mandates = 9
};
[[nodiscard]] constexpr std::uint64_t number_of_list(ledger::partner_id partner, list_kind kind,
                                                     ledger::jst_day day = {}) noexcept {
    return partner.value() << 32 | static_cast<std::uint64_t>(kind) << 24 | static_cast<std::uint32_t>(day.days());
}
[[nodiscard]] constexpr std::uint64_t number_of_list(ledger::program_code program, list_kind kind,
                                                     ledger::jst_day day = {}) noexcept {
    return number_of_list(ledger::partner_id{program.number()}, kind, day);
}
[[nodiscard]] constexpr std::uint64_t number_of_list(ledger::wallet_id wallet, list_kind kind,
                                                     ledger::jst_day day = {}) noexcept {
    return number_of_list(ledger::partner_id{wallet.value()}, kind, day);
}
[[nodiscard]] constexpr ledger::digest128 digest_of_list(std::uint64_t list) noexcept {
    return digest_of_position(list);
}

// A person who converts a partner's points.
[[nodiscard]] constexpr ledger::digest128 digest_of_person(ledger::partner_id partner,
                                                           ledger::wallet_id wallet) noexcept {
    return {wallet.value() * 0x9E3779B97F4A7C15u + partner.value(), wallet.value()};
}

// And of a purchase.
[[nodiscard]] constexpr ledger::digest128 digest_of_purchase(ledger::purchase_reference reference) noexcept {
    return digest_of_position(reference.number());
}

// A holder of keys likewise.
[[nodiscard]] constexpr ledger::digest128 digest_of_holder(const ledger::key_holder& holder) noexcept {
    return {static_cast<std::uint64_t>(holder.kind), holder.id};
}

inline constexpr index_key every_act{index_kind::act, {}};

// Thread-safe, as the key ring is. Costs one keyed digest for an idempotency key and one for a reference.
[[nodiscard]] entry_index_keys index_keys_of(const ledger::entry& one, const key_ring& keys);

} // namespace meguri::storage
