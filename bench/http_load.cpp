#include "bench/http_load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace meguri::bench {
namespace {

constexpr std::size_t receive_bytes = 256 * 1024;

std::uint64_t now_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

class descriptor {
public:
    explicit descriptor(int number) : number_{number} {}
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    descriptor(descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    descriptor& operator=(descriptor&&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

descriptor connect_to(const load_settings& settings) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings.port);
    if (::inet_pton(AF_INET, settings.address.c_str(), &address.sin_addr) != 1) {
        throw std::system_error{EINVAL, std::generic_category(), settings.address};
    }
    descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (socket.number() < 0) fail("socket");
    if (::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
    const int on = 1;
    ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

// Keeps the calling thread on the machine's last core. Left alone, the kernel wakes a client on loopback on the core of
// the thread that answers it, which then has to let it run after every single answer while the other core is idle.
class own_core {
public:
    own_core() {
        ::sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t last;
        CPU_ZERO(&last);
        for (std::size_t core = CPU_SETSIZE; core-- > 0;)
            if (CPU_ISSET(core, &before_)) {
                CPU_SET(core, &last);
                break;
            }
        ::sched_setaffinity(0, sizeof last, &last);
    }
    ~own_core() { ::sched_setaffinity(0, sizeof before_, &before_); }
    own_core(const own_core&) = delete;
    own_core& operator=(const own_core&) = delete;

private:
    cpu_set_t before_{};
};

struct response_view {
    int status = 0;
    std::string_view body;
    std::size_t bytes = 0;
};

// The first response in `received`, if it is complete. Header names as our own front end writes them.
std::optional<response_view> first_response(std::string_view received) {
    const std::size_t header_end = received.find("\r\n\r\n");
    if (header_end == std::string_view::npos) return std::nullopt;
    constexpr std::string_view length_name = "\r\nContent-Length: ";
    response_view response;
    std::from_chars(received.data() + 9, received.data() + 12, response.status);
    std::size_t length = 0;
    const std::size_t field = received.substr(0, header_end).find(length_name);
    if (field != std::string_view::npos) {
        std::from_chars(received.data() + field + length_name.size(), received.data() + header_end, length);
    }
    response.bytes = header_end + 4 + length;
    if (received.size() < response.bytes) return std::nullopt;
    response.body = received.substr(header_end + 4, length);
    return response;
}

struct client {
    descriptor socket;
    std::string unread; // an incomplete response; most arrive whole and never come here
    std::deque<std::uint64_t> asked_ns;
    bool lost = false;
};

class load {
public:
    load(const load_settings& settings, load_source& source)
        : settings_{settings},
          source_{source},
          epoll_{::epoll_create1(EPOLL_CLOEXEC)},
          received_(receive_bytes) {
        if (epoll_.number() < 0) fail("epoll_create1");
        clients_.reserve(settings.connections);
        for (std::uint32_t i = 0; i < settings.connections; ++i) {
            clients_.push_back({connect_to(settings), {}, {}, false});
            epoll_event event{.events = EPOLLIN, .data = {.u32 = i}};
            if (::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, clients_[i].socket.number(), &event) != 0)
                fail("epoll_ctl");
        }
    }

    load_result run() {
        const own_core here; // for as long as the load lasts
        const std::uint64_t begin_ns = now_ns();
        count_from_ns_ = begin_ns + static_cast<std::uint64_t>(settings_.warm_up_s * 1e9);
        count_until_ns_ = count_from_ns_ + static_cast<std::uint64_t>(settings_.duration_s * 1e9);
        const std::uint64_t give_up_ns = count_until_ns_ + 1'000'000'000;
        for (std::uint32_t i = 0; i < clients_.size(); ++i) ask(i, settings_.pipeline, begin_ns);
        while (under_way_ > 0) {
            const std::uint64_t turn_ns = turn();
            if (turn_ns >= give_up_ns) break;
        }
        result_.seconds = settings_.duration_s;
        return std::move(result_);
    }

private:
    // Waits for answers and asks anew; returns the time.
    std::uint64_t turn() {
        std::array<epoll_event, 256> events;
        const int ready = ::epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < ready; ++i) read_from(events[static_cast<std::size_t>(i)].data.u32);
        return now_ns();
    }

    void read_from(std::uint32_t index) {
        client& one = clients_[index];
        if (one.lost) return;
        const ssize_t got = ::recv(one.socket.number(), received_.data(), received_.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return lose(one);
        std::string_view bytes{received_.data(), static_cast<std::size_t>(got)};
        if (!one.unread.empty()) bytes = one.unread.append(bytes);
        const std::uint64_t read_ns = now_ns();
        std::uint32_t answered = 0;
        while (const auto response = first_response(bytes)) {
            bytes.remove_prefix(response->bytes);
            note(one, *response, read_ns);
            source_.on_response(index, response->status, response->body);
            ++answered;
        }
        if (!bytes.empty() || !one.unread.empty()) one.unread = std::string{bytes};
        if (answered > 0 && read_ns < count_until_ns_) ask(index, answered, read_ns);
    }

    void note(client& one, const response_view& response, std::uint64_t read_ns) {
        const std::uint64_t asked_ns = one.asked_ns.front();
        one.asked_ns.pop_front();
        --under_way_;
        if (read_ns < count_from_ns_ || read_ns >= count_until_ns_) return;
        ++result_.responses;
        ++result_.by_status_class[std::min<std::size_t>(static_cast<std::size_t>(response.status) / 100, 5)];
        result_.latency.record(read_ns - asked_ns);
    }

    void ask(std::uint32_t index, std::uint32_t count, std::uint64_t asked_ns) {
        client& one = clients_[index];
        if (one.lost) return;
        request_.clear();
        for (std::uint32_t i = 0; i < count; ++i) {
            source_.next_request(index, request_);
            one.asked_ns.push_back(asked_ns);
        }
        under_way_ += count;
        // Blocking: a closed loop never has more under way than a socket takes.
        for (std::string_view rest = request_; !rest.empty();) {
            const ssize_t sent = ::send(one.socket.number(), rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0) return lose(one);
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    void lose(client& one) {
        one.lost = true;
        under_way_ -= one.asked_ns.size();
        one.asked_ns.clear();
        ++result_.connections_lost;
        ::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, one.socket.number(), nullptr);
    }

    const load_settings& settings_;
    load_source& source_;
    descriptor epoll_;
    std::vector<client> clients_;
    std::vector<char> received_;
    std::string request_;
    load_result result_;
    std::uint64_t under_way_ = 0;
    std::uint64_t count_from_ns_ = 0;
    std::uint64_t count_until_ns_ = 0;
};

} // namespace

load_result run_http_load(const load_settings& settings, load_source& source) { return load{settings, source}.run(); }

std::string describe(const load_result& result) {
    const auto ms = [&](double fraction) { return static_cast<double>(result.latency.percentile_ns(fraction)) / 1e6; };
    std::array<char, 256> text{};
    std::snprintf(text.data(), text.size(), "%.0f/s  p50 %.3f ms  p90 %.3f ms  p99 %.3f ms  p99.9 %.3f ms  max %.3f ms",
                  result.per_second(), ms(0.5), ms(0.9), ms(0.99), ms(0.999),
                  static_cast<double>(result.latency.max_ns()) / 1e6);
    return text.data();
}

} // namespace meguri::bench
