#include "bench/http_load.hpp"

#include "bench/arrivals.hpp"
#include "bench/tls_session.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
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

double thread_cpu_seconds() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
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

struct response_view : http_answer {
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
    response.header = received.substr(0, header_end);
    response.body = received.substr(header_end + 4, length);
    return response;
}

struct client {
    descriptor socket;
    std::string unread; // an incomplete response; most arrive whole and never come here
    std::deque<std::uint64_t> asked_ns;
    std::unique_ptr<tls_session> tls; // null: without
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
        source_.begin_connections();
        clients_.reserve(settings.connections);
        std::optional<tls_trust> trust; // each session keeps what it needs of it
        if (!settings.tls_certificate.empty()) trust.emplace(settings.tls_certificate);
        for (std::uint32_t i = 0; i < settings.connections; ++i) {
            clients_.push_back({connect_to(settings), {}, {}, nullptr, false});
            client& made = clients_.back();
            if (trust) made.tls = std::make_unique<tls_session>(*trust, made.socket.number());
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
        result_.by_slot.resize(static_cast<std::size_t>(std::ceil(settings_.duration_s / settings_.slot_s - 1e-6)));
        result_.counted_from_ns = count_from_ns_;
        result_.counted_until_ns = count_until_ns_;
        begin_ns_ = told_ns_ = begin_ns;
        settings_.rate_per_second > 0 ? run_open(begin_ns) : run_closed(begin_ns);
        give_up(now_ns());
        result_.seconds = settings_.duration_s;
        return std::move(result_);
    }

private:
    void run_closed(std::uint64_t begin_ns) {
        const std::uint64_t give_up_ns = count_until_ns_ + give_up_after_ns;
        for (std::uint32_t i = 0; i < clients_.size(); ++i) ask(i, settings_.pipeline, begin_ns);
        for (std::uint64_t now = begin_ns; under_way_ > 0 && now < give_up_ns; now = turn(100'000'000))
            look_at_clock(now);
    }

    void run_open(std::uint64_t begin_ns) {
        ::prctl(PR_SET_TIMERSLACK, 1UL); // ns; the kernel's 50 us would be added to what is measured
        poisson_arrivals arrivals{settings_.rate_per_second, settings_.seed, begin_ns};
        for (std::uint32_t place = 0; place < settings_.pipeline; ++place)
            for (std::uint32_t i = 0; i < clients_.size(); ++i) free_.push_back(i);
        const std::uint64_t give_up_ns = count_until_ns_ + give_up_after_ns;
        std::uint64_t next_ns = arrivals.next();
        for (std::uint64_t now = now_ns(); now < give_up_ns; now = turn(next_ns > now ? next_ns - now : 0)) {
            look_at_clock(now);
            for (; next_ns <= now && next_ns < count_until_ns_; next_ns = arrivals.next(), now = now_ns()) {
                if (next_ns >= count_from_ns_) result_.lag.record(now - next_ns);
                due_ns_.push_back(next_ns);
                send_due();
            }
            if (next_ns < count_until_ns_) continue;
            if (under_way_ == 0 && due_ns_.empty()) return;
            next_ns = std::max(next_ns, now + 10'000'000); // nothing arrives any more
        }
    }

    // What has no answer by now has none.
    void give_up(std::uint64_t now) {
        if (under_way_ > 0) note_silence(now);
        for (client& one : clients_) forgo(one, now);
        for (const std::uint64_t arrived_ns : due_ns_) leave_unanswered(arrived_ns, now);
        see_cpu(std::max(now, count_until_ns_));
    }

    void forgo(client& one, std::uint64_t now) {
        for (const std::uint64_t asked_ns : one.asked_ns) leave_unanswered(asked_ns, now);
        under_way_ -= one.asked_ns.size();
        one.asked_ns.clear();
    }

    void leave_unanswered(std::uint64_t asked_ns, std::uint64_t now) {
        if (asked_ns < count_from_ns_ || asked_ns >= count_until_ns_) return;
        ++result_.unanswered;
        result_.latency.record(now - asked_ns);
    }

    void look_at_clock(std::uint64_t now) {
        see_cpu(now);
        if (settings_.progress && now >= told_ns_ + 1'000'000'000) tell_progress(now);
    }

    void tell_progress(std::uint64_t now) {
        const auto since_s = static_cast<double>(now - told_ns_) / 1e9;
        settings_.progress({static_cast<double>(now - begin_ns_) / 1e9, static_cast<double>(answered_since_) / since_s,
                            latency_since_.percentile_ns(0.99), due_ns_.empty() ? 0 : now - due_ns_.front()});
        answered_since_ = 0;
        latency_since_ = {};
        told_ns_ = now;
    }

    // Of this thread, from the first to the last counted moment.
    void see_cpu(std::uint64_t now) {
        if (cpu_before_s_ < 0 && now >= count_from_ns_) cpu_before_s_ = thread_cpu_seconds();
        if (result_.cpu_share == 0 && now >= count_until_ns_)
            result_.cpu_share = (thread_cpu_seconds() - cpu_before_s_) / settings_.duration_s;
    }

    // What arrived and found all connections busy goes as soon as one is free, the oldest first.
    void send_due() {
        while (!due_ns_.empty() && !free_.empty()) {
            const std::uint32_t index = free_.front();
            free_.pop_front();
            if (clients_[index].lost) continue;
            const std::uint64_t arrived_ns = due_ns_.front();
            due_ns_.pop_front();
            ask(index, 1, arrived_ns);
        }
    }

    // Waits for answers, so long at most, and asks anew; returns the time.
    std::uint64_t turn(std::uint64_t wait_ns) {
        std::array<epoll_event, 256> events;
        const timespec wait{static_cast<time_t>(wait_ns / 1'000'000'000), static_cast<long>(wait_ns % 1'000'000'000)};
        const int ready =
            ::epoll_pwait2(epoll_.number(), events.data(), static_cast<int>(events.size()), &wait, nullptr);
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
        if (one.tls) {
            plain_.clear();
            if (!one.tls->open(bytes, plain_)) return lose(one);
            if (plain_.empty()) return;
            bytes = plain_;
        }
        if (!one.unread.empty()) bytes = one.unread.append(bytes);
        const std::uint64_t read_ns = now_ns();
        note_silence(read_ns);
        std::uint32_t answered = 0;
        while (const auto response = first_response(bytes)) {
            bytes.remove_prefix(response->bytes);
            note(one, *response, read_ns);
            source_.on_response(index, *response);
            ++answered;
        }
        if (!bytes.empty() || !one.unread.empty()) one.unread = std::string{bytes};
        if (settings_.rate_per_second > 0) {
            for (; answered > 0; --answered) free_.push_back(index);
            send_due();
        } else if (answered > 0 && read_ns < count_until_ns_) {
            ask(index, answered, read_ns);
        }
    }

    // Between two answers, with a request under way all the time.
    void note_silence(std::uint64_t until_ns) {
        const auto from_ns = std::max({count_from_ns_, answered_ns_, asked_first_ns_});
        answered_ns_ = until_ns;
        const auto end_ns = std::min(until_ns, count_until_ns_);
        if (under_way_ == 0 || end_ns <= from_ns || end_ns - from_ns <= result_.silence_ns) return;
        result_.silence_ns = end_ns - from_ns;
        result_.silence_at_s = static_cast<double>(from_ns - count_from_ns_) / 1e9;
    }

    void note(client& one, const response_view& response, std::uint64_t read_ns) {
        const std::uint64_t asked_ns = one.asked_ns.front();
        one.asked_ns.pop_front();
        --under_way_;
        if (settings_.progress) {
            ++answered_since_;
            if (response.status != 503) latency_since_.record(read_ns - asked_ns);
        }
        if (settings_.rate_per_second > 0) return note_arrival(asked_ns, response.status, read_ns);
        if (read_ns < count_from_ns_ || read_ns >= count_until_ns_) return;
        count(asked_ns, response.status, read_ns, read_ns);
    }

    // Of the open loop every arrival within the time counts, however late its answer.
    void note_arrival(std::uint64_t arrived_ns, int status, std::uint64_t read_ns) {
        if (arrived_ns >= count_from_ns_) count(arrived_ns, status, read_ns, arrived_ns);
    }

    void count(std::uint64_t asked_ns, int status, std::uint64_t read_ns, std::uint64_t counted_at_ns) {
        ++result_.responses;
        ++result_.by_status_class[std::min<std::size_t>(static_cast<std::size_t>(status) / 100, 5)];
        const auto slot =
            static_cast<std::size_t>(static_cast<double>(counted_at_ns - count_from_ns_) / (settings_.slot_s * 1e9));
        load_slot& at = result_.by_slot[std::min(slot, result_.by_slot.size() - 1)];
        ++at.answered;
        if (status == 503) {
            ++at.shed;
            ++result_.shed;
            return;
        }
        result_.latency.record(read_ns - asked_ns);
        at.latency.record(read_ns - asked_ns);
    }

    void ask(std::uint32_t index, std::uint32_t count, std::uint64_t asked_ns) {
        client& one = clients_[index];
        if (one.lost) return;
        request_.clear();
        for (std::uint32_t i = 0; i < count; ++i) {
            source_.next_request(index, request_);
            one.asked_ns.push_back(asked_ns);
        }
        if (under_way_ == 0) asked_first_ns_ = now_ns();
        under_way_ += count;
        // Blocking: a closed loop never has more under way than a socket takes.
        if (one.tls) {
            sealed_.clear();
            one.tls->seal(request_, sealed_);
        }
        for (std::string_view rest = one.tls ? sealed_ : request_; !rest.empty();) {
            const ssize_t sent = ::send(one.socket.number(), rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0) return lose(one);
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    void lose(client& one) {
        one.lost = true;
        forgo(one, now_ns());
        ++result_.connections_lost;
        ::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, one.socket.number(), nullptr);
    }

    const load_settings& settings_;
    load_source& source_;
    descriptor epoll_;
    std::vector<client> clients_;
    std::vector<char> received_;
    std::string request_;
    std::string sealed_; // of TLS
    std::string plain_;
    load_result result_;
    std::uint64_t under_way_ = 0;
    std::uint64_t count_from_ns_ = 0;
    std::uint64_t count_until_ns_ = 0;
    double cpu_before_s_ = -1;
    std::uint64_t begin_ns_ = 0;
    std::uint64_t asked_first_ns_ = 0; // of what is under way, after nothing was
    std::uint64_t answered_ns_ = 0;    // the last time
    std::uint64_t told_ns_ = 0;        // progress
    std::uint64_t answered_since_ = 0;
    latency_histogram latency_since_;
    std::deque<std::uint32_t> free_;   // open loop: connections, once for each request that they could take
    std::deque<std::uint64_t> due_ns_; // arrived, not sent
    static constexpr std::uint64_t give_up_after_ns = 1'000'000'000;
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
