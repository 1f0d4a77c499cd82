#include "net/resource_certificates.hpp"

#include "net/certificate_text.hpp"
#include "net/json_fields.hpp"
#include "net/json_writer.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

std::vector<ledger::certificate_digest> read_list(json_fields& body) {
    std::vector<ledger::certificate_digest> wanted;
    for (const auto text : body.texts("certificates", ledger::certificates_max)) {
        const auto one = parse_certificate(text);
        if (one && std::find(wanted.begin(), wanted.end(), *one) == wanted.end()) {
            wanted.push_back(*one);
            continue;
        }
        body.refuse("certificates", problem_code::invalid_value,
                    "Each must be one certificate in PEM, or the 64 hex digits of its SHA-256, and none twice.");
        break;
    }
    return wanted;
}

} // namespace

asked set_certificates(call& from) {
    const auto terminal = from.id(storage::id_kind::terminal);
    if (!terminal) return tl::unexpected{problem{problem_code::not_found}};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::set_certificates wanted{ledger::outlet_id{*terminal}, read_list(body),
                                    std::string{body.text("reason", reason_bounds)}};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{std::move(wanted)};
}

asked read_certificates(call& from) {
    const auto terminal = from.id(storage::id_kind::terminal);
    if (!terminal) return tl::unexpected{problem{problem_code::not_found}};
    const ledger::outlet_id outlet{*terminal};
    return actors::read_merchant{.merchant = outlet.merchant(), .outlet = outlet};
}

problem_or_none render_certificates(rendering& to) {
    const auto terminal = std::get<actors::read_merchant>(to.done.asked).outlet;
    const auto& terms = *to.done.merchant_seen->terms;
    const auto only = to.done.by.municipality;
    if ((only && !terms.accepts(only)) || terms.find(terminal) == nullptr) return problem{problem_code::not_found};
    const auto needed = to.ledger.find_certificates(terminal);
    if (!needed) return problem{problem_code::read_failed};
    json_writer json{to.body};
    json.begin_object();
    json.plain("id", to.ids.encode(storage::id_kind::terminal, terminal.value()).view());
    json.begin_array("certificates");
    for (const auto& one : *needed) json.plain(text_of(one));
    json.end_array().end_object();
    return std::nullopt;
}

} // namespace meguri::net
