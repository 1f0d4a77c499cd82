#include "net/resource_audit.hpp"

#include "net/entry_type.hpp"
#include "net/json_writer.hpp"
#include "net/query_parameters.hpp"
#include "net/render_entry.hpp"
#include "net/render_keys.hpp"
#include "net/request_id.hpp"
#include "net/write_page.hpp"

namespace meguri::net {
namespace {

// Whose key it was; null for what `meguri init` made and for what a code did.
void write_author(json_writer& json, const ledger::entry& one, const storage::key_ring& keys) {
    if (one.caller.kind == ledger::caller_kind::none || one.caller.kind == ledger::caller_kind::activation) {
        json.null("by");
        return;
    }
    json.begin_object("by");
    const bool at_desk = one.caller.kind == ledger::caller_kind::resident; // with an attendant, or it were no act
    const auto kind = at_desk ? storage::id_kind::staff : id_kind_of(one.caller.kind);
    json.plain("id", keys.encode_id(kind, one.person).view());
    if (one.caller.kind == ledger::caller_kind::municipality) {
        const auto digits = ledger::program_code::as_named(static_cast<std::uint32_t>(one.caller.id)).digits();
        json.plain("municipality", {digits.data(), digits.size()});
    } else {
        json.null("municipality");
    }
    one.origin.key_number != 0 ? json.number("key_number", one.origin.key_number) : json.null("key_number");
    json.end_object();
}

void write_act(json_writer& json, const ledger::entry& one, id_texts& ids) {
    const auto& origin = one.origin;
    const bool has_request = origin.request_process != 0 || origin.request != 0;
    json.begin_object();
    json.plain("id", ids.encode(storage::id_kind::entry, one.position).view());
    json.number("position", static_cast<std::int64_t>(one.position));
    json.plain("type", type_of(one.what));
    write_author(json, one, ids.keys());
    if (has_request)
        json.plain("request_id", request_id_text{origin.request_process, origin.request}.view());
    else
        json.null("request_id");
    json.plain("created_at", ledger::to_rfc3339(one.decided_at));
    write_without_key(json, "what", one, ids);
    json.end_object();
}

} // namespace

problem_or_none get_audit(call& from, http_response& answer) {
    return write_page(
        from, answer,
        [&](ledger::journal_position before, std::size_t limit) { return from.ledger.acts_before(before, limit); },
        [&](json_writer& json, ledger::journal_position position) -> problem_or_none {
            const auto found = from.ledger.entry_at(position);
            if (!found || !*found) return problem{problem_code::read_failed};
            write_act(json, **found, from.ids);
            return std::nullopt;
        });
}

} // namespace meguri::net
