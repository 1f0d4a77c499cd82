// The settings file: whatever the text is, either settings that are all within their bounds, or an error that says
// where.
#include "config/load_settings.hpp"
#include "config/schema.hpp"
#include "ledger/contract.hpp"
#include "tests/fuzz/fuzzing.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace meguri::fuzz {
namespace {

struct check_setting {
    void operator()(std::string_view, config::effect, bool) const {}
    void operator()(std::string_view, config::effect, const std::string&) const {}
    void operator()(std::string_view, config::effect, const config::listen_address& one) const {
        const auto again = config::parse_listen_address(to_string(one));
        ENSURES(again.has_value() && *again == one);
    }
    template <class Number>
    void operator()(std::string_view, config::effect, Number given, config::bounds admitted) const {
        ENSURES(given >= admitted.least && given <= admitted.most);
    }
    template <class Choice, std::size_t N>
    void operator()(std::string_view, config::effect, Choice given, const std::array<std::string_view, N>&) const {
        ENSURES(static_cast<std::size_t>(given) < N);
    }
};

void check_error(const config::error& found, std::string_view text) {
    const auto lines = std::ranges::count(text, '\n') + 1;
    ENSURES(found.file == "f.toml" && found.message().starts_with("f.toml") && !found.detail.empty());
    ENSURES(found.line <= lines && found.message().find('\n') == std::string::npos);
    if (found.kind == config::error_kind::not_toml) return ENSURES(found.line > 0);
    ENSURES(!found.key.empty() || found.kind == config::error_kind::unknown_key); // "" is a key, and nobody's
    // Settings that contradict each other may do so by what the file leaves out.
    ENSURES(found.line > 0 || found.kind == config::error_kind::bad_value);
}

} // namespace

void try_input(input bytes) {
    const std::string_view text = text_of(bytes);
    const auto read = config::parse_settings(text, "f.toml");
    if (!read) return check_error(read.error(), text);
    ENSURES(config::check_settings(*read).has_value());
    config::for_each_setting(*read, check_setting{});
}

} // namespace meguri::fuzz
