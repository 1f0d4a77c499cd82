#include "net/account_fields.hpp"

#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 3> account_type_names{"ordinary", "current", "savings"};
constexpr std::array account_types{ledger::account_type::ordinary, ledger::account_type::current,
                                   ledger::account_type::savings};

// A text of digits alone; faults another.
std::uint32_t digits_in(json_fields& body, std::string_view name, std::size_t count) {
    const auto number = ledger::parse_digits(body.text(name, {count, count}), count);
    if (!number) body.refuse(name, problem_code::invalid_value, "Must be " + std::to_string(count) + " digits.");
    return number.value_or(0);
}

} // namespace

ledger::bank_account read_account(json_fields& body, std::string_view name, const bank_table& banks) {
    json_fields account = body.object(name);
    ledger::bank_account read;
    read.bank = static_cast<std::uint16_t>(digits_in(account, "bank", 4));
    read.branch = static_cast<std::uint16_t>(digits_in(account, "branch", 3));
    read.type = account_types[account.one_of("type", account_type_names)];
    read.number = digits_in(account, "number", 7);
    read.holder = account.text("holder", {1, ledger::account_holder_max});
    if (const char* const wrong = ledger::wrong_in_zengin_name(read.holder))
        account.refuse("holder", problem_code::invalid_value, std::string{"The account holder "} + wrong + '.');
    account.finish();
    read.checked_by = banks.source();
    return read;
}

ledger::account_verdict verdict_on(const ledger::bank_account& one, const bank_table& banks) noexcept {
    if (!banks.is_loaded()) return ledger::account_verdict::no_table;
    if (!banks.has_bank(one.bank)) return ledger::account_verdict::bank_unknown;
    const bool has_branch = banks.has_branch(one.bank, one.branch);
    return has_branch ? ledger::account_verdict::good : ledger::account_verdict::branch_unknown;
}

void write_account(json_writer& json, std::string_view name, const ledger::bank_account& one) {
    json.begin_object(name);
    json.plain("bank", ledger::digits_of(one.bank, 4));
    json.plain("branch", ledger::digits_of(one.branch, 3));
    json.plain("type", name_of(one.type));
    json.plain("number", ledger::digits_of(one.number, 7));
    json.text("holder", one.holder);
    json.end_object();
}

void write_person_or_null(json_writer& json, std::string_view name, const ledger::person_ref& who, id_texts& ids) {
    if (who.id == 0) {
        json.null(name);
        return;
    }
    const bool is_staff = who.kind == ledger::caller_kind::municipality;
    json.plain(name, ids.encode(is_staff ? storage::id_kind::staff : storage::id_kind::operator_, who.id).view());
}

std::string_view name_of(ledger::account_type type) noexcept {
    for (std::size_t i = 0; i < account_types.size(); ++i)
        if (account_types[i] == type) return account_type_names[i];
    return account_type_names.front();
}

} // namespace meguri::net
