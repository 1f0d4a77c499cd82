#include "net/resource_freezes.hpp"

#include "net/json_fields.hpp"

namespace meguri::net {
namespace {

std::optional<std::uint64_t> subject_in_path(const call& from, ledger::freeze_subject subject) {
    switch (subject) {
    case ledger::freeze_subject::wallet: return from.id(storage::id_kind::wallet);
    case ledger::freeze_subject::merchant: return from.id(storage::id_kind::merchant);
    case ledger::freeze_subject::terminal: return from.id(storage::id_kind::terminal);
    case ledger::freeze_subject::shop: return from.id(storage::id_kind::shop);
    case ledger::freeze_subject::program: break;
    }
    const auto code = ledger::program_code::parse(from.route.captured[0]);
    return code ? std::optional<std::uint64_t>{code->number()} : std::nullopt;
}

} // namespace

asked set_freeze(call& from, ledger::freeze_subject subject, bool frozen) {
    const auto id = subject_in_path(from, subject);
    if (!id) return tl::unexpected{problem{problem_code::not_found}};
    const bool foreign = subject == ledger::freeze_subject::program && *id != from.by.municipality.number();
    if (from.is_staff() && foreign) return tl::unexpected{problem{problem_code::forbidden}};

    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::set_freeze{subject, *id, frozen, std::move(reason)}};
}

} // namespace meguri::net
