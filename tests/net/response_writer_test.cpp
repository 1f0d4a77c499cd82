#include "net/response_writer.hpp"

#include "net/request_id.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace meguri::net {
namespace {

std::string written(const http_response& response, const response_framing& framing) {
    std::string out;
    write_response(out, response, framing);
    return out;
}

std::string id_of(std::uint64_t number) { return std::string{request_id_text{number}.view()}; }

TEST(response_writer, writes_a_plain_answer) {
    http_response response;
    response.status = 201;
    response.body = "{}";
    EXPECT_EQ(written(response, {.request_id = 7}),
              "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\nRequest-Id: " + id_of(7) +
                  "\r\n\r\n{}");
}

TEST(response_writer, writes_every_field) {
    http_response response;
    response.status = 503;
    response.content_type = "application/problem+json";
    response.body = "x";
    response.idempotent_replayed = true;
    response.www_authenticate = true;
    response.allow = "GET";
    response.retry_after_s = 12;
    EXPECT_EQ(written(response, {.request_id = 1, .keep_alive = false}),
              "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: 1\r\n"
              "Request-Id: " +
                  id_of(1) +
                  "\r\nIdempotent-Replayed: true\r\nWWW-Authenticate: Bearer\r\nAllow: GET\r\n"
                  "Retry-After: 12\r\nConnection: close\r\n\r\nx");
}

TEST(response_writer, says_keep_alive_to_http_1_0_and_tells_a_head_the_length) {
    http_response response;
    response.body = "12345";
    const std::string out = written(response, {.http_1_0 = true, .omit_body = true});
    EXPECT_NE(out.find("Content-Length: 5\r\n"), std::string::npos);
    EXPECT_NE(out.find("Connection: keep-alive\r\n"), std::string::npos);
    EXPECT_TRUE(out.ends_with("\r\n\r\n"));
}

TEST(response_writer, gives_no_content_no_length) {
    http_response response;
    response.status = 204;
    EXPECT_EQ(written(response, {.request_id = 1}), "HTTP/1.1 204 No Content\r\nRequest-Id: " + id_of(1) + "\r\n\r\n");
}

TEST(request_id, is_one_prefix_per_process_and_one_number_per_request) {
    EXPECT_TRUE(id_of(0).starts_with("rq_"));
    EXPECT_EQ(id_of(0).size(), 12u);
    EXPECT_EQ(id_of(31).substr(0, 11), id_of(32).substr(0, 11));
    EXPECT_NE(id_of(31), id_of(32));
    EXPECT_EQ(id_of(33).substr(11), "11");
    EXPECT_EQ(id_of(std::numeric_limits<std::uint64_t>::max()).size(), 24u);
}

} // namespace
} // namespace meguri::net
