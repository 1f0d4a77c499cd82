#include "net/resource_categories.hpp"

#include "net/category_fields.hpp"

namespace meguri::net {

asked set_categories(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return tl::unexpected{problem{problem_code::not_found}};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::set_categories wanted{ledger::merchant_id{*merchant}, read_categories(body, "categories"),
                                  std::string{body.text("reason", reason_bounds)}};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{std::move(wanted)};
}

asked read_merchant_categories(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return tl::unexpected{problem{problem_code::not_found}};
    return actors::read_merchant{.merchant = ledger::merchant_id{*merchant}};
}

problem_or_none render_merchant_categories(rendering& to) {
    const auto& terms = *to.done.merchant_seen->terms;
    const auto only = to.done.by.municipality;
    if (only && !terms.accepts(only)) return problem{problem_code::not_found};
    json_writer json{to.body};
    json.begin_object();
    json.plain("id", to.ids.merchant(terms.id));
    write_categories(json, "categories", terms.categories);
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
