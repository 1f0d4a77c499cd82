#include "net/partner_calls.hpp"

#include "ledger/contract.hpp"
#include "net/json_document.hpp"
#include "net/json_writer.hpp"

#include <sodium.h>

#include <algorithm>
#include <limits>

namespace meguri::net {
namespace {

constexpr std::size_t partner_text_max = 4'096; // of a token

std::string encode_base64(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    text.pop_back(); // the NUL
    return text;
}

// RFC 6749, 2.3.1: both parts encoded as in a form.
std::string form_encoded(const std::string& text) { return form_text(form_pairs{{std::string{}, text}}).substr(1); }
web_field basic_of(const partner_connection& to) {
    const auto pair = form_encoded(to.at.client_id) + ':' + form_encoded(to.client_secret.reveal());
    return {"Authorization", "Basic " + encode_base64(pair)};
}
web_field bearer_of(const std::string& access) { return {"Authorization", "Bearer " + access}; }

bool is_visible_text(std::string_view text) {
    return !text.empty() && text.size() <= partner_text_max &&
           std::ranges::all_of(text, [](char one) { return one > 0x20 && one < 0x7f; });
}

// A member of an object; null: there is none of that kind.
const json_node* member_of(std::span<const json_node> nodes, std::string_view name, json_kind kind) {
    if (nodes.empty() || nodes.front().kind != json_kind::object) return nullptr;
    for (std::size_t i = 1; i < nodes.size(); i = nodes[i].end)
        if (nodes[i].key == name) return nodes[i].kind == kind ? &nodes[i] : nullptr;
    return nullptr;
}

std::string visible_member(std::span<const json_node> nodes, std::string_view name) {
    const auto* const found = member_of(nodes, name, json_kind::text);
    return found != nullptr && is_visible_text(found->text) ? std::string{found->text} : std::string{};
}

} // namespace

std::string text_of(const partner_tokens& tokens) {
    std::string text;
    json_writer json{text};
    json.begin_object();
    json.text("access", tokens.access);
    json.text("refresh", tokens.refresh);
    json.number("ends_at_ms", tokens.ends_at_ms);
    json.end_object();
    return text;
}

std::optional<partner_tokens> parse_tokens(std::string_view text) {
    json_document document;
    const auto nodes = document.parse(text);
    const auto* const ends = member_of(nodes, "ends_at_ms", json_kind::integer);
    partner_tokens read{visible_member(nodes, "access"), visible_member(nodes, "refresh"),
                        ends != nullptr ? ends->integer : 0};
    if (read.access.empty()) return std::nullopt;
    return read;
}

std::string authorization_url(const partner_connection& to, std::string_view redirect_uri, std::string_view state,
                              std::string_view challenge) {
    const auto& base = to.at.authorization_endpoint;
    form_pairs query{{"response_type", "code"},
                     {"client_id", to.at.client_id},
                     {"redirect_uri", std::string{redirect_uri}},
                     {"state", std::string{state}},
                     {"code_challenge", std::string{challenge}},
                     {"code_challenge_method", "S256"}};
    if (!to.at.scope.empty()) query.emplace_back("scope", to.at.scope);
    return base + (base.find('?') == std::string::npos ? '?' : '&') + form_text(query);
}

web_request partner_calls::request_to(const partner_connection& to, web_method method, std::string url) const {
    web_request request;
    request.method = method;
    request.url = std::move(url);
    request.fields.push_back({"Accept", "application/json"});
    request.authorities = to.at.authorities;
    request.time_max_ms = timeout_ms_;
    request.connect_time_max_ms = timeout_ms_;
    return request;
}

web_request partner_calls::form_to(const partner_connection& to, const std::string& url, const form_pairs& form) const {
    auto request = request_to(to, web_method::post, url);
    request.fields.push_back(basic_of(to));
    request.content_type = form_content_type;
    request.body = form_text(form);
    return request;
}

web_request partner_calls::exchange_code(const partner_connection& to, const std::string& redirect_uri,
                                         const std::string& code, const std::string& verifier) const {
    return form_to(to, to.at.token_endpoint,
                   {{"grant_type", "authorization_code"},
                    {"code", code},
                    {"redirect_uri", redirect_uri},
                    {"code_verifier", verifier}});
}

web_request partner_calls::refresh(const partner_connection& to, const std::string& refresh_token) const {
    return form_to(to, to.at.token_endpoint, {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}});
}

web_request partner_calls::ask_account(const partner_connection& to, const std::string& access) const {
    auto request = request_to(to, web_method::get, to.at.account_endpoint);
    request.fields.push_back(bearer_of(access));
    return request;
}

web_request partner_calls::revoke(const partner_connection& to, const std::string& token) const {
    EXPECTS(!to.at.revocation_endpoint.empty());
    return form_to(to, to.at.revocation_endpoint, {{"token", token}});
}

web_request partner_calls::reserve(const partner_connection& to, const std::string& access,
                                   const ledger::linked_conversion& what) const {
    auto request = request_to(to, web_method::put, to.at.conversions_endpoint + '/' + what.reference);
    request.fields.push_back(bearer_of(access));
    request.content_type = "application/json";
    json_writer json{request.body};
    json.begin_object();
    json.number("units", static_cast<std::int64_t>(what.units));
    json.end_object();
    return request;
}

web_request partner_calls::end_of(const partner_connection& to, const ledger::linked_conversion& what,
                                  const char* how) const {
    auto request = request_to(to, web_method::post, to.at.conversions_endpoint + '/' + what.reference + '/' + how);
    request.fields.push_back(basic_of(to));
    request.content_type = "application/json";
    request.body = "{}";
    return request;
}

web_request partner_calls::confirm(const partner_connection& to, const ledger::linked_conversion& what) const {
    return end_of(to, what, "confirmation");
}

web_request partner_calls::cancel(const partner_connection& to, const ledger::linked_conversion& what) const {
    return end_of(to, what, "cancellation");
}

std::optional<partner_tokens> tokens_in(const web_response& answer, std::int64_t now_ms,
                                        const std::string& refresh_before) {
    json_document document;
    const auto nodes = document.parse(answer.body);
    const auto type = visible_member(nodes, "token_type");
    const bool is_bearer = type == "Bearer" || type == "bearer";
    partner_tokens read{visible_member(nodes, "access_token"), visible_member(nodes, "refresh_token"), 0};
    if (answer.status != 200 || !is_bearer || read.access.empty()) return std::nullopt;
    if (read.refresh.empty()) read.refresh = refresh_before;
    constexpr std::int64_t seconds_max = 10LL * 365 * 86'400;
    const auto* const seconds = member_of(nodes, "expires_in", json_kind::integer);
    if (seconds != nullptr && seconds->integer > 0)
        read.ends_at_ms = now_ms + std::min(seconds->integer, seconds_max) * 1'000;
    return read;
}

std::string text_in(const web_response& answer, std::string_view name) {
    json_document document;
    return visible_member(document.parse(answer.body), name);
}

std::string subject_in(const web_response& answer) {
    auto subject = answer.status == 200 ? text_in(answer, "sub") : std::string{};
    return subject.size() <= ledger::link_subject_max ? subject : std::string{};
}

std::string refusal_in(const web_response& answer) {
    const auto error = text_in(answer, "error");
    const bool is_word = !error.empty() && error.size() <= 40 && std::ranges::all_of(error, [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_';
    });
    return is_word ? error : "status_" + std::to_string(answer.status);
}

} // namespace meguri::net
