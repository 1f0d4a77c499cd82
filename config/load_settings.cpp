#include "config/load_settings.hpp"

#include "config/schema.hpp"

#include <algorithm>
#include <cerrno>
#include <concepts>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <toml++/toml.h>
#include <utility>

namespace meguri::config {
namespace {

std::string described(const toml::node& value) {
    if (const auto* text = value.as_string()) return "the text \"" + text->get() + "\"";
    if (const auto* number = value.as_integer()) return std::to_string(number->get());
    if (const auto* truth = value.as_boolean()) return truth->get() ? "true" : "false";
    if (value.is_table()) return "a table";
    if (value.is_array()) return "an array";
    return value.is_floating_point() ? "a number with a fraction" : "a date or time";
}

// A value of the file, its key's line, and whether some setting asked for it.
struct given_value {
    const toml::node* value;
    std::uint32_t line;
    bool read = false;
};

// Walks the schema over a parsed file. Remembers the first error only; later visits then do nothing.
class file_reader {
public:
    file_reader(const toml::table& root, const std::string& file) : file_{file} {
        for (const auto& [section, node] : root) {
            const auto* const table = node.as_table();
            if (table == nullptr) {
                values_.emplace(std::string{section.str()}, given_value{&node, section.source().begin.line});
                continue;
            }
            // An empty section is no mistake, but its name may be one.
            if (table->empty()) empty_sections_.emplace(std::string{section.str()}, section.source().begin.line);
            for (const auto& [name, value] : *table)
                values_.emplace(std::string{section.str()} + "." + std::string{name.str()},
                                given_value{&value, name.source().begin.line});
        }
    }

    void operator()(std::string_view key, effect, bool& into) {
        const auto* const value = take(key);
        if (value == nullptr) return;
        if (const auto* truth = value->as_boolean())
            into = truth->get();
        else
            wrong_type(key, "true or false", *value);
    }

    void operator()(std::string_view key, effect, std::string& into) {
        if (const auto text = take_text(key)) into = *text;
    }

    void operator()(std::string_view key, effect, listen_address& into) {
        const auto text = take_text(key);
        if (!text) return;
        auto parsed = parse_listen_address(*text);
        if (parsed)
            into = std::move(*parsed);
        else
            fail(error_kind::bad_value, key, parsed.error().detail);
    }

    template <std::unsigned_integral Number>
    void operator()(std::string_view key, effect, Number& into, bounds admitted) {
        const auto* const value = take(key);
        if (value == nullptr) return;
        const auto* const number = value->as_integer();
        if (number == nullptr) return wrong_type(key, "a whole number", *value);
        const std::int64_t given = number->get();
        if (std::cmp_less(given, admitted.least) || std::cmp_greater(given, admitted.most))
            return fail(error_kind::out_of_range, key,
                        "must be " + std::to_string(admitted.least) + " to " + std::to_string(admitted.most) +
                            ", but is " + std::to_string(given));
        into = static_cast<Number>(given);
    }

    template <class Choice, std::size_t N>
    void operator()(std::string_view key, effect, Choice& into, const std::array<std::string_view, N>& names) {
        const auto text = take_text(key);
        if (!text) return;
        const auto found = std::find(names.begin(), names.end(), *text);
        if (found != names.end()) {
            into = static_cast<Choice>(found - names.begin());
            return;
        }
        std::string detail = "must be one of";
        for (const auto name : names) detail.append(" \"").append(name).append("\"");
        fail(error_kind::bad_value, key, detail + ", but is \"" + *text + "\"");
    }

    // After the schema has been walked: what the file names and no setting does, by line.
    [[nodiscard]] std::optional<error> unknown_key() const {
        std::optional<error> first;
        const auto note = [&](const std::string& key, std::uint32_t line) {
            if (!first || line < first->line)
                first = error{error_kind::unknown_key, file_, line, key, "no setting has this name"};
        };
        for (const auto& [key, value] : values_)
            if (!value.read && !known_sections_.contains(key)) note(key, value.line);
        for (const auto& [section, line] : empty_sections_)
            if (!known_sections_.contains(section)) note(section, line);
        return first;
    }

    [[nodiscard]] const std::optional<error>& first_error() const noexcept { return first_error_; }

    [[nodiscard]] setting_lines lines() const {
        setting_lines all;
        for (const auto& [key, value] : values_) all.emplace(key, value.line);
        return all;
    }

    // 0 when the file does not give it.
    [[nodiscard]] std::uint32_t line_of(std::string_view key) const {
        const auto found = values_.find(key);
        return found == values_.end() ? 0 : found->second.line;
    }

private:
    // The value that the file gives, or null. Marks the key as known in any case.
    const toml::node* take(std::string_view key) {
        const std::string_view section = key.substr(0, key.find('.'));
        known_sections_.emplace(section);
        if (const auto other = values_.find(section); other != values_.end())
            wrong_type(section, "a table", *other->second.value);
        const auto found = values_.find(key);
        if (found == values_.end()) return nullptr;
        found->second.read = true;
        return found->second.value;
    }

    std::optional<std::string> take_text(std::string_view key) {
        const auto* const value = take(key);
        if (value == nullptr) return std::nullopt;
        if (const auto* text = value->as_string()) return text->get();
        wrong_type(key, "a text in quotes", *value);
        return std::nullopt;
    }

    void wrong_type(std::string_view key, std::string_view wanted, const toml::node& value) {
        fail(error_kind::wrong_type, key, "must be " + std::string{wanted} + ", but is " + described(value));
    }

    void fail(error_kind kind, std::string_view key, std::string detail) {
        if (first_error_) return;
        first_error_ = error{kind, file_, line_of(key), std::string{key}, std::move(detail)};
    }

    std::string file_;
    std::map<std::string, given_value, std::less<>> values_;
    std::map<std::string, std::uint32_t, std::less<>> empty_sections_;
    std::set<std::string, std::less<>> known_sections_;
    std::optional<error> first_error_;
};

tl::expected<std::string, error> read_bounded(const std::string& file) {
    const auto refuse = [&file](error_kind kind, std::string detail) {
        return tl::unexpected{error{kind, file, 0, {}, std::move(detail)}};
    };
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened{std::fopen(file.c_str(), "rbe"), &std::fclose};
    if (!opened) return refuse(error_kind::unreadable, std::string{"cannot be opened: "} + std::strerror(errno));

    std::string text(settings_file_bytes_max + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), opened.get()));
    if (std::ferror(opened.get()) != 0)
        return refuse(error_kind::unreadable, std::string{"cannot be read: "} + std::strerror(errno));
    if (text.size() > settings_file_bytes_max)
        return refuse(error_kind::too_large,
                      "is larger than " + std::to_string(settings_file_bytes_max) + " bytes, too large for settings");
    return text;
}

tl::unexpected<error> contradiction(std::string key, std::string detail) {
    return tl::unexpected{error{error_kind::bad_value, {}, 0, std::move(key), std::move(detail)}};
}

bool is_visible(char one) noexcept { return one > 0x20 && one < 0x7f; }

tl::expected<void, error> check_card(const card_settings& card) {
    if (card.authorities.empty() && !card.crl.empty())
        return contradiction("card.crl", "needs card.authorities beside it");
    if (card.crl.empty() && card.ocsp_url.empty() && !card.authorities.empty())
        return contradiction("card.authorities", "needs card.crl or card.ocsp_url beside it");
    if (!card.crl_urls.empty() && card.crl.empty())
        return contradiction("card.crl_urls", "needs card.crl beside it, the file that is written");
    if (!card.crl_urls.empty() && card.crl_every_s >= card.crl_age_max_s)
        return contradiction("card.crl_every_s",
                             "must be below card.crl_age_max_s, or the lists are too old in between");
    const auto& responder = card.ocsp_url;
    if (!responder.empty() && !((responder.starts_with("http://") || responder.starts_with("https://")) &&
                                std::ranges::all_of(responder, is_visible)))
        return contradiction("card.ocsp_url", "must be an address of http or https");
    if (!responder.empty() && card.authorities.empty())
        return contradiction("card.ocsp_url", "needs card.authorities beside it");
    if (!responder.empty() && !card.crl.empty())
        return contradiction("card.ocsp_url", "cannot stand beside card.crl: one of them says what is revoked");
    if (responder.empty() && !card.ocsp_authorities.empty())
        return contradiction("card.ocsp_authorities", "needs card.ocsp_url beside it");
    return {};
}

} // namespace

error loaded_settings::error_at(std::string_view key, error_kind kind, std::string detail) const {
    const auto line = lines.find(key);
    return {kind, file, line == lines.end() ? 0 : line->second, std::string{key}, std::move(detail)};
}

tl::expected<settings, error> load_settings(const std::string& file, setting_lines* lines) {
    return read_bounded(file).and_then([&](const std::string& text) { return parse_settings(text, file, lines); });
}

tl::expected<settings, error> parse_settings(std::string_view text, const std::string& file, setting_lines* lines) {
    toml::table root;
    try {
        root = toml::parse(text, file);
    } catch (const toml::parse_error& broken) {
        return tl::unexpected{
            error{error_kind::not_toml, file, broken.source().begin.line, {}, std::string{broken.description()}}};
    }

    settings read;
    file_reader reader{root, file};
    for_each_setting(read, reader);
    if (auto unknown = reader.unknown_key()) return tl::unexpected{std::move(*unknown)};
    if (reader.first_error()) return tl::unexpected{*reader.first_error()};
    if (auto checked = check_settings(read); !checked) {
        checked.error().file = file;
        checked.error().line = reader.line_of(checked.error().key);
        return tl::unexpected{std::move(checked.error())};
    }
    if (lines != nullptr) *lines = reader.lines();
    return read;
}

tl::expected<void, error> check_settings(const settings& all) {
    if (all.data.dir.empty()) return contradiction("data.dir", "must name a folder");
    if (all.server.tls_certificate.empty() && !all.server.tls_key.empty())
        return contradiction("server.tls_key", "needs server.tls_certificate beside it");
    if (all.server.tls_key.empty() && !all.server.tls_certificate.empty())
        return contradiction("server.tls_certificate", "needs server.tls_key beside it");
    if (all.server.tls_certificate.empty() && !all.server.tls_client_ca.empty())
        return contradiction("server.tls_client_ca", "needs server.tls_certificate beside it");
    if (all.server.tls_client_ca.empty() && !all.server.tls_client_crl.empty())
        return contradiction("server.tls_client_crl", "needs server.tls_client_ca beside it");
    if (auto checked = check_card(all.card); !checked) return checked;
    if (all.login.audience.empty() || !std::ranges::all_of(all.login.audience, is_visible))
        return contradiction("login.audience", "must be visible ASCII characters, 1 or more");
    const auto is_digit = [](char one) { return one >= '0' && one <= '9'; };
    const auto& prefix = all.codes.once_prefix;
    if (prefix.size() > 6 || !std::all_of(prefix.begin(), prefix.end(), is_digit))
        return contradiction("codes.once_prefix", "must be six digits at most");
    if (all.codes.once_length % 2 != 0)
        return contradiction("codes.once_length", "must be even, or Code 128 needs more bars");
    if (all.codes.once_length < prefix.size() + 15)
        return contradiction("codes.once_length", "must leave 14 digits between the prefix and the check digit");
    if (all.partners.connections.empty() != all.partners.redirect_uri.empty())
        return contradiction("partners.redirect_uri", "must be given together with partners.connections");
    if (all.limits.bulk_body_bytes < all.limits.body_bytes)
        return contradiction("limits.bulk_body_bytes", "must not be below limits.body_bytes");
    if (all.limits.file_body_bytes < all.limits.body_bytes)
        return contradiction("limits.file_body_bytes", "must not be below limits.body_bytes");
    if (all.checkpoint.shed_tail_entries <= all.checkpoint.entries_max)
        return contradiction("checkpoint.shed_tail_entries",
                             "must be above checkpoint.entries_max, or a healthy checkpoint sheds load");
    return {};
}

} // namespace meguri::config
