// A payment as the client that made it remembers it: every step that it asked for, what it was told, and what the
// payment must look like by plain arithmetic. Knows nothing of sockets.
#pragma once

#include "tests/support/api_client.hpp"
#include "tests/support/seeds.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace meguri::test {

enum class step_kind { attempt, capture, voiding, refund, reversal };

struct remembered_step {
    step_kind kind;
    std::int64_t amount; // of the attempt, capture or refund
    std::string path;    // of the POST
    std::string body;
    std::string key;
    std::string answer; // the 201's body; empty where none came
};

struct standing {
    std::string status; // empty: no authorization is known
    std::int64_t captured = 0;
    std::int64_t refunded = 0;

    [[nodiscard]] bool operator==(const standing&) const = default;
};
std::ostream& operator<<(std::ostream& out, const standing& one);

class remembered_payment {
public:
    remembered_payment(std::size_t wallet, std::int64_t amount, bool is_hold)
        : wallet_{wallet},
          amount_{amount},
          is_hold_{is_hold} {}

    // Appends the step, not answered yet. An attempt comes first, and a step that was asked for without an answer is
    // followed by nothing but a reversal.
    void attempt(const small_town& town, std::string key);
    void reverse(std::string key);
    // What may come next of an open payment.
    void go_on(dice& random, std::string key);

    // The last step's answer has come. Holds it against what was to be expected; `clock_is_turned`: a hold may have
    // ended meanwhile and points may have expired.
    void told(std::string answer, bool clock_is_turned);
    // The last step was refused: it never was.
    void refused() { steps_.pop_back(); }
    // A hold that ended by itself.
    void ended(boost::json::value as_shown);

    [[nodiscard]] std::size_t wallet() const noexcept { return wallet_; }
    [[nodiscard]] const std::vector<remembered_step>& steps() const noexcept { return steps_; }
    [[nodiscard]] bool waits() const { return steps_.back().answer.empty(); }
    // The authorization as last told; null where there is none.
    [[nodiscard]] const boost::json::value& shown() const noexcept { return shown_; }
    [[nodiscard]] const standing& stands() const noexcept { return stands_; }
    [[nodiscard]] std::int64_t held() const { return stands_.status == "authorized" ? amount_ : 0; }
    [[nodiscard]] bool is_open() const { return stands_.status == "authorized" || stands_.status == "captured"; }
    [[nodiscard]] std::string path() const; // to GET it

private:
    [[nodiscard]] standing expected_after(const remembered_step& step) const;
    void add(step_kind kind, std::int64_t amount, const boost::json::value& body, std::string key);

    std::size_t wallet_;
    std::int64_t amount_;
    bool is_hold_;
    std::vector<remembered_step> steps_;
    boost::json::value shown_;
    standing stands_;
};

// The authorization within a step's answer.
[[nodiscard]] boost::json::value authorization_in(const std::string& answer);
[[nodiscard]] standing standing_of(const boost::json::value& authorization);

} // namespace meguri::test
