#include "net/http_front.hpp"

#include "ledger/contract.hpp"
#include "net/connection.hpp"
#include "net/io_loop.hpp"

#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

#include <chrono>

namespace meguri::net {
namespace {

constexpr std::size_t bodies_kept_max = 256;
constexpr std::size_t body_bytes_kept_max = 16 * 1024;
constexpr std::size_t scrap_bytes = 64 * 1024;
constexpr std::uint64_t refusals_at_once_max = 64; // connections over the limit that are still told so
constexpr int request_id_thread_shift = 48;

http_front_settings with_clock(http_front_settings settings) {
    if (!settings.wall_ms) {
        settings.wall_ms = [] {
            const auto now = std::chrono::system_clock::now().time_since_epoch();
            return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
        };
    }
    return settings;
}

} // namespace

struct http_front::sweep_timer {
    boost::asio::steady_timer timer;
};

http_front::http_front(io_loop& loop, http_handler& handler, http_front_settings settings)
    : loop_{loop},
      handler_{handler},
      settings_{with_clock(std::move(settings))},
      scrap_(scrap_bytes),
      timer_{new sweep_timer{boost::asio::steady_timer{loop.context()}}},
      request_id_high_{std::uint64_t{settings_.index} << request_id_thread_shift} {
    read_clock();
    sweep_later();
}

http_front::~http_front() = default;

void http_front::set_limits(const http_limits& limits) {
    EXPECTS(loop_.on_own_thread());
    settings_.limits = limits;
}

std::int64_t http_front::read_clock() noexcept {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const std::int64_t now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    now_ms_ = now_ns / 1'000'000;
    return now_ns;
}

void http_front::adopt(int socket) {
    EXPECTS(loop_.on_own_thread());
    probes_.connections_accepted.add();
    const std::uint64_t open = probes_.connections_now.value();
    const bool too_many = open >= settings_.limits.connections_max;
    if (too_many) probes_.connections_refused.add();
    // Who is over the limit is told so over plain HTTP; under TLS the handshake alone would cost what we lack.
    const bool tell = !settings_.tls && open < settings_.limits.connections_max + refusals_at_once_max;
    if (draining_ || (too_many && !tell)) {
        ::close(socket);
        return;
    }
    probes_.connections_now.add();
    read_clock();
    connection& fresh = claim();
    fresh.open(socket);
    if (too_many) {
        fresh.refuse(request_refusal::too_many_connections);
        fresh.flush();
    }
}

connection& http_front::claim() {
    if (unused_.empty()) {
        const auto slot = static_cast<std::uint32_t>(connections_.size());
        return *connections_.emplace_back(std::make_unique<connection>(*this, slot));
    }
    const std::uint32_t slot = unused_.back();
    unused_.pop_back();
    return *connections_[slot];
}

void http_front::give_back(connection& unused) { unused_.push_back(unused.slot()); }

void http_front::closed() noexcept {
    probes_.connections_now.subtract();
    if (draining_ && probes_.connections_now.value() == 0 && when_empty_) loop_.post(std::exchange(when_empty_, {}));
}

void http_front::hand_over(http_request& request) {
    request.received_at_ms = settings_.wall_ms();
    probes_.requests.add();
    probes_.requests_waiting.add();
    if (!reads_to_end_) {
        reads_to_end_ = true;
        loop_.wake();
    }
    handler_.handle(request);
}

void http_front::respond(reply_address to, http_response&& answer) {
    EXPECTS(loop_.on_own_thread() && to.connection < connections_.size());
    probes_.requests_waiting.subtract();
    connection& asked = *connections_[to.connection];
    if (asked.generation() != to.generation || !asked.is_open()) return probes_.answers_dropped.add();
    asked.answer(to.sequence, std::move(answer));
}

void http_front::owes(connection& one) {
    if (one.owed) return;
    one.owed = true;
    if (owed_.empty()) loop_.wake();
    owed_.push_back(&one);
}

void http_front::end_of_reads() {
    if (std::exchange(reads_to_end_, false)) handler_.end_of_reads();
}

void http_front::flush() {
    flushing_.swap(owed_); // a connection that reads on may come to owe again
    for (connection* const one : flushing_) {
        one->owed = false;
        one->flush();
    }
    flushing_.clear();
}

std::string http_front::take_body() {
    if (bodies_.empty()) return {};
    std::string body = std::move(bodies_.back());
    bodies_.pop_back();
    return body;
}

void http_front::recycle(std::string&& body) {
    if (bodies_.size() == bodies_kept_max || body.capacity() > body_bytes_kept_max) return;
    body.clear();
    bodies_.push_back(std::move(body));
}

void http_front::drain(std::int64_t timeout_ms, std::function<void()> when_empty) {
    EXPECTS(loop_.on_own_thread() && !draining_);
    read_clock();
    draining_ = true;
    drain_until_ms_ = now_ms_ + timeout_ms;
    when_empty_ = std::move(when_empty);
    for (const auto& one : connections_) one->drain();
    if (probes_.connections_now.value() == 0 && when_empty_) loop_.post(std::exchange(when_empty_, {}));
}

void http_front::sweep_later() {
    timer_->timer.expires_after(std::chrono::milliseconds{settings_.limits.sweep_interval_ms});
    timer_->timer.async_wait([this](const boost::system::error_code& stopped) {
        if (stopped) return;
        sweep();
        sweep_later();
    });
}

void http_front::sweep() {
    read_clock();
    const bool cut = draining_ && now_ms_ >= drain_until_ms_;
    for (const auto& one : connections_) cut ? one->close() : one->sweep(now_ms_);
}

} // namespace meguri::net
