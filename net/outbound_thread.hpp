// The thread that speaks with other parties' servers for all io threads: many exchanges at once, each with its own
// limits of time, so that one that is slow holds up nobody else. Made and ended by the server, joined before the io
// threads' loops are gone.
#pragma once

#include "net/io_loop.hpp"
#include "net/web_client.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>

namespace meguri::net {

// Where an io thread hands in what it wants to be sent.
class outbound_desk {
public:
    virtual ~outbound_desk() = default;
    // `done` is called on the io thread that asked, unless it ends before. False where too much is under way.
    [[nodiscard]] virtual bool send(web_request request, web_done done) = 0;
};

class outbound_thread {
public:
    explicit outbound_thread(std::size_t under_way_max) : under_way_max_{under_way_max} {}
    ~outbound_thread() { join(); }
    outbound_thread(const outbound_thread&) = delete;
    outbound_thread& operator=(const outbound_thread&) = delete;

    void start();
    // At once: what is under way is given up, whether it arrived or not.
    void join();
    // Any thread. As outbound_desk::send; `done` is posted to the loop.
    [[nodiscard]] bool send(io_loop& home, web_request request, web_done done);

private:
    const std::size_t under_way_max_;
    std::atomic<std::size_t> under_way_{0};
    io_loop loop_; // its own: turns do nothing
    std::thread thread_;
};

// The desk of one io thread.
class loop_outbound_desk final : public outbound_desk {
public:
    loop_outbound_desk(outbound_thread& to, io_loop& home) noexcept : to_{to}, home_{home} {}
    [[nodiscard]] bool send(web_request request, web_done done) override {
        return to_.send(home_, std::move(request), std::move(done));
    }

private:
    outbound_thread& to_;
    io_loop& home_;
};

} // namespace meguri::net
