#include "net/web_fetch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <exception>

// GCC 12 takes the awaitable's own operator delete for another one than the operator new beside it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace meguri::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

http::request<http::empty_body> request_of(const web_question& asked, const web_address& to) {
    constexpr unsigned http_1_1 = 11;
    http::request<http::empty_body> request{http::verb::get, to.target, http_1_1};
    request.set(http::field::host, to.host);
    request.set(http::field::user_agent, "meguri");
    request.set(http::field::connection, "close");
    if (!asked.etag.empty()) request.set(http::field::if_none_match, asked.etag);
    if (!asked.last_modified.empty()) request.set(http::field::if_modified_since, asked.last_modified);
    return request;
}

tl::expected<web_answer, std::string> web_answer_of(http::response<http::string_body>&& response) {
    web_answer answer;
    answer.is_unchanged = response.result() == http::status::not_modified;
    if (!answer.is_unchanged && response.result() != http::status::ok)
        return tl::unexpected{"it is answered " + std::to_string(response.result_int())};
    answer.etag = std::string{response[http::field::etag]};
    answer.last_modified = std::string{response[http::field::last_modified]};
    answer.body = std::move(response.body());
    return answer;
}

template <class Stream>
asio::awaitable<http::response<http::string_body>> exchange(Stream& stream, http::request<http::empty_body> request,
                                                            std::size_t bytes_max) {
    co_await http::async_write(stream, request, asio::use_awaitable);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(bytes_max);
    co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
    co_return parser.release();
}

asio::awaitable<http::response<http::string_body>> get_page(web_question asked, web_address to) {
    tcp::resolver names{co_await asio::this_coro::executor};
    const auto found = co_await names.async_resolve(to.host, to.port, asio::use_awaitable);
    tcp::socket socket{co_await asio::this_coro::executor};
    co_await asio::async_connect(socket, found, asio::use_awaitable);
    if (!to.is_https) co_return co_await exchange(socket, request_of(asked, to), asked.bytes_max);

    asio::ssl::context trusted{asio::ssl::context::tls_client};
    asked.authorities.empty() ? trusted.set_default_verify_paths() : trusted.load_verify_file(asked.authorities);
    trusted.set_verify_mode(asio::ssl::verify_peer);
    trusted.set_verify_callback(asio::ssl::host_name_verification{to.host});
    asio::ssl::stream<tcp::socket> secured{std::move(socket), trusted};
    // What SSL_set_tlsext_host_name() does, without its cast.
    SSL_ctrl(secured.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, to.host.data());
    co_await secured.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    co_return co_await exchange(secured, request_of(asked, to), asked.bytes_max);
}

} // namespace

std::optional<web_address> parse_web_address(std::string_view text) {
    web_address found;
    if (text.starts_with("https://"))
        found.is_https = true;
    else if (!text.starts_with("http://"))
        return std::nullopt;
    text.remove_prefix(found.is_https ? 8 : 7);
    const auto is_visible = [](char one) { return one > ' ' && one < 0x7F && one != '"' && one != '#'; };
    if (!std::all_of(text.begin(), text.end(), is_visible)) return std::nullopt;
    const auto slash = std::min(text.find('/'), text.size());
    const auto place = text.substr(0, slash);
    found.target = slash < text.size() ? std::string{text.substr(slash)} : "/";
    const auto colon = place.find(':');
    found.host = place.substr(0, colon);
    found.port = colon != std::string_view::npos ? std::string{place.substr(colon + 1)} : found.is_https ? "443" : "80";
    const auto is_of_name = [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') || one == '-' ||
               one == '.';
    };
    const auto is_digit = [](char one) { return one >= '0' && one <= '9'; };
    if (found.host.empty() || !std::all_of(found.host.begin(), found.host.end(), is_of_name)) return std::nullopt;
    if (found.port.empty() || found.port.size() > 5 || !std::all_of(found.port.begin(), found.port.end(), is_digit))
        return std::nullopt;
    return found;
}

tl::expected<web_answer, std::string> fetch(const web_question& asked, const std::atomic<bool>& ending) {
    const auto to = parse_web_address(asked.url);
    if (!to) return tl::unexpected{std::string{"it is no address of http or https"}};
    asio::io_context context{1};
    tl::expected<web_answer, std::string> answer = tl::unexpected{std::string{"it took too long"}};
    asio::co_spawn(context, get_page(asked, *to),
                   [&answer](const std::exception_ptr& thrown, http::response<http::string_body> response) {
                       if (thrown == nullptr) {
                           answer = web_answer_of(std::move(response));
                           return;
                       }
                       try {
                           std::rethrow_exception(thrown);
                       } catch (const boost::system::system_error& failed) {
                           answer = tl::unexpected{failed.code().message()};
                       } catch (const std::exception& failed) {
                           answer = tl::unexpected{std::string{failed.what()}};
                       }
                   });
    constexpr std::chrono::milliseconds step{100};
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{asked.time_max_ms};
    while (!context.stopped() && !ending.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < until)
        context.run_for(step);
    return answer;
}

} // namespace meguri::net
