// What the log tells of single requests: every problem and every decline, so many a second of each kind, and a sample
// of what went well. What is left out is counted. One per io thread, on it alone.
#pragma once

#include "config/settings.hpp"
#include "ledger/payment.hpp"
#include "net/client_network.hpp"
#include "net/http_types.hpp"
#include "net/line_budget.hpp"
#include "net/problem.hpp"
#include "net/trace_id.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace meguri::net {

// Which request is meant; nothing in it tells who pays or with what.
struct logged_request {
    http_method method = http_method::other;
    std::uint16_t route = 0; // of all_resources(), or one more: unrouted
    std::uint64_t request_id = 0;
    trace_id trace = {};
    bool gave_key = false;
    client_network from = {}; // told only of who has no valid key, so that somebody can find the till, or the scanner
    int status = 0;
    std::int64_t took_ns = 0;
};

class request_log {
public:
    explicit request_log(const config::log_settings& with) { set(with); }

    // From the next line on.
    void set(const config::log_settings& with) noexcept;

    // Whether an answer that is no problem is one of those that are told. `now_ns`: the steady clock.
    [[nodiscard]] bool wants_answer(std::int64_t now_ns) noexcept { return answers_.take(now_ns); }
    static void answered(const logged_request& request);
    // A payment that was declined, which is an answer like any other to HTTP.
    void declined(ledger::decline_code code, const logged_request& request, std::int64_t now_ns);
    // A problem that a resource, an operation or the way to them ended with.
    void failed(problem_code code, const logged_request& request, std::int64_t now_ns);
    // A refusal of the front end, which has no route yet. `detail` is one of request_refusal's.
    void refused(problem_code code, std::string_view detail, std::uint64_t request_id);

    // A TLS handshake, of which there is no request. `why`: OpenSSL's words.
    void handshake_failed(client_network from, std::string_view why);

    // Once a second: says of each problem and decline how many lines were left out since, if any.
    void tell_suppressed();

    // Lines left out since the start. Any thread.
    [[nodiscard]] std::uint64_t suppressed_answers() const noexcept { return answers_.suppressed(); }
    [[nodiscard]] std::uint64_t suppressed_refusals() const noexcept;

private:
    // Of one kind of refusal, with what was left out when it was last told.
    struct kind {
        line_budget lines{1};
        std::uint64_t told = 0;
    };
    void tell_suppressed(kind& of, std::string_view key, std::string_view code);

    line_budget answers_{1};
    std::array<kind, problem_codes> problems_;
    std::array<kind, ledger::decline_codes + 1> declines_; // by decline_code
    kind handshakes_;
};

} // namespace meguri::net
