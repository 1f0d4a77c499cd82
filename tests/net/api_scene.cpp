#include "tests/net/api_scene.hpp"

#include "ledger/administrative.hpp"
#include "ledger/undecided.hpp"
#include "net/request_id.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace meguri::test {
namespace {

constexpr ledger::merchant_id merchant{7};

net::http_method method_of(std::string_view name) {
    if (name == "GET") return net::http_method::get;
    return name == "POST" ? net::http_method::post : net::http_method::delete_;
}

} // namespace

const storage::key_ring& scene_keys() {
    static const storage::key_ring keys{storage::secret{std::array<std::byte, storage::key_ring::key_bytes>{}}};
    return keys;
}

ledger::program_code program(std::string_view digits) {
    return ledger::program_code::as_named(static_cast<std::uint32_t>(std::stoul(std::string{digits})));
}

std::string wallet_id(std::uint64_t number) { return scene_keys().encode_id(storage::id_kind::wallet, number).str(); }
std::string merchant_id(std::uint64_t number) {
    return scene_keys().encode_id(storage::id_kind::merchant, number).str();
}

// --- what stands around the api ---

ledger::journal_position kept_ledger::add(ledger::entry one) {
    for (const auto& before : entries)
        if (one.wallet && before.wallet == one.wallet) one.previous_of_wallet = before.position;
    one.position = entries.size() + 1;
    entries.push_back(std::move(one));
    return entries.size();
}

auto kept_ledger::find_bearer(const ledger::digest128& key) -> read<std::optional<actors::principal>> {
    ++bearer_reads;
    if (broken) return tl::unexpected{storage::error{}};
    for (const auto& [text, who] : bearers)
        if (scene_keys().digest_of_bearer(text) == key) return who;
    return std::nullopt;
}

auto kept_ledger::keys_of(const ledger::key_holder& holder) -> read<ledger::key_chain> {
    if (broken) return tl::unexpected{storage::error{}};
    return keys[holder];
}

auto kept_ledger::find_certificates(ledger::outlet_id terminal) -> read<std::vector<ledger::certificate_digest>> {
    ++certificate_reads;
    if (broken) return tl::unexpected{storage::error{}};
    const auto found = certificates.find(terminal.value());
    return found != certificates.end() ? found->second : std::vector<ledger::certificate_digest>{};
}

auto kept_ledger::find_my_key(ledger::my_key_id id) -> read<std::optional<storage::known_my_key>> {
    if (broken) return tl::unexpected{storage::error{}};
    const auto found = my_keys.find(id);
    return found != my_keys.end() ? std::optional{found->second} : std::nullopt;
}

auto kept_ledger::find_password(ledger::wallet_id wallet) -> read<std::optional<std::string>> {
    if (broken) return tl::unexpected{storage::error{}};
    const auto found = passwords.find(wallet);
    return found != passwords.end() ? std::optional{found->second} : std::nullopt;
}

auto kept_ledger::find_joining(const ledger::digest128& joining) -> read<std::optional<ledger::journal_position>> {
    if (broken) return tl::unexpected{storage::error{}};
    const auto found = joinings.find(joining);
    return found != joinings.end() ? std::optional{found->second} : std::nullopt;
}

auto kept_ledger::entry_at(ledger::journal_position position) -> read<std::optional<ledger::entry>> {
    if (broken) return tl::unexpected{storage::error{}};
    if (position == 0 || position > entries.size()) return std::nullopt;
    return entries[position - 1];
}

auto kept_ledger::find_conversion(storage::index_kind kind, const ledger::digest128& digest)
    -> read<std::optional<ledger::journal_position>> {
    if (broken) return tl::unexpected{storage::error{}};
    const auto found = conversions.upper_bound({kind, digest});
    if (found == conversions.begin() || std::prev(found)->first != storage::index_key{kind, digest})
        return std::nullopt;
    return std::prev(found)->second;
}

auto kept_ledger::conversion_list(std::uint64_t list, ledger::journal_position before, std::size_t limit)
    -> read<std::vector<ledger::journal_position>> {
    if (broken) return tl::unexpected{storage::error{}};
    std::vector<ledger::journal_position> found;
    const auto [first, last] =
        conversions.equal_range({storage::index_kind::conversion_list, storage::digest_of_list(list)});
    for (auto one = last; one != first && found.size() < limit;)
        if (--one; before == 0 || one->second < before) found.push_back(one->second);
    return found;
}

auto kept_ledger::newest_of_purchase(ledger::purchase_reference reference) -> read<std::optional<ledger::entry>> {
    if (broken) return tl::unexpected{storage::error{}};
    for (auto one = entries.rbegin(); one != entries.rend(); ++one) {
        const auto purchase = ledger::purchase_in(*one);
        if (purchase && purchase->reference == reference) return *one;
    }
    return std::nullopt;
}

auto kept_ledger::newest_of_payment(ledger::journal_position decision) -> read<std::optional<ledger::entry>> {
    for (auto one = entries.rbegin(); one != entries.rend(); ++one) {
        const auto* const step = std::get_if<ledger::payment_changed>(&one->what);
        if (step != nullptr && step->after->position == decision) return entry_at(one->position);
    }
    return entry_at(decision);
}

auto kept_ledger::payments_under(const ledger::digest128& reference, std::size_t limit)
    -> read<std::vector<ledger::journal_position>> {
    if (broken) return tl::unexpected{storage::error{}};
    std::vector<ledger::journal_position> found;
    for (auto one = entries.rbegin(); one != entries.rend() && found.size() < limit; ++one) {
        const auto* const paid = std::get_if<ledger::payment_decided>(&one->what);
        if (paid != nullptr && scene_keys().digest_of_reference(paid->merchant, paid->reference) == reference)
            found.push_back(one->position);
    }
    return found;
}

auto kept_ledger::acts_before(ledger::journal_position before, std::size_t limit)
    -> read<std::vector<ledger::journal_position>> {
    if (broken) return tl::unexpected{storage::error{}};
    std::vector<ledger::journal_position> found;
    for (auto one = entries.rbegin(); one != entries.rend() && found.size() < limit; ++one)
        if (ledger::is_administrative(*one) && (before == 0 || one->position < before)) found.push_back(one->position);
    return found;
}

// --- the scene ---

std::string api_scene::key_of(std::string_view role) { return std::string{role} + "_0123456789abcdefABCDEF"; }

api_scene::api_scene()
    : api{{service,
           scene_keys(),
           ledger,
           operations,
           past,
           *cards,
           people,
           slow,
           links,
           outside,
           statuses,
           operations_max,
           {}}} {
    config::partner_entry at;
    at.client_id = "meguri";
    at.authorization_endpoint = "https://partner.example.jp/authorize";
    at.token_endpoint = "https://partner.example.jp/token";
    at.account_endpoint = "https://partner.example.jp/account";
    at.conversions_endpoint = "https://partner.example.jp/conversions";
    links.partners = net::partner_connections{{{ledger::partner_id{3}, at, storage::secret<std::string>{"a secret"}}}};
    links.redirect_uri = "https://site.example.jp/links";
    using kind = ledger::caller_kind;
    const ledger::outlet_id till{merchant, 1};
    const ledger::outlet_id shop{merchant, 2};
    ledger.bearers[key_of("op")] = {{kind::operator_, 1}, 1, {}, {}, {}};
    ledger.bearers[key_of("mu")] = {{kind::municipality, 42021}, 2, program(ishinomaki), {}, {}};
    ledger.bearers[key_of("op2")] = {{kind::operator_, 5}, 5, {}, {}, {}};
    ledger.bearers[key_of("mu2")] = {{kind::municipality, 42021}, 3, program(ishinomaki), {}, {}};
    ledger.bearers[key_of("aso")] = {{kind::municipality, 432148}, 4, program(aso), {}, {}};
    ledger.bearers[key_of("pa")] = {{kind::partner, 3}, 0, {}, {}, {}};
    ledger.bearers[key_of("te")] = {{kind::terminal, till.value()}, 0, {}, merchant, till};
    ledger.bearers[key_of("sh")] = {{kind::shop, shop.value()}, 0, {}, merchant, shop};
    session = people.sessions.open(ledger::wallet_id{3}, {.card = 1}, ledger::instant{scene_now_ms})->token;
    service.phase = net::service_phase::serving;
    api.connect(answers);
}

void api_scene::ask(const asking& one) {
    const std::string authorization = one.key.empty() ? "" : "Bearer " + (one.key == "se" ? session : key_of(one.key));
    net::http_request request;
    const auto question = std::min(one.target.find('?'), one.target.size());
    request.method = method_of(one.method);
    request.method_name = one.method;
    request.path = one.target.substr(0, question);
    request.query = one.target.substr(std::min(question + 1, one.target.size()));
    request.authorization = authorization;
    request.content_type = one.content_type;
    request.idempotency_key = one.idempotency;
    request.has_idempotency_key = !one.idempotency.empty();
    request.body = one.body;
    request.received_at_ms = now_ms;
    request.received_steady_ns = 1;
    request.request_id = 77;
    request.memory = &memory;
    api.handle(request);
}

net::http_response api_scene::answer(const asking& one) {
    answers.given.clear();
    operations.taken.clear();
    ask(one);
    EXPECT_EQ(answers.given.size(), 1U) << one.method << ' ' << one.target << ' ' << one.body
                                        << ": handed to the switch";
    if (answers.given.empty()) return {};
    return std::move(answers.given.front());
}

actors::operation_ptr api_scene::operation(const asking& one) {
    answers.given.clear();
    operations.taken.clear();
    ask(one);
    if (operations.taken.size() == 1) return std::move(operations.taken.front());
    ADD_FAILURE() << one.method << ' ' << one.target << ' ' << one.body << ": "
                  << (answers.given.empty() ? "nothing" : answers.given.front().body);
    return actors::make_operation();
}

net::http_response api_scene::decide(const actors::operation_ptr& op, ledger::fact what) {
    op->record.what = std::move(what);
    op->record.decided_at = op->at;
    op->record.position = ledger.entries.size() + 1;
    ledger.entries.push_back(op->record);
    return end(op, actors::ending::decided);
}

net::http_response api_scene::end(const actors::operation_ptr& op, actors::ending how) {
    answers.given.clear();
    op->end = how;
    op->answer();
    EXPECT_EQ(answers.given.size(), 1U);
    if (answers.given.empty()) return {};
    return std::move(answers.given.front());
}

std::string member(std::string_view body, std::string_view name) {
    boost::system::error_code failed;
    const auto parsed = boost::json::parse(body, failed);
    if (failed || !parsed.is_object()) return {};
    const auto* const found = parsed.as_object().if_contains(name);
    if (found == nullptr) return {};
    return found->is_string() ? std::string{found->get_string()} : boost::json::serialize(*found);
}

http_reply as_reply(const net::http_response& answer) {
    http_reply reply;
    reply.status = answer.status;
    reply.body = answer.body;
    reply.fields["content-type"] = answer.content_type;
    reply.fields["request-id"] = net::request_id_text{77}.view();
    if (answer.idempotent_replayed) reply.fields["idempotent-replayed"] = "true";
    if (answer.retry_after_s > 0) reply.fields["retry-after"] = std::to_string(answer.retry_after_s);
    if (answer.www_authenticate) reply.fields["www-authenticate"] = "Bearer";
    if (!answer.allow.empty()) reply.fields["allow"] = answer.allow;
    return reply;
}

ledger::lot_use sample_lot(std::string_view of_program, std::int64_t amount) {
    auto terms = std::make_shared<const ledger::lot_terms>(
        ledger::lot_terms{1, program(of_program), *ledger::funding_source::parse("budget:042021:health"),
                          *ledger::parse_date("2027-03-31"), ledger::instant{1'780'000'000'000}});
    return {std::move(terms), *ledger::points::from(amount)};
}

ledger::points_granted sample_conversion() {
    const ledger::partner_id partner{3};
    const auto source = ledger::funding_source::parse(
        "partner:" + scene_keys().encode_id(storage::id_kind::partner, partner.value()).str());
    auto terms = std::make_shared<const ledger::lot_terms>(ledger::lot_terms{
        1, ledger::undecided_program(partner), *source, ledger::never_expires, ledger::instant{1'775'012'645'678}});
    return {ledger::wallet_id{3}, {std::move(terms), *ledger::points::from(800)}};
}

ledger::points_transferred sample_transfer() {
    auto from = sample_conversion().lot;
    from.amount = *ledger::points::from(500);
    auto terms = std::make_shared<ledger::lot_terms>(*from.lot);
    terms->number = 2;
    terms->program = program(ishinomaki);
    terms->expires_on = *ledger::parse_date("2026-10-02");
    return {ledger::wallet_id{3}, false, {from}, {{std::move(terms), from.amount}}};
}

ledger::correction_proposed sample_correction(ledger::correction_kind kind) {
    const bool credits = kind == ledger::correction_kind::credit;
    ledger::correction what{kind,
                            program(ishinomaki),
                            *ledger::points::from(300),
                            *ledger::funding_source::parse("budget:042021:health"),
                            credits ? *ledger::parse_date("2027-03-31") : ledger::jst_day{},
                            "二重付与"};
    return {ledger::wallet_id{3}, std::make_shared<const ledger::correction>(std::move(what))};
}

ledger::correction_decided sample_decision(ledger::correction_kind kind, bool approved) {
    ledger::correction_decided decided;
    decided.wallet = ledger::wallet_id{3};
    decided.proposal = 41;
    decided.maker = {ledger::caller_kind::municipality, 2};
    decided.approved = approved;
    decided.what = sample_correction(kind).what;
    if (approved) decided.lots = {sample_lot(ishinomaki, 300)};
    return decided;
}

std::string authorization_path(std::uint64_t position) {
    return "/v1/authorizations/" + scene_keys().encode_id(storage::id_kind::authorization, position).str();
}

ledger::payment_decided sample_payment() {
    ledger::payment_decided paid;
    paid.merchant = merchant;
    paid.outlet = ledger::outlet_id{merchant, 1};
    paid.wallet = ledger::wallet_id{3};
    paid.code_ordinal = 1;
    paid.program = program(ishinomaki);
    paid.amount = *ledger::points::from(1200);
    paid.reference = "R-000123";
    paid.status = ledger::payment_status::captured;
    paid.balance = ledger::points::from(3800);
    paid.lots = {sample_lot(ishinomaki, 1200)};
    return paid;
}

ledger::payment_changed sample_step(ledger::payment_step step, ledger::payment_status status, std::int64_t refunded) {
    ledger::entry decision;
    decision.position = 41;
    decision.decided_at = ledger::instant{1'775'012'645'678};
    decision.what = sample_payment();
    ledger::payment_state after = ledger::payment_after(decision);
    after.status = status;
    after.captured = *ledger::points::from(900);
    after.refunded = *ledger::points::from(refunded);
    ledger::payment_changed made;
    made.step = step;
    made.part = *ledger::points::from(300);
    made.returned = {sample_lot(ishinomaki, 250)};
    made.lapsed = {sample_lot(ishinomaki, 50)};
    if (step == ledger::payment_step::reversal) made.reversed_key = "k-1";
    made.after = std::make_shared<const ledger::payment_state>(std::move(after));
    return made;
}

} // namespace meguri::test
