// A front end on its own thread for tests: a real listener on a free loopback port, and a handler that either echoes
// what it saw or holds requests until the test answers them.
#pragma once

#include "net/http_front.hpp"
#include "net/io_loop.hpp"
#include "net/listener.hpp"

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace meguri::net {

// Echo: 200 and "<method> <path>?<query> a=<authorization> k=<idempotency key> t=<content type> b=<body>". Paths that
// begin with /hold wait until the test answers them; /large/<n> answers with n bytes; /certificate with what the
// client's certificate is known by, in hex, or "none".
class echo_handler final : public http_handler {
public:
    http_front* front = nullptr;

    void handle(const http_request& request) override;
    http_response refusal(int status, std::string_view code, std::string_view detail,
                          std::uint64_t request_id) override;
    void handshake_failed(client_network from, std::string_view why) override;
    void end_of_reads() override { ++ends_of_reads_; }

    // Why handshakes failed, in their order.
    [[nodiscard]] std::vector<std::string> failed_handshakes();

    // Waits for that many requests on /hold since the start; returns their addresses in order.
    std::vector<reply_address> wait_for_held(std::size_t count);
    [[nodiscard]] int ends_of_reads() const { return ends_of_reads_; }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<reply_address> held_;
    std::vector<std::string> failed_handshakes_;
    std::atomic<int> ends_of_reads_{0};
};

class served_front {
public:
    explicit served_front(http_front_settings settings = {});
    ~served_front();

    // Runs `work` on the io thread and waits for it.
    void on_loop(const std::function<void()>& work);
    void answer(reply_address to, const std::string& body);

    // Waits until `condition`, which reads probes, holds; false after ten seconds.
    [[nodiscard]] static bool eventually(const std::function<bool()>& condition);

    [[nodiscard]] std::uint16_t port() const { return listener_->port(); }
    [[nodiscard]] const front_probes& probes() const { return front_->probes(); }

    io_loop loop;
    echo_handler handler;

    [[nodiscard]] http_front& front() { return *front_; }
    [[nodiscard]] listener& listening() { return *listener_; }

private:
    std::unique_ptr<http_front> front_;
    std::unique_ptr<listener> listener_;
    std::thread thread_;
};

} // namespace meguri::net
