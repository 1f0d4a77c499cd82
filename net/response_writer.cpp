#include "net/response_writer.hpp"

#include "net/request_id.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace meguri::net {
namespace {

std::string_view reason_of(int status) {
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return ""; // the phrase may be empty, RFC 9112 section 4
    }
}

template <class Integer>
void append_number(std::string& out, Integer number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

} // namespace

void write_response(std::string& out, const http_response& response, const response_framing& framing) {
    const bool may_have_body = response.status != 204 && response.status != 304;
    out += "HTTP/1.1 ";
    append_number(out, response.status);
    out += ' ';
    out += reason_of(response.status);
    if (may_have_body) {
        out += "\r\nContent-Type: ";
        out += response.content_type;
        out += "\r\nContent-Length: ";
        append_number(out, response.body.size());
    }
    out += "\r\nRequest-Id: ";
    out += request_id_text{framing.request_id}.view();
    if (response.idempotent_replayed) out += "\r\nIdempotent-Replayed: true";
    if (response.www_authenticate) out += "\r\nWWW-Authenticate: Bearer";
    if (!response.allow.empty()) {
        out += "\r\nAllow: ";
        out += response.allow;
    }
    if (response.retry_after_s > 0) {
        out += "\r\nRetry-After: ";
        append_number(out, response.retry_after_s);
    }
    if (!framing.keep_alive) {
        out += "\r\nConnection: close";
    } else if (framing.http_1_0) {
        out += "\r\nConnection: keep-alive";
    }
    out += "\r\n\r\n";
    if (may_have_body && !framing.omit_body) out += response.body;
}

} // namespace meguri::net
