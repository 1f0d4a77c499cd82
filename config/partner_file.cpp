#include "config/partner_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <toml++/toml.h>

namespace meguri::config {
namespace {

struct partner_field {
    std::string_view name;
    std::string partner_entry::*field;
    bool is_needed;
};
constexpr std::array partner_fields{
    partner_field{"id", &partner_entry::id, true},
    partner_field{"client_id", &partner_entry::client_id, true},
    partner_field{"client_secret_file", &partner_entry::client_secret_file, true},
    partner_field{"authorization_endpoint", &partner_entry::authorization_endpoint, true},
    partner_field{"token_endpoint", &partner_entry::token_endpoint, true},
    partner_field{"revocation_endpoint", &partner_entry::revocation_endpoint, false},
    partner_field{"account_endpoint", &partner_entry::account_endpoint, true},
    partner_field{"conversions_endpoint", &partner_entry::conversions_endpoint, true},
    partner_field{"scope", &partner_entry::scope, false},
    partner_field{"authorities", &partner_entry::authorities, false},
};

tl::expected<partner_entry, error> read_partner(const toml::table& of, const std::string& file) {
    const auto wrong = [&](error_kind kind, const toml::source_region& at, std::string_view key, std::string detail) {
        return tl::unexpected{error{kind, file, at.begin.line, "partner." + std::string{key}, std::move(detail)}};
    };
    partner_entry read;
    for (const auto& [key, value] : of) {
        const auto known = std::ranges::find(partner_fields, key.str(), &partner_field::name);
        if (known == partner_fields.end())
            return wrong(error_kind::unknown_key, key.source(), key.str(), "no setting has this name");
        const auto* const text = value.as_string();
        if (text == nullptr) return wrong(error_kind::wrong_type, key.source(), key.str(), "must be a text in quotes");
        read.*(known->field) = text->get();
    }
    for (const auto& one : partner_fields)
        if (one.is_needed && (read.*(one.field)).empty())
            return wrong(error_kind::bad_value, of.source(), one.name, "must be given");
    return read;
}

} // namespace

tl::expected<std::vector<partner_entry>, error> load_partner_file(const std::string& file) {
    if (file.empty()) return std::vector<partner_entry>{};
    std::ifstream from{file, std::ios::binary};
    if (!from) return tl::unexpected{error{error_kind::unreadable, file, 0, {}, "cannot be opened"}};
    return parse_partner_file(std::string{std::istreambuf_iterator<char>{from}, {}}, file);
}

tl::expected<std::vector<partner_entry>, error> parse_partner_file(std::string_view text, const std::string& file) {
    toml::table root;
    try {
        root = toml::parse(text, file);
    } catch (const toml::parse_error& broken) {
        return tl::unexpected{
            error{error_kind::not_toml, file, broken.source().begin.line, {}, std::string{broken.description()}}};
    }
    std::vector<partner_entry> all;
    for (const auto& [key, value] : root) {
        const auto* const list = value.as_array();
        if (key.str() != "partner" || list == nullptr || !list->is_array_of_tables())
            return tl::unexpected{error{error_kind::unknown_key, file, key.source().begin.line, std::string{key.str()},
                                        "only [[partner]] stands in this file"}};
        for (const auto& one : *list) {
            auto read = read_partner(*one.as_table(), file);
            if (!read) return tl::unexpected{std::move(read.error())};
            all.push_back(std::move(*read));
        }
    }
    return all;
}

} // namespace meguri::config
