#include "config/listen_address.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>
#include <optional>

namespace meguri::config {
namespace {

bool is_numeric_address(int family, const std::string& text) {
    in6_addr parsed{}; // large enough for both families
    return inet_pton(family, text.c_str(), &parsed) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
    std::uint16_t port = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stopped, failed] = std::from_chars(digits.data(), end, port);
    if (failed != std::errc{} || stopped != end) return std::nullopt;
    return port;
}

} // namespace

tl::expected<listen_address, error> parse_listen_address(std::string_view text) {
    const auto refuse = [text](std::string_view why) {
        std::string detail = "must be ADDR:PORT, like 127.0.0.1:8080 or [::1]:8080, but is \"";
        detail.append(text).append("\": ").append(why);
        return tl::unexpected{error{error_kind::bad_value, {}, 0, {}, std::move(detail)}};
    };

    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return refuse("the port is missing");
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) return refuse("the port is not a number from 0 to 65535");

    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    std::string address{host};
    // A text with a NUL inside would be cut short by inet_pton.
    const bool numeric =
        address.find('\0') == std::string::npos && is_numeric_address(bracketed ? AF_INET6 : AF_INET, address);
    if (!numeric) return refuse("the address is not numeric");
    return listen_address{std::move(address), *port};
}

std::string to_string(const listen_address& one) {
    const bool six = one.address.find(':') != std::string::npos;
    return (six ? "[" + one.address + "]" : one.address) + ":" + std::to_string(one.port);
}

} // namespace meguri::config
