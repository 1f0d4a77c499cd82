#include "bench/request_text.hpp"

#include "ledger/contract.hpp"

#include <array>
#include <charconv>

namespace meguri::bench {
namespace {

constexpr std::size_t digits = 12;

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> text;
    const auto* const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

// Always as long, so that a key is told from any other.
void append_digits(std::string& out, std::uint64_t number) {
    std::array<char, digits> text;
    for (std::size_t i = digits; i-- > 0; number /= 10) text[i] = static_cast<char>('0' + number % 10);
    out.append(text.data(), digits);
}

} // namespace

void request_text::add_till(const std::string& bearer_key) {
    tills_.push_back(" HTTP/1.1\r\n"
                     "Host: 127.0.0.1\r\n"
                     "Authorization: Bearer " +
                     bearer_key +
                     "\r\n"
                     "Content-Type: application/json\r\n"
                     "Idempotency-Key: " +
                     tag_ + "-");
}

void request_text::add_code(const std::string& program, const std::string& code) {
    EXPECTS(codes_.empty() || (program == program_ && code.size() == code_length_));
    program_ = program;
    code_length_ = code.size();
    codes_ += code;
}

void request_text::authorization(std::string& out, std::size_t till, const payment& asked) {
    body_.assign(R"({"amount":)");
    append_number(body_, asked.amount);
    body_.append(R"(,"program":")").append(asked.program);
    if (asked.credential.empty())
        body_.append(R"(","credential":{"type":"code","value":")").append(asked.code).append(R"("})");
    else
        body_.append(R"(","credential":)").append(asked.credential);
    body_.append(asked.capture ? R"(,"capture":true,"reference":"R-)" : R"(,"capture":false,"reference":"R-)");
    append_digits(body_, asked.number);
    body_.append(R"("})");
    out.append("POST /v1/authorizations");
    finish(out, till, asked.number);
}

void request_text::step(std::string& out, std::size_t till, std::uint64_t number, std::string_view payment_id,
                        std::string_view what, unsigned amount) {
    body_.assign("{");
    if (amount > 0) {
        body_.append(R"("amount":)");
        append_number(body_, amount);
    }
    body_.append("}");
    out.append("POST /v1/authorizations/").append(payment_id).append("/").append(what);
    finish(out, till, number);
}

void request_text::reversal(std::string& out, std::size_t till, std::uint64_t number, std::uint64_t reversed) {
    body_.assign(R"({"idempotency_key":")").append(key_of(reversed)).append(R"("})");
    out.append("POST /v1/reversals");
    finish(out, till, number);
}

void request_text::finish(std::string& out, std::size_t till, std::uint64_t number) const {
    out.append(tills_[till]);
    append_digits(out, number);
    out.append("\r\nContent-Length: ");
    append_number(out, body_.size());
    out.append("\r\n\r\n").append(body_);
}

std::string request_text::key_of(std::uint64_t number) const {
    std::string key = tag_ + "-";
    append_digits(key, number);
    return key;
}

std::uint64_t request_text::number_of(std::string_view idempotency_key) const {
    if (!idempotency_key.starts_with(tag_) || idempotency_key.size() != tag_.size() + 1 + digits) return 0;
    std::uint64_t number = 0;
    const auto* const begin = idempotency_key.data() + tag_.size() + 1;
    return std::from_chars(begin, begin + digits, number).ec == std::errc{} ? number : 0;
}

} // namespace meguri::bench
