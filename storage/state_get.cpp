// Reading the state store's records within a transaction: the io threads', the checkpointer's or verify's.
#include "storage/record_bytes.hpp"
#include "storage/state_store.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace meguri::storage {
namespace {

// decode(record) -> optional<Value>; where it gives none the record is damaged.
template <class Value, class Decode>
found_record<Value> get(const lmdb::transaction& within, lmdb::database from, bytes key, std::string_view kind,
                        std::uint64_t number, Decode decode) {
    auto stored = within.get(from, key);
    if (!stored) return tl::unexpected{std::move(stored.error())};
    if (!*stored) return std::optional<Value>{};
    std::optional<Value> value = decode(**stored);
    if (!value) return tl::unexpected{state_damaged(std::string{kind} + ' ' + std::to_string(number))};
    return value;
}

template <class Value>
std::optional<Value> value_of(const std::optional<positioned<Value>>& found) {
    return found ? std::optional{found->value} : std::nullopt;
}

// visit(record) -> bool; false: the record is damaged.
template <class Visit>
tl::expected<void, error> for_each_record(lmdb::transaction& within, lmdb::database of, std::string_view kind,
                                          Visit visit) {
    auto over = within.open_cursor(of);
    if (!over) return tl::unexpected{std::move(over.error())};
    auto found = over->first();
    for (; found && *found; found = over->next())
        if (!visit(**found)) return tl::unexpected{state_damaged(kind)};
    if (!found) return tl::unexpected{std::move(found.error())};
    return {};
}

std::optional<ledger::program_code> code_of(bytes key) {
    const auto number = lmdb::integer_key::from(key);
    if (!number || *number > 0xFFFF'FFFF) return std::nullopt;
    return ledger::program_code::from_stored(static_cast<std::uint32_t>(*number));
}

constexpr std::size_t party_key_bytes = 1 + sizeof(std::uint64_t);

} // namespace

void set_party_key(record_buffer& out, ledger::caller_kind kind, std::uint64_t id) {
    out.assign(1, static_cast<std::byte>(kind));
    append_big_endian(out, id);
}

void set_holder_key(record_buffer& out, const ledger::key_holder& holder) {
    set_party_key(out, holder.kind, holder.id);
}

std::optional<ledger::key_holder> holder_of(bytes key) {
    if (key.size() != party_key_bytes) return std::nullopt;
    return ledger::key_holder{static_cast<ledger::caller_kind>(key.front()),
                              read_big_endian<std::uint64_t>(key.subspan(1))};
}

void set_digest_key(record_buffer& out, const ledger::digest128& digest) {
    out.clear();
    append_big_endian(out, digest.high);
    append_big_endian(out, digest.low);
}

std::optional<ledger::digest128> digest_of_key(bytes key) {
    if (key.size() != 2 * sizeof(std::uint64_t)) return std::nullopt;
    return ledger::digest128{read_big_endian<std::uint64_t>(key), read_big_endian<std::uint64_t>(key.subspan(8))};
}

void set_due_key(record_buffer& out, const due_wallet& one) {
    out.clear();
    append_big_endian(out, static_cast<std::uint64_t>(one.at.unix_ms()));
    append_big_endian(out, one.wallet.value());
}

std::optional<due_wallet> due_wallet_of(bytes key) {
    if (key.size() != 2 * sizeof(std::uint64_t)) return std::nullopt;
    const auto at = static_cast<std::int64_t>(read_big_endian<std::uint64_t>(key));
    return due_wallet{ledger::instant{at}, ledger::wallet_id{read_big_endian<std::uint64_t>(key.subspan(8))}};
}

found_record<ledger::wallet> get_wallet(const lmdb::transaction& within, const state_databases& in,
                                        ledger::wallet_id id) {
    const lmdb::integer_key key{id.value()};
    return get<ledger::wallet>(within, in.wallets, key.view(), "wallet", id.value(),
                               [id](bytes record) { return decode_wallet(record, id); });
}

found_record<ledger::merchant> get_merchant(const lmdb::transaction& within, const state_databases& in,
                                            ledger::merchant_id id) {
    const lmdb::integer_key key{id.value()};
    return get<ledger::merchant>(within, in.merchants, key.view(), "merchant", id.value(),
                                 [id](bytes record) { return decode_merchant(record, id); });
}

found_record<ledger::known_code> get_code(const lmdb::transaction& within, const state_databases& in,
                                          const ledger::digest128& code) {
    record_buffer key;
    set_digest_key(key, code);
    return get<positioned<ledger::known_code>>(within, in.codes, key, "code digest", code.high, decode_code)
        .map(value_of<ledger::known_code>);
}

found_record<bearer_owner> get_bearer(const lmdb::transaction& within, const state_databases& in,
                                      const ledger::digest128& key_digest) {
    record_buffer key;
    set_digest_key(key, key_digest);
    return get<positioned<bearer_owner>>(within, in.bearers, key, "key digest", key_digest.high, decode_bearer)
        .map(value_of<bearer_owner>);
}

found_record<ledger::key_chain> get_keys(const lmdb::transaction& within, const state_databases& in,
                                         const ledger::key_holder& holder) {
    record_buffer key;
    set_holder_key(key, holder);
    return get<positioned<ledger::key_chain>>(within, in.keys, key, "keys of holder", holder.id, decode_keys)
        .map(value_of<ledger::key_chain>);
}

found_record<ledger::journal_position> get_follow_up(const lmdb::transaction& within, const state_databases& in,
                                                     ledger::journal_position payment) {
    const lmdb::integer_key key{payment};
    return get<ledger::journal_position>(within, in.follow_ups, key.view(), "the steps of payment", payment,
                                         decode_follow_up);
}

found_record<ledger::journal_position> get_certificates(const lmdb::transaction& within, const state_databases& in,
                                                        ledger::outlet_id terminal) {
    const lmdb::integer_key key{terminal.value()};
    return get<ledger::journal_position>(within, in.certificates, key.view(), "the certificates of terminal",
                                         terminal.value(), decode_follow_up);
}

void set_campaign_key(record_buffer& out, const ledger::campaign_ref& one) {
    out.clear();
    append_big_endian(out, one.program.number());
    append_big_endian(out, one.proposal);
}

std::optional<ledger::campaign_ref> campaign_ref_of(bytes key) {
    if (key.size() != sizeof(std::uint32_t) + sizeof(std::uint64_t)) return std::nullopt;
    const auto program = ledger::program_code::from_number(read_big_endian<std::uint32_t>(key));
    if (!program) return std::nullopt;
    return ledger::campaign_ref{*program, read_big_endian<std::uint64_t>(key.subspan(sizeof(std::uint32_t)))};
}

found_record<ledger::campaign> get_campaign(const lmdb::transaction& within, const state_databases& in,
                                            const ledger::campaign_ref& key) {
    record_buffer stored_key;
    set_campaign_key(stored_key, key);
    return get<ledger::campaign>(within, in.campaigns, stored_key, "campaign", key.proposal,
                                 [&key](bytes record) { return decode_campaign(record, key); });
}

found_record<ledger::journal_position> get_occasion(const lmdb::transaction& within, const state_databases& in,
                                                    const ledger::digest128& occasion) {
    record_buffer key;
    set_digest_key(key, occasion);
    return get<ledger::journal_position>(within, in.occasions, key, "an occasion", occasion.low, decode_follow_up);
}

found_record<ledger::journal_position> get_joining(const lmdb::transaction& within, const state_databases& in,
                                                   const ledger::digest128& joining) {
    record_buffer key;
    set_digest_key(key, joining);
    return get<ledger::journal_position>(within, in.joinings, key, "what joins", joining.low, decode_follow_up);
}

tl::expected<ledger::campaign_list, error> get_campaigns(lmdb::transaction& within, const state_databases& in,
                                                         ledger::program_code program) {
    auto over = within.open_cursor(in.campaigns);
    if (!over) return tl::unexpected{std::move(over.error())};
    record_buffer first;
    set_campaign_key(first, {program, 0});
    ledger::campaign_list found;
    auto at = over->at_least(first);
    for (; at && *at; at = over->next()) {
        const auto key = campaign_ref_of((**at).key);
        if (key && key->program != program) break;
        auto one = key ? decode_campaign((**at).value, *key) : std::nullopt;
        if (!one) return tl::unexpected{state_damaged("a campaign")};
        found.push_back(*std::move(one));
    }
    if (!at) return tl::unexpected{std::move(at.error())};
    return found;
}

found_record<ledger::journal_position> get_purchase(const lmdb::transaction& within, const state_databases& in,
                                                    ledger::purchase_reference reference) {
    const lmdb::integer_key key{reference.number()};
    return get<ledger::journal_position>(within, in.purchases, key.view(), "purchase", reference.number(),
                                         decode_follow_up);
}

found_record<ledger::journal_position> get_purchaser(const lmdb::transaction& within, const state_databases& in,
                                                     const ledger::digest128& purchaser) {
    record_buffer key;
    set_digest_key(key, purchaser);
    return get<ledger::journal_position>(within, in.purchasers, key, "a purchaser", purchaser.low, decode_follow_up);
}

found_record<ledger::journal_position> get_transfer(const lmdb::transaction& within, const state_databases& in,
                                                    const ledger::digest128& line) {
    record_buffer key;
    set_digest_key(key, line);
    return get<ledger::journal_position>(within, in.transfers, key, "a transfer", line.low, decode_follow_up);
}

tl::expected<std::vector<ledger::journal_position>, error>
get_unmatched(lmdb::transaction& within, const state_databases& in, ledger::program_code program) {
    auto over = within.open_cursor(in.unmatched);
    if (!over) return tl::unexpected{std::move(over.error())};
    record_buffer first;
    set_campaign_key(first, {program, 0});
    std::vector<ledger::journal_position> found;
    auto at = over->at_least(first);
    for (; at && *at; at = over->next()) {
        const auto key = campaign_ref_of((**at).key);
        if (key && key->program != program) break;
        const auto one = key ? decode_unmatched((**at).value) : std::nullopt;
        if (!one) return tl::unexpected{state_damaged("an unmatched transfer")};
        if (one->is_open) found.push_back(one->newest);
    }
    if (!at) return tl::unexpected{std::move(at.error())};
    return found;
}

found_record<ledger::journal_position> get_my_key(const lmdb::transaction& within, const state_databases& in,
                                                  ledger::my_key_id id) {
    const lmdb::integer_key key{id.number()};
    return get<ledger::journal_position>(within, in.my_keys, key.view(), "MyKey ID number", id.number(),
                                         decode_follow_up);
}

found_record<ledger::journal_position> get_password(const lmdb::transaction& within, const state_databases& in,
                                                    ledger::wallet_id wallet) {
    const lmdb::integer_key key{wallet.value()};
    return get<ledger::journal_position>(within, in.passwords, key.view(), "the password of wallet", wallet.value(),
                                         decode_follow_up);
}

found_record<ledger::partner> get_partner(const lmdb::transaction& within, const state_databases& in,
                                          ledger::partner_id id) {
    const lmdb::integer_key key{id.value()};
    return get<ledger::partner>(within, in.partners, key.view(), "partner", id.value(),
                                [id](bytes record) { return decode_partner(record, id); });
}

void set_conversion_key(record_buffer& out, index_kind kind, const ledger::digest128& digest) {
    out.assign(1, static_cast<std::byte>(kind));
    append_big_endian(out, digest.high);
    append_big_endian(out, digest.low);
}

std::optional<conversion_key> conversion_key_of(bytes key) {
    if (key.size() != 1 + 2 * sizeof(std::uint64_t)) return std::nullopt;
    return conversion_key{static_cast<index_kind>(key.front()),
                          {read_big_endian<std::uint64_t>(key.subspan(1)),
                           read_big_endian<std::uint64_t>(key.subspan(1 + sizeof(std::uint64_t)))}};
}

found_record<ledger::journal_position> get_conversion(const lmdb::transaction& within, const state_databases& in,
                                                      const conversion_key& key) {
    record_buffer stored;
    set_conversion_key(stored, key.kind, key.digest);
    return get<ledger::journal_position>(within, in.conversions, stored, "a conversion", key.digest.low,
                                         decode_follow_up);
}

tl::expected<std::vector<ledger::journal_position>, error>
get_conversion_list(lmdb::transaction& within, const state_databases& in, std::uint64_t list,
                    ledger::journal_position before, std::size_t limit) {
    auto over = within.open_cursor(in.conversions);
    if (!over) return tl::unexpected{std::move(over.error())};
    constexpr auto behind_all = std::numeric_limits<ledger::journal_position>::max();
    record_buffer end;
    set_conversion_key(end, index_kind::conversion_list, {list, before != 0 ? before : behind_all});
    auto placed = over->at_least(end);
    if (!placed) return tl::unexpected{std::move(placed.error())};
    auto at = *placed ? over->previous() : over->last();
    std::vector<ledger::journal_position> found;
    for (; at && *at && found.size() < limit; at = over->previous()) {
        const auto key = conversion_key_of((**at).key);
        if (!key) return tl::unexpected{state_damaged("a conversion")};
        if (key->kind != index_kind::conversion_list || key->digest.high != list) break;
        found.push_back(key->digest.low);
    }
    if (!at) return tl::unexpected{std::move(at.error())};
    return found;
}

found_record<checkpoint> get_checkpoint(const lmdb::transaction& within, const state_databases& in) {
    auto stored = within.get(in.meta, bytes_of(checkpoint_key));
    if (!stored) return tl::unexpected{std::move(stored.error())};
    if (!*stored) return std::optional<checkpoint>{};
    auto value = decode_checkpoint(**stored);
    if (!value) return tl::unexpected{state_damaged("the checkpoint")};
    return value;
}

tl::expected<ledger::registry, error> get_registry(lmdb::transaction& within, const state_databases& in) {
    ledger::registry found;
    auto programs = for_each_record(within, in.programs, "a program", [&found](const lmdb::record& one) {
        const auto code = code_of(one.key);
        auto program = code ? decode_program(one.value, *code) : std::nullopt;
        if (program) found.programs.programs.push_back(std::move(program->value)); // in the order of codes
        return program.has_value();
    });
    if (!programs) return tl::unexpected{std::move(programs.error())};

    std::vector<positioned<ledger::party>> parties;
    auto read = for_each_record(within, in.parties, "a party", [&parties](const lmdb::record& one) {
        if (one.key.size() != party_key_bytes) return false;
        const auto kind = static_cast<ledger::caller_kind>(one.key.front());
        auto party = decode_party(one.value, kind, read_big_endian<std::uint64_t>(one.key.subspan(1)));
        if (party) parties.push_back(std::move(*party));
        return party.has_value();
    });
    if (!read) return tl::unexpected{std::move(read.error())};
    std::ranges::sort(parties, {}, &positioned<ledger::party>::applied);
    for (auto& one : parties) found.parties.push_back(std::move(one.value));

    auto stands = get_checkpoint(within, in);
    if (!stands) return tl::unexpected{std::move(stands.error())};
    if (!*stands) return found;
    found.ledger = (**stands).ledger;
    found.for_tests = (**stands).for_tests;
    found.programs.version = (**stands).programs_version;
    found.epochs = std::move((**stands).epochs);
    found.last_position = (**stands).registry_position;
    return found;
}

tl::expected<ledger::books, error> get_books(lmdb::transaction& within, const state_databases& in) {
    ledger::books found;
    auto read = for_each_record(within, in.books, "the books", [&found](const lmdb::record& one) {
        const auto code = code_of(one.key);
        auto accounts = code ? decode_accounts(one.value, *code) : std::nullopt;
        if (accounts) found.programs.push_back(*accounts); // in the order of codes
        return accounts.has_value();
    });
    if (!read) return tl::unexpected{std::move(read.error())};
    auto outcomes = within.get(in.meta, bytes_of(outcomes_key));
    if (!outcomes) return tl::unexpected{std::move(outcomes.error())};
    if (!*outcomes) return found;
    const auto counts = decode_outcomes(**outcomes);
    if (!counts) return tl::unexpected{state_damaged("the outcomes")};
    found.payments_by_outcome = *counts;
    return found;
}

} // namespace meguri::storage
