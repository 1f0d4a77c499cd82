#include "net/resource_limits.hpp"

#include "net/json_fields.hpp"

#include <limits>

namespace meguri::net {
namespace {

constexpr std::int64_t count_max = std::numeric_limits<std::uint32_t>::max();

std::optional<std::uint64_t> subject_in_path(const call& from, ledger::limit_subject subject) {
    switch (subject) {
    case ledger::limit_subject::wallet: return from.id(storage::id_kind::wallet);
    case ledger::limit_subject::merchant: return from.id(storage::id_kind::merchant);
    case ledger::limit_subject::terminal: return from.id(storage::id_kind::terminal);
    case ledger::limit_subject::shop: return from.id(storage::id_kind::shop);
    case ledger::limit_subject::program: break;
    }
    const auto code = ledger::program_code::parse(from.route.captured[0]);
    return code ? std::optional<std::uint64_t>{code->number()} : std::nullopt;
}

ledger::window_limit read_window(json_fields& body, std::string_view name) {
    ledger::window_limit window;
    if (auto fields = body.optional_object(name)) {
        window.amount = fields->optional_amount("amount");
        if (const auto count = fields->integer_or("count", 0, 1, count_max); count > 0)
            window.count = static_cast<std::uint32_t>(count);
        fields->finish();
    }
    return window;
}

} // namespace

asked set_limits(call& from, ledger::limit_subject subject) {
    const auto id = subject_in_path(from, subject);
    if (!id) return tl::unexpected{problem{problem_code::not_found}};
    const bool foreign = subject == ledger::limit_subject::program && *id != from.by.municipality.number();
    if (from.is_staff() && foreign) return tl::unexpected{problem{problem_code::forbidden}};

    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::limits wanted;
    wanted.per_payment = body.optional_amount("per_payment");
    wanted.per_day = read_window(body, "per_day");
    wanted.per_hour = read_window(body, "per_hour");
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::set_limits{subject, *id, wanted, std::move(reason)}};
}

} // namespace meguri::net
