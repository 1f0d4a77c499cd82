#include "tests/net/served_front.hpp"

#include "net/certificate_text.hpp"

#include <chrono>
#include <stdexcept>

namespace meguri::net {

void echo_handler::handle(const http_request& request) {
    if (request.path.starts_with("/hold")) {
        const std::lock_guard lock{mutex_};
        held_.push_back(request.reply_to);
        arrived_.notify_all();
        return;
    }
    http_response response;
    response.content_type = "text/plain";
    if (request.path.starts_with("/large/")) {
        response.body.assign(std::stoul(std::string{request.path.substr(7)}), 'x');
    } else if (request.path == "/certificate") {
        const auto shown =
            request.identity != nullptr ? request.identity->certificate(request.received_at_ms) : std::nullopt;
        response.body = shown ? text_of(shown->digest) : "none";
    } else {
        response.body = front->take_body();
        response.body.append(request.method_name).append(" ").append(request.path).append("?").append(request.query);
        response.body.append(" a=").append(request.authorization).append(" k=").append(request.idempotency_key);
        response.body.append(" t=").append(request.content_type).append(" b=").append(request.body);
    }
    front->respond(request.reply_to, std::move(response));
}

http_response echo_handler::refusal(int status, std::string_view code, std::string_view, std::uint64_t) {
    http_response response;
    response.status = status;
    response.content_type = "application/problem+json";
    response.body = code;
    return response;
}

void echo_handler::handshake_failed(client_network from, std::string_view why) {
    if (from != client_network::of_ipv4(0x7f000001)) std::terminate(); // all clients are on loopback
    const std::lock_guard lock{mutex_};
    failed_handshakes_.emplace_back(why);
}

std::vector<std::string> echo_handler::failed_handshakes() {
    const std::lock_guard lock{mutex_};
    return failed_handshakes_;
}

std::vector<reply_address> echo_handler::wait_for_held(std::size_t count) {
    std::unique_lock lock{mutex_};
    if (!arrived_.wait_for(lock, std::chrono::seconds{20}, [&] { return held_.size() >= count; })) {
        throw std::runtime_error{"the requests did not arrive"};
    }
    return held_;
}

served_front::served_front(http_front_settings settings) {
    front_ = std::make_unique<http_front>(loop, handler, std::move(settings));
    handler.front = front_.get();
    loop.on_turn([this] {
        front_->end_of_reads();
        front_->flush();
        return false;
    });
    auto opened = listener::open(loop, "127.0.0.1", 0, {front_.get()});
    if (!opened) throw std::runtime_error{opened.error().detail};
    listener_ = std::move(*opened);
    thread_ = std::thread{[this] { loop.run(); }};
}

served_front::~served_front() {
    loop.stop();
    thread_.join();
}

void served_front::on_loop(const std::function<void()>& work) {
    std::promise<void> done;
    loop.post([&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

void served_front::answer(reply_address to, const std::string& body) {
    on_loop([&] {
        http_response response;
        response.body = body;
        front_->respond(to, std::move(response));
    });
}

bool served_front::eventually(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

} // namespace meguri::net
