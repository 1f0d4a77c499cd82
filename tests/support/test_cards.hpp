// My Number cards for a running switch: their authorities' files, the settings that name them, and payments that a card
// signs as the HTTP contract says, put together here from its words alone.
#pragma once

#include "tests/support/api_client.hpp"
#include "tests/support/card_authority.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace meguri::test {

class test_cards {
public:
    // Writes the files into the folder, with lists on which nothing is.
    explicit test_cards(const std::filesystem::path& folder);

    [[nodiscard]] issued_certificate issue(const card_wish& wish = {}) { return first.issue(wish); }
    // What the switch must be started with.
    [[nodiscard]] std::string settings() const;
    // The same where a responder says what is revoked.
    [[nodiscard]] std::string settings_asking(const std::string& responder) const;
    void revoke(const std::vector<issued_certificate>& all) const;
    void write_lists(const std::string& text) const;
    // As if they had been fetched so long ago.
    void age_lists(std::chrono::seconds by) const;

    card_authority first;
    card_authority second; // another generation of the same name

private:
    std::filesystem::path authorities_;
    std::filesystem::path lists_;
};

[[nodiscard]] std::string to_base64(std::string_view bytes);

// A payment that a card signs at a till.
struct signed_by_card {
    std::string merchant;
    std::string terminal;
    std::string key; // the Idempotency-Key
    std::int64_t amount = 0;
    std::optional<std::string> program = "042021";
    bool capture = true;
    std::int64_t signed_at_ms = now_ms();

    [[nodiscard]] static std::int64_t now_ms();
    // The body of POST /v1/authorizations.
    [[nodiscard]] boost::json::value by(const issued_certificate& card) const;
};

// What a card shows of itself for a challenge: the members `challenge`, `certificate` and `signature`.
[[nodiscard]] boost::json::object shown_card(const issued_certificate& card, const std::string& challenge,
                                             const std::string& purpose = "login",
                                             const std::string& audience = "meguri");

} // namespace meguri::test
