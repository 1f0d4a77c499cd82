#include "net/request_parser.hpp"

#include "ledger/contract.hpp"
#include "net/router.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <optional>

namespace meguri::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using text = boost::beast::string_view;

// A piece of the message by place, because the message may move while it grows.
struct piece {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;

    [[nodiscard]] std::string_view in(const char* message) const { return {message + begin, size}; }
};

http_method method_of(http::verb verb) {
    switch (verb) {
    case http::verb::get: return http_method::get;
    case http::verb::head: return http_method::head;
    case http::verb::post: return http_method::post;
    case http::verb::put: return http_method::put;
    case http::verb::patch: return http_method::patch;
    case http::verb::delete_: return http_method::delete_;
    case http::verb::options: return http_method::options;
    default: return http_method::other;
    }
}

bool same_text(text left, std::string_view right) {
    return boost::beast::iequals(left, text{right.data(), right.size()});
}

// No chunked message ends with fewer bytes than "0\r\n\r\n". Beast asserts that much, so it is not asked before.
constexpr std::size_t chunked_end_bytes = 5;

// The fields of one message; begun anew for each, because Beast's parser cannot be used twice.
class strict_message final : public http::basic_parser<true> {
public:
    explicit strict_message(const http_limits& limits) : limits_{limits} {
        body_limit(boost::none); // on_header_impl knows better: the limit depends on the path
    }

    request_parser::progress advance(char* message, std::size_t& size);
    void describe(const char* message, http_request& request) const;

    [[nodiscard]] std::size_t message_bytes() const { return header_bytes_ + body_bytes_; }
    [[nodiscard]] request_refusal refusal() const { return refusal_; }
    [[nodiscard]] bool expects_continue() const { return expects_continue_ && !is_1_0_ && !arrived_; }
    [[nodiscard]] bool is_http_1_0() const { return is_1_0_; }
    [[nodiscard]] std::size_t bytes_expected() const { return is_header_done() ? header_bytes_ + length_ : 0; }

private:
    request_parser::progress advance_header(std::size_t size);
    request_parser::progress advance_body(std::size_t& size);
    request_parser::progress refuse(request_refusal reason) {
        refusal_ = reason;
        return request_parser::progress::refused;
    }
    void fail(request_refusal reason, error_code& ec) {
        refusal_ = reason;
        ec = http::error::bad_field;
    }
    [[nodiscard]] request_refusal reason_of(error_code ec) const {
        if (refusal_ != request_refusal::none) return refusal_;
        // Of a trailer it depends on where the pieces ended what Beast finds wrong first.
        if (header_seen_) return request_refusal::malformed;
        if (ec == http::error::header_limit) return request_refusal::header_too_large;
        if (ec == http::error::bad_content_length || ec == http::error::multiple_content_length) {
            return request_refusal::content_length;
        }
        if (ec == http::error::bad_transfer_encoding) return request_refusal::transfer_encoding;
        return request_refusal::malformed;
    }
    [[nodiscard]] piece place(text part) const {
        if (part.empty()) return {};
        return {static_cast<std::uint32_t>(part.data() - message_), static_cast<std::uint32_t>(part.size())};
    }
    [[nodiscard]] std::size_t place_of(const char* byte) const { return static_cast<std::size_t>(byte - message_); }
    // Keeps the first `part`; a second one is refused.
    void once(bool& seen, piece& kept, text part, error_code& ec) {
        if (seen) return fail(request_refusal::repeated_field, ec);
        seen = true;
        kept = place(part);
    }
    void read_content_length(text value, error_code& ec);
    [[nodiscard]] bool is_folded(text name, text value) const;

    void on_request_impl(http::verb method, text name, text target, int version, error_code& ec) override;
    void on_field_impl(http::field name, text name_text, text value, error_code& ec) override;
    void on_header_impl(error_code& ec) override;
    void on_chunk_header_impl(std::uint64_t size, text extensions, error_code& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, text body, error_code& ec) override;
    void on_response_impl(int, text, int, error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(text body, error_code&) override { return body.size(); }
    void on_finish_impl(error_code&) override {}

    const http_limits& limits_;
    char* message_ = nullptr; // during advance() only
    std::size_t message_end_ = 0;
    std::size_t consumed_ = 0; // of the message, by Beast
    // Where the framing begins that Beast is at: a chunk's header, or the last one with the trailer. How long it may be
    // must not depend on where the pieces ended.
    std::size_t framing_begin_ = 0;
    std::size_t header_bytes_ = 0;
    std::size_t body_bytes_ = 0; // that are there, without framing
    std::uint64_t length_ = 0;   // Content-Length
    std::uint64_t body_limit_bytes_ = 0;

    http_method method_ = http_method::other;
    piece method_name_;
    piece path_;
    piece query_;
    piece authorization_;
    piece content_type_;
    piece traceparent_;
    piece gateway_signature_;
    piece idempotency_key_;
    int hosts_ = 0;
    request_refusal refusal_ = request_refusal::none;
    bool is_1_0_ = false;
    bool header_seen_ = false; // what comes as a field now is a trailer
    bool has_length_ = false;
    bool has_authorization_ = false;
    bool has_content_type_ = false;
    bool has_idempotency_key_ = false;
    bool expects_continue_ = false;
    bool arrived_ = false;
};

request_parser::progress strict_message::advance(char* message, std::size_t& size) {
    message_ = message;
    message_end_ = size;
    if (!is_header_done()) {
        const auto header = advance_header(size);
        if (header != request_parser::progress::complete) return header;
    }
    const auto body = chunked() ? advance_body(size) : request_parser::progress::complete;
    if (body != request_parser::progress::complete) return body;
    if (!chunked()) {
        // The body simply follows: nothing of it needs to be looked at.
        if (size - header_bytes_ < length_) return request_parser::progress::need_more;
        body_bytes_ = static_cast<std::size_t>(length_);
    }
    arrived_ = true;
    return request_parser::progress::complete;
}

request_parser::progress strict_message::advance_header(std::size_t size) {
    error_code ec;
    header_limit(limits_.header_bytes); // now, because the limits may have changed since the last message
    consumed_ += put(boost::asio::const_buffer{message_ + consumed_, size - consumed_}, ec);
    // Beast counts each call's bytes, so a header that comes in drops has to be counted here.
    const std::size_t known = is_header_done() ? consumed_ : size;
    if (known > limits_.header_bytes && refusal_ == request_refusal::none) {
        return refuse(request_refusal::header_too_large);
    }
    if (ec == http::error::need_more) return request_parser::progress::need_more;
    if (ec) return refuse(reason_of(ec));
    if (!is_header_done()) return request_parser::progress::need_more;
    header_bytes_ = framing_begin_ = consumed_;
    return request_parser::progress::complete;
}

request_parser::progress strict_message::advance_body(std::size_t& size) {
    while (!is_done()) {
        if (size - consumed_ < chunked_end_bytes) break;
        error_code ec;
        eager(true);
        consumed_ += put(boost::asio::const_buffer{message_ + consumed_, size - consumed_}, ec);
        if (ec == http::error::need_more) break;
        if (ec) return refuse(reason_of(ec));
    }
    if (is_done() && consumed_ - framing_begin_ > limits_.header_bytes) return refuse(request_refusal::malformed);
    // Close the gap that the framing left between the joined body and what is not parsed yet.
    const std::size_t joined_end = header_bytes_ + body_bytes_;
    std::memmove(message_ + joined_end, message_ + consumed_, size - consumed_);
    size -= consumed_ - joined_end;
    // Between a chunk's header and its body the framing may begin before what is kept: nobody measures it then.
    framing_begin_ = std::max(framing_begin_, consumed_) - (consumed_ - joined_end);
    consumed_ = joined_end;
    if (is_done()) return request_parser::progress::complete;
    // A chunk header or trailer that does not end.
    if (size - consumed_ > limits_.header_bytes) return refuse(request_refusal::malformed);
    return request_parser::progress::need_more;
}

void strict_message::on_request_impl(http::verb method, text name, text target, int version, error_code& ec) {
    method_ = method_of(method);
    method_name_ = place(name);
    is_1_0_ = version == 10;
    if (target.front() != '/') {
        // The absolute form, which every server must take: what is before the path tells nothing new.
        const std::size_t scheme_end = target.find("://");
        const bool absolute = scheme_end != text::npos && (same_text(target.substr(0, scheme_end), "http") ||
                                                           same_text(target.substr(0, scheme_end), "https"));
        const std::size_t path = absolute ? target.find('/', scheme_end + 3) : text::npos;
        if (path == text::npos) return fail(request_refusal::malformed, ec);
        target.remove_prefix(path);
    }
    const std::size_t question = target.find('?');
    path_ = place(target.substr(0, question));
    if (question != text::npos) query_ = place(target.substr(question + 1));
}

bool strict_message::is_folded(text name, text value) const {
    const char* const after_name = name.data() + name.size();
    // Beast joins folded lines in a buffer of its own, unless the first of them is empty.
    const std::less<const char*> before;
    if (value.empty()) return false;
    if (before(value.data(), after_name) || !before(value.data(), message_ + message_end_)) return true;
    return std::find(after_name, value.data(), '\r') != value.data();
}

void strict_message::read_content_length(text value, error_code& ec) {
    const char* const end = value.data() + value.size();
    const auto [stopped, problem] = std::from_chars(value.data(), end, length_);
    if (has_length_ || value.empty() || value.front() == '-' || stopped != end || problem != std::errc{}) {
        return fail(request_refusal::content_length, ec);
    }
    has_length_ = true;
}

void strict_message::on_field_impl(http::field name, text name_text, text value, error_code& ec) {
    if (header_seen_) return; // a trailer tells nothing that we would act on
    if (is_folded(name_text, value)) return fail(request_refusal::malformed, ec);
    switch (name) {
    case http::field::host: ++hosts_; return;
    case http::field::authorization: return once(has_authorization_, authorization_, value, ec);
    case http::field::content_type: return once(has_content_type_, content_type_, value, ec);
    case http::field::content_length: return read_content_length(value, ec);
    case http::field::transfer_encoding:
        if (!same_text(value, "chunked") || is_1_0_) fail(request_refusal::transfer_encoding, ec);
        return;
    case http::field::expect:
        if (!same_text(value, "100-continue")) return fail(request_refusal::expectation, ec);
        expects_continue_ = true;
        return;
    default: break;
    }
    if (same_text(name_text, "idempotency-key")) return once(has_idempotency_key_, idempotency_key_, value, ec);
    if (same_text(name_text, "traceparent")) traceparent_ = place(value);
    if (same_text(name_text, "meguri-gateway-signature")) gateway_signature_ = place(value);
}

void strict_message::on_header_impl(error_code& ec) {
    header_seen_ = true;
    if (hosts_ > 1 || (hosts_ == 0 && !is_1_0_)) return fail(request_refusal::host, ec);
    if (!chunked() && length_ == 0) arrived_ = true;
    body_limit_bytes_ = limits_.body_bytes;
    if (length_ > body_limit_bytes_ || chunked()) {
        const auto named = [path = path_.in(message_)](const std::string& one) { return path_matches(one, path); };
        if (std::ranges::any_of(limits_.bulk_paths, named)) body_limit_bytes_ = limits_.bulk_body_bytes;
        if (std::ranges::any_of(limits_.file_paths, named)) body_limit_bytes_ = limits_.file_body_bytes;
    }
    if (length_ > body_limit_bytes_) fail(request_refusal::body_too_large, ec);
}

void strict_message::on_chunk_header_impl(std::uint64_t size, text extensions, error_code& ec) {
    const std::size_t end = place_of(extensions.data()) + extensions.size() + 2; // its line ends there
    if (end - framing_begin_ > limits_.header_bytes) return fail(request_refusal::malformed, ec);
    if (size > body_limit_bytes_ - body_bytes_) fail(request_refusal::body_too_large, ec);
}

std::size_t strict_message::on_chunk_body_impl(std::uint64_t, text body, error_code&) {
    framing_begin_ = place_of(body.data()) + body.size();
    std::memmove(message_ + header_bytes_ + body_bytes_, body.data(), body.size());
    body_bytes_ += body.size();
    return body.size();
}

void strict_message::describe(const char* message, http_request& request) const {
    request.method = method_;
    request.method_name = method_name_.in(message);
    request.path = path_.in(message);
    request.query = query_.in(message);
    request.authorization = authorization_.in(message);
    request.content_type = content_type_.in(message);
    request.traceparent = traceparent_.in(message);
    request.gateway_signature = gateway_signature_.in(message);
    request.idempotency_key = idempotency_key_.in(message);
    request.has_idempotency_key = has_idempotency_key_;
    request.body = {message + header_bytes_, body_bytes_};
}

} // namespace

class request_parser::message_parser {
public:
    explicit message_parser(const http_limits& limits) : limits_{limits} { renew(); }
    void renew() { message.emplace(limits_); }

    std::optional<strict_message> message;

private:
    const http_limits& limits_;
};

request_parser::request_parser(const http_limits& limits) : parser_{std::make_unique<message_parser>(limits)} {}

request_parser::~request_parser() = default;

request_parser::progress request_parser::parse(char* message, std::size_t& size) {
    EXPECTS(refusal() == request_refusal::none);
    if (size == 0) return progress::need_more;
    return parser_->message->advance(message, size);
}

void request_parser::reset() { parser_->renew(); }

std::size_t request_parser::message_bytes() const noexcept { return parser_->message->message_bytes(); }

void request_parser::describe(const char* message, http_request& request) const {
    parser_->message->describe(message, request);
}

request_refusal request_parser::refusal() const noexcept { return parser_->message->refusal(); }

std::size_t request_parser::bytes_expected() const noexcept { return parser_->message->bytes_expected(); }

bool request_parser::header_complete() const noexcept { return parser_->message->is_header_done(); }

bool request_parser::expects_continue() const noexcept { return parser_->message->expects_continue(); }

bool request_parser::keep_alive() const noexcept { return parser_->message->keep_alive(); }

bool request_parser::is_http_1_0() const noexcept { return parser_->message->is_http_1_0(); }

} // namespace meguri::net
