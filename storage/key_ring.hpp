// Everything derived from the ledger's key file: bearer keys and codes (shown again whenever a replayed answer needs
// them, never stored), the digests under which they are indexed, and the opaque ids that callers see. All that is
// derived from a number takes in the mark of the epoch in which the number was given out; before the first restore
// that is 0 and changes nothing. Immutable after loading, but for adopt(): any thread may use it at any time.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/entry.hpp"
#include "ledger/epochs.hpp"
#include "storage/error.hpp"
#include "storage/secret.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::storage {

// What an id names. Numbers are inside every id given out: never change them.
enum class id_kind : std::uint8_t {
    authorization = 1,      // au_  journal position
    refund = 2,             // re_  journal position
    reversal = 3,           // rv_  journal position
    merchant = 4,           // mer_
    terminal = 5,           // ter_
    shop = 6,               // shop_
    wallet = 7,             // wal_
    operator_ = 8,          // opr_
    staff = 9,              // stf_
    partner = 10,           // par_
    cursor = 11,            // cur_ where a list goes on
    grant = 12,             // gr_  journal position
    entry = 13,             // en_  journal position
    correction = 14,        // co_  journal position
    card = 15,              // card_ journal position of its binding
    campaign = 16,          // cam_ journal position
    session = 17,           // ses_ random
    conversion = 20,        // cv_  journal position
    coupon = 21,            // cp_  journal position of its issue
    reconciliation = 22,    // rc_  journal position
    recipients = 23,        // rcp_ journal position of a file's acceptance
    purchase = 25,          // pur_ journal position
    transfer = 26,          // tra_ journal position
    application = 28,       // app_ journal position
    account_change = 29,    // ac_  journal position of its proposal
    link = 30,              // lk_  journal position
    linked_conversion = 31, // lc_ journal position of where it was asked for
    mandate = 33,           // man_ journal position of its request
    debit_order = 34,       // deb_ journal position
    eligibility = 36,       // elg_ journal position of the list's acceptance or proposal
    event = 37,             // evt_ journal position of its opening
    clawback = 38,          // clb_ journal position of its proposal
};

// A rendered id, at most 31 characters, without an allocation.
class id_text {
public:
    static constexpr std::size_t size_max = 31;
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }
    [[nodiscard]] std::string str() const { return std::string{view()}; }

private:
    friend class key_ring;
    std::array<char, size_max> text_;
    std::uint8_t size_ = 0;
};

class key_ring {
public:
    static constexpr std::size_t key_bytes = 32;

    // Makes a new random key file, mode 0600, synced. Errors: not_empty where it exists, io_failed, disk_full.
    [[nodiscard]] static tl::expected<void, error> create(const std::filesystem::path& file);
    // The same key in another file that must not exist yet. Errors: as of load() and create().
    [[nodiscard]] static tl::expected<void, error> copy(const std::filesystem::path& from,
                                                        const std::filesystem::path& to);
    // Errors: not_found, corrupt (not 32 bytes), key_exposed (readable by others than its owner), io_failed.
    [[nodiscard]] static tl::expected<key_ring, error> load(const std::filesystem::path& file);
    // From the key itself.
    explicit key_ring(const secret<std::array<std::byte, key_bytes>>& key);

    // Tells one key from another and nothing about them.
    [[nodiscard]] const ledger::digest128& fingerprint() const noexcept { return fingerprint_; }

    // The ledger's epochs, which the ids below say. Once, before another thread uses the ring; a copy takes them along.
    void adopt(const ledger::epoch_list& epochs) { epochs_ = epochs; }
    [[nodiscard]] const ledger::epoch_list& epochs() const noexcept { return epochs_; }

    // The key that `kind` number `id` shows: op_, mu_ (id of the staff member), te_, sh_ or pa_, then 32 characters of
    // base64url (192 bits). `given_in` is the epoch of the entry that gave it: epochs().mark() of a new one,
    // epochs().mark_at() of one that is shown again. Another generation is another key.
    [[nodiscard]] secret<std::string> bearer_key(ledger::caller_kind kind, std::uint64_t id,
                                                 ledger::epoch_mark given_in, std::uint32_t generation = 0) const;
    // The wallet's code number `ordinal`: 20 upper-case characters of Crockford's base32 (100 bits). `given_in` as of
    // bearer_key().
    [[nodiscard]] secret<std::string> code_text(ledger::wallet_id wallet, std::uint32_t ordinal, ledger::code_kind kind,
                                                ledger::epoch_mark given_in) const;

    // The MyKey ID of the wallet's drawing of that number, from 1. `given_in` as of bearer_key().
    [[nodiscard]] ledger::my_key_id my_key(ledger::wallet_id wallet, std::uint32_t drawing,
                                           ledger::epoch_mark given_in) const;

    // What Argon2id is computed over instead of a password: 32 bytes that nobody can compute without the key file.
    [[nodiscard]] secret<std::string> peppered_password(ledger::wallet_id of, std::string_view password) const;

    // The partner's coupon number `number`: 20 upper-case characters of Crockford's base32 (100 bits). `given_in` as of
    // bearer_key().
    [[nodiscard]] secret<std::string> coupon_text(ledger::partner_id partner, std::uint32_t number,
                                                  ledger::epoch_mark given_in) const;

    // What the staff of a campaign compute digests of MyKey IDs with, for a list that names nobody: HMAC-SHA-256.
    [[nodiscard]] secret<std::array<unsigned char, 32>> eligibility_key(ledger::journal_position campaign) const;
    // The first 16 bytes of that digest, highest first.
    [[nodiscard]] ledger::digest128 digest_of_eligible(ledger::journal_position campaign, ledger::my_key_id id) const;

    // What is shown at an event: one AES block of its opening's position, the epoch, the kind and the code's number,
    // 26 upper-case characters of Crockford's base32. `number`: at most ledger::event_code_last - 1.
    [[nodiscard]] std::string event_code(ledger::journal_position event, std::uint32_t number) const;
    struct read_code {
        ledger::journal_position event = 0;
        std::uint32_t number = 0;
    };
    // nullopt for anything that event_code of this key file did not give out. Letters may be of either case.
    [[nodiscard]] std::optional<read_code> read_event_code(std::string_view text) const;

    // Keyed digests (SipHash-2-4-128), a key of its own for each purpose.
    // Of the merchant's activation code of that number.
    [[nodiscard]] ledger::activation_code activation(ledger::merchant_id merchant, std::uint32_t number,
                                                     ledger::epoch_mark given_in) const;
    // A one-time code of digits.
    [[nodiscard]] secret<std::string> numeric_code_text(ledger::wallet_id wallet, std::uint32_t ordinal,
                                                        const ledger::numeric_format& format,
                                                        ledger::epoch_mark given_in) const;

    [[nodiscard]] ledger::digest128 digest_of_bearer(std::string_view key) const noexcept;
    [[nodiscard]] ledger::digest128 digest_of_code(std::string_view text) const noexcept;
    [[nodiscard]] ledger::digest128 digest_of_coupon(std::string_view text) const noexcept;
    // Of the certificate's issuer and serial number, in DER.
    [[nodiscard]] ledger::digest128 digest_of_card(std::string_view identity) const noexcept;
    // For fingerprints of requests that set it.
    [[nodiscard]] ledger::digest128 digest_of_password(ledger::wallet_id of, std::string_view password) const;
    [[nodiscard]] ledger::digest128 digest_of_idempotency(ledger::caller_ref caller, std::string_view key) const;
    [[nodiscard]] ledger::digest128 digest_of_reference(ledger::merchant_id merchant, std::string_view reference) const;
    [[nodiscard]] ledger::digest128 digest_of_conversion(ledger::partner_id partner, std::string_view reference) const;
    [[nodiscard]] ledger::digest128 digest_of_partner_account(ledger::partner_id partner,
                                                              std::string_view subject) const;
    // What a partner gave for a resident's account, for the journal: XChaCha20-Poly1305 under a key of the key file,
    // with a nonce drawn anew, bound to the account. nullopt: it was not sealed for that account, or is damaged.
    [[nodiscard]] std::string seal_tokens(const ledger::digest128& account, std::string_view plain) const;
    [[nodiscard]] std::optional<secret<std::string>> open_tokens(const ledger::digest128& account,
                                                                 std::string_view sealed) const;
    [[nodiscard]] ledger::digest128 digest_of_activation(const ledger::activation_code& code) const;
    // Of the place where it was submitted.
    [[nodiscard]] ledger::digest128 digest_of_application(ledger::journal_position application) const;
    // Of what makes two applications one: the municipality, or the merchant's name and account.
    [[nodiscard]] ledger::digest128 digest_of_applicant(const ledger::application& what) const;
    [[nodiscard]] ledger::digest128 digest_of_account(const ledger::account_holder& holder) const;
    [[nodiscard]] ledger::digest128 digest_of_mandate(ledger::program_code program, ledger::wallet_id wallet) const;
    [[nodiscard]] ledger::digest128 digest_of_debits(ledger::program_code program, ledger::jst_day day) const;
    [[nodiscard]] ledger::digest128 digest_of_occasion(ledger::journal_position campaign, ledger::wallet_id wallet,
                                                       std::string_view occasion) const;
    // Of a row of a claw-back, which is no campaign: in the same index, never the same digest.
    [[nodiscard]] ledger::digest128 digest_of_clawback(ledger::journal_position clawback, ledger::wallet_id wallet,
                                                       std::uint32_t row) const;
    [[nodiscard]] ledger::digest128 digest_of_purchaser(ledger::program_code program, ledger::wallet_id wallet) const;
    // Of the program's account, the day and the bank's own number alone: what makes the line the same.
    [[nodiscard]] ledger::digest128 digest_of_transfer(ledger::program_code program,
                                                       const ledger::transfer_line& line) const;
    // A purchase's reference, as if drawn; another for every drawing.
    [[nodiscard]] ledger::purchase_reference draw_reference(ledger::program_code program, ledger::wallet_id wallet,
                                                            ledger::instant at, std::uint32_t drawing,
                                                            ledger::epoch_mark given_in) const;

    // The kind's prefix and 26 lower-case characters of Crockford's base32: one AES block of value, epoch and kind.
    [[nodiscard]] id_text encode_id(id_kind kind, std::uint64_t value) const;
    // nullopt for anything that encode_id of this kind and this key file did not give out, or in an epoch that a
    // restore forgot.
    [[nodiscard]] std::optional<std::uint64_t> decode_id(id_kind kind, std::string_view text) const;

private:
    using digest_key = std::array<unsigned char, 16>;
    using block = std::array<unsigned char, 16>;

    [[nodiscard]] block cipher(const block& in, bool encrypt) const;
    // What stands in an id's block behind its value.
    [[nodiscard]] block tail_of(id_kind kind, std::uint64_t value) const noexcept;

    std::array<unsigned char, 32> bearer_key_;
    std::array<unsigned char, 32> code_key_;
    std::array<unsigned char, 32> my_key_key_;
    std::array<unsigned char, 32> password_key_;
    std::array<unsigned char, 32> coupon_key_;
    std::array<unsigned char, 32> activation_key_;
    std::array<unsigned char, 32> eligibility_key_;
    digest_key bearer_digest_key_;
    digest_key code_digest_key_;
    digest_key card_digest_key_;
    digest_key password_digest_key_;
    digest_key idempotency_digest_key_;
    digest_key reference_digest_key_;
    digest_key occasion_digest_key_;
    digest_key conversion_digest_key_;
    digest_key partner_account_digest_key_;
    std::array<unsigned char, 32> tokens_key_;
    digest_key coupon_digest_key_;
    digest_key purchaser_digest_key_;
    digest_key transfer_digest_key_;
    std::array<unsigned char, 32> purchase_reference_key_;
    digest_key joining_digest_key_;
    std::array<unsigned char, 16> id_key_;
    ledger::digest128 fingerprint_;
    ledger::epoch_list epochs_;
    std::uint64_t serial_; // tells this ring's cipher contexts from another's; a copy has the same keys and serial
};

} // namespace meguri::storage
