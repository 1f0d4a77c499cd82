// The payments of a gateway that is played: what it keeps, what it does with each request, and what goes wrong by
// settings. Every change is in its file before anybody hears of it, so it can be killed at any moment. No card number
// is ever asked for: its page of 3-D Secure says yes or no by a parameter. Any thread.
#pragma once

#include <boost/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace meguri::test {

struct gateway_answer {
    unsigned status = 200;
    boost::json::value body;
    bool is_silent = false; // it is done, and the connection ends without an answer
};

class gateway_payments {
public:
    // `tell` gets each event's body, once, or as often as the settings say.
    gateway_payments(std::filesystem::path file, std::string key, std::string own_url,
                     std::function<void(std::string)> tell);

    [[nodiscard]] gateway_answer answer(std::string_view method, std::string_view target, std::string_view bearer,
                                        std::string_view idempotency_key, std::string_view body);

private:
    struct faults {
        bool auto_approve = false;         // the page of 3-D Secure need not be visited
        bool decline = false;              // whatever the page says
        std::int64_t silent_creations = 0; // so many are made and not answered
        std::int64_t unavailable = 0;      // so many requests are answered 503
        std::string webhooks = "sent";     // lost, doubled
    };

    [[nodiscard]] gateway_answer create(const boost::json::object& asked, const std::string& key);
    [[nodiscard]] gateway_answer about(std::string_view method, std::string_view rest);
    [[nodiscard]] gateway_answer play(std::string_view method, std::string_view rest, std::string_view body);
    [[nodiscard]] gateway_answer page(std::string_view rest);
    gateway_answer become(const std::string& id, const char* status);
    void set(const boost::json::object& wanted);
    void save() const;

    const std::filesystem::path file_;
    const std::string key_;
    const std::string own_url_;
    const std::function<void(std::string)> tell_;
    std::mutex mutex_;
    boost::json::object payments_;              // by id
    std::map<std::string, std::string> by_key_; // idempotency key -> id
    faults faults_;
};

} // namespace meguri::test
