// The demo's world, made through the public API like any client would: two disaster areas, shops of their local
// products, residents with points of several sources and expiries.
#pragma once

#include "tests/support/http_client.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

// A session with the API under one bearer key. Throws std::runtime_error with the problem's text for anything but 2xx.
class api_session {
public:
    api_session(std::uint16_t port, std::string key) : client_{port}, key_{std::move(key)} {}

    boost::json::value post(const std::string& path, const boost::json::value& body,
                            const std::string& idempotency_key = {});
    boost::json::value get(const std::string& path);

private:
    boost::json::value answer_of(std::string_view method, const std::string& path, const test::http_fields& fields,
                                 const std::string& body);

    test::http_client client_;
    std::string key_;
};

struct demo_till {
    std::string shop;     // the merchant's name
    std::string product;  // what it sells
    std::string terminal; // "レジ1"
    std::string key;
    std::vector<std::string> programs;
};

struct demo_resident {
    std::string wallet;
    std::string code;
    std::string program; // whose points it holds
};

struct demo_town {
    std::vector<demo_till> tills;
    std::vector<demo_resident> residents;
    demo_resident poor;   // 80 points of Ishinomaki
    demo_resident frozen; // a wallet that the operator froze
};

// `tag` makes names and idempotency keys this run's own.
[[nodiscard]] demo_town make_demo_town(api_session& as_operator, std::uint32_t residents, const std::string& tag);

} // namespace meguri::bench
