#include "net/authentication.hpp"

#include <algorithm>
#include <limits>

namespace meguri::net {
namespace {

bool is_key_character(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_bearer_scheme(std::string_view text) noexcept {
    constexpr std::string_view scheme = "bearer ";
    return std::equal(text.begin(), text.end(), scheme.begin(), scheme.end(), [](char given, char wanted) {
        return (given >= 'A' && given <= 'Z' ? given + 32 : given) == wanted;
    });
}

constexpr std::size_t key_length_max = 128;

bool has_ended(const actors::principal& one, const http_request& request) noexcept {
    return one.ends_at != ledger::instant{} && ledger::instant{request.received_at_ms} >= one.ends_at;
}

} // namespace

std::string_view bearer_key_in(std::string_view authorization) noexcept {
    if (!is_bearer_scheme(authorization.substr(0, 7))) return {};
    const std::size_t begin = std::min(authorization.find_first_not_of(' ', 7), authorization.size());
    const std::string_view key = authorization.substr(begin);
    const bool fits = key.size() <= key_length_max && std::all_of(key.begin(), key.end(), is_key_character);
    return fits ? key : std::string_view{};
}

tl::expected<const actors::principal*, problem> authentication::principal_of(const http_request& request) {
    connection_memory& memory = *request.memory;
    const std::uint64_t version = service_.keys_version.load(std::memory_order_acquire);
    const bool remembered = memory.principal != nullptr && memory.keys_version == version &&
                            memory.authorization == request.authorization &&
                            request.received_at_ms <= memory.good_until_ms;
    if (!remembered) {
        memory.principal = nullptr;
        const bool only_wrong_ones = memory.gave_wrong_key && !memory.gave_right_key;
        if (only_wrong_ones && limit_.is_reached(request.from, request.received_steady_ns))
            return tl::unexpected{
                failed(request, authentication_failure::not_looked_up, problem_code::too_many_failures)};
        const std::string_view key = bearer_key_in(request.authorization);
        if (key.empty())
            return tl::unexpected{failed(request, authentication_failure::missing, problem_code::unauthenticated)};
        if (key.starts_with(session_token_prefix)) return resident_of(request, key);
        auto found = ledger_.find_bearer(keys_.digest_of_bearer(key));
        if (!found) return tl::unexpected{problem{problem_code::read_failed}};
        if (!*found || has_ended(**found, request))
            return tl::unexpected{failed(request, authentication_failure::unknown, problem_code::unauthenticated)};
        const auto until = admitted_until(request, **found);
        if (!until) return tl::unexpected{until.error()};
        memory.good_until_ms = *until;
        memory.principal = std::make_shared<const actors::principal>(**found);
        memory.authorization = request.authorization;
        memory.keys_version = version;
        memory.gave_right_key = true;
    }
    const auto* const by = static_cast<const actors::principal*>(memory.principal.get());
    if (!has_ended(*by, request)) return by;
    memory.principal = nullptr;
    memory.gave_right_key = false;
    return tl::unexpected{failed(request, authentication_failure::unknown, problem_code::unauthenticated)};
}

// Kept by the connection until its next request, and never good for that one.
tl::expected<const actors::principal*, problem> authentication::resident_of(const http_request& request,
                                                                            std::string_view token) {
    connection_memory& memory = *request.memory;
    auto who = sessions_.use(token, ledger::instant{request.received_at_ms});
    if (who == nullptr)
        return tl::unexpected{failed(request, authentication_failure::unknown, problem_code::unauthenticated)};
    const auto* const by = who.get();
    memory.principal = std::move(who);
    memory.authorization.clear();
    memory.keys_version = 0; // of no time: else a request without a key would be taken for one with this token
    memory.gave_right_key = true;
    return by;
}

tl::expected<std::int64_t, problem> authentication::admitted_until(const http_request& request,
                                                                   const actors::principal& who) {
    constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();
    if (who.caller.kind != ledger::caller_kind::terminal) return for_ever;
    const auto needed = ledger_.find_certificates(who.outlet);
    if (!needed) return tl::unexpected{problem{problem_code::read_failed}};
    if (needed->empty()) return for_ever;
    const auto shown =
        request.identity != nullptr ? request.identity->certificate(request.received_at_ms) : std::nullopt;
    if (!shown)
        return tl::unexpected{
            failed(request, authentication_failure::certificate_required, problem_code::certificate_required)};
    if (std::find(needed->begin(), needed->end(), shown->digest) == needed->end())
        return tl::unexpected{
            failed(request, authentication_failure::certificate_mismatch, problem_code::certificate_mismatch)};
    return shown->good_until_ms;
}

problem authentication::failed(const http_request& request, authentication_failure why, problem_code code) {
    failures_.at(static_cast<std::size_t>(why)).add();
    request.memory->gave_wrong_key = true;
    if (!limit_.count(request.from, request.received_steady_ns)) code = problem_code::too_many_failures;
    return problem{code};
}

} // namespace meguri::net
