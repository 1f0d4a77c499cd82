// One client's connection: its own read loop, the parser, the ring of waiting answers, and what is still to be sent.
// It lives in a place of its front's table and is used again for the next client, buffers included; the generation
// tells the clients apart. Everything happens on the front's io thread.
//
//   open ----> closing ----> lingering ----> closed
//     requests   no more       all is sent,    back in the
//     are read   requests,     our side shut,  front's table
//                answers go    input thrown away
#pragma once

#include "net/answer_ring.hpp"
#include "net/receive_buffer.hpp"
#include "net/request_parser.hpp"
#include "net/tls.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

class http_front;

class connection {
public:
    connection(http_front& front, std::uint32_t slot);

    void open(int socket);

    // Answers with a refusal as the last thing on this connection, with the next flush().
    void refuse(request_refusal reason);

    // Keeps the answer until its turn. Writes nothing; flush() does.
    void answer(std::uint32_t sequence, http_response&& response);

    // Sends what is ready, as far as the socket takes it, and reads on if that had stopped.
    void flush();

    // Ends with the answers that are owed.
    void drain();

    // Ends what has lasted too long.
    void sweep(std::int64_t now_ms);

    // Closes the socket here and now.
    void close();

    [[nodiscard]] bool is_open() const noexcept { return phase_ != phase::closed; }
    [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }
    [[nodiscard]] std::uint32_t slot() const noexcept { return slot_; }
    bool owed = false; // stands in the front's list of those to flush

private:
    enum class phase : std::uint8_t { open, closing, lingering, closed };

    // Reading.
    void read_on();
    void on_read(const boost::system::error_code& failure, std::size_t received);
    [[nodiscard]] bool decrypt(std::size_t received);
    void take_requests();
    void hand_over_request();
    void await_rest_of_request();
    [[nodiscard]] bool may_take_requests() const noexcept;

    // Writing.
    void render_ready();
    [[nodiscard]] bool send();
    void wait_until_writable();
    void offer_to_continue();
    [[nodiscard]] bool encrypt();
    [[nodiscard]] std::size_t unsent() const noexcept { return out_.size() - sent_ + plain_.size(); }
    [[nodiscard]] std::string& rendered() noexcept { return tls_ ? plain_ : out_; }

    // Ending.
    void stop_taking_requests() noexcept;
    void end_if_done();
    void give_back();
    void linger();
    void on_deadline();
    [[nodiscard]] std::int64_t deadline_ms() const noexcept;

    http_front& front_;
    const std::uint32_t slot_;
    std::uint32_t generation_ = 0;
    phase phase_ = phase::closed;
    bool reading_ = false;          // an asynchronous read is under way
    bool waiting_to_write_ = false; // an asynchronous wait is under way
    bool flushing_ = false;         // flush() is on the stack
    bool input_waiting_ = false;    // in_ holds bytes that nobody has looked at
    bool input_ended_ = false;      // the client has shut its side
    bool receiving_ = false;        // part of a request is there
    bool receiving_body_ = false;   // its header is complete
    bool told_to_continue_ = false;

    boost::asio::ip::tcp::socket socket_;
    request_parser parser_;
    std::optional<tls_session> tls_;
    receive_buffer in_;
    std::vector<char> ciphertext_; // under TLS, what the socket reads into
    answer_ring answers_;
    std::string plain_;    // under TLS: rendered, to be encrypted
    std::string out_;      // what the socket is given
    std::size_t sent_ = 0; // of out_
    connection_memory memory_;
    client_network from_;

    // Steady clock, milliseconds.
    std::int64_t opened_ms_ = 0;
    std::int64_t active_ms_ = 0;  // last byte received or sent
    std::int64_t sending_ms_ = 0; // last progress of what is unsent
    std::int64_t receive_until_ms_ = 0;
    std::int64_t linger_until_ms_ = 0;
    std::int64_t received_ns_ = 0;        // steady clock of the last read
    std::uint64_t thrown_away_bytes_ = 0; // input after the last request that was taken
};

} // namespace meguri::net
