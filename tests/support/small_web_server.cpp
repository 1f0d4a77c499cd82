#include "tests/support/small_web_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <chrono>

namespace meguri::test {

namespace asio = boost::asio;
using asio::ip::tcp;

small_web_server::small_web_server(const std::filesystem::path& certificate, const std::filesystem::path& key)
    : accepting_{context_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}} {
    if (!certificate.empty()) {
        secured_.emplace(asio::ssl::context::tls_server);
        secured_->use_certificate_chain_file(certificate.string());
        secured_->use_private_key_file(key.string(), asio::ssl::context::pem);
    }
    thread_ = std::thread{[this] { serve(); }};
}

small_web_server::~small_web_server() {
    ending_ = true;
    boost::system::error_code ignored;
    tcp::socket last{context_}; // so that the thread's accept ends
    last.connect(accepting_.local_endpoint(), ignored);
    thread_.join();
}

void small_web_server::set(const std::string& target, page one) {
    const std::lock_guard lock{mutex_};
    pages_[target] = std::move(one);
}

std::string small_web_server::url(const std::string& target) const {
    const auto port = std::to_string(accepting_.local_endpoint().port());
    return (secured_ ? "https://localhost:" : "http://127.0.0.1:") + port + target;
}

std::vector<std::string> small_web_server::asked() const {
    const std::lock_guard lock{mutex_};
    return asked_;
}

void small_web_server::serve() {
    while (!ending_) {
        boost::system::error_code failed;
        tcp::socket socket{context_};
        accepting_.accept(socket, failed);
        if (failed || ending_) continue;
        if (!secured_) {
            answer(socket);
            continue;
        }
        asio::ssl::stream<tcp::socket> stream{std::move(socket), *secured_};
        stream.handshake(asio::ssl::stream_base::server, failed);
        if (!failed) answer(stream);
    }
}

template <class Stream>
void small_web_server::answer(Stream& stream) {
    boost::system::error_code failed;
    std::string head;
    asio::read_until(stream, asio::dynamic_buffer(head), "\r\n\r\n", failed);
    if (failed) return;
    // A body follows the head, as long as that says.
    const auto head_size = head.find("\r\n\r\n") + 4;
    const auto told = head.find("\r\nContent-Length: ");
    const auto length = told < head_size ? std::stoul(head.substr(told + 18)) : 0;
    if (head.size() < head_size + length) {
        asio::read(stream, asio::dynamic_buffer(head), asio::transfer_exactly(head_size + length - head.size()),
                   failed);
        if (failed) return;
    }
    while (silent_ && !ending_) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    page shown{404, {}, {}};
    {
        const std::lock_guard lock{mutex_};
        asked_.push_back(head);
        const auto begin = head.find(' ') + 1;
        const auto found = pages_.find(head.substr(begin, head.find(' ', begin) - begin));
        if (found != pages_.end()) shown = found->second;
    }
    if (!shown.etag.empty() && head.find("If-None-Match: " + shown.etag) != std::string::npos) {
        shown.status = 304;
        shown.body.clear();
    }
    if (shown.breaks_off) return;
    std::string text = "HTTP/1.1 " + std::to_string(shown.status) + " -\r\nConnection: close\r\n";
    if (!shown.etag.empty()) text += "ETag: " + shown.etag + "\r\n";
    if (shown.status != 304) text += "Content-Length: " + std::to_string(shown.body.size()) + "\r\n";
    text += "\r\n" + shown.body;
    asio::write(stream, asio::buffer(text), failed);
    stream.lowest_layer().shutdown(tcp::socket::shutdown_both, failed);
}

} // namespace meguri::test
