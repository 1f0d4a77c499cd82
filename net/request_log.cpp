#include "net/request_log.hpp"

#include "net/log.hpp"
#include "net/request_id.hpp"
#include "net/routes.hpp"
#include "storage/steady_clock.hpp"

namespace meguri::net {
namespace {

// What every line of a routed request has. The route is the table's pattern: a path as sent may hold anything.
void add_request(log_event& event, const logged_request& request) {
    const auto known = all_resources();
    event.text("method", name_of(request.method))
        .text("route", request.route < known.size() ? known[request.route].pattern : "unrouted")
        .number("status", request.status)
        .number("duration_us", request.took_ns / 1'000)
        .text("request_id", request_id_text{request.request_id}.view());
    if (request.trace.is_given()) event.text("trace_id", request.trace.text());
}

std::string_view key_of(problem_code code, const logged_request& request) noexcept {
    if (!request.gave_key) return "missing";
    return code == problem_code::certificate_required || code == problem_code::certificate_mismatch ? "valid"
                                                                                                    : "not valid";
}

} // namespace

void request_log::set(const config::log_settings& with) noexcept {
    answers_.set(with.requests_per_second);
    for (auto& one : problems_) one.lines.set(with.refusals_per_second);
    for (auto& one : declines_) one.lines.set(with.refusals_per_second);
    handshakes_.lines.set(with.refusals_per_second);
}

void request_log::answered(const logged_request& request) {
    log_event event{severity::info, "request_answered"};
    add_request(event, request);
}

void request_log::declined(ledger::decline_code code, const logged_request& request, std::int64_t now_ns) {
    if (!declines_.at(static_cast<std::size_t>(code)).lines.take(now_ns)) return;
    log_event event{severity::info, "payment_declined"};
    event.text("decline_code", ledger::name_of(code));
    add_request(event, request);
}

void request_log::failed(problem_code code, const logged_request& request, std::int64_t now_ns) {
    if (!problems_.at(static_cast<std::size_t>(code)).lines.take(now_ns)) return;
    const problem_text& known = text_of(code);
    if (known.status == 401 || code == problem_code::too_many_failures) {
        log_event event{severity::warning, "authentication_refused"};
        event.text("code", known.name).text("key", key_of(code, request));
        event.text("client", request.from.text());
        add_request(event, request);
        return;
    }
    const bool is_ours = known.status >= 500;
    log_event event{is_ours ? severity::warning : severity::info, is_ours ? "request_failed" : "request_refused"};
    event.text("code", known.name);
    add_request(event, request);
}

void request_log::refused(problem_code code, std::string_view detail, std::uint64_t request_id) {
    if (!problems_.at(static_cast<std::size_t>(code)).lines.take(storage::steady_ns())) return;
    const problem_text& known = text_of(code);
    log_event event{known.status < 500 ? severity::info : severity::warning, "front_end_refused"};
    event.text("code", known.name).number("status", known.status).text("detail", detail);
    event.text("request_id", request_id_text{request_id}.view());
}

void request_log::handshake_failed(client_network from, std::string_view why) {
    if (!handshakes_.lines.take(storage::steady_ns())) return;
    log_event{severity::warning, "tls_handshake_failed"}.text("why", why).text("client", from.text());
}

void request_log::tell_suppressed() {
    tell_suppressed(handshakes_, "of", "tls_handshake_failed");
    for (const auto& one : all_problems())
        tell_suppressed(problems_.at(static_cast<std::size_t>(one.code)), "code", one.name);
    for (std::size_t i = 1; i < declines_.size(); ++i)
        tell_suppressed(declines_.at(i), "decline_code", ledger::name_of(static_cast<ledger::decline_code>(i)));
}

void request_log::tell_suppressed(kind& of, std::string_view key, std::string_view code) {
    const std::uint64_t all = of.lines.suppressed();
    const std::uint64_t more = all - of.told;
    of.told = all;
    if (more == 0) return;
    log_event{severity::warning, "log_lines_suppressed"}.text(key, code).number("lines",
                                                                                static_cast<std::int64_t>(more));
}

std::uint64_t request_log::suppressed_refusals() const noexcept {
    std::uint64_t sum = handshakes_.lines.suppressed();
    for (const auto& one : problems_) sum += one.lines.suppressed();
    for (const auto& one : declines_) sum += one.lines.suppressed();
    return sum;
}

} // namespace meguri::net
