// A web server for one test: a thread on a loopback port that answers each request from a list that the test sets, and
// keeps what it was asked. With a certificate it speaks TLS.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace meguri::test {

class small_web_server {
public:
    struct page {
        int status = 200;
        std::string body;
        std::string etag;        // with it, a request that knows it is answered 304
        bool breaks_off = false; // no answer: the connection ends
    };

    // PEM files; none: plain HTTP.
    explicit small_web_server(const std::filesystem::path& certificate = {}, const std::filesystem::path& key = {});
    ~small_web_server();
    small_web_server(const small_web_server&) = delete;
    small_web_server& operator=(const small_web_server&) = delete;

    void set(const std::string& target, page one);
    // Takes requests and gives no answer.
    void fall_silent(bool silent) { silent_ = silent; }
    [[nodiscard]] std::string url(const std::string& target) const;
    // All requests so far: the head, and the body where there is one.
    [[nodiscard]] std::vector<std::string> asked() const;

private:
    void serve();
    template <class Stream>
    void answer(Stream& stream);

    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor accepting_;
    std::optional<boost::asio::ssl::context> secured_;
    mutable std::mutex mutex_;
    std::map<std::string, page> pages_;
    std::vector<std::string> asked_;
    std::atomic<bool> silent_{false};
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

} // namespace meguri::test
