// The real program beside a partner company that is a process of its own (tests/partner_simulator): a resident who logs
// in by card, and what links their account there.
#pragma once

#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/test_cards.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

namespace meguri::test {

inline constexpr const char* linked_redirect_uri = "https://site.example.jp/links";

class partner_process {
public:
    explicit partner_process(std::filesystem::path folder, std::string token_seconds = "3600");
    ~partner_process() { kill(); }
    partner_process(const partner_process&) = delete;
    partner_process& operator=(const partner_process&) = delete;

    // At the same port, with all that it knew.
    void start();
    // kill -9.
    void kill();
    // What goes wrong with the next such call: error, silent, late, refused, unauthorized.
    void fault(const std::string& call, const std::string& kind, int times = 1);
    [[nodiscard]] boost::json::value books() const;
    [[nodiscard]] std::int64_t points_of(const std::string& account) const;
    // How often that call has come.
    [[nodiscard]] std::int64_t calls(const std::string& call) const;
    // So many conversions stand there with that status.
    [[nodiscard]] std::int64_t conversions(const std::string& status) const;
    // As the member who consents: what the partner gives for the page that it sends them back to.
    struct consent {
        std::string state;
        std::string code;
    };
    [[nodiscard]] consent approve(const std::string& authorization_url, const std::string& account) const;
    // What the settings' file of partners has to say.
    void write_file(const std::filesystem::path& file, const std::string& partner) const;
    [[nodiscard]] std::string secret() const { return "a-secret-of-the-partner"; }

private:
    std::filesystem::path folder_;
    std::string token_seconds_;
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
};

// Before the scene that names its files.
struct with_partner {
    explicit with_partner(const std::string& token_seconds = "3600") : company{partner_folder.path(), token_seconds} {}
    [[nodiscard]] std::string settings() const;
    [[nodiscard]] std::filesystem::path partner_file() const { return partner_folder / "partners.toml"; }
    temporary_folder partner_folder;
    test_cards cards{partner_folder.path()};
    partner_process company;
};

class linked_town : protected with_partner, public payments_scene {
protected:
    explicit linked_town(const std::string& token_seconds = "3600");

    struct person {
        issued_certificate card;
        std::string wallet;
        std::string token;
    };
    [[nodiscard]] api_client as(const person& one) const { return {process->port(), one.token}; }
    [[nodiscard]] person log_in(const issued_certificate& card) const;
    [[nodiscard]] person new_resident() { return log_in(cards.issue()); }
    [[nodiscard]] boost::json::value begin(const person& one) const;
    [[nodiscard]] http_reply finish(const person& one, const partner_process::consent& given) const;
    boost::json::value link(const person& one, const std::string& account) const;
    http_reply convert(const person& one, std::int64_t units, const std::string& key,
                       const boost::json::object& more = {}) const;
    // Of a conversion, until it is that; fails after ten seconds.
    boost::json::value wait_for(const std::string& conversion, const std::string& status);
    void wait_for_calls(const std::string& call, std::int64_t count) const;
    // Of all that came to it, wherever it lies.
    [[nodiscard]] std::int64_t credited(const std::string& wallet);
    void kill_and_log_in_again(person& one);

    std::string partner;
};

} // namespace meguri::test
