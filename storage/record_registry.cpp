// Programs and parties, and the credentials that lead to a wallet or a caller.
#include "ledger/joining.hpp"
#include "storage/record_bytes.hpp"
#include "storage/record_limits.hpp"
#include "storage/state_records.hpp"

namespace meguri::storage {
namespace {

constexpr std::uint8_t program_version = 1;
constexpr std::uint8_t program_is_frozen = 1;
constexpr std::uint8_t hold_days_follow = 2;
constexpr std::uint8_t program_limits_follow = 4;
constexpr std::uint8_t purchase_terms_follow = 8;
constexpr std::uint8_t refund_days_follow = 16;
constexpr std::uint8_t debit_terms_follow = 32;
constexpr std::uint8_t sells_by_card = 64;
constexpr std::uint8_t party_version = 1;
constexpr std::uint8_t code_version = 1;
constexpr std::uint8_t bearer_version = 1;          // of number 1
constexpr std::uint8_t numbered_bearer_version = 2; // of every other
constexpr std::uint8_t keys_version = 1;
constexpr std::uint8_t is_revoked = 1;

// A staff member's municipality; 0 for everybody else.
std::optional<ledger::program_code> municipality_or_none(std::uint32_t number) {
    return number == 0 ? ledger::program_code{} : ledger::program_code::from_number(number);
}

struct owner_in {
    std::optional<bearer_owner> operator()(const ledger::operator_added& fact) const {
        return bearer_owner{{ledger::caller_kind::operator_, fact.id.value()}, fact.id.value(), {}, {}, {}};
    }
    std::optional<bearer_owner> operator()(const ledger::staff_added& fact) const {
        return bearer_owner{{ledger::caller_kind::municipality, fact.municipality.number()},
                            fact.id.value(),
                            fact.municipality,
                            {},
                            {}};
    }
    std::optional<bearer_owner> operator()(const ledger::partner_added& fact) const {
        return bearer_owner{{ledger::caller_kind::partner, fact.id.value()}, 0, {}, {}, {}};
    }
    std::optional<bearer_owner> operator()(const ledger::outlet_added& fact) const {
        const auto kind =
            fact.kind == ledger::outlet_kind::terminal ? ledger::caller_kind::terminal : ledger::caller_kind::shop;
        return bearer_owner{{kind, fact.id.value()}, 0, {}, fact.id.merchant(), fact.id};
    }
    std::optional<bearer_owner> operator()(const ledger::terminal_activated& fact) const {
        return bearer_owner{{ledger::caller_kind::terminal, fact.id.value()}, 0, {}, fact.id.merchant(), fact.id};
    }
    std::optional<bearer_owner> operator()(const ledger::key_issued& fact) const {
        bearer_owner owner{{fact.holder.kind, fact.holder.id}, 0, fact.municipality, {}, {}};
        switch (fact.holder.kind) {
        case ledger::caller_kind::operator_: owner.person = fact.holder.id; break;
        case ledger::caller_kind::municipality:
            owner.caller.id = fact.municipality.number();
            owner.person = fact.holder.id;
            break;
        case ledger::caller_kind::terminal:
        case ledger::caller_kind::shop:
            owner.outlet = ledger::outlet_id{fact.holder.id};
            owner.merchant = owner.outlet.merchant();
            break;
        case ledger::caller_kind::partner:
        case ledger::caller_kind::resident: // who has sessions, no keys
        case ledger::caller_kind::activation:
        case ledger::caller_kind::none: break;
        }
        owner.key_number = fact.after.known.back().number;
        return owner;
    }
    template <class Other>
    std::optional<bearer_owner> operator()(const Other&) const {
        return std::nullopt;
    }
};

void write(record_writer& record, const ledger::purchase_terms& terms) {
    for (const auto amount : {terms.minimum, terms.maximum, terms.per_day, terms.per_month})
        record.number(amount.value());
    record.number(terms.days_to_pay);
}

ledger::purchase_terms read_purchase_terms(record_reader& in) {
    ledger::purchase_terms terms;
    for (auto* const amount : {&terms.minimum, &terms.maximum, &terms.per_day, &terms.per_month}) {
        const auto read = ledger::points::from(in.number<std::int64_t>());
        read ? static_cast<void>(*amount = *read) : in.refuse();
    }
    terms.days_to_pay = in.number<std::int32_t>();
    return terms;
}

} // namespace

std::optional<bearer_owner> bearer_owner_of(const ledger::entry& one) { return std::visit(owner_in{}, one.what); }

changed_keys changed_keys_of(const ledger::entry& one) noexcept {
    if (const auto* const issued = std::get_if<ledger::key_issued>(&one.what)) return {issued->holder, &issued->after};
    if (const auto* const revoked = std::get_if<ledger::key_revoked>(&one.what))
        return {revoked->holder, &revoked->after};
    return {};
}

std::optional<ledger::known_code> known_code_of(const ledger::entry& one) {
    if (const auto* const bound = std::get_if<ledger::card_bound>(&one.what))
        return ledger::known_code{bound->wallet, bound->ordinal, ledger::code_kind::my_number_card, bound->ends};
    if (const auto* const enrolled = std::get_if<ledger::person_enrolled>(&one.what))
        return ledger::known_code{enrolled->wallet, 1, ledger::code_kind::my_number_card, enrolled->card_ends};
    if (const auto* const renewed = std::get_if<ledger::card_renewed>(&one.what))
        return ledger::known_code{renewed->wallet, renewed->ordinal, ledger::code_kind::my_number_card,
                                  renewed->card_ends};
    if (const auto* const once = std::get_if<ledger::once_code_issued>(&one.what))
        return ledger::known_code{once->wallet, once->ordinal, ledger::code_kind::once, once->valid_until};
    if (const auto* const blocked = std::get_if<ledger::code_blocked>(&one.what)) {
        if (blocked->reissued_as == 0) return std::nullopt;
        return ledger::known_code{blocked->wallet, blocked->reissued_as, ledger::code_kind::card, {}};
    }
    const auto* const issued = std::get_if<ledger::code_issued>(&one.what);
    if (issued == nullptr) return std::nullopt;
    return ledger::known_code{issued->wallet, issued->ordinal, issued->kind, issued->valid_until};
}

std::optional<known_my_key> known_my_key_of(const ledger::entry& one, ledger::my_key_id id) {
    if (const auto* const enrolled = std::get_if<ledger::person_enrolled>(&one.what))
        return enrolled->my_key == id ? std::optional{known_my_key{enrolled->wallet, true}} : std::nullopt;
    const auto* const changed = std::get_if<ledger::my_key_changed>(&one.what);
    if (changed == nullptr || (changed->before != id && changed->after != id)) return std::nullopt;
    return known_my_key{changed->wallet, changed->after == id};
}

std::optional<ledger::program_code> changed_program_of(const ledger::entry& one) {
    if (const auto* const opened = ledger::program_opened_by(one.what)) return opened->code;
    if (const auto* sale = std::get_if<ledger::purchase_terms_set>(&one.what)) return sale->program;
    const auto* limits = std::get_if<ledger::limits_set>(&one.what);
    if (limits != nullptr && limits->subject == ledger::limit_subject::program)
        return ledger::program_code::from_number(static_cast<std::uint32_t>(limits->id));
    const auto* freeze = std::get_if<ledger::freeze_changed>(&one.what);
    if (freeze == nullptr || freeze->subject != ledger::freeze_subject::program) return std::nullopt;
    return ledger::program_code::from_number(static_cast<std::uint32_t>(freeze->id));
}

void encode(record_buffer& out, const ledger::program& one, ledger::journal_position applied) {
    record_writer record{out, program_version};
    record.number(applied);
    record.text(one.name);
    record.number(one.expiry_days);
    record.number(static_cast<std::uint8_t>(one.online_only));
    record.number(static_cast<std::uint8_t>(one.issuer));
    const bool has_hold_days = one.hold_days != ledger::hold_days_default;
    const bool has_refunds = one.sale && one.sale->refund_days != 0;
    const bool has_debits = one.sale && one.sale->debits.has_value();
    record.number(static_cast<std::uint8_t>(
        (one.frozen ? program_is_frozen : 0) | (has_hold_days ? hold_days_follow : 0) |
        (one.limit.any() ? program_limits_follow : 0) | (one.sale ? purchase_terms_follow : 0) |
        (has_refunds ? refund_days_follow : 0) | (has_debits ? debit_terms_follow : 0) |
        (one.sale && one.sale->cards ? sells_by_card : 0)));
    if (has_hold_days) record.number(one.hold_days);
    if (one.limit.any()) write(record, one.limit);
    if (one.sale) write(record, *one.sale);
    if (has_refunds) record.number(one.sale->refund_days);
    if (has_debits) {
        record.number(one.sale->debits->consignor);
        record.number(one.sale->debits->day);
        record.number(one.sale->debits->lead_days);
    }
    record.seal();
}

std::optional<positioned<ledger::program>> decode_program(record_view record, ledger::program_code code) {
    record_reader in{record, program_version};
    positioned<ledger::program> found;
    found.applied = in.number<ledger::journal_position>();
    found.value.code = code;
    found.value.name = in.text();
    found.value.expiry_days = in.number<std::int32_t>();
    found.value.online_only = in.boolean();
    const auto issuer = in.number<std::uint8_t>();
    found.value.issuer = static_cast<ledger::issuer_kind>(issuer);
    const auto flags = in.number<std::uint8_t>();
    if ((flags & ~(program_is_frozen | hold_days_follow | program_limits_follow | purchase_terms_follow |
                   refund_days_follow | debit_terms_follow | sells_by_card)) != 0)
        in.refuse();
    found.value.frozen = (flags & program_is_frozen) != 0;
    if ((flags & hold_days_follow) != 0) {
        found.value.hold_days = in.number<std::int32_t>();
        if (found.value.hold_days == ledger::hold_days_default) in.refuse();
    }
    if ((flags & program_limits_follow) != 0) found.value.limit = read_limits(in);
    if ((flags & purchase_terms_follow) != 0) found.value.sale = read_purchase_terms(in);
    if ((flags & refund_days_follow) != 0) {
        const auto days = in.number<std::int32_t>();
        if (!found.value.sale || days == 0) return std::nullopt;
        found.value.sale->refund_days = days;
    }
    if ((flags & debit_terms_follow) != 0) {
        ledger::debit_terms debits;
        debits.consignor = in.number<std::uint64_t>();
        debits.day = in.number<std::int32_t>();
        debits.lead_days = in.number<std::int32_t>();
        if (!found.value.sale) return std::nullopt;
        found.value.sale->debits = debits;
    }
    if ((flags & sells_by_card) != 0) {
        if (!found.value.sale) return std::nullopt;
        found.value.sale->cards = true;
    }
    if (!in.complete() || issuer < 1 || issuer > 3) return std::nullopt;
    return found;
}

void encode(record_buffer& out, const ledger::party& one, ledger::journal_position applied) {
    record_writer record{out, party_version};
    record.number(applied);
    record.number(one.municipality.number());
    record.text(one.name);
    record.seal();
}

std::optional<positioned<ledger::party>> decode_party(record_view record, ledger::caller_kind kind, std::uint64_t id) {
    record_reader in{record, party_version};
    const auto applied = in.number<ledger::journal_position>();
    const auto municipality = municipality_or_none(in.number<std::uint32_t>());
    std::string name{in.text()};
    if (!in.complete() || !municipality) return std::nullopt;
    return positioned<ledger::party>{{kind, id, *municipality, std::move(name)}, applied};
}

void encode(record_buffer& out, const ledger::known_code& one, ledger::journal_position applied) {
    record_writer record{out, code_version};
    record.number(applied);
    record.number(one.wallet.value());
    record.number(one.ordinal);
    record.number(static_cast<std::uint8_t>(one.kind));
    record.number(one.valid_until.unix_ms());
    record.seal();
}

std::optional<positioned<ledger::known_code>> decode_code(record_view record) {
    record_reader in{record, code_version};
    const auto applied = in.number<ledger::journal_position>();
    ledger::known_code found;
    found.wallet = ledger::wallet_id{in.number<std::uint64_t>()};
    found.ordinal = in.number<std::uint32_t>();
    const auto kind = in.number<std::uint8_t>();
    found.kind = static_cast<ledger::code_kind>(kind);
    found.valid_until = ledger::instant{in.number<std::int64_t>()};
    if (!in.complete() || kind < 1 || kind > 3) return std::nullopt;
    return positioned<ledger::known_code>{found, applied};
}

void encode(record_buffer& out, const bearer_owner& one, ledger::journal_position applied) {
    const bool numbered = one.key_number != 1;
    record_writer record{out, numbered ? numbered_bearer_version : bearer_version};
    record.number(applied);
    record.number(static_cast<std::uint8_t>(one.caller.kind));
    record.number(one.caller.id);
    record.number(one.person);
    record.number(one.municipality.number());
    record.number(one.merchant.value());
    record.number(one.outlet.value());
    if (numbered) record.number(one.key_number);
    record.seal();
}

std::optional<positioned<bearer_owner>> decode_bearer(record_view record) {
    const bool numbered = !record.empty() && record.front() == std::byte{numbered_bearer_version};
    record_reader in{record, numbered ? numbered_bearer_version : bearer_version};
    const auto applied = in.number<ledger::journal_position>();
    bearer_owner found;
    const auto kind = in.number<std::uint8_t>();
    found.caller = {static_cast<ledger::caller_kind>(kind), in.number<std::uint64_t>()};
    found.person = in.number<std::uint64_t>();
    const auto municipality = municipality_or_none(in.number<std::uint32_t>());
    found.merchant = ledger::merchant_id{in.number<std::uint64_t>()};
    found.outlet = ledger::outlet_id{in.number<std::uint64_t>()};
    if (numbered && (found.key_number = in.number<std::uint32_t>()) == 1) in.refuse();
    if (!in.complete() || !municipality || kind < 1 || kind > 5) return std::nullopt;
    found.municipality = *municipality;
    return positioned<bearer_owner>{found, applied};
}

void encode(record_buffer& out, const ledger::key_chain& one, ledger::journal_position applied) {
    EXPECTS(one.known.size() <= ledger::key_chain::known_max);
    record_writer record{out, keys_version};
    record.number(applied);
    record.number(static_cast<std::uint8_t>(one.known.size()));
    for (const auto& key : one.known) {
        record.number(key.number);
        record.number(key.issued_at.unix_ms());
        record.number(key.ends_at.unix_ms());
        record.number(static_cast<std::uint8_t>(key.revoked ? is_revoked : 0));
        record.number(key.scopes.bits());
    }
    record.seal();
}

std::optional<positioned<ledger::key_chain>> decode_keys(record_view record) {
    record_reader in{record, keys_version};
    positioned<ledger::key_chain> found;
    found.applied = in.number<ledger::journal_position>();
    const auto count = in.number<std::uint8_t>();
    if (count < 1 || count > ledger::key_chain::known_max) in.refuse();
    found.value.known.clear();
    for (std::uint8_t i = 0; i < count && in.ok(); ++i) {
        ledger::issued_key key;
        key.number = in.number<std::uint32_t>();
        key.issued_at = ledger::instant{in.number<std::int64_t>()};
        key.ends_at = ledger::instant{in.number<std::int64_t>()};
        key.revoked = in.boolean();
        const auto scopes = ledger::scope_set::from_bits(in.number<std::uint32_t>());
        scopes ? key.scopes = *scopes, void() : in.refuse();
        found.value.known.push_back(key);
    }
    if (!in.complete()) return std::nullopt;
    return found;
}

} // namespace meguri::storage
