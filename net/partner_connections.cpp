#include "net/partner_connections.hpp"

#include "net/web_exchange.hpp"
#include "storage/key_ring.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace meguri::net {
namespace {

struct partner_address {
    std::string_view name;
    std::string config::partner_entry::*field;
};
constexpr std::array partner_addresses{
    partner_address{"authorization_endpoint", &config::partner_entry::authorization_endpoint},
    partner_address{"token_endpoint", &config::partner_entry::token_endpoint},
    partner_address{"revocation_endpoint", &config::partner_entry::revocation_endpoint},
    partner_address{"account_endpoint", &config::partner_entry::account_endpoint},
    partner_address{"conversions_endpoint", &config::partner_entry::conversions_endpoint},
};

// Empty where it can be used: secrets go there, so it is https, or this machine.
std::string_view fault_of_address(const std::string& text) {
    const auto parsed = parse_web_address(text);
    if (!parsed) return "is no address of http or https";
    const bool is_here = parsed->host == "localhost" || parsed->host.starts_with("127.");
    return parsed->is_https || is_here ? "" : "must be https";
}

} // namespace

tl::expected<partner_connections, config::error> partner_connections::load(const std::string& file,
                                                                           const storage::key_ring& keys) {
    auto read = config::load_partner_file(file);
    if (!read) return tl::unexpected{std::move(read.error())};
    partner_connections made;
    for (auto& one : *read) {
        const auto wrong = [&](std::string_view key, std::string detail) {
            return tl::unexpected{config::error{config::error_kind::bad_value, file, 0, "partner." + std::string{key},
                                                one.id + ": " + std::move(detail)}};
        };
        const auto id = keys.decode_id(storage::id_kind::partner, one.id);
        if (!id) return wrong("id", "is no partner's");
        const ledger::partner_id partner{*id};
        if (made.find(partner) != nullptr) return wrong("id", "is named twice");
        for (const auto& [name, field] : partner_addresses)
            if (const auto fault = fault_of_address(one.*field); !(one.*field).empty() && !fault.empty())
                return wrong(name, std::string{fault});
        std::ifstream from{one.client_secret_file};
        std::string secret;
        if (!std::getline(from, secret) || secret.empty()) return wrong("client_secret_file", "has no first line");
        made.all_.push_back({partner, std::move(one), storage::secret{std::move(secret)}});
    }
    return made;
}

const partner_connection* partner_connections::find(ledger::partner_id partner) const noexcept {
    const auto found = std::ranges::find(all_, partner, &partner_connection::partner);
    return found == all_.end() ? nullptr : &*found;
}

} // namespace meguri::net
