#include "bench/payment_source.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace meguri::bench {
namespace {

constexpr std::size_t digits = 12;
constexpr std::string_view body_end = R"("})";

} // namespace

void payment_source::add_till(const std::string& bearer_key) {
    heads_.push_back("POST /v1/authorizations HTTP/1.1\r\n"
                     "Host: 127.0.0.1\r\n"
                     "Authorization: Bearer " +
                     bearer_key +
                     "\r\n"
                     "Content-Type: application/json\r\n"
                     "Idempotency-Key: " +
                     tag_ + "-");
}

void payment_source::add_code(const std::string& program, const std::string& code) {
    const std::string body = R"({"amount":1,"program":")" + program + R"(","credential":{"type":"code","value":")" +
                             code + R"("},"capture":true,"reference":"R-)";
    const auto length = body.size() + digits + body_end.size();
    bodies_.push_back("\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n" + body);
}

void payment_source::next_request(std::uint32_t connection, std::string& out) {
    std::array<char, digits> number;
    auto rest = ++number_;
    for (std::size_t i = digits; i-- > 0; rest /= 10) number[i] = static_cast<char>('0' + rest % 10);
    out.append(heads_[random_() % heads_.size()]);
    out.append(number.data(), digits);
    const auto code = choice_ ? choice_->next(random_) : (in_turn_ ? number_ : random_()) % bodies_.size();
    out.append(bodies_[code]);
    out.append(number.data(), digits);
    out.append(body_end);
    if (!remembers_) return;
    told_.resize(number_ + 1);
    if (asked_.size() <= connection) asked_.resize(connection + 1);
    asked_[connection].push_back(number_);
}

void payment_source::on_response(std::uint32_t connection, int status, std::string_view body) {
    ++answers_;
    const bool is_declined = status == 201 && body.find(R"("status":"declined")") != std::string_view::npos;
    unexpected_ += status != 201 ? 1U : 0U;
    shed_ += status == 503 ? 1U : 0U;
    declined_ += is_declined ? 1U : 0U;
    if (!remembers_) return;
    auto& answer = told_[asked_[connection].front()];
    asked_[connection].pop_front();
    if (status == 201)
        answer = is_declined ? told::declined : told::captured;
    else if (body.find(R"("code":"outcome_unknown")") == std::string_view::npos)
        answer = told::refused;
}

std::uint64_t payment_source::number_of(std::string_view idempotency_key) const {
    if (!idempotency_key.starts_with(tag_) || idempotency_key.size() != tag_.size() + 1 + digits) return 0;
    std::uint64_t number = 0;
    const auto* const begin = idempotency_key.data() + tag_.size() + 1;
    return std::from_chars(begin, begin + digits, number).ec == std::errc{} ? number : 0;
}

} // namespace meguri::bench
