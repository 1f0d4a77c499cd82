#include "net/resource_applications.hpp"

#include "net/account_fields.hpp"
#include "net/category_fields.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_joining.hpp"
#include "net/scopes.hpp"

#include <algorithm>
#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 3> issuers{"municipality", "prefecture", "other"};
constexpr std::array<std::string_view, 3> kinds_listed{"all", "municipality", "merchant"};
constexpr std::array<std::string_view, 4> states_listed{"all", "submitted", "approved", "refused"};
constexpr text_bounds email_bounds{3, 254};
constexpr text_bounds phone_bounds{5, 20};
// A page looks at so many administrative acts at most: applications are rare among them.
constexpr std::size_t acts_looked_at_max = 1'000;

bool is_email(std::string_view text) noexcept {
    const auto at = text.find('@');
    const bool has_both = at != std::string_view::npos && at > 0 && at + 1 < text.size();
    return has_both && text.find('@', at + 1) == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char one) { return one > ' ' && one < 0x7F; });
}

bool is_phone(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char one) {
        return (one >= '0' && one <= '9') || one == '-' || one == '+' || one == '(' || one == ')' || one == ' ';
    });
}

ledger::contact read_contact(json_fields& body) {
    json_fields fields = body.object("contact");
    ledger::contact read;
    read.name = fields.text("name");
    read.email = fields.text_or("email", {}, email_bounds);
    read.phone = fields.text_or("phone", {}, phone_bounds);
    fields.finish();
    if (!read.email.empty() && !is_email(read.email))
        fields.refuse("email", problem_code::invalid_value, "Must be an address with one @ and no spaces.");
    if (!is_phone(read.phone))
        fields.refuse("phone", problem_code::invalid_value, "Must be digits, spaces, ( ) + and - alone.");
    if (read.email.empty() && read.phone.empty())
        fields.refuse("email", problem_code::invalid_value, "An e-mail address or a phone number must be given.");
    return read;
}

ledger::program read_opened_program(json_fields& body) {
    ledger::program opened;
    opened.code = body.program("code");
    json_fields program = body.object("program");
    opened.name = program.text("name");
    opened.expiry_days = static_cast<std::int32_t>(program.integer("expiry_days", 1, ledger::expiry_days_max));
    opened.online_only = program.boolean_or("online_only", false);
    opened.issuer = *ledger::parse_issuer_kind(issuers[program.one_of_or("issuer_kind", issuers, 0)]);
    opened.hold_days =
        static_cast<std::int32_t>(program.integer_or("hold_days", ledger::hold_days_default, 1, ledger::hold_days_max));
    program.finish();
    if (!ledger::program_code::from_number(opened.code.number()))
        body.refuse("code", problem_code::invalid_local_gov_code, {});
    return opened;
}

// Of merchants that are wholly the municipality's: staff do not learn of others that they exist.
bool is_hidden(const call& from, const ledger::application& what) {
    if (!from.is_staff()) return false;
    const auto is_own = [&](ledger::program_code code) { return code == from.by.municipality; };
    return what.kind == ledger::applicant_kind::municipality ||
           !std::all_of(what.programs.begin(), what.programs.end(), is_own);
}

// What was submitted by the entry at that place, if it is one that the caller may see.
tl::expected<ledger::entry, problem> application_at(const call& from, ledger::journal_position position) {
    auto found = from.ledger.entry_at(position);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    const auto* const submitted = *found ? std::get_if<ledger::application_changed>(&(*found)->what) : nullptr;
    const bool is_one = submitted != nullptr && submitted->step == ledger::application_step::submitted;
    if (!is_one || is_hidden(from, *submitted->what)) return tl::unexpected{problem{problem_code::not_found}};
    return std::move(**found);
}

// The newest entry about it, which says how it stands.
tl::expected<ledger::entry, problem> newest_about(const call& from, ledger::journal_position application) {
    const auto newest = from.ledger.find_joining(from.keys.digest_of_application(application));
    if (!newest) return tl::unexpected{problem{problem_code::read_failed}};
    auto found = from.ledger.entry_at(newest->value_or(application));
    if (!found || !*found) return tl::unexpected{problem{problem_code::read_failed}};
    return std::move(**found);
}

asked decide_application(call& from, bool approve) {
    const auto position = from.id(storage::id_kind::application);
    if (!position) return refused(problem_code::not_found);
    const auto submitted = application_at(from, *position);
    if (!submitted) return tl::unexpected{submitted.error()};
    const auto kind = std::get<ledger::application_changed>(submitted->what).what->kind;
    if (kind == ledger::applicant_kind::municipality) // whose approval opens a program
        if (auto lacking = lacks_scope(from.by.scopes, ledger::scope_set{ledger::scope::programs}))
            return tl::unexpected{std::move(*lacking)};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    // A refusal without a reason helps nobody.
    std::string reason{approve ? body.text_or("reason", {}, reason_bounds) : body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::decide_application{*position, kind, approve, std::move(reason)}};
}

} // namespace

asked submit_municipality(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    auto what = std::make_shared<ledger::application>();
    what->kind = ledger::applicant_kind::municipality;
    what->name = body.text("name");
    what->opened = read_opened_program(body);
    what->account = read_account(body, "account", from.banks);
    what->reached_by = read_contact(body);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto verdict = verdict_on(what->account, from.banks);
    return ledger::command{ledger::submit_application{std::move(what), verdict}};
}

asked submit_merchant(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    auto what = std::make_shared<ledger::application>();
    what->kind = ledger::applicant_kind::merchant;
    what->name = body.text("name");
    what->programs = body.programs("programs");
    what->categories = read_categories(body, "categories").names();
    if (what->categories.empty()) body.refuse("categories", problem_code::invalid_value, "Must name one at least.");
    what->account = read_account(body, "account", from.banks);
    what->reached_by = read_contact(body);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (is_hidden(from, *what)) return refused(problem_code::forbidden);
    const auto verdict = verdict_on(what->account, from.banks);
    return ledger::command{ledger::submit_application{std::move(what), verdict}};
}

asked approve_application(call& from) { return decide_application(from, true); }

asked refuse_application(call& from) { return decide_application(from, false); }

problem_or_none get_application(call& from, http_response& answer) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto position = from.id(storage::id_kind::application);
    if (!position) return problem{problem_code::not_found};
    if (const auto submitted = application_at(from, *position); !submitted) return submitted.error();
    const auto newest = newest_about(from, *position);
    if (!newest) return newest.error();
    json_writer json{answer.body};
    json.begin_object();
    write_application(json, *newest, std::get<ledger::application_changed>(newest->what), from.ids);
    json.end_object();
    return std::nullopt;
}

// Newest first, found among the administrative acts; a page may be short, or empty, and yet not the last.
problem_or_none get_applications(call& from, http_response& answer) {
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const page wanted = query.read_page(from.keys);
    const auto kind = query.one_of_or("kind", kinds_listed, 0);
    const auto status = states_listed[query.one_of_or("status", states_listed, 0)];
    query.finish();
    if (fault) return std::move(*fault);
    const auto acts = from.ledger.acts_before(wanted.before.value_or(0), acts_looked_at_max);
    if (!acts) return problem{problem_code::read_failed};
    json_writer json{answer.body};
    json.begin_object().begin_array("data");
    std::size_t shown = 0;
    std::size_t looked_at = 0;
    for (; looked_at < acts->size() && shown < wanted.limit; ++looked_at) {
        const auto position = (*acts)[looked_at];
        const auto submitted = application_at(from, position);
        if (!submitted && submitted.error().code == problem_code::read_failed) return submitted.error();
        if (!submitted) continue;
        const auto newest = newest_about(from, position);
        if (!newest) return newest.error();
        const auto& stands = std::get<ledger::application_changed>(newest->what);
        const bool is_kind = kind == 0 || static_cast<std::size_t>(stands.what->kind) == kind;
        if (!is_kind || (status != states_listed.front() && name_of(stands.step) != status)) continue;
        json.begin_object();
        write_application(json, *newest, stands, from.ids);
        json.end_object();
        ++shown;
    }
    json.end_array();
    const bool goes_on = looked_at < acts->size() || acts->size() == acts_looked_at_max;
    goes_on ? json.plain("next", from.keys.encode_id(storage::id_kind::cursor, (*acts)[looked_at - 1]).view())
            : json.null("next");
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
