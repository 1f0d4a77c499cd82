#include "net/connection.hpp"

#include "ledger/contract.hpp"
#include "net/http_front.hpp"
#include "net/io_loop.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <limits>

namespace meguri::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t read_bytes_min = 2 * 1024;
constexpr std::size_t ciphertext_bytes = 16 * 1024 + 512; // a TLS record and its framing
constexpr std::size_t kept_output_bytes = 64 * 1024;      // more is given back once it is sent
constexpr std::int64_t drain_linger_ms = 1'000;           // idle clients must not hold up a shutdown

} // namespace

connection::connection(http_front& front, std::uint32_t slot)
    : front_{front},
      slot_{slot},
      socket_{front.loop().context()},
      parser_{front.settings_.limits} {}

void connection::open(int socket) {
    EXPECTS(phase_ == phase::closed && !reading_ && !waiting_to_write_);
    phase_ = phase::open;
    opened_ms_ = active_ms_ = front_.now_ms_;
    from_ = client_network::of_peer(socket);
    error_code failure;
    // The family matters only to sockets that Asio opens itself.
    socket_.assign(asio::ip::tcp::v4(), socket, failure);
    if (failure) {
        ::close(socket);
        return close();
    }
    socket_.non_blocking(true, failure);
    if (!failure) socket_.set_option(asio::ip::tcp::no_delay{true}, failure);
    if (failure) return close();
    if (front_.settings_.tls) {
        tls_.emplace(*front_.settings_.tls);
        ciphertext_.resize(ciphertext_bytes);
    }
    read_on();
}

bool connection::may_take_requests() const noexcept {
    return phase_ == phase::open && !answers_.full() && unsent() <= front_.settings_.limits.unsent_bytes;
}

void connection::read_on() {
    if (reading_ || input_ended_ || phase_ == phase::closed) return;
    std::span<char> room = front_.scrap_;
    if (phase_ == phase::open) {
        if (!may_take_requests()) return;
        const std::size_t expected = parser_.bytes_expected();
        const std::size_t missing = expected > in_.size() ? expected - in_.size() : 0;
        room = tls_ ? std::span{ciphertext_} : in_.room(std::max(missing, read_bytes_min));
    } else if (thrown_away_bytes_ > front_.settings_.limits.linger_bytes) {
        return;
    }
    reading_ = true;
    socket_.async_read_some(asio::buffer(room.data(), room.size()),
                            [this](const error_code& failure, std::size_t received) { on_read(failure, received); });
}

void connection::on_read(const error_code& failure, std::size_t received) {
    reading_ = false;
    if (phase_ == phase::closed) return give_back();
    if (failure && failure != asio::error::eof) return close();
    received_ns_ = front_.read_clock();
    active_ms_ = front_.now_ms_;
    front_.probes_.bytes_in.add(received);
    if (failure) {
        input_ended_ = true;
    } else if (phase_ != phase::open) {
        thrown_away_bytes_ += received;
    } else if (tls_) {
        if (!decrypt(received)) return close();
    } else {
        in_.commit(received);
        input_waiting_ = true;
    }
    flush();
}

bool connection::decrypt(std::size_t received) {
    tls_->received({ciphertext_.data(), received});
    for (;;) {
        const std::size_t read = tls_->read(in_.room(read_bytes_min));
        if (read == 0) break;
        in_.commit(read);
        input_waiting_ = true;
    }
    tls_->take_outgoing(out_);
    if (tls_->status() == tls_session::state::closed_by_peer) input_ended_ = true;
    if (tls_->status() != tls_session::state::failed) return true;
    if (!tls_->handshaken()) {
        front_.probes_.tls_handshakes_failed.add();
        front_.handler_.handshake_failed(from_, tls_->why_failed());
    }
    static_cast<void>(send()); // the alert that says why
    return false;
}

void connection::take_requests() {
    EXPECTS(!reading_);
    while (may_take_requests() && !in_.empty()) {
        std::size_t size = in_.size();
        const auto progress = parser_.parse(in_.data(), size);
        in_.truncate(size);
        switch (progress) {
        case request_parser::progress::complete:
            hand_over_request();
            render_ready(); // now, because what is unsent decides whether the next one is taken
            break;
        case request_parser::progress::refused: return refuse(parser_.refusal());
        case request_parser::progress::need_more: input_waiting_ = false; return await_rest_of_request();
        }
    }
    if (in_.empty()) input_waiting_ = false;
}

void connection::hand_over_request() {
    http_request request;
    parser_.describe(in_.data(), request);
    const bool keep_alive = parser_.keep_alive();
    request.received_steady_ns = received_ns_;
    request.request_id = front_.next_request_id();
    request.from = from_;
    if (tls_) request.identity = &*tls_;
    request.memory = &memory_;
    const std::uint32_t sequence = answers_.open({.request_id = request.request_id,
                                                  .keep_alive = keep_alive,
                                                  .http_1_0 = parser_.is_http_1_0(),
                                                  .omit_body = request.method == http_method::head});
    request.reply_to = {slot_, generation_, sequence};
    front_.hand_over(request);
    in_.consume(parser_.message_bytes());
    parser_.reset();
    receiving_ = receiving_body_ = told_to_continue_ = false;
    if (!keep_alive) stop_taking_requests();
}

void connection::await_rest_of_request() {
    const http_limits& limits = front_.settings_.limits;
    if (!receiving_) receive_until_ms_ = front_.now_ms_ + limits.header_timeout_ms;
    receiving_ = true;
    if (parser_.header_complete() && !receiving_body_) {
        receiving_body_ = true;
        receive_until_ms_ = front_.now_ms_ + limits.body_timeout_ms;
    }
}

void connection::refuse(request_refusal reason) {
    const refusal_text text = text_of(reason);
    const std::uint64_t request_id = front_.next_request_id();
    const std::uint32_t sequence = answers_.open({.request_id = request_id});
    stop_taking_requests();
    front_.probes_.refused[static_cast<std::size_t>(reason)].add();
    http_response response = front_.handler_.refusal(text.status, text.code, text.detail, request_id);
    response.retry_after_s = text.retry_after_s;
    answers_.answer(sequence, std::move(response));
}

void connection::answer(std::uint32_t sequence, http_response&& response) {
    if (!answers_.answer(sequence, std::move(response))) return front_.probes_.answers_dropped.add();
    if (!flushing_) front_.owes(*this);
}

void connection::flush() {
    if (phase_ == phase::closed || flushing_) return;
    flushing_ = true;
    do {
        if (input_waiting_) take_requests();
        render_ready();
        if (!send()) {
            flushing_ = false;
            return close();
        }
    } while (input_waiting_ && may_take_requests());
    flushing_ = false;
    if (input_ended_ && !input_waiting_) stop_taking_requests();
    end_if_done();
    read_on();
}

void connection::render_ready() {
    for (auto* place = answers_.ready(); place != nullptr; place = answers_.ready()) {
        write_response(rendered(), place->response, place->framing);
        EXPECTS(place->response.status >= 200 && place->response.status < 600);
        front_.probes_.responses[static_cast<std::size_t>(place->response.status / 100)].add();
        front_.recycle(std::move(place->response.body));
        answers_.pop();
    }
    // A 100 goes in order too: only when nothing older is owed.
    if (receiving_body_ && !told_to_continue_ && answers_.empty() && parser_.expects_continue()) {
        told_to_continue_ = true;
        rendered() += "HTTP/1.1 100 Continue\r\n\r\n";
    }
}

bool connection::encrypt() {
    if (plain_.empty()) return true;
    tls_->write(plain_);
    plain_.clear();
    tls_->take_outgoing(out_);
    return tls_->status() != tls_session::state::failed;
}

// Writes as much as the socket takes. False when the connection is broken.
bool connection::send() {
    if (tls_ && !encrypt()) return false;
    while (sent_ < out_.size()) {
        if (waiting_to_write_) return true;
        error_code failure;
        const std::size_t written = socket_.write_some(asio::buffer(out_.data() + sent_, out_.size() - sent_), failure);
        if (failure == asio::error::would_block) {
            wait_until_writable();
            return true;
        }
        if (failure) return false;
        sent_ += written;
        active_ms_ = front_.now_ms_;
        front_.probes_.bytes_out.add(written);
    }
    out_.clear();
    sent_ = 0;
    if (out_.capacity() > kept_output_bytes) out_.shrink_to_fit();
    return true;
}

void connection::wait_until_writable() {
    out_.erase(0, sent_);
    sent_ = 0;
    sending_ms_ = front_.now_ms_;
    waiting_to_write_ = true;
    socket_.async_wait(asio::ip::tcp::socket::wait_write, [this](const error_code&) {
        waiting_to_write_ = false;
        phase_ == phase::closed ? give_back() : flush();
    });
}

void connection::stop_taking_requests() noexcept {
    if (phase_ == phase::open) phase_ = phase::closing;
    input_waiting_ = receiving_ = receiving_body_ = false;
    answers_.close_after_last();
}

void connection::end_if_done() {
    if (phase_ == phase::closing && answers_.empty() && unsent() == 0) linger();
    const bool enough = input_ended_ || thrown_away_bytes_ > front_.settings_.limits.linger_bytes;
    if (phase_ == phase::lingering && enough) close();
}

void connection::linger() {
    phase_ = phase::lingering;
    const std::int64_t usual_ms = front_.settings_.limits.linger_timeout_ms;
    linger_until_ms_ = front_.now_ms_ + (front_.draining_ ? std::min(usual_ms, drain_linger_ms) : usual_ms);
    if (tls_) {
        tls_->close();
        tls_->take_outgoing(out_);
        static_cast<void>(send()); // a goodbye that does not fit is not waited for
    }
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void connection::drain() {
    if (phase_ != phase::open) return;
    if (answers_.empty() && !in_.empty()) {
        refuse(request_refusal::shutting_down);
    } else {
        stop_taking_requests();
    }
    flush();
}

std::int64_t connection::deadline_ms() const noexcept {
    const http_limits& limits = front_.settings_.limits;
    if (phase_ == phase::lingering) return linger_until_ms_;
    if (waiting_to_write_) return sending_ms_ + limits.write_timeout_ms;
    if (phase_ == phase::open && reading_) {
        if (tls_ && !tls_->handshaken()) return opened_ms_ + limits.header_timeout_ms;
        if (receiving_) return receive_until_ms_;
        if (answers_.empty()) return active_ms_ + limits.idle_timeout_ms;
    }
    return std::numeric_limits<std::int64_t>::max(); // the client waits for us
}

void connection::sweep(std::int64_t now_ms) {
    if (phase_ != phase::closed && now_ms >= deadline_ms()) on_deadline();
}

void connection::on_deadline() {
    if (phase_ != phase::lingering) front_.probes_.connections_timed_out.add();
    const bool handshaking = tls_ && !tls_->handshaken();
    if (phase_ == phase::lingering || waiting_to_write_ || handshaking) return close();
    if (receiving_) {
        refuse(request_refusal::too_slow);
    } else {
        stop_taking_requests();
    }
    flush();
}

void connection::close() {
    if (phase_ == phase::closed) return;
    phase_ = phase::closed;
    ++generation_;
    error_code ignored;
    socket_.close(ignored);
    front_.closed();
    give_back();
}

// Makes the place ready for the next client, once no operation of this one is under way.
void connection::give_back() {
    if (reading_ || waiting_to_write_ || flushing_) return;
    input_waiting_ = input_ended_ = receiving_ = receiving_body_ = told_to_continue_ = false;
    thrown_away_bytes_ = 0;
    parser_.reset();
    in_.clear();
    answers_.clear();
    tls_.reset();
    plain_.clear();
    out_.clear();
    sent_ = 0;
    memory_ = {};
    front_.give_back(*this);
}

} // namespace meguri::net
