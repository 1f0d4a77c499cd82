// A client of the running switch under one bearer key: JSON in, JSON out, every response held against the OpenAPI file.
// A response that breaks the contract fails the test that got it. One thread per client.
#pragma once

#include "tests/support/http_client.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::test {

class api_client {
public:
    api_client(std::uint16_t port, std::string key) : http_{port}, key_{std::move(key)} {}

    http_reply post(const std::string& path, const boost::json::value& body, const std::string& idempotency_key = {});
    http_reply get(const std::string& path);
    // 2xx, or the test fails and this throws.
    boost::json::value made(const std::string& path, const boost::json::value& body,
                            const std::string& idempotency_key = {});
    boost::json::value read(const std::string& path);

    // A body as it is, for what no JSON library would write.
    http_reply post_text(const std::string& path, const std::string& body, const http_fields& more_fields = {});
    // A file of recipients.
    http_reply post_csv(const std::string& path, const std::string& csv, const std::string& idempotency_key);

    // A body of another type than JSON.
    http_reply post_as(const std::string& type, const std::string& path, const std::string& body);

private:
    http_reply ask(std::string_view method, const std::string& path, const http_fields& fields,
                   const std::string& body);

    http_client http_;
    std::string key_;
};

// The `code` of a problem; empty where the reply is none.
[[nodiscard]] std::string code_of(const http_reply& reply);
[[nodiscard]] std::string text_at(const boost::json::value& from, std::string_view name);

// One program (042021), one merchant with a terminal, `wallets` wallets with a card and `points` each.
struct small_town {
    struct purse {
        std::string id;
        std::string card;
    };
    std::string merchant;
    std::string terminal;
    std::string till_key;
    std::vector<purse> wallets;
};
[[nodiscard]] small_town make_small_town(api_client& as_operator, std::size_t wallets, std::int64_t points);

[[nodiscard]] boost::json::value payment(const small_town::purse& from, std::int64_t amount);

} // namespace meguri::test
