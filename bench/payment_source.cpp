#include "bench/payment_source.hpp"

#include <array>
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

void payment_source::next_request(std::uint32_t, std::string& out) {
    std::array<char, digits> number;
    auto rest = ++number_;
    for (std::size_t i = digits; i-- > 0; rest /= 10) number[i] = static_cast<char>('0' + rest % 10);
    out.append(heads_[random_() % heads_.size()]);
    out.append(number.data(), digits);
    out.append(bodies_[(in_turn_ ? number_ : random_()) % bodies_.size()]);
    out.append(number.data(), digits);
    out.append(body_end);
}

void payment_source::on_response(std::uint32_t, int status, std::string_view body) {
    ++answers_;
    if (status != 201)
        ++unexpected_;
    else if (body.find(R"("status":"declined")") != std::string_view::npos)
        ++declined_;
}

} // namespace meguri::bench
