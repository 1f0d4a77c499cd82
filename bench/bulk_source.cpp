#include "bench/bulk_source.hpp"

#include <string_view>

namespace meguri::bench {

void bulk_source::add_code(const std::string& program, const std::string& code) {
    line_ends_.push_back(R"(","amount":1,"program":")" + program + R"(","credential":{"type":"code","value":")" + code +
                         "\"}}\n");
}

void bulk_source::next_request(std::uint32_t connection, std::string& out) {
    body_.clear();
    for (std::uint32_t i = 0; i < lines_; ++i) {
        body_.append(R"({"idempotency_key":")").append(tag_).append("-").append(std::to_string(++number_));
        body_.append(line_ends_[random_() % line_ends_.size()]);
    }
    out.append("POST /v1/authorizations/bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ")
        .append(tills_[connection % tills_.size()])
        .append("\r\nContent-Type: application/x-ndjson\r\nContent-Length: ")
        .append(std::to_string(body_.size()))
        .append("\r\n\r\n")
        .append(body_);
}

void bulk_source::on_response(std::uint32_t, const http_answer& answer) {
    constexpr std::string_view wanted = R"("status":"captured")";
    std::uint64_t found = 0;
    if (answer.status == 200)
        for (auto at = answer.body.find(wanted); at != std::string_view::npos;
             at = answer.body.find(wanted, at + wanted.size()))
            ++found;
    captured_ += found;
    unexpected_ += lines_ - found;
}

} // namespace meguri::bench
