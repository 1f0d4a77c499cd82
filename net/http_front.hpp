// The HTTP front end of one io thread: its connections, their deadlines, and the way back for answers. It owns no
// thread: io_loop runs it. Everything here is called on the loop's thread, probes() excepted.
//
// The turn of the loop is put together by main, for example:
//     loop.on_turn([&] { front.end_of_reads(); const bool more = unit.run(); front.flush(); return more; });
#pragma once

#include "net/front_probes.hpp"
#include "net/http_limits.hpp"
#include "net/http_types.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace meguri::net {

class connection;
class io_loop;
class tls_context;

struct http_front_settings {
    http_limits limits = {};
    std::uint32_t index = 0;                     // of the io thread; part of every request id
    std::shared_ptr<const tls_context> tls = {}; // none: plain HTTP
    std::function<std::int64_t()> wall_ms = {};  // the wall clock, Unix milliseconds; none: the system's
};

class http_front {
public:
    // Loop and handler outlive the front; the loop is not run again after the front is gone.
    http_front(io_loop& loop, http_handler& handler, http_front_settings settings);
    ~http_front();
    http_front(const http_front&) = delete;
    http_front& operator=(const http_front&) = delete;

    // From now on: open connections too, a request that is half received from its next bytes on. More open ones than
    // admitted go on, and no new one is taken meanwhile.
    void set_limits(const http_limits& limits);

    // Takes over a connected, accepted TCP socket.
    void adopt(int socket);

    // Gives the answer to a request, now or later than its handle(). Sent with the next flush, in the order of the
    // requests. An answer to a connection that is gone is dropped.
    void respond(reply_address to, http_response&& answer);

    // Tells the handler that a batch of reads is over, if any request came since the last time.
    void end_of_reads();

    // Writes what is owed to the connections that got answers, and reads on where reading had stopped.
    void flush();

    // An empty string with room, from an answer that was sent: for the body of the next one.
    [[nodiscard]] std::string take_body();

    // Shutdown: reads nothing more, ends every connection with its last answer (Connection: close), cuts what is left
    // after `timeout_ms`, then calls `when_empty` once.
    void drain(std::int64_t timeout_ms, std::function<void()> when_empty);

    [[nodiscard]] const front_probes& probes() const noexcept { return probes_; }
    [[nodiscard]] io_loop& loop() noexcept { return loop_; }

private:
    friend class connection;
    struct sweep_timer;

    // For connections.
    std::int64_t read_clock() noexcept; // steady nanoseconds; sets now_ms_
    [[nodiscard]] std::uint64_t next_request_id() noexcept { return request_id_high_ | ++requests_; }
    void hand_over(http_request& request);
    void owes(connection& one);
    void recycle(std::string&& body);
    void closed() noexcept;
    void give_back(connection& unused);

    [[nodiscard]] connection& claim();
    void sweep_later();
    void sweep();

    io_loop& loop_;
    http_handler& handler_;
    http_front_settings settings_; // the limits alone ever change; parsers refer to them
    front_probes probes_;
    std::vector<std::unique_ptr<connection>> connections_; // by slot; kept and used again, buffers included
    std::vector<std::uint32_t> unused_;
    std::vector<connection*> owed_;     // got answers since the last flush
    std::vector<connection*> flushing_; // those that flush() is at
    std::vector<std::string> bodies_;
    std::vector<char> scrap_; // where input goes that nobody wants
    std::unique_ptr<sweep_timer> timer_;
    std::function<void()> when_empty_; // set while draining
    std::int64_t drain_until_ms_ = 0;
    std::int64_t now_ms_ = 0; // steady clock as of the last read or sweep
    const std::uint64_t request_id_high_;
    std::uint64_t requests_ = 0;
    bool reads_to_end_ = false; // the handler got requests since end_of_reads()
    bool draining_ = false;
};

} // namespace meguri::net
