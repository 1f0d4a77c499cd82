// How the state store's records lie in bytes. All numbers little-endian; each record begins with a version byte and
// ends with a CRC32C (record_bytes.hpp); `position` is that of the last journal entry applied to the record. Encoding
// is a function of the value alone, so `meguri verify` compares records byte for byte. Used by the checkpointer's
// thread, by every io thread that loads an actor, and by verify; nothing here is shared.
//
//   wallet      version 1 | flags 1 (1 frozen, 2 holds, 4 limits, 8 usage, 16 home, 32 corrections, 64 MyKey ID
//               follow)
//               | sequence 8 | position 8 | last_time 8
//               | lots_issued 4 | codes_issued 4 | lots 4 | words of used codes 4 | lot* | word 8*
//               | holds 4 | hold* if any | limits if any | programs 4 | (program 4 | windows)* if any
//               | home 4 if any | corrections 4 | correction* if any | MyKey ID 8, wishes left 1 if any | crc 4
//               (limits and windows as in storage/record_limits.hpp)
//     lot       number 4 | program 4 | expires_on 4 | issued_at 8 | available 8
//               | length of the source 1, highest bit: held follows | source | held 8 if so
//     hold      sequence 8 | position 8 | decided_at 8 | merchant 8 | outlet kind 1 | outlet 8 | program 4 | amount 8
//               | reference 2+n | balance 8 | capture_before 8 | lots 4 | (number 4 | amount 8)*
//     correction sequence 8 | position 8 | maker: kind 1, id 8 | kind 1 | program 4 | amount 8 | source 1+n |
//     expires_on 4
//               | reason 2+n
//   merchant    version 1 | position 8 | payments 8 | name 2+n | terms version 8 | flags 1 | limits if any | programs 2
//   | program 4*
//               | outlets 4 | outlet* | totals 2 | total* | outlets 4 | windows if any
//               | (outlet 8 | windows)* | crc 4        (flags: 1 frozen, 2 limits follow)
//     outlet    kind 1 | flags 1 (1 frozen, 2 limits, 4 epoch follow) | name 2+n | limits if any | epoch 2 if not 0
//               (its number is its place)
//     total     program 4 | pending 8 | captured 8 | refunded 8
//   program     version 1 | position 8 | name 2+n | expiry_days 4 | online_only 1 | issuer 1
//               | flags 1 (1 frozen, 2 hold days, 4 limits, 8 sale, 16 refund days, 32 debits follow, 64 cards) |
//               hold_days 4 if so | limits if so | sale if so | refund days 4 if so | debits if so | crc 4
//     debits    consignor 8 | day 4 | lead days 4
//     sale      minimum 8 | maximum 8 | per day 8 | per month 8 | days to pay 4
//   party       version 1 | position 8 | municipality 4 | name 2+n | crc 4
//   code        version 1 | position 8 | wallet 8 | ordinal 4 | kind 1 | valid_until 8 | crc 4
//   bearer      version 1 or 2 | position 8 | caller kind 1 | caller 8 | person 8 | municipality 4 | merchant 8
//               | outlet 8 | number 4 in version 2, where it is not 1 | crc 4
//   keys        version 1 | position 8 | count 1 | (number 4 | issued_at 8 | ends_at 8 | flags 1 (1 revoked)
//               | scopes 4)* | crc 4                                     (one holder's, once they are not the default)
//   follow-up   version 1 | position 8 | crc 4                                    (the payment's newest step; the
//               newest entry that told a terminal's certificates, of a MyKey ID, of a password, or of a conversion's
//               key; the grant of an occasion)
//   accounts    version 1 | (debits 8 | credits 8) x 21 | crc 4                   (one program's books)
//               version 2 | (debits 8 | credits 8) x 25 | crc 4                   (where it took money)
//               version 3 | count 1 | (debits 8 | credits 8) x count | crc 4      (where a later one was used; up to
//               the last that was)
//   unmatched   version 1 | position 8 | open 1 | crc 4     (the newest entry about the money, and whether it waits)
//   outcomes    version 1 | count 8 x (decline codes + 1) | crc 4
//   campaign    version 1, 2 where files follow, or 3 | position 8 | name 2+n | source 1+n | budget 8 | first_day 4
//               | last_day 4 | rule 1 | per_grant 8 | expires_on 4 | maker: kind 1, id 8 | proposed_at 8 | status 1 |
//               checker: kind 1, id 8 | approved budget 8 | granted 8 | grants 8 | increases 4 | flags 1 (1 an open
//               increase follows) | (number 4 | amount 8 | maker: kind 1, id 8 | reason 2+n) if so | (files 2 | file*)
//               if any | crc 4
//               version 3 where there are benefits: files 2 | file* | flags 1 (1 eligible only, 2 per person, 4 a list,
//               8 an open list follow) | basis points 4 | steps 1 | (from 8 | amount 8)* | list if so | open list if so
//               | events 2 | event* | (clawbacks 1 | clawback*) if so, flag 16 | crc 4
//     clawback  position 8 | of all 1 | rows 4 | maker: kind 1, id 8 | status 1 | taken 4 | ended 4 | sum 8 | last
//     ended
//               8
//     list      position 8 | digest 32 | rows 4 | maker: kind 1, id 8
//     event     position 8 | name 2+n | begins 8 | ends 8 | rotates 4 | closed 1
//     file      position 8 | digest 32 | rows 4 | granted 4 | left out 4 | sum 8 | granted sum 8 | left out sum 8
//               | last left out 8
//   partner     version 1 | position 8 | proposals 4 | flags 1 (1 terms in force, 2 open ones follow)
//               | (number 4 | terms | maker: kind 1, id 8 | checker: kind 1, id 8 | in force since 8) if so
//               | (number 4 | terms | maker: kind 1, id 8 | proposed_at 8) if so | newest day 4 | credited on it 8
//               | conversions 8 | credited 8 | coupons 4 | redeemed 4 | blocked 4 | crc 4
//     terms     unit 2+n | rate: points 4, units 4 | minimum 8 | step 8 | flags 1 (1 per person, 2 per partner follow)
//               | per person and day 8 if so | per partner and day 8 if so
//   checkpoint  version 1, or 2 where epochs follow | position 8 | chain hash 32 | recorded_at 8 | ledger 8 | for_tests
//   1 | programs' version 8
//               | registry's position 8 | last ids: wallet, merchant, operator, staff, partner 8 each
//               | epochs 2 | epoch* if any | crc 4
//     epoch     mark 4 | first 8 | last ids: wallet, merchant, party 8 each (its number is its place)
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/campaign.hpp"
#include "ledger/decide.hpp"
#include "ledger/merchant.hpp"
#include "ledger/partner.hpp"
#include "ledger/registry.hpp"
#include "ledger/wallet.hpp"
#include "storage/chain_hash.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace meguri::storage {

using record_view = bytes;
using record_buffer = std::vector<std::byte>;

// Whose bearer key it is, as authentication needs it.
struct bearer_owner {
    ledger::caller_ref caller;         // the scope of idempotency keys
    std::uint64_t person = 0;          // operator or staff member; 0 for machines
    ledger::program_code municipality; // of a staff member
    ledger::merchant_id merchant;      // of a terminal or shop
    ledger::outlet_id outlet;
    std::uint32_t key_number = 1; // of its holder's keys
    [[nodiscard]] ledger::key_holder holder() const noexcept { return {caller.kind, person != 0 ? person : caller.id}; }
    friend bool operator==(const bearer_owner&, const bearer_owner&) noexcept = default;
};

// What an entry that made a key or a code says of it; nullopt for other entries.
[[nodiscard]] std::optional<bearer_owner> bearer_owner_of(const ledger::entry& one);
[[nodiscard]] std::optional<ledger::known_code> known_code_of(const ledger::entry& one);

// The holder whose keys the entry changed, and what they are since; null for other entries.
struct changed_keys {
    ledger::key_holder holder;
    const ledger::key_chain* after = nullptr;
};
[[nodiscard]] changed_keys changed_keys_of(const ledger::entry& one) noexcept;

// What the newest entry about a MyKey ID says of it; nullopt where it says nothing.
struct known_my_key {
    ledger::wallet_id wallet;
    bool is_active = false; // else it was changed away or revoked
    friend bool operator==(const known_my_key&, const known_my_key&) noexcept = default;
};
[[nodiscard]] std::optional<known_my_key> known_my_key_of(const ledger::entry& one, ledger::my_key_id id);

// The program whose record the entry changes; nullopt for other entries.
[[nodiscard]] std::optional<ledger::program_code> changed_program_of(const ledger::entry& one);

// The highest id given out of each kind; the next one is one more.
struct last_ids {
    std::uint64_t wallet = 0;
    std::uint64_t merchant = 0;
    std::uint64_t operator_ = 0;
    std::uint64_t staff = 0;
    std::uint64_t partner = 0;
    // Operators, staff and partners count together.
    [[nodiscard]] std::uint64_t party() const noexcept;
    friend bool operator==(const last_ids&, const last_ids&) noexcept = default;
};
void apply(last_ids& ids, const ledger::entry& applied);

// Which prefix of the journal the state store is, and what belongs to no record of its own.
struct checkpoint {
    chain_end end; // of the batch with the last entry in it
    std::uint64_t ledger = 0;
    bool for_tests = false;
    std::uint64_t programs_version = 0;
    ledger::journal_position registry_position = 0;
    last_ids ids;
    ledger::epoch_list epochs;
    friend bool operator==(const checkpoint&, const checkpoint&) = default;
};

// Each replaces the buffer's content.
void encode(record_buffer& out, const ledger::wallet& one);
// Whether the record needs the newest format of the state store.
[[nodiscard]] bool has_earmarks(const ledger::wallet& one) noexcept;
void encode(record_buffer& out, const ledger::merchant& one);
void encode(record_buffer& out, const ledger::program& one, ledger::journal_position applied);
void encode(record_buffer& out, const ledger::party& one, ledger::journal_position applied);
void encode(record_buffer& out, const ledger::known_code& one, ledger::journal_position applied);
void encode(record_buffer& out, const bearer_owner& one, ledger::journal_position applied);
void encode(record_buffer& out, const ledger::key_chain& one, ledger::journal_position applied);
void encode(record_buffer& out, const ledger::campaign& one);
void encode(record_buffer& out, const ledger::partner& one);
void encode_follow_up(record_buffer& out, ledger::journal_position newest);
// Of money that paid nothing when it came.
struct unmatched_record {
    ledger::journal_position newest = 0;
    bool is_open = false;
    friend bool operator==(const unmatched_record&, const unmatched_record&) noexcept = default;
};
void encode(record_buffer& out, const unmatched_record& one);
[[nodiscard]] std::optional<unmatched_record> decode_unmatched(record_view record);
void encode(record_buffer& out, const ledger::program_accounts& one);
void encode(record_buffer& out, const std::array<std::uint64_t, ledger::decline_codes + 1>& outcomes);
void encode(record_buffer& out, const checkpoint& one);

template <class Value>
struct positioned {
    Value value;
    ledger::journal_position applied = 0;
};

// nullopt where the record is not what was written: its checksum, its version or a value in it is wrong. What stands in
// the record's key is given again.
[[nodiscard]] std::optional<ledger::wallet> decode_wallet(record_view record, ledger::wallet_id id);
[[nodiscard]] std::optional<ledger::merchant> decode_merchant(record_view record, ledger::merchant_id id);
[[nodiscard]] std::optional<positioned<ledger::program>> decode_program(record_view record, ledger::program_code code);
[[nodiscard]] std::optional<positioned<ledger::party>> decode_party(record_view record, ledger::caller_kind kind,
                                                                    std::uint64_t id);
[[nodiscard]] std::optional<positioned<ledger::known_code>> decode_code(record_view record);
[[nodiscard]] std::optional<positioned<bearer_owner>> decode_bearer(record_view record);
[[nodiscard]] std::optional<positioned<ledger::key_chain>> decode_keys(record_view record);
[[nodiscard]] std::optional<ledger::campaign> decode_campaign(record_view record, const ledger::campaign_ref& key);
[[nodiscard]] std::optional<ledger::partner> decode_partner(record_view record, ledger::partner_id id);
[[nodiscard]] std::optional<ledger::journal_position> decode_follow_up(record_view record);
[[nodiscard]] std::optional<ledger::program_accounts> decode_accounts(record_view record, ledger::program_code code);
[[nodiscard]] std::optional<std::array<std::uint64_t, ledger::decline_codes + 1>> decode_outcomes(record_view record);
[[nodiscard]] std::optional<checkpoint> decode_checkpoint(record_view record);

} // namespace meguri::storage
