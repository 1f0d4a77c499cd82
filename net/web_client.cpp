#include "net/web_client.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>

// GCC 12 takes the awaitable's own operator delete for another one than the operator new beside it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace meguri::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using web_outgoing = http::request<http::string_body>;
using web_incoming = http::response<http::string_body>;

enum class web_stage : std::uint8_t { connecting, securing, exchanging };

bool is_clean(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char one) {
        return (static_cast<unsigned char>(one) < ' ' && one != '\t') || one == '\x7F';
    });
}

bool can_be_sent(const web_request& asked) {
    return is_clean(asked.content_type) &&
           std::all_of(asked.fields.begin(), asked.fields.end(), [](const web_field& one) {
               return !one.name.empty() && is_clean(one.name) && is_clean(one.value) &&
                      one.name.find_first_of(": ") == std::string::npos;
           });
}

http::verb verb_of(web_method method) {
    switch (method) {
    case web_method::get: return http::verb::get;
    case web_method::post: return http::verb::post;
    case web_method::put: return http::verb::put;
    case web_method::del: return http::verb::delete_;
    }
    return http::verb::get;
}

web_outgoing message_of(const web_request& asked, const web_address& to) {
    constexpr unsigned http_1_1 = 11;
    web_outgoing message{verb_of(asked.method), to.target, http_1_1};
    const bool is_usual_port = to.port == (to.is_https ? "443" : "80");
    message.set(http::field::host, is_usual_port ? to.host : to.host + ':' + to.port);
    message.set(http::field::user_agent, "meguri");
    message.set(http::field::connection, "close");
    for (const auto& one : asked.fields) message.insert(one.name, one.value);
    if (!asked.content_type.empty()) message.set(http::field::content_type, asked.content_type);
    message.body() = asked.body;
    // A POST without a body has the length 0; a GET has none at all.
    if (asked.method != web_method::get || !asked.body.empty()) message.content_length(asked.body.size());
    return message;
}

web_response response_of(web_incoming&& message) {
    web_response response;
    response.status = message.result_int();
    for (const auto& one : message)
        response.fields.push_back({std::string{one.name_string()}, std::string{one.value()}});
    response.body = std::move(message.body());
    return response;
}

// One exchange on its context: the coroutine and the timer share it, and whichever ends first says how it ended.
class web_exchange : public std::enable_shared_from_this<web_exchange> {
public:
    web_exchange(asio::io_context& context, web_request asked, web_done done)
        : asked_{std::move(asked)},
          done_{std::move(done)},
          names_{context},
          socket_{context},
          timer_{context} {}

    void begin(asio::io_context& context) {
        const auto to = parse_web_address(asked_.url);
        if (!to || !can_be_sent(asked_)) {
            const auto* const why = to ? "a field has a control character" : "it is no address of http or https";
            return asio::post(context, [self = shared_from_this(), why] {
                self->end(tl::unexpected{web_error{web_failure::bad_request, false, why}});
            });
        }
        to_ = *to;
        until_ = std::chrono::steady_clock::now() + std::chrono::milliseconds{asked_.time_max_ms};
        limit_to(
            std::min(until_, std::chrono::steady_clock::now() + std::chrono::milliseconds{asked_.connect_time_max_ms}));
        asio::co_spawn(
            context, [self = shared_from_this()] { return self->run(); },
            [self = shared_from_this()](const std::exception_ptr& thrown) {
                if (thrown != nullptr) self->fail(thrown);
            });
    }

private:
    asio::awaitable<void> run() {
        const auto found = co_await names_.async_resolve(to_.host, to_.port, asio::use_awaitable);
        if (!to_.is_https && !asked_.plain_anywhere && std::any_of(found.begin(), found.end(), [](const auto& one) {
                return !one.endpoint().address().is_loopback();
            })) {
            end(tl::unexpected{web_error{web_failure::not_secured, false, "http leads to another machine: use https"}});
            co_return;
        }
        if (done_ == nullptr) co_return; // the time was over while the name was looked up
        co_await asio::async_connect(socket_, found, asio::use_awaitable);
        if (!to_.is_https) {
            co_await exchange(socket_);
            co_return;
        }
        stage_ = web_stage::securing;
        asio::ssl::context trusted{asio::ssl::context::tls_client};
        asked_.authorities.empty() ? trusted.set_default_verify_paths() : trusted.load_verify_file(asked_.authorities);
        trusted.set_verify_mode(asio::ssl::verify_peer);
        trusted.set_verify_callback(asio::ssl::host_name_verification{to_.host});
        asio::ssl::stream<tcp::socket&> secured{socket_, trusted};
        // What SSL_set_tlsext_host_name() does, without its cast.
        SSL_ctrl(secured.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, to_.host.data());
        co_await secured.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
        co_await exchange(secured);
    }

    template <class Stream>
    asio::awaitable<void> exchange(Stream& stream) {
        stage_ = web_stage::exchanging;
        limit_to(until_);
        const auto message = message_of(asked_, to_);
        co_await http::async_write(stream, message, asio::use_awaitable);
        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(asked_.bytes_max);
        co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
        end(response_of(parser.release()));
    }

    void limit_to(std::chrono::steady_clock::time_point until) {
        timer_.expires_at(until);
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code& stopped) {
            if (!stopped) self->end(self->error(web_failure::timed_out, "it took too long"));
        });
    }

    void fail(const std::exception_ptr& thrown) {
        try {
            std::rethrow_exception(thrown);
        } catch (const boost::system::system_error& failed) {
            const bool is_large = failed.code() == http::error::body_limit;
            end(error(is_large ? web_failure::too_large : kind_of_stage(), failed.code().message()));
        } catch (const std::exception& failed) {
            end(error(kind_of_stage(), failed.what()));
        }
    }

    [[nodiscard]] web_failure kind_of_stage() const noexcept {
        if (stage_ == web_stage::connecting) return web_failure::unreachable;
        return stage_ == web_stage::securing ? web_failure::untrusted : web_failure::broken;
    }
    [[nodiscard]] tl::unexpected<web_error> error(web_failure kind, std::string words) const {
        return tl::unexpected{web_error{kind, stage_ == web_stage::exchanging, std::move(words)}};
    }

    // Once: what comes after the time was over is nobody's.
    void end(web_result result) {
        if (done_ == nullptr) return;
        const auto done = std::exchange(done_, nullptr);
        boost::system::error_code ignored;
        timer_.cancel();
        names_.cancel();
        socket_.close(ignored);
        done(std::move(result));
    }

    web_request asked_;
    web_done done_;
    web_address to_;
    web_stage stage_ = web_stage::connecting;
    std::chrono::steady_clock::time_point until_{};
    tcp::resolver names_;
    tcp::socket socket_;
    asio::steady_timer timer_;
};

} // namespace

void send_on(asio::io_context& context, web_request request, web_done done) {
    std::make_shared<web_exchange>(context, std::move(request), std::move(done))->begin(context);
}

web_result send_and_wait(web_request request, const std::atomic<bool>& ending) {
    constexpr std::chrono::milliseconds step{100};
    std::optional<web_result> result;
    {
        asio::io_context context{1};
        send_on(context, std::move(request), [&result](web_result came) { result = std::move(came); });
        while (!result && !ending.load(std::memory_order_relaxed)) context.run_for(step);
    }
    if (result) return *std::move(result);
    return tl::unexpected{web_error{web_failure::given_up, true, "it was given up"}};
}

} // namespace meguri::net
