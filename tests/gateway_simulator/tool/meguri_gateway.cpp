// A payment gateway to try purchases by card with: a program of its own on a loopback port, killed and started again on
// the same file. Says its port on its standard output.
//
//   meguri-gateway FILE KEY WEBHOOK_SECRET WEBHOOK_URL [PORT]
#include "net/gateway_signature.hpp"
#include "net/web_client.hpp"
#include "tests/gateway_simulator/gateway_payments.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <thread>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// Sends the events one after the other, each until it is taken or has been tried ten times.
class event_sender {
public:
    event_sender(std::string url, std::string secret) : url_{std::move(url)}, secret_{std::move(secret)} {}
    void add(std::string event) {
        {
            const std::lock_guard lock{mutex_};
            waiting_.push_back(std::move(event));
        }
        changed_.notify_one();
    }
    [[noreturn]] void run() {
        for (;;) {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [this] { return !waiting_.empty(); });
            const auto event = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            for (int tries = 0; tries < 10 && !is_taken(event); ++tries)
                std::this_thread::sleep_for(std::chrono::milliseconds{200});
        }
    }

private:
    bool is_taken(const std::string& event) {
        const auto now =
            std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
        meguri::net::web_request asked;
        asked.method = meguri::net::web_method::post;
        asked.url = url_;
        asked.fields.push_back(
            {"Meguri-Gateway-Signature", meguri::net::gateway_signature(event, secret_, now.count())});
        asked.content_type = "application/json";
        asked.body = event;
        const auto answered = meguri::net::send_and_wait(std::move(asked), ending_);
        return answered && answered->status < 500;
    }

    const std::string url_;
    const std::string secret_;
    const std::atomic<bool> ending_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> waiting_;
};

void serve(asio::ip::tcp::socket socket, meguri::test::gateway_payments& payments) try {
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> asked;
    http::read(socket, buffer, asked);
    const auto text = [](auto view) { return std::string{view.data(), view.size()}; };
    const auto answer =
        payments.answer(text(asked.method_string()), text(asked.target()), text(asked[http::field::authorization]),
                        text(asked["Idempotency-Key"]), asked.body());
    if (answer.is_silent) return;
    http::response<http::string_body> said{static_cast<http::status>(answer.status), 11};
    said.set(http::field::content_type, "application/json");
    said.body() = boost::json::serialize(answer.body);
    said.keep_alive(false);
    said.prepare_payload();
    http::write(socket, said);
} catch (const std::exception& wrong) {
    std::cerr << wrong.what() << '\n';
}

} // namespace

int main(int count, char** arguments) {
    if (count < 5) {
        std::cerr << "meguri-gateway FILE KEY WEBHOOK_SECRET WEBHOOK_URL [PORT]\n";
        return 2;
    }
    asio::io_context context;
    const auto port = static_cast<unsigned short>(count > 5 ? std::stoi(arguments[5]) : 0);
    asio::ip::tcp::acceptor accepting{context, {asio::ip::address_v4::loopback(), port}};
    const auto own_url = "http://127.0.0.1:" + std::to_string(accepting.local_endpoint().port());
    event_sender events{arguments[4], arguments[3]};
    meguri::test::gateway_payments payments{arguments[1], arguments[2], own_url,
                                            [&events](std::string one) { events.add(std::move(one)); }};
    std::thread{[&events] { events.run(); }}.detach();
    std::cout << accepting.local_endpoint().port() << std::endl;
    for (;;) std::thread{serve, accepting.accept(), std::ref(payments)}.detach();
}
