#include "config/changes.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <utility>

namespace meguri::config {
namespace {

// Every setting's value as text, in the order of the schema.
struct printed_settings {
    struct value {
        std::string_view key;
        effect takes;
        std::string text;
    };
    std::vector<value> values;

    void operator()(std::string_view key, effect takes, bool given) { add(key, takes, given ? "true" : "false"); }
    void operator()(std::string_view key, effect takes, const std::string& given) { add(key, takes, quoted(given)); }
    void operator()(std::string_view key, effect takes, const listen_address& given) {
        add(key, takes, quoted(to_string(given)));
    }
    template <std::unsigned_integral Number>
    void operator()(std::string_view key, effect takes, Number given, bounds) {
        add(key, takes, std::to_string(given));
    }
    template <class Choice, std::size_t N>
    void operator()(std::string_view key, effect takes, Choice given, const std::array<std::string_view, N>& names) {
        add(key, takes, quoted(names.at(static_cast<std::size_t>(given))));
    }

private:
    static std::string quoted(std::string_view given) { return '"' + std::string{given} + '"'; }
    void add(std::string_view key, effect takes, std::string text) { values.push_back({key, takes, std::move(text)}); }
};

} // namespace

std::string change::text() const { return std::string{key} + ": " + before + " -> " + after; }

std::vector<change> changes_between(const settings& before, const settings& after) {
    printed_settings old;
    printed_settings fresh;
    for_each_setting(before, old);
    for_each_setting(after, fresh);
    std::vector<change> found;
    for (std::size_t i = 0; i < old.values.size(); ++i)
        if (old.values[i].text != fresh.values[i].text)
            found.push_back({old.values[i].key, old.values[i].takes, old.values[i].text, fresh.values[i].text});
    return found;
}

tl::expected<std::vector<change>, error> changes_on_reload(const settings& in_use, const loaded_settings& wanted) {
    auto found = changes_between(in_use, wanted.all);
    const bool tls_begins_or_ends = in_use.server.tls_certificate.empty() != wanted.all.server.tls_certificate.empty();
    const auto needs_restart = [&](const change& one) {
        const bool is_tls = one.key == "server.tls_certificate" || one.key == "server.tls_key";
        return one.takes == effect::after_restart || (is_tls && tls_begins_or_ends);
    };
    const auto first = std::find_if(found.begin(), found.end(), needs_restart);
    if (first == found.end()) return found;
    std::string detail = "a restart is needed to change " + first->before + " to " + first->after;
    for (auto other = std::find_if(first + 1, found.end(), needs_restart); other != found.end();
         other = std::find_if(other + 1, found.end(), needs_restart)) {
        detail += "; and for " + other->text();
        if (const auto at = wanted.lines.find(other->key); at != wanted.lines.end())
            detail += " (line " + std::to_string(at->second) + ")";
    }
    return tl::unexpected{wanted.error_at(first->key, error_kind::needs_restart, std::move(detail))};
}

} // namespace meguri::config
